"""Pages and intake of this checkout against those of another: milliseconds of processor, both measured in turn.

``python -m tests.benchmarks.bench_paired [OTHER [TURNS]]``: OTHER is the folder of another checkout, or a commit of
this one's history, which is laid out beside; without a word, the last commit before rows proved themselves.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tests.demo.processes import ROOT

BEFORE = "c71ac64"
GOAL = 1.15
TURNS = 12
MANY = {"intake served": 1}  # of each turn; of the others
OFTEN = 8
PROGRAM = Path(__file__).with_name("measured_pages.py")


class Console:
    """One checkout's, at work in a process of its own."""

    def __init__(self, checkout: Path) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.read_text()],
            cwd=checkout,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.names: list[str] = self._said()

    def spends(self, name: str) -> list[float]:
        pipe: IO[str] | None = self.child.stdin
        assert pipe is not None
        pipe.write(json.dumps([name, MANY.get(name, OFTEN)]) + "\n")
        pipe.flush()
        return self._said()

    def end(self) -> None:
        if self.child.stdin is not None:
            self.child.stdin.close()
        self.child.wait(60)

    def _said(self):
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f"the console of {self.child.args!r:.20} ended")
        return json.loads(line)


def main() -> int:
    words = sys.argv[1:]
    other, turns = words[0] if words else BEFORE, int(words[1]) if len(words) > 1 else TURNS
    if Path(other).is_dir():
        return _compared(Path(other), turns)
    with tempfile.TemporaryDirectory(prefix="bench-paired-") as folder:
        archive = subprocess.run(["git", "archive", other], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x"], cwd=folder, check=True, input=archive)
        return _compared(Path(folder), turns)


def _compared(other: Path, turns: int) -> int:
    consoles = {"before": Console(other), "now": Console(ROOT)}
    spent: dict[str, dict[str, list[float]]] = {name: {} for name in consoles}
    for turn in range(turns):
        for what in consoles["now"].names:
            for name in list(consoles)[:: 1 if turn % 2 else -1]:
                spent[name].setdefault(what, []).extend(consoles[name].spends(what))
    for console in consoles.values():
        console.end()
    missed = []
    for what in spent["now"]:
        before, now = (statistics.median(spent[name][what]) for name in ("before", "now"))
        print(f"{what}: {before:.1f} ms before, {now:.1f} ms now: × {now / before:.2f}", flush=True)
        missed += [what] if now > GOAL * before else []
    print(f"over {GOAL:g} times: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
