"""``kiosk insi``: ask the national identity service, check that it can be asked, verify what is stored."""

import datetime
import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.core.card import Beneficiary
from kiosk.core.dates import BirthDate
from kiosk.core.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.core.traits import Sex, Source, Traits
from kiosk.insi.config import Environment, InsiConfig

app = typer.Typer(help="Ask the national identity service (téléservice INSi).", no_args_is_help=True)

NO_INSTANCE = "00000000-0000-4000-8000-000000000000"

Endpoint = Annotated[str | None, typer.Option("--endpoint", help="Where to call; otherwise the configuration's.")]
Certificate = Annotated[Path | None, typer.Option("--certificate", help="The structure's PKCS#12 or PEM.")]
Key = Annotated[str | None, typer.Option("--key", help="PEM key, or pkcs11: URI, when not in the certificate's file.")]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help="A file holding the password.")]
Ca = Annotated[Path | None, typer.Option("--ca", help="Who may vouch for the server: PEM.")]
Idam = Annotated[str | None, typer.Option("--idam", help="The software's authorisation number.")]
Wsdl = Annotated[Path | None, typer.Option("--wsdl", help="The official bundle's WSDL.")]
Env = Annotated[Environment | None, typer.Option("--environment", help="production, test or demo.")]
Config = Annotated[Path | None, typer.Option("--config", help="The kiosk's TOML file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Deadline = Annotated[float, typer.Option("--deadline", min=0.1, max=120, help="Seconds the whole search may take.")]


def config_of(settings: Any) -> InsiConfig:
    """Make the client's configuration from the kiosk's settings (``kiosk.settings.Settings``)."""
    section = settings.insi
    return InsiConfig(
        endpoint=section.endpoint,
        certificate=section.certificate,
        ca=section.ca,
        idam=section.idam,
        instance=section.instance,
        password_file=section.password_file,
        key=str(section.key) if section.key else None,
        wsdl=section.wsdl,
        environment=Environment.PRODUCTION if settings.mode == "production" else Environment.DEMO,
    )


def _configuration(config: Path | None, **given: Any) -> InsiConfig:
    """Join the file and the options; the options win. Ends the command (2) when something is missing."""
    known: dict[str, Any] = {"instance": NO_INSTANCE, "environment": Environment.TEST}
    if config is not None:
        from kiosk.settings import BadSettings, load

        try:
            known = asdict(config_of(load(config)))
        except BadSettings as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None
    known |= {name: value for name, value in given.items() if value is not None}
    missing = [name for name in ("endpoint", "certificate", "ca", "idam") if not known.get(name)]
    if missing:
        typer.echo("missing: " + ", ".join(f"--{name}" for name in missing) + " (or --config)", err=True)
        raise typer.Exit(2)
    return InsiConfig(**known)


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
            from kiosk.insi.faults import advice

            told |= {"code": code, "text": text, "message_id": message_id, "advice": advice(code)}
        case InsUnreachable(reason):
            status, told["code"] = 6, f"unreachable:{reason}"
        case InsCertificateTrouble(reason):
            status, told["code"], told["text"] = 7, "certificate", reason
    return status, told | {"calls": calls}


@app.command()
def search(
    *,
    card: Annotated[bool, typer.Option("--card", help="Search with the carte Vitale's data.")] = False,
    name: Annotated[str, typer.Option("--name", help="Birth name; with --card, the name on the card.")] = "",
    given: Annotated[str, typer.Option("--given", help="Given names, separated by spaces.")] = "",
    sex: Annotated[str, typer.Option("--sex", help="F or M.")] = "",
    born: Annotated[str, typer.Option("--born", help="YYYY-MM-DD.")] = "",
    place: Annotated[str, typer.Option("--place", help="COG of the place of birth.")] = "",
    nir: Annotated[str, typer.Option("--nir", help="With --card: 13 characters, with or without the key.")] = "",
    insured_nir: Annotated[str, typer.Option("--insured-nir", help="With --card: the insured person's number.")] = "",
    rank: Annotated[str, typer.Option("--rank", help="With --card: birth rank (twins).")] = "1",
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
    """Search one person. Exit: 0 found, 3 none, 4 several, 5 refused, 6 unreachable, 7 certificate."""
    from kiosk.insi.client import InsiClient

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    client = InsiClient(_configuration(config, **options))
    if card:
        person = Beneficiary(name, given, born, rank, nir[:13], nir[13:15])
        owner = Beneficiary(name, "", born, "1", insured_nir[:13], insured_nir[13:15]) if insured_nir else None
        answer = client.find_by_card(person, owner, deadline)
    else:
        try:
            date, known_sex = BirthDate(born), Sex(sex)
        except ValueError:
            typer.echo("--born is written YYYY-MM-DD, --sex F or M", err=True)
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
    """Test the certificate, then the service with a search that can find nobody. Exit: 0 good, 5, 6, 7 as search."""
    from kiosk.insi.certificate import Level
    from kiosk.insi.certificate import check as check_certificate
    from kiosk.insi.client import InsiClient

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    chosen = _configuration(config, **options)
    findings = check_certificate(chosen, datetime.datetime.now(datetime.UTC))
    client = InsiClient(chosen)
    status, told = describe(client.find_by_traits(NOBODY, 8.0))
    client.close()
    status = 0 if status in (0, 3, 4) else status
    if any(finding.level is Level.ERROR for finding in findings):
        status = status or 7
    service = {"code": told["code"], "advice": told.get("advice", ""), "calls": told["calls"]}
    if as_json:
        print(json.dumps({"certificate": [asdict(each) for each in findings], "service": service}, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.level.value:8} {finding.code:12} {finding.what}  {finding.todo}".rstrip())
        print(f"{'ok' if status == 0 else 'error':8} {'service':12} {service['code']}  {service['advice']}".rstrip())
    raise typer.Exit(status)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="CSV or JSON lines (.jsonl): one stored identity a line.")],
    *,
    output: Annotated[Path | None, typer.Option("--output", help="Results, JSON lines; FILE.results.jsonl.")] = None,
    rate: Annotated[float, typer.Option("--rate", min=0, help="At most so many a second; 0: as fast as it goes.")] = 0,
    deadline: Deadline = 30.0,
    endpoint: Endpoint = None,
    certificate: Certificate = None,
    key: Key = None,
    password_file: PasswordFile = None,
    ca: Ca = None,
    idam: Idam = None,
    wsdl: Wsdl = None,
    environment: Env = None,
    config: Config = None,
) -> None:
    """Verify stored identities. Stopped at any moment, the same command goes on where it was.

    Exit: 0 done, 2 wrong file, 5, 6, 7 as search.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from kiosk.insi import bulk
    from kiosk.insi.client import InsiClient
    from kiosk.insi.verify import VerifyBySearch

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    options |= {"idam": idam, "wsdl": wsdl, "environment": environment}
    client = InsiClient(_configuration(config, **options))
    results = output or file.with_name(file.name + ".results.jsonl")
    screen = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=screen, disable=not screen.is_terminal, refresh_per_second=4) as progress:
            bar = progress.add_task("", total=bulk.count(file) if screen.is_terminal else None)
            report = bulk.verify_file(
                VerifyBySearch(client.find_by_traits),
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
        typer.echo(f"stopped ({stopped.reason}); the same command goes on from here", err=True)
        raise typer.Exit(stopped.status) from None
    finally:
        client.close()
    print(json.dumps(report.told()))


# A search that names nobody: letters alone, born when no one living was.
NOBODY = Traits(
    Source.STAFF,
    birth_name="ZZVERIFICATION",
    given_names=("ZZSERVICE",),
    birth_date=BirthDate("1800-01-01"),
    sex=Sex.FEMALE,
)


def simulate_insi(
    pki: Annotated[Path, typer.Option("--pki", help="Directory of the test PKI; made there when missing.")],
    port: Annotated[int, typer.Option("--port", help="0: any free port.")] = 0,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    people: Annotated[int, typer.Option("--people", min=0, help="How many generated people it knows besides.")] = 0,
    seed: Annotated[int, typer.Option("--seed")] = 7,
    people_file: Annotated[Path | None, typer.Option("--people-file", help="Further people, JSON lines.")] = None,
    idam: Annotated[str | None, typer.Option("--idam", help="The authorisation number it accepts.")] = None,
    behaviour: Annotated[str, typer.Option("--behaviour", help="How it answers; see the control page.")] = "normal",
    style: Annotated[str, typer.Option("--style", help="How its answers are written.")] = "plain",
    seconds: Annotated[float, typer.Option("--seconds", help="Delay of each answer.")] = 0.0,
    config: Config = None,
) -> None:
    """Simulate INSi until interrupted; prints one line of JSON with its address when ready. Never in production."""
    from kiosk.insi import population
    from kiosk.insi.simulator import TEST_IDAM, Behaviour, Simulator
    from kiosk.insi.testpki import make_pki

    if config is not None:
        from kiosk.settings import load

        if load(config).mode == "production":
            typer.echo("the configuration says production: nothing is simulated there", err=True)
            raise typer.Exit(2)
    files = make_pki(pki)
    known = population.Population()
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
