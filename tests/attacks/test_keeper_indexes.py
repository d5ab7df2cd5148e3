"""What people are found by, after the secret was replaced: whoever had the former one tries nothing against it."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import BinaryField, ExpressionWrapper, F

from kiosk.console import keyring
from kiosk.console.config import ServerSettings
from kiosk.console.models import Arrival, NationalIdentity
from kiosk.console.models.fingerprints import ClosedBlock, as_bytes
from kiosk.console.records import indexes, search
from kiosk.console.register import checks, known, visit_checks
from kiosk.console.register.writer import held_elsewhere
from kiosk.console.staff import accounts
from kiosk.console.upkeep import checking, renewing
from tests.attacks.test_keeper_rotation import Site, _quiet, tables
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, check_in_of, enrol
from tests.console.conftest import empty
from tests.console.staff import add, link
from tests.people import DOMINIQUE, PIERRE_ALAIN, TOUSSAINT, ZOE

__all__ = ["tables"]
NATIONAL = "899700000001"


@pytest.fixture()
def site(tables: ServerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    with empty(tables):
        enrol()
        add("lea")
        link("lea", NATIONAL)
        arrive(ZOE)
        arrive(TOUSSAINT)
        make_known(ZOE)
        yield Site(monkeypatch, tmp_path)


def _kept() -> list[bytes]:
    """Everything that somebody is found by, as it stands in the database."""
    columns = [(model, one) for model in apps.get_models() for one in model._meta.concrete_fields]
    found = []
    for model, column in columns:
        if isinstance(column, ClosedBlock):
            kept = ExpressionWrapper(F(column.name), output_field=BinaryField())
            found += [as_bytes(one) for one in model._base_manager.annotate(kept=kept).values_list("kept", flat=True)]
    return found


def _all_are_found() -> None:
    card = check_in_of(ZOE)
    assert search.find("1975-12-31", "adr").count() == 1
    assert known.is_known(card.card_nir, card.birth_rank, "1975-12-31")
    assert held_elsewhere(None, ZOE.matricule) is not None
    fingerprint = accounts.national_fingerprint(NATIONAL)
    assert NationalIdentity.objects.filter(fingerprint=fingerprint).get().is_proven
    assert NationalIdentity.objects.get().fingerprint == fingerprint
    for check in (checks.persons, visit_checks.visits):
        assert [one for part in checking.whole(check) for one in part.found] == []


@pytest.mark.parametrize(("place", "at_once"), [("console_personindex.value", 3), ("console_visitindex.visit", 1)])
def test_all_are_found_with_both_secrets_halfway_and_with_the_new_one_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch, place: str, at_once: int
) -> None:
    before = set(_kept())
    site.believes_both()
    arrive(PIERRE_ALAIN)
    _all_are_found()
    monkeypatch.setattr(renewing, "LOOKED_AT", at_once)

    def killed(table: str, seen: int, _done: int) -> None:
        if table == place and seen == at_once:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renewing.renew("command:root", killed)
    _all_are_found()
    assert before & set(_kept())
    renewing.renew("command:root", _quiet)
    assert {(len(one), one[0]) for one in _kept()} == {(17, 1)}
    site.is_not_there_yet()
    _all_are_found()
    site.has_forgotten()
    _all_are_found()
    assert search.find("2009-07-14", "", "PIE").count() == 1


def test_what_is_added_to_a_visit_while_two_secrets_count_is_met_with_what_was_there(site: Site) -> None:
    visit = Arrival.objects.earliest("received_at")
    site.believes_both()
    indexes.add(visit, {b"another print..."})
    assert indexes.met([*search.sought("1975-12-31", "adr"), b"another print..."]) == {visit.pk}


def test_a_number_is_one_person_s_also_on_the_day_when_the_secret_is_replaced(site: Site) -> None:
    def number_of(key: str) -> str:
        return str(Arrival.objects.get(pk=key).ticket)

    assert sorted(map(number_of, Arrival.objects.values_list("pk", flat=True))) == ["A12", "A12 bis"]
    site.believes_both()
    assert number_of(arrive(PIERRE_ALAIN).key) == "A12 ter"
    assert number_of(arrive(DOMINIQUE).key) == "A12-4"
    assert number_of(arrive(DOMINIQUE, ticket="B7").key) == "B7"


def test_who_has_the_former_secret_and_the_database_finds_no_birth_date(site: Site) -> None:
    def tried() -> bytes:
        key = keyring.derived(site.old.secret, keyring.INDEX)
        [one] = search.search_for(search.BirthDate("1975-12-31"), "", "")
        return hmac.digest(key, f"{one.field.value}\n{one.text}".encode(), hashlib.sha256)[:16]

    assert tried() in _kept()
    site.believes_both()
    renewing.renew("command:root", _quiet)
    assert not any(tried() in one for one in _kept())


# --- where a victim was: who reads every table checks in under their name ---------------------------------------------

_SHORTEST = 7  # characters or bytes: what is shorter is a state, a desk, a count
_LARGE = 40  # what is longer is a body: sealed, signed or proven
_ROWS = "SELECT * FROM {}"
Row = frozenset[bytes]


def _as_it_may_stand_elsewhere(value: object) -> bytes:
    """A key is the same with dashes, without them, or as bytes."""
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return UUID(value).bytes
    if isinstance(value, UUID):
        return value.bytes
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _rows() -> set[Row]:
    """Every row of every table, with those of its values that may tell it from others."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(_ROWS.format(connection.ops.quote_name(table)))
            for row in cursor.fetchall():
                values = map(_as_it_may_stand_elsewhere, row)
                found.add(frozenset(one for one in values if len(one) >= _SHORTEST))
    return found


def _are_joined(one: bytes, other: bytes) -> bool:
    """Whether both are the same, or one stands in the other."""
    return one == other or (max(len(one), len(other)) < _LARGE and (one in other or other in one))


def _led_to(start: Row, rows: set[Row], commonplace: Row) -> Row:
    """All that stands in a row with one of these values, or a part of it; and on from there."""
    known, left = start, {row - commonplace for row in rows}
    while met := {row for row in left if any(_are_joined(one, other) for one in row for other in known)}:
        known, left = known.union(*met), left - met
    return known


def test_who_reads_the_database_and_checks_in_as_a_victim_finds_none_of_their_visits(tables: ServerSettings) -> None:
    with empty(tables):
        enrol()
        for number, stranger in enumerate((PIERRE_ALAIN, DOMINIQUE, TOUSSAINT)):
            arrive(stranger, ticket=f"S{number}")
        commonplace = frozenset().union(*_rows())
        hers = {UUID(arrive(ZOE, ticket=f"Z{number}").key).bytes for number in range(2)}
        before = _rows()
        mine = UUID(arrive(ZOE, ticket="K1").key).bytes
        new = _rows() - before
        assert any(mine in row for row in new) and all(any(key in row for row in before) for key in hers)
        assert _led_to(frozenset({mine}), new, commonplace) > {mine}
        found = _led_to(frozenset().union(*new) - commonplace, before, commonplace)
        assert [key.hex() for key in hers if key in found] == []
