"""A page as somebody hears it who does not see it: the browser's accessibility tree, from top to bottom."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

Node = dict[str, Any]
INLINE = frozenset({"generic", "none", "mark", "strong", "emphasis", "LabelText"})  # they begin no line
WORDLESS = frozenset({"paragraph", "term", "definition", "listitem", "Legend", "Figcaption", "form", "RootWebArea"})
SPOKEN = {
    "article": "article",
    "button": "bouton",
    "checkbox": "case à cocher",
    "combobox": "liste",
    "dialog": "dialogue",
    "DisclosureTriangle": "à déplier",
    "DisclosureTriangleGrouped": "à déplier",
    "figure": "figure",
    "group": "groupe",
    "heading": "titre",
    "image": "image",
    "link": "lien",
    "radio": "choix",
    "region": "région",
    "searchbox": "recherche",
    "textbox": "champ",
}
CONTROLS = frozenset({"button", "checkbox", "combobox", "DisclosureTriangle", "DisclosureTriangleGrouped", "link"})
FIELDS = frozenset({"radio", "searchbox", "textbox"})
WHOLE = CONTROLS | FIELDS | {"heading", "image"}  # said by their names: what stands inside is not said again
SILENT = frozenset({"status", "alert", "search", "DescriptionList", "sectionheader", "list", "main"})


def lines_of(page: Page) -> list[str]:
    """What is read of the work: from its heading to the queue beside it."""
    lines = [line for line in _read(_tree(page)) if line]
    first = next(at for at, line in enumerate(lines) if line.startswith("titre"))
    last = next((at for at, line in enumerate(lines) if line == "région File d’attente"), len(lines))
    return lines[first:last]


def unnamed(page: Page) -> list[str]:
    """Controls and pictures that have no name to be called by."""
    return [_of(one, "role") for one in _tree(page) if _is_met(one) and _of(one, "role") in WHOLE and not _named(one)]


def _tree(page: Page) -> list[Node]:
    tools = page.context.new_cdp_session(page)
    nodes: list[Node] = tools.send("Accessibility.getFullAXTree")["nodes"]
    tools.detach()
    return nodes


def _of(node: Node, what: str) -> str:
    return str((node.get(what) or {}).get("value", ""))


def _named(node: Node) -> str:
    return " ".join(_of(node, "name").split())


def _is_met(node: Node) -> bool:
    return not node.get("ignored")


def _read(nodes: list[Node]) -> Iterator[str]:
    """Words that stand in one line are said together, each piece of the page's text as a word of its own."""
    known = {one["nodeId"]: one for one in nodes}
    words: list[str] = []

    def said() -> str:
        line = " ".join(" ".join(words).split())
        words.clear()
        return line

    def walk(node: Node) -> Iterator[str]:
        role = _of(node, "role")
        inside = [known[child] for child in node.get("childIds", []) if child in known]
        if _is_met(node) and role == "StaticText":
            words.append(_of(node, "name"))
            return
        if not _is_met(node) or role in INLINE:
            of_field = [one for one in _within(node, known) if _of(one, "role") in FIELDS | {"checkbox"}]
            for child in of_field if role == "LabelText" and of_field else inside:
                yield from walk(child)
            return
        yield said()
        if role in WHOLE or (role not in WORDLESS | SILENT and (role != "group" or _named(node))):
            yield " ".join(filter(None, (SPOKEN.get(role, role), _named(node), _state(node))))
        if role in WHOLE:
            return
        for child in inside:
            if _of(child, "role") != "Legend":  # a group is called by it
                yield from walk(child)
        yield said()

    yield from walk(next(one for one in nodes if not one.get("parentId")))
    yield said()


def _within(node: Node, known: dict[str, Node]) -> Iterator[Node]:
    for child in node.get("childIds", []):
        if child in known:
            yield known[child]
            yield from _within(known[child], known)


def _state(node: Node) -> str:
    states = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    words = {"checked": "(coché)", "disabled": "(indisponible)"}
    return " ".join(word for name, word in words.items() if states.get(name) not in (None, False, "false"))
