"""The forms of a page as a browser has them: what is filled in, what is to be filled in, which buttons send it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import html

NEVER = "csrfmiddlewaretoken"  # this browser is not asked for it


@dataclass(frozen=True, slots=True)
class Field:
    """One named thing of a form."""

    name: str
    kind: str  # "hidden", "text", "choice", "box"
    value: str = ""  # what stands there
    options: tuple[str, ...] = ()  # of a choice
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """One way to send a form."""

    path: str
    said: tuple[tuple[str, str], ...] = ()  # its own name and value
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    fields: tuple[Field, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was shown: kept, it may be sent later, when it is no longer true."""

    path: str
    forms: tuple[Form, ...] = field(default=())
    links: tuple[str, ...] = ()

    def all(self) -> tuple[tuple[Form, Button], ...]:
        """Every button, with its form."""
        return tuple((form, button) for form in self.forms for button in form.buttons)

    def find(self, path: str, said: tuple[tuple[str, str], ...], place: int) -> tuple[Form, Button] | None:
        """The button of this address and name; of several the one at this place."""
        found = [(form, button) for form, button in self.all() if (button.path, button.said) == (path, said)]
        return found[place] if place < len(found) else None


def read(path: str, body: bytes) -> Page:
    """Read a page's forms that change something, and where it leads."""
    tree = html.fromstring(body)
    found = tuple(_form(one, path) for one in tree.iter("form") if one.get("method", "").lower() == "post")
    links = dict.fromkeys(_path(one.get("href"), "") for one in tree.iter("a"))
    return Page(path, found, tuple(filter(None, links)))


def _form(form: html.HtmlElement, path: str) -> Form:
    action = _path(form.get("action"), path)
    fields: dict[str, Field] = {}
    buttons = []
    for one in _controls(form):
        is_disabled = _is_disabled(one)
        if one.tag == "button":
            if one.get("type", "submit") == "submit":
                said = ((one.get("name"), one.get("value", "")),) if one.get("name") else ()
                buttons.append(Button(_path(one.get("formaction"), action), said, is_disabled))
        elif one.get("name") and one.get("name") != NEVER and not is_disabled:
            _add(fields, one)
    return Form(tuple(fields.values()), tuple(buttons))


def _controls(form: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """What a browser sends with this form: what stands in it, and what stands elsewhere and names it."""
    for one in form.getroottree().iter("input", "select", "button", "textarea"):
        named = one.get("form")
        if form.get("id") == named if named is not None else form in one.iterancestors("form"):
            yield one


def _add(fields: dict[str, Field], one: html.HtmlElement) -> None:
    name, is_required = one.get("name"), one.get("required") is not None
    kind = one.get("type", "text") if one.tag == "input" else one.tag
    if kind == "hidden":
        fields[name] = Field(name, "hidden", one.get("value", ""))
    elif kind == "radio":
        known = fields.get(name, Field(name, "choice", is_required=is_required))
        value = one.get("value", "on") if one.get("checked") is not None else known.value
        fields[name] = Field(name, "choice", value, (*known.options, one.get("value", "on")), is_required)
    elif kind == "checkbox":
        known = fields.get(name, Field(name, "box", is_required=is_required))
        fields[name] = Field(name, "box", "", (*known.options, one.get("value", "on")), is_required)
    elif kind == "select":
        options = [option.get("value", (option.text or "").strip()) for option in one.iter("option")]
        chosen = [option.get("value", "") for option in one.iter("option") if option.get("selected") is not None]
        fields[name] = Field(name, "choice", chosen[0] if chosen else "", tuple(filter(None, options)), is_required)
    else:
        fields[name] = Field(name, "text", one.get("value", "") or (one.text or ""), (), is_required)


def _is_disabled(one: html.HtmlElement) -> bool:
    if one.get("disabled") is not None:
        return True
    return any(above.tag == "fieldset" and above.get("disabled") is not None for above in one.iterancestors())


def _path(address: str | None, otherwise: str) -> str:
    return urlsplit(address).path if address else otherwise
