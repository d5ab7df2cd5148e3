"""What a search of INSi costs beyond the bare HTTP call, how soon the client is ready, and that it grows no fatter.

Run: ``python -m tests.benchmarks.bench_insi [--searches 10000] [--identities 2000]``. The simulator is another process;
all over mutual TLS. Exit code 1 when a goal is missed. ``--identities 100000`` is the whole verification of the issue.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests
from lxml import etree

from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import InsFound
from kiosk.insi.bulk import COLUMNS
from kiosk.insi.client import Environment, InsiClient, InsiConfig
from kiosk.insi.simulated.population import generated
from kiosk.insi.simulated.simulator import TEST_IDAM
from kiosk.insi.simulated.testpki import TestPki, make_pki

GOAL_CPU_MS = 3.0
GOAL_READY_S = 0.3
GOAL_GROWTH_MB = 5.0
GOAL_SLOPE_MB = 20.0  # peak memory of a long verification beyond a short one's
INSTANCE = "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a"
ZOE = Beneficiary("ADRUN", "ZOE", "1975-12-31", nir="2751263220749", nir_key="74")
SEED = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One figure held against its goal."""

    what: str
    figure: float
    goal: float
    detail: str

    @property
    def is_met(self) -> bool:
        return self.figure <= self.goal

    def __str__(self) -> str:
        verdict = "ok  " if self.is_met else "MISS"
        return f"{verdict} {self.what:<44} {self.figure:8.3f}  goal {self.goal:5.2f}  {self.detail}"


@contextmanager
def simulator(directory: Path, people: int) -> Iterator[str]:
    """A simulated INSi in a process of its own; yields the endpoint."""
    code = "import typer; from kiosk.commands.insi import simulate_insi; typer.run(simulate_insi)"
    command = [sys.executable, "-c", code, "--pki", str(directory), "--people", str(people), "--seed", str(SEED)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["endpoint"])
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def config(endpoint: str, pki: TestPki) -> InsiConfig:
    return InsiConfig(
        *(endpoint, pki.client_p12, pki.ca, TEST_IDAM, INSTANCE),
        password_file=pki.password_file,
        environment=Environment.TEST,
    )


