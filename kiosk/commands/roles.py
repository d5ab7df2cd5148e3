"""Two roles of this software are installed apart: a terminal holds no Django, a console no Kivy (pyproject.toml)."""

from importlib.util import find_spec

_TELLS = {"terminal": "kivy", "console": "django"}  # a library that only this role brings


def advice_where_missing(role: str, command: str) -> str:
    """Say what is to be installed before ``command`` can work here; empty when nothing is."""
    if find_spec(_TELLS[role]) is not None:
        return ""
    return (
        f"« kiosk {command} » demande la partie « {role} », qui n'est pas installée sur cette machine : "
        f"pip install 'kiosk[{role}]'"
    )
