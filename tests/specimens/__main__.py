"""``python -m tests.specimens``: films and pictures of specimens, made on demand."""

import argparse
import sys
from pathlib import Path

import cv2

from kiosk.training.draw import draw
from kiosk.training.holder import KINDS, SpecimenPerson
from tests.specimens.film import make_film
from tests.specimens.person import ZOE
from tests.specimens.photograph import CONDITIONS, photograph


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.specimens", description=__doc__)
    parser.add_argument("what", choices=("film", "picture", "flat"))
    parser.add_argument("--kind", choices=KINDS, default="french-id-2021")
    parser.add_argument("--side", choices=("front", "back", ""), default="", help="default: the side with the zone")
    parser.add_argument("--condition", choices=CONDITIONS, default="good")
    parser.add_argument("--surname", default=ZOE.surname)
    parser.add_argument("--given", nargs="+", default=list(ZOE.given_names))
    parser.add_argument("--birth", default=ZOE.birth_date, help="YYYY-MM-DD")
    parser.add_argument("--sex", choices=("F", "M"), default=ZOE.sex)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    person = SpecimenPerson(asked.surname, tuple(asked.given), asked.birth, asked.sex)
    if asked.what == "film":
        make_film(person, asked.kind, asked.side, asked.out, asked.seed)
        return 0
    flat = draw(person, asked.kind, asked.side, asked.seed)
    picture = flat.picture if asked.what == "flat" else photograph(flat, asked.condition, asked.seed).picture
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    return 0 if cv2.imwrite(str(asked.out), picture) else 1


if __name__ == "__main__":
    sys.exit(main())
