"""Where the letters come from: Inter (Debian ``fonts-inter``); Kivy's own Roboto when it is missing."""

from functools import lru_cache
from pathlib import Path

_PLACES = ("/usr/share/fonts/opentype/inter", "/usr/share/fonts/truetype/inter", "/usr/local/share/fonts/inter")
_DISPLAY = 60  # from this size on, Inter has a cut made for display


def _find(name: str) -> str:
    for place in _PLACES:
        path = Path(place) / f"{name}.otf"
        if path.is_file():
            return str(path)
    return ""


@lru_cache(maxsize=64)
def font_for(size: int, bold: bool) -> str:
    """Choose the cut of Inter for a size."""
    cut = ("InterDisplay-Bold" if bold else "InterDisplay-Medium") if size >= _DISPLAY else ""
    return (_find(cut) if cut else "") or _find("Inter-SemiBold" if bold else "Inter-Regular") or "Roboto"
