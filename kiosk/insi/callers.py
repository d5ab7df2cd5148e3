"""Whether INSi can be asked in a professional's name as the site set it up: looked at without token, card or code.

A card's code is never tried here: three wrong ones lock the card.
"""

import datetime
import urllib.parse
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

from cryptography.x509.oid import NameOID

from kiosk.insi.certificate import CertificateTroubleError, Finding, Level, one_certificate, read_password
from kiosk.insi.config import CpxAccess, InsiConfig, Practice


def check(config: InsiConfig, now: datetime.datetime) -> list[Finding]:
    """What is seen of ``[insi.psc]`` and ``[insi.cpx]``; nothing where neither is set."""
    found: list[Finding] = []
    if config.psc is not None:
        found += _whole("psc", config.psc.endpoint, config.psc.practice)
    if config.cpx is not None:
        found += [*_whole("cpx", config.cpx.endpoint, config.cpx.practice), *_card(config.cpx, now)]
    return found


def _whole(name: str, endpoint: str, practice: Practice) -> Iterator[Finding]:
    """What every assertion says, and where it goes."""
    missing = [key for key, said in (("finess", practice.billing), ("sector", practice.sector)) if not said]
    if missing:
        what = _("[insi.{name}] : il manque {keys}").format(name=name, keys=", ".join(missing))
        yield Finding(Level.ERROR, name, what, _("Écrivez finess (ou siret) et sector dans [insi]."))
    if not urllib.parse.urlsplit(endpoint).hostname:
        what = _("[insi.{name}] : endpoint ne nomme aucune machine").format(name=name)
        yield Finding(Level.ERROR, name, what, _("Écrivez l’adresse du service : https://…"))
    elif not missing:
        yield Finding(Level.OK, name, _("[insi.{name}] : réglages complets").format(name=name))


def _card(access: CpxAccess, now: datetime.datetime) -> Iterator[Finding]:
    try:
        certificate = one_certificate(access.certificate)
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if not names or not str(names[0].value).strip():
            todo = _("Exportez le certificat d’authentification de la carte.")
            yield Finding(Level.ERROR, "cpx-name", _("le certificat de la carte ne nomme personne"), todo)
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            what = _("le certificat de la carte n'est pas valable aujourd'hui")
            yield Finding(Level.ERROR, "cpx-dates", what, _("Renouvelez la carte, puis exportez son certificat."))
    except CertificateTroubleError as trouble:
        todo = _("Exportez le certificat d’authentification de la carte (PEM) : insi.cpx.certificate.")
        yield Finding(Level.ERROR, f"cpx-{trouble.code}", trouble.what, todo)
    try:
        if not read_password(access.password_file):
            what = _("{path} ne contient pas de code").format(path=access.password_file)
            yield Finding(Level.ERROR, "cpx-code", what, _("Écrivez le code de la carte sur sa première ligne."))
    except CertificateTroubleError as trouble:
        yield Finding(Level.ERROR, "cpx-code", trouble.what, _("Corrigez insi.cpx.password_file."))
    yield from _module(access.key)


def _module(uri: str) -> Iterator[Finding]:
    """The library that speaks to the card (RFC 7512, ``module-path``)."""
    said = dict(one.partition("=")[::2] for one in uri.partition("?")[2].split("&"))
    module = urllib.parse.unquote(said.get("module-path", ""))
    if not module:
        what = _("insi.cpx.key ne dit pas quel module parle à la carte")
        yield Finding(Level.WARNING, "cpx-module", what, _("Ajoutez ?module-path=/chemin/du/module.so à son adresse."))
    elif not Path(module).is_file():
        what = _("{path} n'existe pas : le module de la carte").format(path=module)
        yield Finding(
            Level.ERROR, "cpx-module", what, _("Installez-le (Cryptolib CPS, OpenSC), ou corrigez module-path.")
        )
