"""One of each screen, with people who do not exist: what the gallery draws and the tests check."""

from kiosk.core.sources.document import Guidance, Side
from kiosk.core.turn import screens as s
from kiosk.ui.preview import Preview

ZOE = s.PersonLabel("ZOE", "A", "1978")
FAMILY = (
    s.PersonLabel("ZOE", "A", "1978"),
    s.PersonLabel("JEAN-CHRISTOPHE", "N", "1975"),
    s.PersonLabel("MARINE", "L", "2009"),
    s.PersonLabel("LÉO", "L", "2014"),
    s.PersonLabel("ANNE-SOPHIE", "L", "2019"),
)

SAMPLES: tuple[tuple[str, s.Screen], ...] = (
    ("welcome", s.Welcome()),
    ("information", s.Information()),
    ("information-more", s.Information(more=True)),
    ("insert", s.InsertCard()),
    ("insert-not-vitale", s.InsertCard(s.CardProblem.NOT_VITALE)),
    ("insert-unreadable", s.InsertCard(s.CardProblem.UNREADABLE)),
    ("insert-removed", s.InsertCard(s.CardProblem.REMOVED)),
    ("insert-reader", s.InsertCard(s.CardProblem.READER)),
    ("insert-or-phone", s.InsertCard(phone=True)),
    ("insert-phone-again", s.InsertCard(s.CardProblem.PHONE, phone=True)),
    ("insert-phone-removed", s.InsertCard(s.CardProblem.PHONE_REMOVED, phone=True)),
    ("insert-phone-only", s.InsertCard(s.CardProblem.READER, phone=True)),
    ("insert-unreadable-or-phone", s.InsertCard(s.CardProblem.UNREADABLE, phone=True)),
    ("reading", s.ReadingCard(0.4)),
    ("reading-phone", s.ReadingCard(0.4, phone=True)),
    ("beneficiaries-2", s.Beneficiaries(FAMILY[:2], 0, False)),
    ("beneficiaries-5", s.Beneficiaries(FAMILY, 0, True)),
    ("confirm", s.Confirm(ZOE)),
    ("confirm-long", s.Confirm(s.PersonLabel("MARIE-FRANÇOISE-EMMANUELLE", "D", "1941"))),
    ("document", s.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)),
    ("document-closer", s.ShowDocument(Side.FIRST, Guidance.CLOSER)),
    ("document-nothing-yet", s.ShowDocument(Side.FIRST, Guidance.NOTHING_YET)),
    ("document-other-thing", s.ShowDocument(Side.FIRST, Guidance.OTHER_THING, may_press=True)),
    ("document-one-only", s.ShowDocument(Side.FIRST, Guidance.ONE_ONLY)),
    ("document-covered", s.ShowDocument(Side.FIRST, Guidance.COVERED)),
    ("document-burnt", s.ShowDocument(Side.FIRST, Guidance.BURNT, may_press=True)),
    ("document-blurred", s.ShowDocument(Side.FIRST, Guidance.BLURRED)),
    ("document-glare", s.ShowDocument(Side.FIRST, Guidance.GLARE, may_press=True)),
    ("document-taking", s.ShowDocument(Side.FIRST, Guidance.TAKING, steadiness=0.7)),
    ("document-turn-over", s.ShowDocument(Side.SECOND, Guidance.TURN_OVER)),
    ("document-second", s.ShowDocument(Side.SECOND, Guidance.NO_DOCUMENT)),
    ("document-tray", s.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)),
    ("document-tray-second", s.ShowDocument(Side.SECOND, Guidance.NO_DOCUMENT)),
    ("review", s.ReviewPicture(Side.FIRST)),
    ("working", s.Working()),
    ("done", s.Done()),
    ("ticket", s.Ticket("A12", "3", has_card=True, has_document=True)),
    ("ticket-card", s.Ticket("A12", "3", has_card=True)),
    ("ticket-document", s.Ticket("A12", "3", has_document=True)),
    ("ticket-no-desk", s.Ticket("A12", "")),
    ("take_card", s.TakeCard()),
    ("desk", s.Desk("3", "A12")),
    ("desk-no-number", s.Desk("3")),
    ("still_there", s.StillThere(25)),
    ("help", s.HelpCalled("3")),
    ("out_of_order", s.OutOfOrder()),
)

WITHOUT_CAMERA = ("document", "document-second")
"""Samples shown before the first live picture has come."""


def film_frame(number: int = 1, width: int = 960, height: int = 640) -> Preview:
    """Draw a grey card on a dark tray: a live picture of nobody."""
    card, tray = b"\xd8\xe2\xea" * (width // 2), b"\x5a\x64\x6e"
    side = tray * (width // 4)
    plain = tray * width
    rows = [side + card + side if height // 4 < row < height * 3 // 4 else plain for row in range(height)]
    return Preview(width, height, b"".join(row[: 3 * width].ljust(3 * width, b"\x5a") for row in rows), number)
