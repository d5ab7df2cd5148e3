"""Modules read as text: their definitions, and what each name in them stands for."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

HOUSES = ("kiosk", "hardware")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Unit:
    """One definition: a function, a method, a class without its methods, a variable, a module's doing at import."""

    name: str
    module: str
    nodes: list[ast.AST]
    owner: str = ""  # of a method: its class
    imports: dict[str, str] = field(default_factory=dict)  # of a function: its own imports


@dataclass
class Class:
    name: str
    module: str
    node: ast.ClassDef
    members: dict[str, ast.stmt] = field(default_factory=dict)


class Source:
    """Modules read once: their definitions, and what each name in them stands for."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self.units: dict[str, Unit] = {}
        self.classes: dict[str, Class] = {}
        self.names: dict[str, dict[str, str]] = {}  # of each module: name to whole name
        self.registered: dict[str, list[str]] = {}  # of each module: what its decorators hand to an object of ours
        self.modules = set(modules)
        trees = {name: ast.parse(text) for name, text in modules.items()}
        for name, tree in trees.items():
            self._read(name, tree)
        for name, tree in trees.items():
            self.registered[name] = [f"{name}.{each.name}" for each in tree.body if self._is_registered(each, name)]

    @cached_property
    def owners(self) -> dict[str, set[str]]:
        """The classes that have a member of this name."""
        found: dict[str, set[str]] = {}
        for one in self.classes.values():
            for member in one.members:
                found.setdefault(member, set()).add(one.name)
        return found

    @cached_property
    def children(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in self.classes:
            for base in self.bases(name):
                found.setdefault(base, set()).add(name)
        return found

    def resolve(self, name: str) -> str:
        """Follow a whole name to where it is defined, through modules that only hand it on."""
        seen = set()
        while name not in self.units and name not in self.modules and name not in seen:
            seen.add(name)
            module, _, last = name.rpartition(".")
            name = self.names.get(module, {}).get(last, name)
        return name

    def bases(self, name: str) -> tuple[str, ...]:
        one = self.classes[name]
        return tuple(self.whole_name(base, one.module) for base in one.node.bases)

    def lineage(self, name: str) -> Iterator[str]:
        """The class and those of ours it descends from."""
        if name in self.classes:
            yield name
            for base in self.bases(name):
                yield from self.lineage(base)

    def has_foreign_base(self, name: str) -> bool:
        """It carries out somebody else's contract: who calls its methods is not in our code."""
        bases = [base for one in self.lineage(name) for base in self.bases(one)]
        return any(base not in self.classes and base.split(".")[-1] not in ("Protocol", "StrEnum") for base in bases)

    def whole_name(self, node: ast.expr, module: str, local: Mapping[str, str] | None = None) -> str:
        """What a name or a dotted name stands for; empty when it is neither."""
        match node:
            case ast.Name(id=name):
                return self.resolve((local or {}).get(name) or self.names[module].get(name, ""))
            case ast.Attribute(value=value, attr=attr):
                before = self.whole_name(value, module, local)
                return self.resolve(f"{before}.{attr}") if before else ""
            case ast.Subscript(value=value):
                return self.whole_name(value, module, local)
        return ""

    def _read(self, module: str, tree: ast.Module) -> None:
        names = self.names[module] = imports_of(tree.body)
        rest = Unit(f"{module}.<import>", module, [])
        for node in tree.body:
            if isinstance(node, Function):
                self._define(Unit(f"{module}.{node.name}", module, [node], imports=imports_of(ast.walk(node))))
            elif isinstance(node, ast.ClassDef):
                self._read_class(module, node)
            elif targets := _targets(node):
                for target in targets:
                    self._define(Unit(f"{module}.{target}", module, [node]))
            else:
                rest.nodes.append(node)
        self.units[rest.name] = rest
        names.update({name: f"{module}.{name}" for name in _defined(tree)})

    def _read_class(self, module: str, node: ast.ClassDef) -> None:
        one = self.classes[f"{module}.{node.name}"] = Class(f"{module}.{node.name}", module, node)
        body: list[ast.AST] = [*node.bases, *node.keywords, *node.decorator_list]
        for each in node.body:
            if isinstance(each, Function):
                one.members.setdefault(each.name, each)
                self._define(Unit(f"{one.name}.{each.name}", module, [each], one.name, imports_of(ast.walk(each))))
            else:
                one.members.update(dict.fromkeys(_targets(each), each))
                body.append(each)
        self._define(Unit(one.name, module, body))

    def _define(self, unit: Unit) -> None:
        if unit.name in self.units:  # overloads, a setter, a variable given a value twice
            self.units[unit.name].nodes += unit.nodes
        else:
            self.units[unit.name] = unit

    def _is_registered(self, node: ast.stmt, module: str) -> bool:
        """An object of ours is told of it: a command, an address of the intake, a filter of the templates."""
        if not isinstance(node, Function | ast.ClassDef):
            return False
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute):
                teller = self.whole_name(called.value, module)
                if teller in self.units and teller not in self.classes:
                    return True
        return False


def imports_of(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """The names that imports give, and what they stand for."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.If):  # under TYPE_CHECKING
            found |= imports_of(node.body)
    return found


def _targets(node: ast.stmt) -> list[str]:
    """The plain names that a statement gives a value."""
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            inside = [
                each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            return [each.id for each in inside if isinstance(each, ast.Name)]
    return []


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef):
            yield node.name
        else:
            yield from _targets(node)
