from collections.abc import Sequence

from weasyprint.urls import URLFetcher

class CSS:
    def __init__(self, *, string: str, url_fetcher: URLFetcher) -> None: ...

class Document:
    pages: Sequence[object]
    def write_pdf(self) -> bytes: ...

class HTML:
    def __init__(self, *, string: str, url_fetcher: URLFetcher, media_type: str) -> None: ...
    def render(self, *, stylesheets: Sequence[CSS]) -> Document: ...
