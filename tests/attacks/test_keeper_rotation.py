"""The site's secret is replaced: who has the former one proves nothing after its day; halfway nothing is lost."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from kiosk.console import audit, chain, keyring
from kiosk.console.config import FormerSecret, ServerSettings
from kiosk.console.keyring import Secret
from kiosk.console.models import AuditEntry, AuditHead, Staff, Terminal
from kiosk.console.models.proven import PURPOSE
from kiosk.console.staff import accounts
from kiosk.console.terminals import enrolment
from kiosk.console.upkeep import renewing
from kiosk.heads import endorsements_in, read_key
from kiosk.sealing import generate_signer, intake_message, sign, signer_public_pem
from kiosk.storage.delivery import ConsoleLink, Reply
from kiosk.storage.heads import HeadKeeper
from tests.console.arrivals import SIGNER, put
from tests.console.conftest import empty, make_sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.served import ServedConsole
from tests.console.staff import PASSWORD, add, browser, code_of
from tests.demo.enrolling import sign_in


@pytest.fixture(scope="module")
def tables() -> ServerSettings:
    return make_sqlite()


class Site:
    """Whose settings name a current secret, and former ones until a day."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        self.old: Secret = settings.KEYRING[0]
        made = folder / "secret"
        made.write_bytes(keyring.new(self.old))
        self.new = keyring._read(made, None)

    def believes_both(self) -> None:
        until = localdate() + timedelta(days=1)
        self._patch.setattr(settings, "KEYRING", (self.new, Secret(self.old.secret, until, self.old.before)))

    def is_not_there_yet(self) -> None:
        """One of several machines, whose settings name the new secret beside the one that they go on with."""
        until = localdate() + timedelta(days=1)
        self._patch.setattr(settings, "KEYRING", (self.old, Secret(self.new.secret, until, self.new.before)))

    def has_forgotten(self) -> None:
        """The day of the former secret is over."""
        until = localdate() - timedelta(days=1)
        self._patch.setattr(settings, "KEYRING", (self.new, Secret(self.old.secret, until, self.old.before)))


@pytest.fixture()
def site(tables: ServerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    with empty(tables):
        add("lea")
        add("olivia", "officer")
        enrolment.enrol("borne-7", signer_public_pem(SIGNER).decode(), who="test")
        yield Site(monkeypatch, tmp_path)


def _quiet(_table: str, _seen: int, _done: int) -> None:
    """Nobody looks on."""


def _signs_in(name: str, steps: int = 0) -> bool:
    said = {"username": name, "password": PASSWORD, "code": code_of(name, steps=steps)}
    return int(browser().post("/connexion/", said, secure=True).status_code) == 302


def _old_ones() -> list[str]:
    """Tables with a row that the current key did not prove."""
    mark = keyring.mark(PURPOSE)
    proofs = ((one._meta.db_table, bytes(row.proof)) for one in renewing.tables()[:-1] for row in one.objects.all())
    return sorted({table for table, proof in proofs if not proof.startswith(mark)})


def test_the_console_goes_on_with_both_and_after_the_day_with_the_new_one_alone(site: Site) -> None:
    site.believes_both()
    assert _signs_in("lea") and audit.verify()[1] == ()
    renewing.renew("command:root", _quiet)
    assert _old_ones() == [] and audit.verify()[1] == ()
    site.has_forgotten()
    assert audit.verify()[1] == ()
    assert _signs_in("olivia") and Terminal.objects.get(pk="borne-7").is_proven
    acts = AuditEntry.objects.filter(act__startswith="secret-").order_by("number").values_list("act", "who")
    assert list(acts) == [("secret-changed", "command:root"), ("secret-renewed", "command:root")]


def test_of_several_machines_one_that_goes_on_with_the_former_secret_reads_what_another_proves(site: Site) -> None:
    site.believes_both()
    add("marc")
    renewing.renew("command:root", _quiet)
    site.is_not_there_yet()
    assert _signs_in("marc") and _signs_in("lea")
    add("nora")
    assert audit.verify()[1] == () and audit.head().is_proven
    site.believes_both()
    assert _signs_in("nora") and audit.verify()[1] == ()
    renewing.renew("command:root", _quiet)
    site.has_forgotten()
    assert _old_ones() == [] and audit.verify()[1] == ()


def test_a_row_that_the_former_secret_proves_is_refused_after_its_day(site: Site) -> None:
    before = Staff.objects.filter(username="lea").values().get()
    site.believes_both()
    renewing.renew("command:root", _quiet)
    behind(Staff.objects.filter(username="lea"), **before)
    site.has_forgotten()
    assert not Staff.objects.get(username="lea").is_proven
    assert not _signs_in("lea")


def test_ended_halfway_nothing_is_lost_and_begun_again_it_does_the_rest_and_says_so_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "LOOKED_AT", 1)
    site.believes_both()

    def killed(table: str, seen: int, _done: int) -> None:
        if table == "console_staff" and seen == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renewing.renew("command:root", killed)
    assert "console_staff" in _old_ones()
    assert audit.verify()[1] == () and _signs_in("lea") and _signs_in("olivia")
    accounts.set_active(Staff.objects.get(username="lea"), active=False, who="olivia")
    renewing.renew("command:root", _quiet)
    assert _old_ones() == []
    renewing.renew("command:root", _quiet)
    site.has_forgotten()
    assert audit.verify()[1] == () and not _signs_in("lea", 1) and _signs_in("olivia", 1)
    assert AuditEntry.objects.filter(act="secret-changed").count() == 1
    assert AuditEntry.objects.filter(act="secret-renewed").count() == 1


