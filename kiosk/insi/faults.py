"""INSi's fault codes: what each means for the technician, and whether asking again can help."""

import re
from gettext import gettext as _

_SERVICE_IS_DOWN = re.compile(r"siram_4\d*|insi_102", re.ASCII)


def is_service_down(*codes: str) -> bool:
    """Say whether a fault with these codes is the service's own trouble: asked again later, it may pass."""
    return any(_SERVICE_IS_DOWN.fullmatch(code) for code in codes)


def advice(code: str) -> str:
    """Tell the technician what to do about a refusal, by its code, or about certificate trouble, by its reason."""
    known = {
        "desir_550": _("Le numéro d'autorisation du logiciel n'est pas connu : vérifier [insi] idam."),
        "desir_560": _("Le certificat n'ouvre pas ce service : son nom doit être INSI-AUTO ou INSI-MANU."),
        "siram_100": _("Le service refuse la demande : transmettre l'identifiant du message au support du GIE."),
        "kiosk_character": _("Un trait contient un caractère que le service n'accepte pas : reprendre à l'accueil."),
        "kiosk_trait-missing": _("Un trait nécessaire à la recherche manque : reprendre à l'accueil."),
        "kiosk_sex": _("Le service ne connaît que les sexes F et M : reprendre à l'accueil."),
        "kiosk_date": _("La date de naissance n'est pas une date du calendrier : l'interpréter à l'accueil."),
        "kiosk_endpoint": _("L’adresse du service ne se lit pas : vérifier endpoint dans [insi]."),
        "kiosk_wsdl": _("Les fichiers WSDL du service ne se lisent pas : vérifier [insi] wsdl."),
        "kiosk_proxy": _("Le proxy ne laisse pas passer : vérifier [insi.proxy], son compte et son mot de passe."),
        "kiosk_psc-session": _("La session Pro Santé Connect est terminée : se reconnecter, puis reposer la question."),
        "kiosk_speciality": _("La spécialité du médecin manque : compléter [insi.psc] speciality ou specialities."),
        "kiosk_simulator": _("C'est un simulateur qui a répondu, en production : vérifier [insi] endpoint et ca."),
    }
    if code in known:
        return known[code]
    if code.startswith("server:"):
        return _("Le serveur n'est pas celui attendu, ou son certificat a expiré : vérifier [insi] endpoint et ca.")
    if code.startswith("client:"):
        return _("Le serveur refuse le certificat de la structure : « kiosk insi check » dit pourquoi.")
    if code.startswith("pin:"):
        return _("Corriger password_file ; la borne n'essaie pas deux fois le même code.")
    if code.startswith("card:"):
        return _("Vérifier la carte dans son lecteur, et [insi.cpx] certificate et key.")
    if code.startswith("http_"):
        return _("Le serveur ne reconnaît pas l'adresse ou le certificat : vérifier [insi] endpoint et certificate.")
    return _("Réponse que la borne ne connaît pas : transmettre le code et l'identifiant du message au support.")
