"""What a value is, as far as annotations say it: of parameters, fields, properties, of what is returned."""

import ast
from dataclasses import dataclass

from tests.reached.source import HOUSES, Function, Source, Unit

FOREIGN = "foreign"  # of no class of ours
_CONTAINERS = {"list", "tuple", "set", "frozenset", "Iterable", "Iterator", "Sequence", "Collection", "Generator"}
_MAPPINGS = {"dict", "Mapping"}


@dataclass(frozen=True)
class Type:
    """An annotation and the module it stands in; or a class of ours by its whole name."""

    node: ast.expr | None
    module: str
    owner: str = ""  # the class whose instance it is, when there is no annotation to read


class Values:
    """The values of one definition."""

    def __init__(self, source: Source, unit: Unit) -> None:
        self._source, self._unit = source, unit
        self._types: dict[str, list[Type]] = {}  # of local names
        for node in unit.nodes:
            if isinstance(node, Function):
                self._parameters(node, unit.owner)
            for inner in ast.walk(node):
                self._bind(inner)

    def _parameters(self, node: Function, owner: str) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for number, argument in enumerate(arguments):
            if argument.annotation is not None:
                self._types[argument.arg] = [Type(argument.annotation, self._unit.module)]
            elif owner and number == 0:
                self._types[argument.arg] = [Type(None, "", owner)]

    def _bind(self, node: ast.AST) -> None:
        """Note what a local name is, where the code says so."""
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                self._types[name] = [Type(annotation, self._unit.module)]
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                self._types.setdefault(name, []).extend(self.types(value))
            case (
                ast.For(target=ast.Name(id=name), iter=several)
                | ast.comprehension(target=ast.Name(id=name), iter=several)
            ):
                self._types.setdefault(name, []).extend(self._inside(self.types(several)))
            case ast.MatchAs(pattern=ast.MatchClass(cls=cls), name=str(name)):
                self._types.setdefault(name, []).append(Type(cls, self._unit.module))
            case ast.FunctionDef() if node not in self._unit.nodes:
                self._parameters(node, "")

    def whole_name(self, node: ast.expr) -> str:
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in self._types:  # a local name
            return ""
        return self._source.whole_name(node, self._unit.module, self._unit.imports)

    def types(self, node: ast.expr) -> list[Type]:
        """What a value is, by annotations; nothing when they do not say."""
        match node:
            case ast.Name(id=name) if name in self._types:
                return self._types[name]
            case ast.Name():
                return self._of_variable(self.whole_name(node))
            case ast.Attribute(value=value, attr=attr):
                if name := self.whole_name(node):
                    return self._of_variable(name)
                return [
                    found
                    for kind in self.types(value)
                    for owner in self.owners(kind)
                    for found in self._of_member(owner, attr)
                ]
            case ast.Call():
                return self._of_call(node)
            case ast.Subscript(value=value):
                return self._inside(self.types(value))
            case ast.IfExp(body=one, orelse=other):
                return [*self.types(one), *self.types(other)]
            case ast.BoolOp(values=values):
                return [kind for value in values for kind in self.types(value)]
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.types(value)
            case ast.Constant() | ast.JoinedStr():
                return [Type(None, "", FOREIGN)]
        return []

    def _of_variable(self, name: str) -> list[Type]:
        unit = self._source.units.get(name)
        if unit is self._unit:  # a variable made of itself
            return []
        if unit is None or name in self._source.classes:
            owner, _, member = name.rpartition(".")
            return self._of_member(owner, member)
        match unit.nodes[0]:
            case ast.AnnAssign(annotation=annotation):
                return [Type(annotation, unit.module)]
            case ast.Assign(value=ast.Call() as call):
                return Values(self._source, unit).types(call)
        return []

    def _of_member(self, owner: str, member: str) -> list[Type]:
        for one in self._source.lineage(owner):
            match self._source.classes[one].members.get(member):
                case ast.AnnAssign(annotation=annotation):
                    return [Type(annotation, self._source.classes[one].module)]
                case ast.FunctionDef(returns=ast.expr() as returns, decorator_list=[ast.Name(id="property"), *_]):
                    return [Type(returns, self._source.classes[one].module)]
                case ast.Assign() if "StrEnum" in {base.split(".")[-1] for base in self._source.bases(one)}:
                    return [Type(None, "", one)]
        return []

    def _of_call(self, node: ast.Call) -> list[Type]:
        name = self.whole_name(node.func)
        if name in self._source.classes:
            return [Type(None, "", name)]
        if name in self._source.units:
            return self._returned(self._source.units[name])
        if name == "dataclasses.replace" and node.args:
            return self.types(node.args[0])
        if isinstance(node.func, ast.Attribute) and not name:
            return [
                found
                for kind in self.types(node.func.value)
                for owner in self.owners(kind)
                for one in self._source.lineage(owner)
                if (unit := self._source.units.get(f"{one}.{node.func.attr}")) is not None
                for found in self._returned(unit)
            ]
        return []

    def _returned(self, unit: Unit) -> list[Type]:
        found = unit.nodes[0]
        if isinstance(found, Function) and found.returns is not None:
            if isinstance(found.returns, ast.Name) and found.returns.id == "Self":
                return [Type(None, "", unit.owner)]
            return [Type(found.returns, unit.module)]
        return []

    def owners(self, kind: Type) -> set[str]:
        """The classes of ours that a value of this type may be of; ``foreign`` for one that is not ours."""
        if kind.owner:
            return {kind.owner}
        match kind.node:
            case ast.BinOp(left=left, right=right):
                return self.owners(Type(left, kind.module)) | self.owners(Type(right, kind.module))
            case ast.Constant(value=str(text)):
                return self.owners(Type(ast.parse(text, mode="eval").body, kind.module))
            case ast.Constant(value=None):
                return {FOREIGN}
            case ast.Subscript(value=ast.Name(id="type" | "Annotated" | "Final" | "ClassVar")) | None:
                return set()
            case ast.Name(id="Any" | "object" | "Self") | ast.Call():  # a call makes a TypeVar
                return set()
            case node:
                return self._named(self._source.whole_name(node, kind.module))

    def _named(self, name: str) -> set[str]:
        if name in self._source.classes:
            return {name}
        unit = self._source.units.get(name)
        if unit is not None and isinstance(unit.nodes[0], ast.Assign):  # another name of a type
            return self.owners(Type(unit.nodes[0].value, unit.module))
        return set() if unit is not None or name.partition(".")[0] in HOUSES else {FOREIGN}

    def _inside(self, kinds: list[Type]) -> list[Type]:
        """What a collection of this type holds; of a mapping its values, and its keys are not asked of."""
        found = []
        for kind in kinds:
            match kind.node:
                case ast.BinOp(left=left, right=right):
                    found += self._inside([Type(left, kind.module), Type(right, kind.module)])
                case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _CONTAINERS:
                    found.append(Type(inner.elts[0] if isinstance(inner, ast.Tuple) else inner, kind.module))
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[_, inner])) if name in _MAPPINGS:
                    found.append(Type(inner, kind.module))
        return found