def cost(client: InsiClient, endpoint: str, pki: TestPki, searches: int) -> Line:
    """CPU of one search beyond a bare POST and parse of the same bytes; rounds of both, turn by turn, in this run."""
    answer = client.find_by_card(ZOE, None, 10)
    assert isinstance(answer, InsFound)
    call = answer.exchanges[0]
    kind = f'application/soap+xml; charset=utf-8; action="urn:ServiceIdentiteCertifiee:1.0.0:{call.operation}"'
    bare = requests.Session()
    bare.trust_env = False
    bare.cert = (str(pki.client_certificate), str(pki.client_key))
    bare.verify = str(pki.ca)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(10):
        started = time.process_time()
        for _ in range(searches // 10):
            answer = client.find_by_card(ZOE, None, 10)
        ours.append((time.process_time() - started) / (searches // 10) * 1000)
        assert isinstance(answer, InsFound)
        started = time.process_time()
        for _ in range(searches // 10):
            got = bare.post(endpoint, data=call.request, headers={"Content-Type": kind}, timeout=10)
            etree.fromstring(got.content)
        theirs.append((time.process_time() - started) / (searches // 10) * 1000)
        assert got.status_code == 200
    bare.close()
    mine, other = statistics.median(ours), statistics.median(theirs)
    return Line("search, CPU ms beyond bare POST + parse", mine - other, GOAL_CPU_MS, f"{mine:.2f} ms - {other:.2f} ms")


def growth(client: InsiClient, searches: int) -> Line:
    """Memory after many searches, against after some."""
    process = psutil.Process()
    for _ in range(500):
        client.find_by_card(ZOE, None, 10)
    before = process.memory_info().rss
    took: list[float] = []
    for _ in range(searches):
        started = time.perf_counter()
        assert isinstance(client.find_by_card(ZOE, None, 10), InsFound)
        took.append((time.perf_counter() - started) * 1000)
    grown = (process.memory_info().rss - before) / 1e6
    latency = statistics.quantiles(took, n=100)
    detail = f"median {latency[49]:.2f} ms, p99 {latency[98]:.2f} ms over one kept connection"
    return Line(f"memory growth over {searches} searches, MB", grown, GOAL_GROWTH_MB, detail)


def ready(endpoint: str, pki: TestPki) -> Line:
    """Start-up, after import: WSDL loaded, certificate open, ready to call; median of 7 processes."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from kiosk.insi.client import Environment, InsiClient, InsiConfig\n"
        "started = time.perf_counter()\n"
        "client = InsiClient(InsiConfig(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), 'x', sys.argv[5],\n"
        "    password_file=Path(sys.argv[4]), environment=Environment.TEST))\n"
        "client.prepare(); print(time.perf_counter() - started)"
    )
    paths = [str(pki.client_p12), str(pki.ca), str(pki.password_file)]
    command = [sys.executable, "-c", code, endpoint, *paths, INSTANCE]
    took = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(7)]
    return Line("ready to call after import, s", statistics.median(took), GOAL_READY_S, f"slowest {max(took):.3f} s")


def verification(directory: Path, endpoint: str, pki: TestPki, identities: int, kills: int) -> list[Line]:
    """A whole file verified by the command, killed at random moments and resumed: memory, rate, no line twice."""
    source = directory / "people.jsonl"
    with source.open("w") as file:
        for number, person in enumerate(generated(identities, SEED), start=1):
            values = (f"P{number}", person.birth_name, " ".join(person.given_names), person.sex, person.birth_date)
            values += (person.place, person.number, person.key, person.oid)
            file.write(json.dumps(dict(zip(COLUMNS, values, strict=True))) + "\n")
    short = directory / "short.jsonl"
    short.write_bytes(b"".join(source.read_bytes().splitlines(keepends=True)[:200]))
    first = json.loads(_verify(short, endpoint, pki).communicate()[0])
    results = source.with_name(source.name + ".results.jsonl")
    dice, killed = random.Random(SEED), 0
    process = _verify(source, endpoint, pki)
    while killed < kills:
        wanted = (killed + 1) * results_size(identities) // (kills + 1)
        while process.poll() is None and (not results.exists() or results.stat().st_size < wanted):
            time.sleep(dice.uniform(0.001, 0.02))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
        process = _verify(source, endpoint, pki)
    told = json.loads(process.communicate()[0])
    lines = [json.loads(line)["line"] for line in results.open()]
    wrong = len(lines) - len(set(lines)) + identities - len(set(lines))
    rate = f"{told['per_second']}/s, latency ms {told['latency_ms']}, {told['verdicts']}"
    return [
        Line(f"lines repeated or missing of {identities}", wrong, 0, f"killed and resumed {killed} times"),
        Line(
            *("peak memory beyond a file of 200, MB", told["peak_memory_mb"] - first["peak_memory_mb"], GOAL_SLOPE_MB),
            f"{told['peak_memory_mb']} MB; last run: {told['done']} at {rate}",
        ),
    ]


def results_size(identities: int) -> int:
    return identities * 70


def _verify(source: Path, endpoint: str, pki: TestPki) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", "from kiosk.commands.insi import app; app()", "verify", str(source)]
    command += ["--endpoint", endpoint, "--certificate", str(pki.client_p12), "--password-file"]
    command += [str(pki.password_file), "--ca", str(pki.ca), "--idam", TEST_IDAM]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=10_000)
    parser.add_argument("--identities", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        pki = make_pki(directory)
        with simulator(directory, chosen.identities) as endpoint:
            client = InsiClient(config(endpoint, pki))
            lines = [ready(endpoint, pki), cost(client, endpoint, pki, min(2000, chosen.searches))]
            lines.append(growth(client, chosen.searches))
            client.close()
            lines += verification(directory, endpoint, pki, chosen.identities, chosen.kills)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 0 if all(line.is_met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
