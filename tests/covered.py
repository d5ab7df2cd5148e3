"""What the tests reach of each room, branches counted (``make coverage``): a table of what coverage wrote down."""

import json
import sys
from collections import Counter
from pathlib import Path

REPORT = Path("build/coverage/report.json")
DEPTH = 3  # kiosk/console/records is a room; what lies deeper belongs to it
COUNTED = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def main() -> int:
    files = json.loads(REPORT.read_text())["files"]
    rooms: dict[str, Counter[str]] = {}
    for name, file in files.items():
        counts = Counter({what: file["summary"][what] for what in COUNTED})
        for room in ("/".join(Path(name).parent.parts[:DEPTH]), "all"):
            rooms.setdefault(room, Counter()).update(counts)
    print(f"{'room':32}{'statements':>12}{'branches':>12}{'reached':>10}")
    for room in sorted(rooms, key=lambda name: (name == "all", name)):
        print(_line(room, rooms[room]))
    return 0


def _line(room: str, counts: Counter[str]) -> str:
    whole = counts["num_statements"] + counts["num_branches"]
    reached = counts["covered_lines"] + counts["covered_branches"]
    share = f"{100 * reached / whole:.1f} %" if whole else "-"
    return f"{room:32}{counts['num_statements']:>12}{counts['num_branches']:>12}{share:>10}"


if __name__ == "__main__":
    sys.exit(main())
