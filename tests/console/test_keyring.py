"""One key for each purpose, made from the site's secret; a former secret is believed up to its day."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from kiosk.console import keyring
from kiosk.console.keyring import Secret
from kiosk.console.models import Invitation
from kiosk.console.models.proven import Unproven
from kiosk.console.terminals import enrolment

FIRST, SECOND = b"1" * 32, b"2" * 32


def _believing(monkeypatch: pytest.MonkeyPatch, *secrets: Secret) -> None:
    monkeypatch.setattr(settings, "KEYRING", secrets)


def test_what_is_proven_for_one_purpose_is_not_for_another_and_no_part_moves_into_the_next() -> None:
    shown = keyring.proof("one", ("ab", b"c"))
    assert keyring.proves("one", (b"ab", "c"), shown)
    assert not keyring.proves("two", ("ab", b"c"), shown)
    assert not keyring.proves("one", ("a", b"bc"), shown)
    assert not keyring.proves("one", ("ab", b"c"), shown[:-1])
    assert not keyring.proves("one", ("ab", b"c"), b"")
    assert not keyring.proves("one", ("ab", b"c"), b"\x02" + shown[1:])


def test_a_former_secret_proves_until_its_day_and_nothing_new_is_made_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _believing(monkeypatch, Secret(FIRST))
    of_before = keyring.proof("row", ("a",))
    _believing(monkeypatch, Secret(SECOND), Secret(FIRST, localdate() + timedelta(days=1)))
    assert keyring.proves("row", ("a",), of_before)
    assert not of_before.startswith(keyring.mark("row"))
    assert keyring.proof("row", ("a",)).startswith(keyring.mark("row"))
    _believing(monkeypatch, Secret(SECOND), Secret(FIRST, localdate() - timedelta(days=2)))
    assert not keyring.proves("row", ("a",), of_before)


def test_sessions_hang_on_a_key_of_their_own_and_not_on_the_secret() -> None:
    secret = settings.KEYRING[0].secret
    assert keyring.key("sessions").hex() == settings.SECRET_KEY
    assert settings.SECRET_KEY not in (secret.hex(), keyring.key("blind index").hex(), keyring.key("audit chain").hex())


@pytest.fixture()
def invitation(console: object) -> Invitation:
    enrolment.invite("borne-9", who="test")
    return Invitation.objects.get()


def _altered(**columns: object) -> Invitation:
    """As somebody writes it who has the database."""
    from django.db.models import QuerySet

    QuerySet(Invitation).update(**columns)
    return Invitation.objects.get(pk="borne-9")


def test_a_row_proves_itself_until_one_of_its_columns_is_altered_behind_the_console(invitation: Invitation) -> None:
    assert invitation.is_proven
    assert not _altered(failures=3).is_proven
    assert _altered(failures=0).is_proven
    assert not _altered(expires_at=invitation.expires_at + timedelta(days=1)).is_proven


def test_a_row_that_does_not_prove_itself_is_not_made_ours_by_writing_on(invitation: Invitation) -> None:
    altered = _altered(failures=3)
    for names in (["failures"], None):
        with pytest.raises(Unproven):
            altered.save(update_fields=names)
    invitation.failures = 4  # read before it was altered
    with pytest.raises(Unproven):
        invitation.save(update_fields=["failures"])
    assert not Invitation.objects.get().is_proven


def test_who_writes_one_column_of_a_row_that_another_has_changed_meanwhile_proves_both(invitation: Invitation) -> None:
    late = Invitation.objects.get()
    invitation.failures = 2
    invitation.save(update_fields=["failures"])
    late.expires_at += timedelta(minutes=1)
    late.save(update_fields=["expires_at"])
    stands = Invitation.objects.get()
    assert (stands.is_proven, stands.failures, stands.expires_at) == (True, 2, late.expires_at)


def test_many_rows_are_not_changed_at_once_past_their_proof(invitation: Invitation) -> None:
    with pytest.raises(TypeError):
        Invitation.objects.update(failures=0)
    assert invitation.is_proven


def test_a_row_read_in_part_proves_nothing(invitation: Invitation) -> None:
    assert not Invitation.objects.only("terminal").get().is_proven
