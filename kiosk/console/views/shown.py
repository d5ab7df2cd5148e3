"""What a form says that its page showed: the decision is about that, and about nothing that came since.

A form of ours always says it. One that does not was made by hand, or by a page of another version: nothing is decided.
"""

import re

from django.core.exceptions import BadRequest
from django.http import HttpRequest

_VERSION = re.compile(r"[0-9]{0,9}", re.ASCII)
_MARK = re.compile(r"[0-9a-f]{32}", re.ASCII)


def version_shown(request: HttpRequest) -> int:
    """At which fact the page showed the person; 0 where it showed nobody. BadRequest where the form does not say."""
    said = request.POST.get("version")
    if said is None or not _VERSION.fullmatch(said):
        raise BadRequest("version")
    return int(said or 0)


def answer_shown(request: HttpRequest) -> str:
    """The mark of INSi's answer that the page showed. BadRequest where the form does not say."""
    said = request.POST.get("answer", "")
    if not _MARK.fullmatch(said):
        raise BadRequest("answer")
    return said
