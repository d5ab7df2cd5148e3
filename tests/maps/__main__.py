"""Draw the map of a patient's turn anew: ``python -m tests.maps``, or ``make map``."""

import sys

from tests.maps.explore import explore
from tests.maps.picture import PICTURE, draw
from tests.maps.turn import turn_map


def main() -> int:
    explored = explore()
    PICTURE.write_text(draw(turn_map(explored)), encoding="utf-8")
    sys.stdout.write(f"{PICTURE.name}: {explored.states} states tried, {len(explored.screens)} screens\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
