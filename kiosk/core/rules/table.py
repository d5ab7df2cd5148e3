"""Every rule of identity the core carries: what it says, where it stands, which code carries it, where it is tested.

``python -m kiosk.core.rules.table`` writes the page ``kiosk/core/RULES.md``. The official texts could not all be
opened: a clause relayed by a source that cites it is named by its clause, and its certainty says how far to trust it.
"""

import sys
from collections.abc import Iterable

from kiosk.core.rules import coherence, ins, status
from kiosk.core.rules.rule import Rule


def all_rules() -> tuple[Rule, ...]:
    """Give the whole table, in the order of the rules."""
    return (*ins.RULES, *status.RULES, *coherence.RULES)


TITLES = {
    "1.1": "Components of the INS",
    "1.2": "Fields",
    "1.3": "Characters",
    "1.4": "Given names",
    "1.5": "Birth dates",
    "1.6": "Birth places",
    "1.7": "Number and key",
    "2.1": "Statuses",
    "2.2": "Transitions",
    "2.3": "Attributes",
    "2.4": "Evidence",
    "3": "When INSi may be called, and what it answers",
    "4": "Coherence",
    "6": "At the kiosk",
}
ALIASES = {
    "ANS": "Agence du numérique en santé, pages and questions for the industry",
    "ARA, BRE, GUY, HDF, NA": "public pages of the regional bodies of Auvergne-Rhône-Alpes, Bretagne, Guyane, "
    "Hauts-de-France, Nouvelle-Aquitaine",
    "BK": "background knowledge, nothing found to check it against",
    "BFC": "questions and answers of the regional body of Bourgogne-Franche-Comté",
    "CNDA": "answers of the official test environment",
    "CSP": "Code de la santé publique",
    "Doc 9303": "ICAO Doc 9303, machine-readable travel documents",
    "DM": "ANS, format of the INS data matrix, v2.2",
    "FRC": "Interop'Santé, FR Core FHIR guide",
    "GI3": "ANS, Guide d'implémentation de l'INS dans les logiciels, v3.0 (EXI ID, EXI REC, EXI DIF)",
    "HAN": "article summarising the newer RNIV",
    "PAM": "IHE PAM France extension (ZFD, PID)",
    "REF": "Référentiel INS v2.1",
    "RNIV1": "Référentiel national d'identitovigilance, part 1, v2.0 (EXI SI, EXI PP)",
    "SEL": "GIE SESAM-Vitale, SEL-MP-043, INSi integration guide",
    "XSD": "public schema of the INSi teleservice and its test answers",
}
INTRODUCTION = """# The rules of identity, and where each one lives

Made by `python -m kiosk.core.rules.table` from the code's own table; a test fails when this page says anything else.
Sections follow the project's dossier of rules. *Certain*: read in a text, a schema or a test answer, or relayed with
its clause number. *Likely*: one secondary source. *Uncertain*: an open question, the safe reading is coded. *Design*:
ours.
Code is in `kiosk/core`, and something that a person or Django starts leads to it; where it says *nobody yet*, only an
issue to come calls it. Tests are in `tests/core`: `names: every_hyphen…` is `test_names.py::test_every_hyphen…`.
"""


def page(rules: Iterable[Rule]) -> str:
    """Write the page of the documentation, in Markdown."""
    lines = [INTRODUCTION]
    section = ""
    for rule in rules:
        if rule.section != section:
            section = rule.section
            lines += [
                "",
                f"## {section} {TITLES[section]}",
                "",
                "| rule | source | certainty | code | tests |",
                "|---|---|---|---|---|",
            ]
        later = [f"`{name}`: nobody yet, *{issue}* needs it" for name, issue in rule.needed_by.items()]
        code = "<br>".join([*(f"`{name}`" for name in rule.code), *later])
        tests = "<br>".join(f"`{name}…`" for name in rule.tests)
        lines.append(f"| {rule.says} | {rule.source} | {rule.certainty} | {code} | {tests} |")
    lines += ["", "## Sources", "", *(f"- **{alias}**: {meaning}" for alias, meaning in ALIASES.items()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page(all_rules()))
