"""Make ``communes.tsv`` from the npm package @etalab/decoupage-administratif (INSEE's Code officiel géographique).

    npm pack @etalab/decoupage-administratif@6.0.0 && tar xf etalab-decoupage-administratif-6.0.0.tgz
    python assets/cog/build.py package/data/communes.json

One line a code: code, name, and for a code no longer in force the code that took its place. The name of a former code
is given where it still is a delegated or associated commune (commune déléguée, associée), and never guessed.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
IN_FORCE = {"commune-actuelle", "arrondissement-municipal"}


def main(source: str) -> None:
    communes = json.loads(Path(source).read_text(encoding="utf-8"))
    names = {each["code"]: each["nom"] for each in communes if each["type"] not in IN_FORCE}
    in_force = {each["code"]: each for each in communes if each["type"] in IN_FORCE}
    rows = {code: (each["nom"], "") for code, each in in_force.items()}
    for code, each in in_force.items():
        for former in each.get("anciensCodes", []):
            if former in rows:
                raise SystemExit(f"{former} is in force or has two successors: decide before using this edition")
            rows[former] = (names.get(former, ""), code)
    lines = [f"{code}\t{name}\t{successor}".rstrip("\t") for code, (name, successor) in sorted(rows.items())]
    (HERE / "communes.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(in_force)} codes in force, {len(rows) - len(in_force)} former codes\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
