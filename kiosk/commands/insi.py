"""``kiosk insi``: ask the national identity service, check that it can be asked, verify what is stored."""

import datetime
import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.commands import approval
from kiosk.commands.insi_access import (
    AsJson,
    Ca,
    Certificate,
    Config,
    Endpoint,
    Env,
    Idam,
    Key,
    PasswordFile,
    Wsdl,
    configuration,
)
from kiosk.commands.roles import advice_where_missing
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.insi.config import Environment, InsiConfig
from kiosk.insi.faults import advice

if TYPE_CHECKING:
    from kiosk.insi.verify import Verifier

app = typer.Typer(help="Téléservice INSi : rechercher, contrôler, vérifier.", no_args_is_help=True)
app.add_typer(approval.app, name="approval")

Deadline = Annotated[float, typer.Option("--deadline", min=0.1, max=120, help="Secondes pour toute la recherche.")]


def describe(answer: InsAnswer) -> tuple[int, dict[str, Any]]:
    """Say an answer as the command prints it, with its exit code."""
    told: dict[str, Any] = {"code": "", "flags": []}
    calls = [
        {"operation": call.operation, "code": call.code, "message_id": call.message_id, "ms": call.duration_ms}
        for call in answer.exchanges
    ]
    status = 5
    match answer:
        case InsFound(matricule, traits, history, flags):
            status = 0
            told = {
                "code": "00",
                "matricule": matricule.number,
                "key": matricule.key,
                "oid": matricule.oid,
                "history": [
                    {
                        "matricule": past.matricule.number,
                        "key": past.matricule.key,
                        "oid": past.matricule.oid,
                        "starts": past.starts,
                        "ends": past.ends,
                    }
                    for past in history
                ],
                "traits": {
                    "birth_name": traits.birth_name,
                    "given_names": traits.given_names_text,
                    "birth_date": traits.birth_date.text if traits.birth_date else "",
                    "sex": traits.sex.value if traits.sex else "",
                    "birth_place_code": traits.birth_place_code,
                },
                "flags": list(flags),
            }
        case InsNotFound():
            status, told["code"] = 3, "01"
        case InsSeveral():
            status, told["code"] = 4, "02"
        case InsRefused(code, text, message_id):
            told |= {"code": code, "text": text, "message_id": message_id, "advice": advice(code)}
        case InsUnreachable(reason):
            status, told["code"] = 6, f"unreachable:{reason}"
        case InsCertificateTrouble(reason):
            status = 7
            told |= {"code": "certificate", "text": reason, "advice": advice(reason)}
    return status, told | {"calls": calls}


