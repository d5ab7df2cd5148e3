"""What a rule of identity is, for the table of rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Certainty(StrEnum):
    """How far the rule itself may be trusted."""

    CERTAIN = "certain"  # read in a law text, a schema or a test answer, or relayed with its clause number
    LIKELY = "likely"  # one secondary source, or firm background knowledge
    UNCERTAIN = "uncertain"  # an open question: the safe reading is coded
    DESIGN = "design"  # a choice of this project, not a rule


class Issue(StrEnum):
    """Who will call what nobody calls yet: the issue's name, which outlives its number."""

    INSI = "INSi through the structure"
    PAGE = "The staff's page"
    EXCHANGE = "Arrival and exchange"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``code`` is what carries it and the product calls; ``needed_by`` what only an issue to come calls.

    ``tests`` are ``file: beginning of the name``, each naming exactly one test of ``tests/core``.
    """

    section: str  # of the dossier of rules: 1 what the INS is, 2 statuses, 4 coherence
    says: str
    source: str
    certainty: Certainty
    code: tuple[str, ...]  # "room.module.name" in kiosk.core
    tests: tuple[str, ...]
    needed_by: Mapping[str, Issue] = field(default_factory=dict)
