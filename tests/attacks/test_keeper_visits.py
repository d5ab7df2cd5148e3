"""Who writes to the database and has the structure's public key puts visits, questions and keys of their own there.

Asked as a browser and a kiosk ask, before the worker has looked: nothing of it is used, the page says so, and an
officer reads of it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import TestCase

from kiosk.console.config import ServerSettings
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.sealing import seal
from tests.console.arrivals import arrive, check_in_of, enrol, found
from tests.console.conftest import empty, make_sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, ZOE

ALTERED = "n’est plus tel que la console l’a écrit"


@pytest.fixture(scope="module")
def tables() -> ServerSettings:
    return make_sqlite()  # what a row proves is the same in both databases


@pytest.fixture(autouse=True)
def console(tables: ServerSettings) -> Iterator[None]:
    from kiosk.console.records import store_keys

    with empty(tables, is_compared=False):
        enrol()
        yield
    store_keys.forget_opened()


def told() -> list[str]:
    """What stands on the officer's page."""
    from kiosk.console.witness import findings

    return sorted({one.name.split("-")[0] for one in findings.unseen()})


def put_in(row: Any) -> None:
    """A row of their own, as they would have the console think that it wrote it."""
    QuerySet(type(row))._insert([row], fields=type(row)._meta.concrete_fields, raw=True, using="default")


def for_the_structure(plain: bytes, context: str) -> bytes:
    from kiosk.console.records import vault

    return seal(plain, vault.keys().current.public_key, context.encode())


@pytest.mark.parametrize(
    ("column", "value"),
    [("desk", "4"), ("need", "presence"), ("ticket", "B99"), ("reported", "PROVISIONAL"), ("stage", "held")],
)
def test_a_visit_altered_in_the_database_is_shown_as_such_and_opened_by_nobody(column: str, value: str) -> None:
    from kiosk.console.models import Arrival

    visit, client = arrive(ZOE), at_desk()
    behind(Arrival.objects.filter(pk=visit.key), **{column: value})
    page = get(client, "/file/").content.decode()
    assert "Modifié hors de la console" in page and "B99" not in page
    assert told() == ["row:arrival"]
    taken = client.post(f"/arrivees/{visit.key}/prendre/", secure=True)
    assert (taken.status_code, ALTERED in taken.content.decode()) == (503, True)
    assert Arrival.objects.get(pk=visit.key).stage == (value if column == "stage" else "waiting")


def test_nobody_waits_behind_a_visit_that_is_not_ours() -> None:
    from kiosk.console.models import Arrival

    first, second, client = arrive(ZOE), arrive(DOMINIQUE), at_desk()
    behind(Arrival.objects.filter(pk=first.key), desk="4")
    called = client.post("/file/suivant/", secure=True)
    assert second.key in called["Location"]


def test_a_visit_given_to_another_and_called_theirs_shows_no_status_and_no_picture() -> None:
    from kiosk.console.models import Arrival, Staff

    visit, client = arrive(ZOE), at_desk()
    behind(Arrival.objects.filter(pk=visit.key), stage="called", assigned_to=Staff.objects.get(username="lea"))
    for path in ("", "pieces/0/", "fiche/"):
        answer = get(client, f"/arrivees/{visit.key}/{path}")
        assert (answer.status_code, ALTERED in answer.content.decode()) == (503, True), path
    assert told() == ["row:arrival"]


def _forged_visit() -> CheckIn:
    """All that a kiosk sends, sealed as a kiosk seals it, beside a visit's row copied from another's."""
    from kiosk.console.models import Arrival, Sealed

    mine = Arrival.objects.get(pk=arrive(ZOE).key)
    lie = replace(check_in_of(DOMINIQUE, found(DOMINIQUE)), ticket="A13")
    mine.key, mine.ticket, mine.ticket_mark = uuid.UUID(lie.key), lie.ticket, None
    put_in(mine)
    put_in(Sealed(arrival=mine, check_in=for_the_structure(codec.to_bytes(lie), f"check-in:{lie.key}")))
    return lie


def test_a_whole_visit_forged_with_the_public_key_says_nothing_of_anybody() -> None:
    from kiosk.console.models import Sealed

    lie, client = _forged_visit(), at_desk()
    page = get(client, "/file/").content.decode()
    assert "Modifié hors de la console" in page and "A13" not in page
    taken = client.post(f"/arrivees/{lie.key}/prendre/", secure=True)
    assert taken.status_code == 503
    officer = at_desk("marc", "officer")
    opened = get(officer, f"/arrivees/{lie.key}/")
    assert (opened.status_code, "DOMINIQUE" in opened.content.decode()) == (503, False)
    assert "row:arrival" in told()
    assert not Sealed.objects.get(pk=lie.key).is_proven


def test_what_a_kiosk_signed_is_not_exchanged_under_a_visit_that_proves_itself() -> None:
    from kiosk.console.models import Arrival, Sealed

    visit, other, client = arrive(ZOE), arrive(DOMINIQUE), at_desk()
    post(client, f"/arrivees/{visit.key}/prendre/")
    for body in (
        bytes(Sealed.objects.get(pk=other.key).check_in),
        for_the_structure(codec.to_bytes(replace(other, key=visit.key)), f"check-in:{visit.key}"),
    ):
        behind(Sealed.objects.filter(pk=visit.key), check_in=body)
        answer = get(client, f"/arrivees/{visit.key}/")
        assert (answer.status_code, ALTERED in answer.content.decode()) == (503, True)
    assert "row:sealed" in told() and Arrival.objects.get(pk=visit.key).is_proven


