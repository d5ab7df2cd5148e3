"""The schemas of a WSDL bundle, ours or the official one: what requests are held to.

``INSI_BUNDLE`` names the WSDL of an official bundle, where a site's developer holds one; it is never committed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kiosk.insi.envelope import OUR_WSDL

XS = "{http://www.w3.org/2001/XMLSchema}"


def bundles() -> tuple[Path, ...]:
    """Ours, and the official one where there is one."""
    named = os.environ.get("INSI_BUNDLE", "")
    return (OUR_WSDL, Path(named).resolve()) if named else (OUR_WSDL,)


class _Beside(etree.Resolver):
    """Answers an import by web address with the file of that name: the bundle's own, else ours. Nothing is fetched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        if "://" not in system_url or system_url.startswith("file://"):
            return None
        name = system_url.rpartition("/")[2]
        for found in (*self._folder.rglob(name), OUR_WSDL.parent / name):
            if found.is_file():
                return self.resolve_filename(str(found), context)
        return self.resolve_string("<unknown/>", context)


class Schemas:
    """Every global element that a bundle describes, with the schema it is valid by."""

    def __init__(self, wsdl: Path) -> None:
        self._parser = etree.XMLParser(no_network=True, resolve_entities=False)
        self._parser.resolvers.add(_Beside(wsdl.parent))
        self._of: dict[str, etree.XMLSchema] = {}
        ours = OUR_WSDL.parent / "ws-addr.xsd"
        for file in (*sorted(wsdl.parent.rglob("*.xsd")), ours):
            root = etree.parse(str(file), self._parser).getroot()
            declared = [name for name in _declared(root) if name not in self._of]
            if declared:
                self._of |= dict.fromkeys(declared, etree.XMLSchema(root))

    def why_not(self, part: etree._Element) -> str:
        """Say what of a header block or body is not by its schema, without a value; empty when all of it is."""
        name = str(part.tag)
        schema = self._of.get(name)
        if schema is None:
            return f"{name}: no schema declares it"
        alone = etree.fromstring(etree.tostring(part))
        return "" if schema.validate(alone) else f"{name}: {schema.error_log[0].path} {schema.error_log[0].type_name}"


def _declared(schema: etree._Element) -> Iterator[str]:
    namespace = schema.get("targetNamespace", "")
    for element in schema.iterchildren(f"{XS}element"):
        yield f"{{{namespace}}}{element.get('name')}"
