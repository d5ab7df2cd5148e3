"""A member of staff at a served console, over HTTPS: signed in, reading pages and pressing buttons."""

import re
import time

import requests

from tests.console.served import ServedConsole
from tests.demo.staff import totp


class Desk:
    """One browser window, without a browser."""

    def __init__(self, served: ServedConsole, name: str, role: str = "host") -> None:
        self.url = served.url
        account = served.add_staff(name, role)
        self.session = requests.Session()
        self.session.trust_env, self.session.verify = False, str(served.folder / "console.pem")
        self.session.headers["Referer"] = self.url
        self.post(
            "connexion/",
            at="connexion/",
            username=account["user"],
            password=account["password"],
            code=totp(account["totp_secret"], time.time()),
        )
        assert "Patient suivant" in self.read("file/") or role != "host"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=60)

    def read(self, path: str) -> str:
        return self.get(path).text

    def post(self, path: str, *, at: str = "file/", **said: str) -> requests.Response:
        """Press a button of the page ``at``."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.read(at))
        assert token is not None, at
        return self.session.post(self.url + path, {"csrfmiddlewaretoken": token[1], **said}, timeout=60)
