"""HTTP sessions whose every exchange is over within the time given around it (``kiosk.deadline.within``).

Also the lines before the answer: who sends them one byte at a time is never late by the library's own clock.
"""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from kiosk.deadline import DeadlineConnection, DeadlineSocket


class _Pool(HTTPSConnectionPool):
    ConnectionCls = DeadlineConnection


class _WithinTime(HTTPAdapter):
    """Carries requests whose every wait ends with the exchange; whom it trusts, each request says."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        context = create_urllib3_context()
        context.sslsocket_class = DeadlineSocket
        super().init_poolmanager(*arguments, ssl_context=context, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Pool}


def session() -> requests.Session:
    """One that takes neither proxy nor password from the environment."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", _WithinTime())
    return made