def test_the_kiosks_signature_counts_also_under_another_seal() -> None:
    """With our own keys in hand: what is locked anew and is not what was signed is not shown either."""
    from kiosk.console.models import Arrival, Sealed
    from kiosk.console.records import subject_keys, vault

    visit, client = arrive(ZOE), at_desk()
    post(client, f"/arrivees/{visit.key}/prendre/")
    plain = codec.to_bytes(replace(check_in_of(DOMINIQUE), key=visit.key))
    own = subject_keys.one(uuid.UUID(visit.key))
    context = vault.context_of("check-in", visit.key)
    behind(Sealed.objects.filter(pk=visit.key), check_in=own.lock(for_the_structure(plain, context.decode()), context))
    assert get(client, f"/arrivees/{visit.key}/").status_code == 503
    arrival = Arrival.objects.get(pk=visit.key)
    arrival.sent_at = datetime.now(UTC).isoformat()
    arrival.save(update_fields=["sent_at"])
    assert get(client, f"/arrivees/{visit.key}/").status_code == 503


def test_a_store_key_that_is_planted_wraps_nobodys_key() -> None:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import store_keys
    from kiosk.sealing import generate_key

    ours = StoreKey.objects.get()
    planted = StoreKey(id=7, store=ours.store, generation=ours.generation + 1, made_at=ours.made_at)
    planted.sealed = for_the_structure(generate_key(), f"store-key:{planted.store}:{planted.pk}")
    QuerySet(StoreKey)._insert([planted], fields=StoreKey._meta.concrete_fields, raw=True, using="keys")
    store_keys.forget_opened()  # another process, as after a restart
    visit = arrive(ZOE)
    assert SubjectKey.objects.get(pk=visit.key).store_key_id == ours.pk
    assert "row:storekey" in found_by_the_worker()


def found_by_the_worker() -> list[str]:
    from django.utils import timezone

    from kiosk.console.models import Inspection
    from kiosk.console.upkeep import checking

    Inspection.objects.all().delete()
    checking.take_turns(timezone.now())
    return told()


def test_a_question_put_in_asks_nobody_and_answers_no_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    from kiosk.console.models import Question, Terminal
    from kiosk.console.questions import keeping
    from kiosk.console.records import subject_keys, vault
    from kiosk.console.upkeep import asked as asking
    from tests.console.asked_through import by_card, came, knowing, naming, sealed

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": object()}))
    insi, mine, now = knowing(ZOE), by_card(ZOE), datetime.now(UTC)
    key = uuid.UUID(mine.key)
    row = Question(
        key=key, terminal_id=Terminal.objects.get().pk, received_at=now, next_at=now, sent_at=now.isoformat()
    )
    row.state = "waiting"
    subject = keeping.subject_of(key)
    [own] = subject_keys.create([subject]).values()  # even with the subject's own key
    row.body = own.lock(sealed(mine), vault.context_of("question", key))
    put_in(row)
    asking.once(insi)
    assert insi.asked == []
    visit = came(naming(mine, ZOE))
    assert not Question.objects.filter(visit=visit).exists()
    assert "row:question" in found_by_the_worker()


def test_a_recognition_put_in_pays_for_no_short_path() -> None:
    from kiosk.console.intake import recognition
    from kiosk.console.models import Recognition, Terminal

    kiosk = Terminal.objects.get()
    put_in(Recognition(id=5, terminal_id=kiosk.pk, nonce=b"n" * 16, asked_at=datetime.now(UTC)))
    assert not recognition.spend(kiosk)
    assert "row:recognition" in found_by_the_worker()


_STANDS, _ACT_OF_NOBODY = "SELECT * FROM console_arrival", "UPDATE console_auditentry SET about = %s WHERE act = %s"

_PUT_BACK = "UPDATE console_arrival SET {}"


def _rows() -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDS)
        return [one[0] for one in cursor.description], cursor.fetchall()


@pytest.mark.parametrize("is_act_altered", [False, True])
def test_on_a_visits_row_of_before_nothing_is_decided_though_its_later_act_was_altered_too(
    is_act_altered: bool,
) -> None:
    from kiosk.console.identities.reasons import BY_WORKER, WhyAside
    from kiosk.console.models import Arrival, AuditEntry

    lea, key = at_desk(), arrive(ZOE).key
    post(lea, f"/arrivees/{key}/prendre/")
    names, [before] = _rows()
    with TestCase.captureOnCommitCallbacks(execute=True):
        post(lea, f"/arrivees/{key}/parti/")
    assert Arrival.objects.get().stage == "gone"
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(_PUT_BACK.format(", ".join(f"{name} = %s" for name in names)), before)
        if is_act_altered:
            cursor.execute(_ACT_OF_NOBODY, [str(uuid.uuid4()), "gone"])
    put_back, why = Arrival.objects.get(), next(one.value for one in WhyAside if one not in BY_WORKER)
    assert (put_back.stage, put_back.is_proven) == ("called", True)
    answer = post(lea, f"/arrivees/{key}/ecarter/", reason=why)
    assert answer.status_code == 503 and ALTERED in answer.content.decode()
    assert [one.partition(":")[0] for one in told()] == ["altered" if is_act_altered else "visit"]
    assert not AuditEntry.objects.filter(act="set-aside").exists() and Arrival.objects.get().stage == "called"


def test_what_is_there_as_it_was_left_is_decided() -> None:
    from kiosk.console.identities.reasons import BY_WORKER, WhyAside
    from kiosk.console.models import AuditEntry

    lea, key = at_desk(), arrive(ZOE).key
    why = next(one.value for one in WhyAside if one not in BY_WORKER)
    with TestCase.captureOnCommitCallbacks(execute=True):
        post(lea, f"/arrivees/{key}/prendre/")
    assert post(lea, f"/arrivees/{key}/ecarter/", reason=why).status_code == 302
    assert AuditEntry.objects.filter(act="set-aside").exists() and told() == []
