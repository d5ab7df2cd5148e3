"""What a number governs: French says none as it says one."""

import re
from pathlib import Path

from django.utils import translation

from kiosk import console

_COUNTED = re.compile(
    r"{%\s*blocktranslate count \w+=\S+\s*%}(.+?){%\s*plural\s*%}(.+?){%\s*endblocktranslate\s*%}", re.DOTALL
)


def test_zero_is_singular_in_every_sentence_that_counts() -> None:
    pages = Path(console.__file__).parent.glob("templates/**/*.html")
    counted = [pair for page in pages for pair in _COUNTED.findall(page.read_text(encoding="utf-8"))]
    assert len(counted) >= 5
    with translation.override("fr"):
        for pair in counted:
            one, many = (re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text) for text in pair)
            assert [translation.ngettext(one, many, number) for number in (0, 1, 2)] == [one, one, many]
