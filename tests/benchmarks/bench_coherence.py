"""How long 10 000 comparisons of two identities take on one core, and how the cost grows with the given names."""

import sys
import time
from dataclasses import replace
from itertools import pairwise

from kiosk.core.coherence.compare import compare
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits

COMPARISONS = 10_000
GOAL_SECONDS = 0.5
MOST_GROWTH = 3.0  # doubling the given names may cost twice as much, and half again for the measure's own noise
SLICES, SLICE = 100, 200

INSI = Traits(
    Source.INSI,
    birth_name="D'ESTREES-LEROY",
    given_names=("MARIE-HELENE", "FRANCOISE", "JEANNE"),
    given_names_text="MARIE-HELENE FRANCOISE JEANNE",
    birth_date=BirthDate("1980-01-21"),
    sex=Sex.FEMALE,
    birth_place_code="75056",
)
CARD = Traits(Source.CARD, "D'ESTREES-LEROY", given_names=("MARIE-HELENE",), birth_date=BirthDate("1980-01-21"))
MRZ = Traits(
    Source.DOCUMENT,
    birth_name="DESTREES LEROY",
    given_names=("MARIE", "HELENE", "FRANCOISE", "JEANNE"),
    birth_date=BirthDate("1980-01-21"),
    other_birth_dates=(BirthDate("1880-01-21"),),
    sex=Sex.FEMALE,
    name_form=NameForm.MRZ,
)
STRANGER = replace(MRZ, birth_name="LEROUX", given_names=("PAULE",), birth_date=BirthDate("1975-12-31"))
CASES = {"card and INSi agree": CARD, "MRZ and INSi, tolerated": MRZ, "MRZ and INSi, another person": STRANGER}


def seconds_for(left: Traits, right: Traits, times: int = COMPARISONS) -> float:
    """The time of so many comparisons at the best pace of many short runs: others share this core while we measure."""
    best = float("inf")
    for _ in range(SLICES):
        began = time.process_time()
        for _ in range(SLICE):
            compare(left, right)
        best = min(best, time.process_time() - began)
    return best / SLICE * times


def main() -> int:
    """Print the figures; 1 when a goal is missed."""
    missed = False
    for name, left in CASES.items():
        seconds = seconds_for(left, INSI)
        missed |= seconds > GOAL_SECONDS
        print(f"{name}: {COMPARISONS} comparisons in {seconds:.3f} s, {seconds / GOAL_SECONDS:.0%} of {GOAL_SECONDS} s")
    costs = []
    for how_many in (8, 16, 32):
        names = tuple(f"PRENOM{chr(65 + number % 26)}-{chr(65 + number // 26)}" for number in range(how_many))
        other = replace(INSI, given_names=(*names[:-1], "AUTRE"), given_names_text="")
        costs.append((how_many, seconds_for(replace(INSI, given_names=names, given_names_text=""), other, 1_000)))
    for (few, cost), (many, more) in pairwise(costs):
        missed |= more / cost > MOST_GROWTH
        print(
            f"from {few} to {many} given names: {more / cost:.2f} times the time (linear is at most {many / few:.0f})"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
