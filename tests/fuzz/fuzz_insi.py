"""Mutated answers by the hundred thousand: no exception leaves the reader, no entity is expanded, none takes long.

Run: ``python -m tests.fuzz.fuzz_insi --cases 100000 [--seed 1]``. A case is wholly made from its number: a failure
names it, and ``--only NUMBER`` runs it again. A sized-down run is among the ordinary tests.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter

from kiosk.core.sources.insi import InsFound, InsRefused
from kiosk.insi import answers
from tests.insi.mutations import EXPANDED, entity_bombs, mutated

LONGEST_CASE = 1.0  # seconds of processor; a usual case takes less than one thousandth of it
MOST_MEMORY = 64  # MiB more than at the start


def broken_promise(body: bytes) -> str:
    """Say which promise of the reader this answer breaks; empty when none."""
    reply = answers.read(body)  # an exception is the first broken promise
    answer = reply.answer
    if not reply.code or len(reply.code) > 40:
        return "a code is short and never empty"
    said = ""
    if isinstance(answer, InsFound):
        if not answer.matricule.number:
            return "a found identity has a number"
        traits = answer.traits
        said = traits.birth_name + traits.given_names_text + answer.matricule.number + answer.matricule.oid
        if len(answer.history) > 100 or len(said) > 8000:
            return "what is kept is bounded"
    elif isinstance(answer, InsRefused):
        said = answer.text + answer.code
    if EXPANDED in said and b"<!ENTITY" in body:
        return "no entity is expanded"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    chosen = parser.parse_args()
    codes: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = 0.0
    cases = [chosen.only] if chosen.only is not None else range(chosen.seed, chosen.seed + chosen.cases)
    for body in entity_bombs():
        if broken := broken_promise(body):
            sys.stderr.write(f"an entity bomb: {broken}\n")
            return 1
    for case in cases:
        body = mutated(random.Random(case))
        started = time.process_time()
        try:
            broken = broken_promise(body)
        except Exception:
            sys.stderr.write(f"case {case} raised; --only {case} runs it again\n")
            raise
        slowest = max(slowest, time.process_time() - started)
        if broken or slowest > LONGEST_CASE:
            sys.stderr.write(f"case {case}: {broken or 'took too long'}\n")
            return 1
        codes[type(answers.read(body).answer).__name__] += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(f"{len(cases)} answers, slowest {slowest * 1000:.1f} ms, grown {grown:.1f} MiB, {dict(codes)}\n")
    return 0 if grown < MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
