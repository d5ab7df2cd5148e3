"""What a rule of identity is, for the table of rules."""

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How far the rule itself may be trusted."""

    CERTAIN = "certain"  # read in a law text, a schema or a test answer, or relayed with its clause number
    LIKELY = "likely"  # one secondary source, or firm background knowledge
    UNCERTAIN = "uncertain"  # an open question: the safe reading is coded
    DESIGN = "design"  # a choice of this project, not a rule


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``tests`` are ``file: beginning of the name``, each naming exactly one test of ``tests/core``."""

    section: str  # of the dossier of rules: 1 what the INS is, 2 statuses, 4 coherence
    says: str
    source: str
    certainty: Certainty
    code: tuple[str, ...]  # "room.module.name" in kiosk.core
    tests: tuple[str, ...]
