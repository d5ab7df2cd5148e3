"""What was found, in words for staff and for the technician."""

from django.utils.translation import gettext as _

CHECKED = {"trail": "Actes relus", "witnesses": "Témoins consultés"}  # the command's own words, for the technician


def told(code: str, about: str) -> str:
    """One finding in a sentence; a code of another version as it stands."""
    sentences = {
        "witness": _("Un témoin a vu l’acte %(number)s du journal ; la base ne le contient plus."),
        "file": _("Le fichier témoin a été retiré ou raccourci : il allait jusqu’à l’acte %(number)s."),
        "altered": _("L’acte %(number)s du journal n’est plus celui qui a été écrit."),
        "missing": _("L’acte %(number)s du journal manque."),
        "cut": _("L’acte %(number)s a été écrit ; le journal s’arrête avant."),
        "head": _("La fin du journal (acte %(number)s) n’a pas été écrite par la console."),
    }
    number = about.partition("-")[0]
    return sentences[code] % {"number": number} if code in sentences else f"{code} {about}"


def what(check: str) -> str:
    """A check as staff call it."""
    return {"trail": _("journal des actes"), "witnesses": _("témoins du journal")}.get(check, check)


def named(witness: str) -> str:
    """A witness as staff call it."""
    kind, _colon, name = witness.partition(":")
    if kind == "kiosk":
        return _("borne %(name)s") % {"name": name}
    return _("fichier de %(name)s") % {"name": name} if kind == "file" else witness
