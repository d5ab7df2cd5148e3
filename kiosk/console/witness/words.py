"""What was found, in words for staff and for the technician."""

from django.utils.translation import gettext as _

from kiosk.console.words import terminal

CHECKED = {
    "tables": "Déclencheurs, calculs et défauts des tables",
    "trail": "Actes relus",
    "witnesses": "Témoins consultés",
    "persons": "Personnes repliées de leurs faits",
    "facts": "Faits dont le contenu est relu",
    "visits": "Venues et leur personne",
    "pairs": "Doublons jugés ou à juger",
    "links": "Faits qui parlent d’un doublon",
    "rows": "Ce que la console a écrit",
    "gone": "Comptes et bornes du journal",
}  # the command's own words, for the technician


def told(code: str, about: str) -> str:
    """One finding in a sentence; a code of another version as it stands."""
    sentences = {
        "witness": _("Un témoin a vu l’acte %(number)s du journal ; la base ne le contient plus."),
        "file": _("Le fichier témoin a été retiré ou raccourci : il allait jusqu’à l’acte %(number)s."),
        "altered": _("L’acte %(number)s du journal n’est plus celui qui a été écrit."),
        "missing": _("L’acte %(number)s du journal manque."),
        "cut": _("L’acte %(number)s a été écrit ; le journal s’arrête avant."),
        "person": _("La ligne d’une personne n’est pas ce que disent ses faits (%(number)s)."),
        "holding": _("Le matricule tenu n’est pas celui que disent les faits (%(number)s)."),
        "visit": _("Une venue n’est pas ce que disent le journal et les faits (%(number)s)."),
        "index": _("La recherche d’antériorité ne trouve plus une personne comme ses faits le disent (%(number)s)."),
        "key": _("La clé d’un dossier a disparu sans qu’il soit effacé (%(number)s)."),
        "pair": _("Un doublon n’est pas ce que disent les faits des deux personnes (%(number)s)."),
        "body": _("Le contenu de l’acte %(number)s a été changé ou retiré."),
        "row": _("Une ligne n’a pas été écrite par la console (%(number)s) : elle n’est pas utilisée."),
        "older": _("Une ligne d’avant a été remise dans la base (%(number)s)."),
        "gone": _("Le compte ou la borne de l’acte %(number)s a disparu de la base."),
        "foreign": _("La base contient ce que la console n’y a pas mis (%(number)s) : des alertes peuvent s’y perdre."),
        "unmade": _("Ce que la console avait mis dans la base n’y est plus (%(number)s)."),
        "unkept": _("La base ne garde pas ce que la console y écrit (%(number)s)."),
        "head": _("La fin du journal (acte %(number)s) n’a pas été écrite par la console."),
    }
    number = _shown(code, about)
    return sentences[code] % {"number": number} if code in sentences else f"{code} {about}"


def _shown(code: str, about: str) -> str:
    """What a sentence names of what was found: a number, a part of a key, a table and its key."""
    if code in {"row", "older"}:
        kind, _dash, key = about.rpartition("-")[0].partition("-")
        return f"{_kind(kind)} {key[:8]}"
    if code in {"foreign", "unmade", "unkept"}:
        kind, _dash, name = about.partition("-")
        return f"{_thing(kind)} {name.rpartition('-')[0]}".strip()
    if code in {"person", "holding", "visit", "pair", "key", "index"}:
        return about[:8]  # of a key, what tells it apart
    return about.partition("-")[0]


def _kind(table: str) -> str:
    """One row of a table, as staff call it."""
    return {
        "staff": _("compte"),
        "authenticator": _("application d’authentification"),
        "securitykey": _("clé de sécurité"),
        "nationalidentity": _("identité nationale"),
        "terminal": _("borne"),
        "invitation": _("invitation"),
        "emergency": _("accès d’urgence"),
        "session": _("session"),
        "arrival": _("venue"),
        "sealed": _("contenu d’une venue"),
        "call": _("appel"),
        "question": _("question à INSi"),
        "campaign": _("campagne de vérification"),
        "verification": _("vérification"),
        "outbox": _("message à envoyer"),
        "finding": _("constat"),
        "witness": _("témoin"),
        "recognition": _("question d’une borne"),
        "admission": _("demande de compte"),
        "copy": _("copie d’une pièce"),
        "inspection": _("relecture"),
        "storekey": _("clé du coffre des dossiers"),
        "erasure": _("effacement demandé"),
        "knownstore": _("coffre des dossiers"),
    }.get(table, table)


def _thing(kind: str) -> str:
    """Something that a database does of itself; a table of ours as its rows are called."""
    return {
        "trigger": _("déclencheur"),
        "view": _("vue"),
        "rule": _("règle"),
        "policy": _("règle d’accès aux lignes"),
        "function": _("fonction"),
        "default": _("valeur par défaut"),
        "computed": _("colonne calculée"),
        "column": _("colonne"),
        "check": _("contrainte"),
        "event": _("déclencheur de la base"),
        "table": _("table"),
    }.get(kind) or _kind(kind)


def what(check: str) -> str:
    """A check as staff call it."""
    return {
        "tables": _("ce que la base fait d’elle-même"),
        "trail": _("journal des actes"),
        "witnesses": _("témoins du journal"),
        "persons": _("personnes"),
        "facts": _("contenus des faits"),
        "visits": _("venues"),
        "pairs": _("doublons"),
        "links": _("faits des doublons"),
        "readings": _("lectures des dossiers"),
        "rows": _("comptes, bornes et autres enregistrements"),
        "gone": _("comptes et bornes du journal"),
    }.get(check, check)


def named(witness: str) -> str:
    """A witness as staff call it."""
    kind, _colon, name = witness.partition(":")
    if kind == "kiosk":
        return terminal(name)
    if kind == "https":
        return _("témoin %(name)s") % {"name": name}
    return _("fichier de %(name)s") % {"name": name} if kind == "file" else witness
