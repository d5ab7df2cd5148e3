"""What people are found by, after the secret was replaced: whoever had the former one tries nothing against it."""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import BinaryField, ExpressionWrapper, F

from kiosk.console import keyring
from kiosk.console.config import ServerSettings
from kiosk.console.models import NationalIdentity
from kiosk.console.models.fingerprints import Fingerprint, as_bytes
from kiosk.console.records import search
from kiosk.console.register import checks, known, visit_checks
from kiosk.console.register.writer import held_elsewhere
from kiosk.console.staff import accounts
from kiosk.console.upkeep import checking, renewing
from tests.attacks.test_keeper_rotation import Site, _quiet, tables
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, check_in_of, enrol
from tests.console.conftest import empty
from tests.console.staff import add, link
from tests.people import PIERRE_ALAIN, ZOE

__all__ = ["tables"]
NATIONAL = "899700000001"


@pytest.fixture()
def site(tables: ServerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    with empty(tables):
        enrol()
        add("lea")
        link("lea", NATIONAL)
        arrive(ZOE)
        make_known(ZOE)
        yield Site(monkeypatch, tmp_path)


def _kept() -> list[bytes]:
    """Everything that somebody is found by, as it stands in the database."""
    columns = [(model, one) for model in apps.get_models() for one in model._meta.concrete_fields]
    found = []
    for model, column in columns:
        if isinstance(column, Fingerprint):
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


def test_all_are_found_with_both_secrets_halfway_and_with_the_new_one_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(_kept())
    site.believes_both()
    arrive(PIERRE_ALAIN)
    _all_are_found()
    monkeypatch.setattr(renewing, "LOOKED_AT", 3)

    def killed(table: str, seen: int, _done: int) -> None:
        if table == "console_personindex.value" and seen == 3:
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


def test_who_has_the_former_secret_and_the_database_finds_no_birth_date(site: Site) -> None:
    def tried() -> bytes:
        key = keyring.derived(site.old.secret, keyring.INDEX)
        [one] = search.search_for(search.BirthDate("1975-12-31"), "", "")
        return hmac.digest(key, f"{one.field.value}\n{one.text}".encode(), hashlib.sha256)[:16]

    assert tried() in _kept()
    site.believes_both()
    renewing.renew("command:root", _quiet)
    assert not any(tried() in one for one in _kept())