def test_what_did_not_prove_itself_before_is_not_made_ours_by_the_new_secret(site: Site) -> None:
    behind(Staff.objects.filter(username="lea"), role="administrator")
    site.believes_both()
    _written, left = renewing.renew("command:root", _quiet)
    assert left == 1 and not Staff.objects.get(username="lea").is_proven


def _alter(number: int, key: bytes) -> None:
    """Write an act otherwise, and link all that follows anew with a key that was the trail's."""
    previous = AuditEntry.objects.get(pk=number - 1).chained
    with unguarded():
        for entry in AuditEntry.objects.filter(pk__gte=number).order_by("pk"):
            if entry.pk == number:
                entry.who = "somebody else"
            previous = chain.link(bytes(previous), entry, key)
            behind(AuditEntry.objects.filter(pk=entry.pk), who=entry.who, chained=previous)
    head = AuditHead.objects.get()
    head.chained = previous
    behind(AuditHead.objects.all(), chained=previous, proof=chain.proof(head, key))


def test_who_has_the_former_secret_writes_no_act_otherwise_after_its_day(site: Site) -> None:
    site.believes_both()
    renewing.renew("command:root", _quiet)
    _alter(2, keyring.derived(site.old.secret, keyring.CHAIN))
    site.has_forgotten()
    assert {one.reason for one in audit.verify()[1]} >= {"head"}


def test_nor_do_they_before_it_where_the_trail_has_gone_on_with_the_new_one(site: Site) -> None:
    site.believes_both()
    renewing.renew("command:root", _quiet)
    boundary = AuditEntry.objects.get(act="secret-changed").pk
    key = keyring.derived(site.old.secret, keyring.CHAIN)
    head = AuditHead.objects.values().get()
    after = list(AuditEntry.objects.filter(pk__gte=boundary).values_list("pk", "chained"))
    _alter(2, key)
    with unguarded():
        for number, chained in after:  # nobody else can link these
            behind(AuditEntry.objects.filter(pk=number), chained=chained)
    behind(AuditHead.objects.all(), **head)
    assert [(one.number, one.reason) for one in audit.verify()[1]] == [(boundary, "altered")]


