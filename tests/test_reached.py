"""What counts as reached in the product, and what does not: the tool behind the table of rules, on small products."""

from textwrap import dedent

import pytest

from tests.reached import Reached
from tests.reached.source import Source

CORE = """
    from dataclasses import dataclass
    from enum import StrEnum

    class Status(StrEnum):
        OPEN = "open"

    class State(StrEnum):
        LOST = "lost"

    @dataclass
    class Identity:
        kind: str = ""

        @property
        def status(self) -> Status:
            return Status.OPEN

        @property
        def state(self) -> str:
            return State.LOST

    @dataclass
    class Other:
        kind: str = ""

        @property
        def status(self) -> str:
            return ""

    class Read:
        pass

    class Edited:
        pass

    Event = Read | Edited

    def apply(identity: Identity, event: Event) -> Status:
        match event:
            case Read():
                return Status.OPEN
            case Edited():
                return identity.status

    def may_send(identity: Identity) -> bool:
        return True

    def may_print(identity: Identity) -> bool:
        return may_send(identity)
"""


def _reached(cli: str, *, templates: tuple[str, ...] = (), **more: str) -> Reached:
    modules = {"kiosk": "", "kiosk.core": "", "kiosk.core.rules": CORE, "kiosk.cli": cli}
    modules |= {f"kiosk.{name}": text for name, text in more.items()}
    return Reached(Source({name: dedent(text) for name, text in modules.items()}), templates=templates)


def _has(found: Reached, *names: str) -> list[bool]:
    return [found.has(f"kiosk.core.rules.{name}") for name in names]


def test_what_is_called_is_reached_and_what_nobody_calls_is_not() -> None:
    found = _reached("from kiosk.core.rules import Identity, may_send\n\ndef main() -> None:\n    may_send(Identity())")
    assert _has(found, "may_send", "Identity", "may_print", "apply", "Read", "State") == [True, True] + [False] * 4


def test_what_only_an_unreached_one_calls_is_not_reached() -> None:
    found = _reached("import kiosk.core.rules")
    assert _has(found, "may_print", "may_send") == [False, False]


@pytest.mark.parametrize(
    "text",
    [
        "from kiosk.core import rules as them\n\nprint(them.may_print)",
        "import kiosk.core.rules\n\nprint(kiosk.core.rules.may_print)",
        "def main() -> None:\n    from kiosk.core.rules import may_print as ask\n    print(ask)",
        "from kiosk.again import may_print\n\nHANDED_ON = [may_print]",
        "ASKED = 'kiosk.core.rules.may_print'",
    ],
)
def test_a_name_is_followed_through_whatever_import(text: str) -> None:
    found = _reached(text, again="from kiosk.core.rules import may_print")
    assert _has(found, "may_print", "may_send", "apply") == [True, True, False]


def test_an_annotation_an_isinstance_and_a_case_call_nothing() -> None:
    found = _reached(
        """
        from kiosk.core.rules import Edited, Event, Identity, Read, apply

        def main(event: Event, one: Read) -> bool:
            apply(Identity(), event)
            return isinstance(one, Read) or issubclass(type(one), Edited)
        """
    )
    assert _has(found, "apply", "Identity.status", "Read", "Edited") == [True, True, False, False]


def test_a_member_is_of_the_class_that_annotations_say() -> None:
    """By a parameter, a field, what is returned, what a collection holds: two classes have a ``status``."""
    found = _reached(
        """
        from dataclasses import dataclass
        from kiosk.core.rules import Identity, Other

        @dataclass
        class Held:
            them: tuple[Identity, ...] | None = None

        def held() -> Held:
            return Held()

        def main(them: dict[str, Other]) -> None:
            print([one.status for one in held().them], them["a"].kind)
        """
    )
    assert _has(found, "Identity.status", "Identity.kind", "Other.status", "Other.kind") == [True, False, False, True]


def test_of_who_knows_what_a_member_counts_where_only_one_class_has_it() -> None:
    found = _reached(
        """
        from kiosk.core.rules import Identity

        def main(one) -> None:
            print(Identity, one.status, one.state)
        """
    )
    assert _has(found, "Identity.state", "Identity.status", "Other.status", "State") == [True, False, False, True]


def test_a_member_of_what_is_not_ours_is_no_member_of_ours() -> None:
    found = _reached(
        """
        from datetime import datetime
        from kiosk.core.rules import Identity

        def main(one: datetime) -> None:
            print(Identity, one.state)
        """
    )
    assert _has(found, "Identity", "Identity.state") == [True, False]


def test_a_page_and_a_library_reach_what_is_in_no_line_of_ours() -> None:
    """A template's word, what an object of ours is told of, what a framework builds or calls."""
    found = _reached(
        """
        from somewhere import App, Base
        from kiosk.core.rules import Identity, apply, may_print, may_send
        from kiosk.pages import Form, Middleware

        MIDDLEWARE = ["kiosk.pages.Middleware"]

        def main(one: Form) -> None:
            print(Identity)
        """,
        pages="""
        from somewhere import App, Base
        from kiosk.core.rules import apply, may_print, may_send

        app = App()

        @app.get("/")
        def page() -> None:
            may_send(None)

        class Form(Base):
            def clean(self) -> None:
                may_print(None)

        class Middleware:
            def process_view(self) -> None:
                apply(None, None)
        """,
        templates=("<b>{{ one.state|upper }}</b> {% if other.kind %}{% endif %} not.status",),
    )
    assert _has(found, "Identity.state", "Identity.kind", "Other.status") == [True, False, False]
    assert _has(found, "may_send", "may_print", "apply") == [True, True, True]


def test_what_is_unused_is_told_without_types_other_names_and_what_is_private() -> None:
    found = _reached("from kiosk.core.rules import Identity, may_send\n\nprint(may_send(Identity()))")
    members = {"Identity.status", "Identity.state", "Other.status"}
    unused = {"Status", "State", "Other", "Read", "Edited", "apply", "may_print"} | members
    assert set(found.unused("kiosk.core.")) == {f"kiosk.core.rules.{name}" for name in unused}
