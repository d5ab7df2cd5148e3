"""``kiosk console evidence check``: what a structure's own list comes to, for its identity-vigilance officer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kiosk.console import evidence
from kiosk.core.status.evidence import ADULT_AT, DEFAULT_EVIDENCE, EvidenceTable, EvidenceType, Nationality

app = typer.Typer(help="Pièces d’identité que l’accueil accepte.", no_args_is_help=True)
KEYED = 10  # on the page the digits 1 to 9 and 0 choose the first ones
WHO = {
    Nationality.FRENCH: "français",
    Nationality.EUROPEAN: "européen (UE, EEE, Suisse et voisins)",
    Nationality.OTHER: "d’un autre pays",
}
WHOSE = {Nationality.FRENCH: "Français", Nationality.EUROPEAN: "Européens", Nationality.OTHER: "autres"}


@app.callback()
def _evidence() -> None:
    """Pièces d’identité que l’accueil accepte."""


@app.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="Le fichier TOML ; sans fichier : la liste du RNIV.")] = None,
) -> None:
    """Dit ce que devient la liste des pièces ; sortie 1 si la console refuserait ce fichier."""
    try:
        table = evidence.read(file) if file is not None else EvidenceTable()
    except evidence.BadEvidence as problems:
        typer.echo(str(problems), err=True)
        typer.echo("La console refuserait de démarrer avec cette liste.", err=True)
        raise typer.Exit(1) from None
    print("\n".join(told(table)))


def told(table: EvidenceTable) -> Iterator[str]:
    """Everything the table comes to: the pieces in the page's order, who may show what, what is not as in the RNIV."""
    offered = [kind for kind in table.types if kind.may_validate and not kind.only_if_named]
    yield f"Pièces proposées à l’accueil, dans l’ordre de l’écran : {len(offered)}"
    yield from (f"  {kind.code:<8} {_of(kind)}" for kind in offered)
    companions = {one.code: one for kind in offered for one in kind.companions}
    if companions:
        yield "Documents d’accompagnement, dont l’agent dit lequel il a vu :"
        yield from (f"  {code:<8} {one.label}" for code, one in companions.items())
    recorded = [kind for kind in table.types if kind.code and kind not in offered]
    if recorded:
        yield "Connues, jamais proposées :"
        yield from (f"  {kind.code:<8} {kind.label}" for kind in recorded)
    yield "Qui peut présenter quoi :"
    for nationality, who in WHO.items():
        for age, name in ((ADULT_AT, "Adulte"), (0, "Mineur")):
            codes = ", ".join(kind.code for kind in table.offered(nationality, age))
            yield f"  {name} {who} : {codes or 'RIEN, aucune pièce de cette liste ne convient'}"
    yield from _beside_the_rniv(offered)
    if len(offered) > KEYED:
        yield f"Attention : seules les {KEYED} premières pièces proposées à une personne ont une touche."


def _of(kind: EvidenceType) -> str:
    """One piece: its name, for whom, with what, and whether the person is there."""
    said = [kind.label]
    if kind.flow_code != kind.code:
        said.append(f"transmise comme {kind.flow_code}")
    if len(kind.nationalities) < len(Nationality):
        said.append(", ".join(name for one, name in WHOSE.items() if one in kind.nationalities))
    if kind.minors_only:
        said.append("mineurs seulement")
    if kind.companions:
        said.append("avec " + " ou ".join(one.code for one in kind.companions))
    said.append("en présence de la personne" if kind.needs_presence else "sur place ou à distance")
    if kind.note:
        said.append(kind.note)
    return " ; ".join(said)


def _beside_the_rniv(offered: list[EvidenceType]) -> Iterator[str]:
    flows = {kind.flow_code for kind in offered}
    missing = [kind for kind in DEFAULT_EVIDENCE if kind.may_validate and kind.code not in flows]
    left_open = [kind for kind in DEFAULT_EVIDENCE if kind.only_if_named]
    yield "Au regard du RNIV :"
    for kind in missing:
        if not kind.only_if_named:
            yield f"  {kind.label} ({kind.code}) : admise par le RNIV, pas proposée ici"
    for kind in left_open:
        is_here = "proposée ici" if kind.code in flows else "pas proposée ici"
        yield f"  {kind.label} ({kind.code}) : laissée à la structure, {is_here}"
    yield "  Rien n’est plus large que le RNIV : la console ne l’accepterait pas."