def test_a_kiosk_is_told_by_the_former_key_which_one_comes_after_it_until_the_day(site: Site) -> None:
    known = read_key(str(put("/intake/heartbeat", b"{}", kiosk="borne-7")["X-Console-Key"]))
    assert known is not None
    site.believes_both()
    answer = put("/intake/heartbeat", b"{}", kiosk="borne-7")
    [endorsed] = endorsements_in(str(answer["X-Console-Key-Endorsed"]))
    assert endorsed.is_signed_by(known) and endorsed.key == answer["X-Console-Key"]
    assert not endorsed.is_signed_by(generate_signer().public_key())
    site.has_forgotten()
    assert "X-Console-Key-Endorsed" not in put("/intake/heartbeat", b"{}", kiosk="borne-7")


def test_a_secret_that_does_not_come_after_the_one_it_replaces_is_refused(site: Site, tmp_path: Path) -> None:
    server: ServerSettings = settings.KIOSK
    other = tmp_path / "other"
    other.write_bytes(b"x" * 32)
    former = (FormerSecret(file=server.secret_key_file, until=localdate()),)
    named = server.model_copy(update={"secret_key_file": other, "former_secrets": former})
    with pytest.raises(ValueError, match="kiosk console secret new"):
        keyring.read(named)
    after = tmp_path / "after"
    after.write_bytes(keyring.new(site.old))
    for current, beside in ((after, server.secret_key_file), (server.secret_key_file, after)):
        former = (FormerSecret(file=beside, until=localdate()),)
        read = keyring.read(server.model_copy(update={"secret_key_file": current, "former_secrets": former}))
        assert read[0].is_left_to(read[1]) or read[1].is_left_to(read[0])
    torn = tmp_path / "torn"
    torn.write_bytes(keyring.new(site.old)[:150])
    with pytest.raises(ValueError, match="pas entier"):
        keyring._read(torn, None)


def _beats(served: ServedConsole, path: Path) -> str:
    """A kiosk that was just started tells how it is; gives the mark that it brings from then on."""

    def signed(where: str, sent_at: str, body: bytes) -> str:
        return b64encode(sign(intake_message(where, "borne-1", sent_at, body), SIGNER)).decode()

    keeper = HeadKeeper(path)
    certificate = served.folder / "console.pem"
    link = ConsoleLink(served.url.rstrip("/"), certificate, "borne-1", signed, datetime.now(UTC).isoformat, keeper)
    assert link.put_heartbeat({})[0] is Reply.TAKEN
    return keeper.brought()


def test_a_site_replaces_its_secret_while_its_console_serves_and_its_kiosks_follow(tmp_path: Path) -> None:
    served = ServedConsole(tmp_path / "site")
    served.start()
    first = _beats(served, tmp_path / "head")
    lea = served.add_staff("lea")
    made = served.run("console", "secret", "new", str(served.folder / "secret-2"))
    assert made.returncode == 0 and (served.folder / "secret-2").stat().st_mode & 0o777 == 0o600
    assert served.run("console", "secret", "new", str(served.folder / "secret-2")).returncode == 3
    assert served.run("console", "secret", "renew").returncode == 2  # the settings name no former one yet
    said = made.stdout.partition("[server] :")[2].partition("Puis")[0]
    served.config.write_text(served.config.read_text().replace('secret_key_file = "secret"\n', said.lstrip()))
    served.stop()
    served.start()
    assert _beats(served, tmp_path / "head") not in ("", first)
    assert "/file/" in sign_in_and_where(served, lea)
    done = served.run("console", "secret", "renew")
    assert done.returncode == 0 and "console_terminal : 1 lues, 1 prouvées" in done.stderr, done.stderr
    assert _beats(served, tmp_path / "head") not in ("", first)
    assert served.run("console", "audit", "verify").returncode == 0
    assert served.run("console", "register", "check").returncode == 0
    served.stop()


def sign_in_and_where(served: ServedConsole, account: dict[str, str]) -> str:
    window = served.visitor()
    sign_in(window, account)
    return window.at