@app.command()
def search(
    *,
    card: Annotated[bool, typer.Option("--card", help="Rechercher avec la carte Vitale du lecteur.")] = False,
    name: Annotated[str, typer.Option("--name", help="Nom de naissance.")] = "",
    given: Annotated[str, typer.Option("--given", help="Prénoms, séparés par des espaces.")] = "",
    sex: Annotated[str, typer.Option("--sex", help="F ou M.")] = "",
    born: Annotated[str, typer.Option("--born", help="AAAA-MM-JJ.")] = "",
    place: Annotated[str, typer.Option("--place", help="Code officiel géographique du lieu de naissance.")] = "",
    nir: Annotated[str, typer.Option("--nir", help="Avec --card : ce numéro, au lieu d'une carte.")] = "",
    insured_nir: Annotated[str, typer.Option("--insured-nir", help="Avec --nir : le numéro de l'assuré.")] = "",
    rank: Annotated[str, typer.Option("--rank", help="Avec --nir : rang de naissance (jumeaux).")] = "1",
    beneficiary: Annotated[int, typer.Option("--beneficiary", min=1, help="Avec --card : lequel de la carte.")] = 1,
    wait: Annotated[float, typer.Option("--wait", min=0, max=600, help="Secondes à attendre une carte.")] = 30.0,
    deadline: Deadline = 8.0,
    endpoint: Endpoint = None,
    certificate: Certificate = None,
    key: Key = None,
    password_file: PasswordFile = None,
    ca: Ca = None,
    idam: Idam = None,
    wsdl: Wsdl = None,
    environment: Env = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Recherche une personne. Sortie : 0 trouvée, 3 aucune, 4 plusieurs, 5 refus, 6 injoignable, 7 certificat."""
    from kiosk.insi.client import InsiClient

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    client = InsiClient(configuration(config, **options))
    if card:
        if nir or insured_nir:
            person = Beneficiary(name, given, born, rank, nir[:13], nir[13:15], birth_name=name)
            owner = Beneficiary("", "", "", "1", insured_nir[:13], insured_nir[13:15]) if insured_nir else None
        else:
            person, owner = _card_in_reader(config, beneficiary, wait)
        answer = client.find_by_card(person, owner, deadline)
    else:
        try:
            date, known_sex = BirthDate(born), Sex(sex)
        except ValueError:
            typer.echo("--born s'écrit AAAA-MM-JJ, --sex F ou M", err=True)
            raise typer.Exit(2) from None
        traits = Traits(
            Source.STAFF,
            birth_name=name,
            given_names=tuple(given.split()),
            birth_date=date,
            sex=known_sex,
            birth_place_code=place,
        )
        answer = client.find_by_traits(traits, deadline)
    client.close()
    status, told = describe(answer)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for field, value in told.items():
            print(f"{field:12} {json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value}")
    raise typer.Exit(status)


def _card_in_reader(config: Path | None, which: int, wait: float) -> tuple[Beneficiary, Beneficiary]:
    """Read the card in the reader: the beneficiary asked for, and the insured (who comes first)."""
    if todo := advice_where_missing("terminal", "insi search --card"):
        typer.echo(todo, err=True)
        raise typer.Exit(2)
    from hardware.cards.base import VitaleFiles, VitaleRecords
    from hardware.cards.vitale_files import read_card
    from kiosk.app.card_contents import contents_of
    from kiosk.commands.card import _reader, _wait_for_card

    reader = _reader(config, "")
    reason, slots = _wait_for_card(reader, wait)
    for slot in slots:
        outcome = read_card(reader, slot)
        if isinstance(outcome, VitaleFiles | VitaleRecords):
            people = contents_of(outcome).beneficiaries
            if which <= len(people):
                return people[which - 1], people[0]
            reason = "no-such-beneficiary"
    typer.echo(f"Pas de carte Vitale lisible ({reason}) : essayer « kiosk card read ».", err=True)
    raise typer.Exit(2)


@app.command()
def check(
    *,
    endpoint: Endpoint = None,
    certificate: Certificate = None,
    key: Key = None,
    password_file: PasswordFile = None,
    ca: Ca = None,
    idam: Idam = None,
    wsdl: Wsdl = None,
    environment: Env = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Contrôle certificat et réglages, puis le service par une recherche sans résultat. Sortie : 0, 5, 6 ou 7."""
    from kiosk.insi import callers
    from kiosk.insi.certificate import Level
    from kiosk.insi.certificate import check as check_certificate
    from kiosk.insi.client import InsiClient

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    chosen = configuration(config, **options)
    now = datetime.datetime.now(datetime.UTC)
    findings, of_callers = check_certificate(chosen, now), callers.check(chosen, now)
    client = InsiClient(chosen)
    status, told = describe(client.find_by_traits(NOBODY, 8.0))
    client.close()
    status = 0 if status in (0, 3, 4) else status
    if any(finding.level is Level.ERROR for finding in [*findings, *of_callers]):
        status = status or 7
    service = {"code": told["code"], "advice": told.get("advice", ""), "calls": told["calls"]}
    if as_json:
        told_of = {"certificate": [asdict(each) for each in findings], "callers": [asdict(each) for each in of_callers]}
        print(json.dumps(told_of | {"service": service}, ensure_ascii=False))
    else:
        for finding in [*findings, *of_callers]:
            print(f"{finding.level.value:8} {finding.code:12} {finding.what}  {finding.todo}".rstrip())
        print(f"{'ok' if status == 0 else 'error':8} {'service':12} {service['code']}  {service['advice']}".rstrip())
    raise typer.Exit(status)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="CSV ou lignes JSON (.jsonl) : une identité par ligne.")],
    *,
    output: Annotated[Path | None, typer.Option("--output", help="Résultats ; sinon FICHIER.results.jsonl.")] = None,
    rate: Annotated[float, typer.Option("--rate", min=0, help="Au plus tant par seconde (0 : sans limite).")] = 0,
    deadline: Deadline = 30.0,
    endpoint: Endpoint = None,
    certificate: Certificate = None,
    key: Key = None,
    password_file: PasswordFile = None,
    ca: Ca = None,
    idam: Idam = None,
    wsdl: Wsdl = None,
    environment: Env = None,
    verifier_name: Annotated[str, typer.Option("--verifier", help="Extension de l'opération nationale.")] = "",
    config: Config = None,
) -> None:
    """Vérifie des identités enregistrées ; interrompue, la même commande reprend où elle en était.

    En production, par l'opération nationale seulement ([insi] verifier) : rechercher en masse n'est pas permis.
    Sortie : 0 terminé, 2 fichier inutilisable ou commande fermée, 5 refus, 6 injoignable, 7 certificat.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from kiosk.insi import bulk
    from kiosk.insi.client import InsiClient
    from kiosk.insi.verify import VerifyBySearch

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    chosen = configuration(config, **options)
    client = InsiClient(chosen)
    verifier = _verifier(chosen, verifier_name or _verifier_named(config)) or VerifyBySearch(client.find_by_traits)
    results = output or file.with_name(file.name + ".results.jsonl")
    screen = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=screen, disable=not screen.is_terminal, refresh_per_second=4) as progress:
            bar = progress.add_task("", total=bulk.count(file) if screen.is_terminal else None)
            report = bulk.verify_file(
                verifier,
                file,
                results,
                deadline=deadline,
                rate=rate,
                on_progress=lambda done: progress.update(bar, completed=done),
            )
    except (bulk.WrongFileError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except bulk.StoppedError as stopped:
        typer.echo(f"Arrêt ({stopped.reason}) : la même commande reprendra ici.", err=True)
        raise typer.Exit(stopped.status) from None
    finally:
        client.close()
    print(json.dumps(report.told()))


CLOSED = (
    "Commande fermée en production : sans l'opération nationale de vérification ([insi] verifier), ce serait une "
    "recherche en masse, qui n'est pas permise. Une identité se vérifie depuis sa page de la console."
)


def _verifier_named(config: Path | None) -> str:
    """The plug-in that the file names; none without a file."""
    from kiosk.settings import read_toml

    section = read_toml(config).get("insi", {}) if config is not None else {}
    return str(section.get("verifier", ""))


def _verifier(chosen: InsiConfig, name: str) -> "Verifier | None":
    """The official operation; None: by search. Ends the command (2) where many may not be searched for."""
    from kiosk.insi.verify import NoVerifierError, plugged_in

    if not name and chosen.environment is Environment.PRODUCTION:
        typer.echo(CLOSED, err=True)
        raise typer.Exit(2)
    try:
        return plugged_in(name, chosen) if name else None
    except NoVerifierError as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(2) from None


# A search that names nobody: letters alone, born when no one living was.
NOBODY = Traits(
    Source.STAFF,
    birth_name="ZZVERIFICATION",
    given_names=("ZZSERVICE",),
    birth_date=BirthDate("1800-01-01"),
    sex=Sex.FEMALE,
)


def simulate_insi(
    pki: Annotated[Path, typer.Option("--pki", help="Dossier des certificats d'essai ; faits s'ils manquent.")],
    port: Annotated[int, typer.Option("--port", help="0 : un port libre.")] = 0,
    host: Annotated[str, typer.Option("--host", help="Adresse d'écoute.")] = "127.0.0.1",
    people: Annotated[int, typer.Option("--people", min=0, help="Nombre de personnes inventées, en plus.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Graine des personnes inventées.")] = 7,
    people_file: Annotated[Path | None, typer.Option("--people-file", help="D'autres personnes fictives.")] = None,
    cases: Annotated[
        Path | None, typer.Option("--cases", help="Le fichier de kiosk simulate arrivals, pour vos personnes.")
    ] = None,
    idam: Annotated[str | None, typer.Option("--idam", help="Numéro d'autorisation accepté.")] = None,
    behaviour: Annotated[str, typer.Option("--behaviour", help="Comportement ; voir la page de contrôle.")] = "normal",
    style: Annotated[str, typer.Option("--style", help="Écriture des réponses.")] = "plain",
    seconds: Annotated[float, typer.Option("--seconds", help="Délai de chaque réponse.")] = 0.0,
    config: Config = None,
) -> None:
    """INSi simulé, jusqu'à l'arrêt. Écrit une ligne JSON avec son adresse quand il est prêt. Jamais en production."""
    from kiosk.insi.simulated import population
    from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
    from kiosk.insi.simulated.testpki import make_pki
    from kiosk.training.cases import everybody
    from kiosk.training.choices import read_choices

    if config is not None:
        from kiosk.settings import load

        if load(config).mode == "production":
            typer.echo("En production, aucun service n'est simulé.", err=True)
            raise typer.Exit(2)
    files = make_pki(pki)
    known = population.Population()
    for person in everybody():
        known.add(person)
    for own in read_choices(cases).own() if cases is not None else ():
        for person in own.known():
            known.add(person)
    for person in population.generated(people, seed):
        known.add(person)
    if people_file is not None:
        with people_file.open(encoding="utf-8") as lines:
            for person in population.from_json_lines(lines):
                known.add(person)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    simulator = Simulator(
        *(files.insi_certificate, files.insi_key, files.ca, known),
        idam=idam or TEST_IDAM,
        host=host,
        port=port,
        behaviour=Behaviour(behaviour, style=style, seconds=seconds),
    )
    with simulator.running():
        ready: dict[str, Any] = {"simulator": "insi", "endpoint": simulator.endpoint, "control": simulator.control}
        ready |= {"idam": idam or TEST_IDAM, "people": len(known)}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        stop.wait()
