"""The queue's lines are written by hand: what a kiosk, a settings file or an account says is text there, not markup."""

from datetime import timedelta
from html.parser import HTMLParser
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival, Need, Staff, Stage
from kiosk.console.views import queue_lines
from tests.console.arrivals import arrive, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.people import ZOE

HOSTILE = (
    "</a></li><script>alert(1)</script>",
    '" onclick="alert(1)" x="',
    "' autofocus onfocus=alert(1) '",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; {} {0} %s {{ x }} {% x %}",
    "</span><!--",
)


class Read(HTMLParser):
    """What a browser makes of it: the tags with their attributes, and the text between."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _value in attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append((f"!{data}", ()))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def line_of(said: str, key: UUID | None = None, *, need: str = Need.READY) -> str:
    """A line of somebody whom a colleague has, each word of it as said."""
    arrival = Arrival(key=key or uuid4(), ticket=said, desk=said, need=need, stage=Stage.HELD, terminal_id=said)
    arrival.received_at = arrival.noted_at = timezone.now() - timedelta(minutes=12)
    arrival.assigned_to = Staff(pk=7, username=said)
    vars(arrival)["of_person"] = False
    return queue_lines.written([arrival], None, timezone.now())


@pytest.mark.parametrize("said", HOSTILE)
def test_what_others_say_is_text_and_adds_no_tag_and_no_attribute(said: str) -> None:
    hostile, tame = Read(line_of(said)), Read(line_of("A12"))
    assert hostile.tags == tame.tags
    shown = "".join(hostile.text)
    assert shown.count(said) == 4, "ticket, kiosk, desk and colleague, as they are"


@pytest.mark.parametrize("need", HOSTILE[:4])
def test_also_what_only_the_console_writes(need: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Arrival, "needed", need)
    assert Read(line_of("A12", need=need)).tags == Read(line_of("A12", need="x")).tags


def test_a_line_says_where_it_leads_what_is_needed_how_long_and_who_has_it() -> None:
    key = uuid4()
    line = line_of("A12", key)
    assert f'<a href="/arrivees/{key}/" id="line-{key}" class="line need-ready taken">' in line
    assert "".join(Read(line).text).split() == [
        *("✓", "A12", "12", "min", "Prêt", "à", "qualifier", "note"),
        *("A12", "·", "guichet", "A12", "Mis", "en", "pause", "·", "A12"),
    ]


@ON_SQLITE
@pytest.mark.usefixtures("console")
def test_the_queue_is_read_again_only_when_a_line_says_something_else() -> None:
    enrol()
    first, client = arrive(ZOE, ticket="A1"), at_desk()
    page = get(client, "/file/").content.decode()
    again = page.split('id="queue"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert get(client, again).status_code == 204
    post(at_desk("paul"), f"/arrivees/{first.key}/prendre/")
    part = get(client, again).content.decode()
    assert "paul" in part and f'id="line-{first.key}" class="line need-ready taken"' in part
