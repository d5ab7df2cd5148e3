"""What of the product's code its entry points lead to, read from the source: a rule that nobody calls is no rule.

From what a person or Django starts, names are followed through imports to definitions, and attributes to the members of
the class that a value has by its annotations. Where these do not say which class it is, the attribute's name counts
only if a single class of ours has a member of that name. An annotation, ``isinstance`` and the class of a ``case`` make
nothing and call nothing: they do not count.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.reached.source import HOUSES, Source, Unit
from tests.reached.values import FOREIGN, Values

# What is started from outside: the command line with its commands by name, Django with the pages, filters and itself.
ENTRIES = ("kiosk.cli", "kiosk.commands", "kiosk.console.urls", "kiosk.console.apps", "kiosk.console.templatetags")
_WORD_OF_TEMPLATE = re.compile(r"\.([a-z_]\w*)")
_OF_TEMPLATE = re.compile(r"{[{%].*?[%}]}", re.DOTALL)


class Reached:
    """What the entry points lead to."""

    def __init__(self, source: Source, entries: Iterable[str] = ENTRIES, templates: Iterable[str] = ()) -> None:
        self._source = source
        self._units: set[str] = set()
        self._members: set[str] = set()  # class.member, of which the code says whose it is
        self._words: set[str] = set()  # members of something
        self._todo: list[str] = []
        for text in templates:
            for part in _OF_TEMPLATE.findall(text):
                self.use_word(*_WORD_OF_TEMPLATE.findall(part))
        for name, unit in source.units.items():
            if not unit.owner and any(unit.module == entry or unit.module.startswith(f"{entry}.") for entry in entries):
                self.reach(name)
        while self._todo:
            _Walk(self, source, source.units[self._todo.pop()]).walk()

    def has(self, name: str) -> bool:
        """Somebody reaches what has this whole name: a function, a class, a variable or a member."""
        owner, _, member = name.rpartition(".")
        if owner not in self._source.classes:
            return name in self._units
        is_sure = any(f"{one}.{member}" in self._members for one in (*self._source.lineage(owner), *self._below(owner)))
        is_alone = self._source.owners.get(member, set()) == {owner} and owner in self._units
        return is_sure or (is_alone and member in self._words)

    def unused(self, beginning: str) -> Iterator[str]:
        """What is defined under this name, meant for others, and reached by nobody; other names of types aside."""
        for name, unit in self._source.units.items():
            last = name.split(".")[-1]
            is_for_others = name.startswith(beginning) and not last.startswith(("_", "<"))
            is_another_name = unit.nodes and isinstance(unit.nodes[0], ast.Assign) and not last.isupper()
            if is_for_others and not is_another_name and not self._is_asked(unit.owner or name) and not self.has(name):
                yield name

    def _is_asked(self, name: str) -> bool:
        """A Protocol says what it asks of others; nobody makes one."""
        return name in self._source.classes and "typing.Protocol" in self._source.bases(name)

    def _below(self, name: str) -> Iterator[str]:
        for child in self._source.children.get(name, ()):
            yield child
            yield from self._below(child)

    def reach(self, name: str) -> None:
        if name in self._units or name not in self._source.units:
            return
        self._units.add(name)
        self._todo.append(name)
        module = self._source.units[name].module
        for each in (f"{module}.<import>", *self._source.registered[module]):
            self.reach(each)
        if name in self._source.classes:
            self._reach_class(name)

    def _reach_class(self, name: str) -> None:
        is_foreign = self._source.has_foreign_base(name)
        for base in self._source.bases(name):
            self.reach(base)
        for ancestor in self._source.lineage(name):
            for member in self._source.classes[ancestor].members:
                is_wanted = f"{ancestor}.{member}" in self._members or member in self._words
                if is_foreign or is_wanted or member.startswith("__"):
                    self.reach(f"{ancestor}.{member}")

    def use_word(self, *words: str) -> None:
        """A member of something is used, we do not know whose: of every class that is reached."""
        for word in set(words) - self._words:
            self._words.add(word)
            for owner in self._source.owners.get(word, ()):
                if owner in self._units:
                    self.reach(f"{owner}.{word}")

    def use_member(self, owner: str, member: str) -> None:
        """A member of this class is used, or of one that descends from it."""
        for one in (*self._source.lineage(owner), *self._below(owner)):
            if member in self._source.classes[one].members:
                self._members.add(f"{one}.{member}")
                self.reach(f"{one}.{member}")


class _Walk:
    """One definition walked through: what it uses is reached."""

    def __init__(self, reached: Reached, source: Source, unit: Unit) -> None:
        self._reached, self._source, self._unit = reached, source, unit
        self._values = Values(source, unit)

    def walk(self) -> None:
        for node in self._unit.nodes:
            self._visit(node)

    def _visit(self, node: ast.AST) -> None:
        match node:
            case ast.Name(ctx=ast.Load()):
                self._use(self._values.whole_name(node))
            case ast.Attribute():
                self._attribute(node)
            case ast.Constant(value=str(text)):
                if text.split(".")[0] in HOUSES and " " not in text:
                    self._use_by_name(self._source.resolve(text))
            case ast.MatchClass():
                self._each(*node.patterns, *node.kwd_patterns)
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[first, *_]):
                self._visit(first)
            case ast.AnnAssign():
                self._annotation(node.annotation)
                self._each(node.target, *([node.value] if node.value else []))
            case ast.arg():
                self._annotation(node.annotation)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._annotation(node.returns)
                self._each(*node.decorator_list, node.args, *node.body)
            case _:
                self._each(*ast.iter_child_nodes(node))

    def _each(self, *nodes: ast.AST) -> None:
        for node in nodes:
            self._visit(node)

    def _annotation(self, node: ast.expr | None) -> None:
        """What a framework builds from an annotation it builds out of the console's own classes, not of the core's."""
        for inner in ast.walk(node) if node is not None else ():
            if isinstance(inner, ast.Name | ast.Attribute):
                name = self._values.whole_name(inner)
                if not name.startswith("kiosk.core."):
                    self._use(name)

    def _attribute(self, node: ast.Attribute) -> None:
        name = self._values.whole_name(node)
        owner, _, member = name.rpartition(".")
        if owner in self._source.classes:  # of the class itself
            self._use(owner)
            self._reached.use_member(owner, member)
            return
        if name and (name in self._source.units or self._is_of_module(node.value)):
            self._use(name)
            return
        self._visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            return
        owners = {owner for kind in self._values.types(node.value) for owner in self._values.owners(kind)}
        for owner in owners - {FOREIGN}:
            self._reached.use_member(owner, node.attr)
        if not owners:
            self._reached.use_word(node.attr)

    def _is_of_module(self, node: ast.expr) -> bool:
        name = self._values.whole_name(node)
        return bool(name) and (name in self._source.modules or name.split(".")[0] not in HOUSES)

    def _use(self, name: str) -> None:
        if name in self._source.modules:
            name = f"{name}.<import>"
        self._reached.reach(name)

    def _use_by_name(self, name: str) -> None:
        """Somebody else loads it by its name, as Django its middleware: who calls its methods is not in our code."""
        self._use(name)
        if name in self._source.classes:
            for member in self._source.classes[name].members:
                self._reached.use_member(name, member)


def read(root: Path) -> Reached:
    """Read the product and follow it from its entry points; what brought a database to its form calls no rule."""
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for house in HOUSES
        for path in (root / house).glob("**/*.py")
    }
    modules = {name: path.read_text("utf-8") for name, path in paths.items() if ".migrations." not in name}
    templates = [path.read_text("utf-8") for path in (root / "kiosk" / "console" / "templates").glob("**/*.*")]
    return Reached(Source(modules), templates=templates)
