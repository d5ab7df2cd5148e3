"""What staff read about an answer that may not be accepted, or not before somebody confirms: the page's own words."""

from kiosk.core.status.acceptance import AnswerFault, AnswerOddity
from kiosk.core.status.attestation import Distrust

DISTRUSTS = {
    Distrust.NO_VERIFIER: (
        "Appli carte Vitale annoncée par la borne : rien ici ne peut la vérifier. "
        "Interrogez le service national avec une pièce d’identité."
    ),
    Distrust.NOT_GENUINE: (
        "L’attestation de l’appli carte Vitale n’est pas authentique : rien n’en est retenu. "
        "Prévenez l’identitovigilance."
    ),
    Distrust.ELSEWHERE: (
        "L’attestation de l’appli carte Vitale a été faite pour un autre établissement. "
        "Interrogez le service national avec une pièce d’identité."
    ),
    Distrust.EXPIRED: "L’attestation de l’appli carte Vitale avait expiré : le patient peut la montrer de nouveau.",
    Distrust.STALE: "L’attestation de l’appli carte Vitale est trop ancienne : le patient peut la montrer de nouveau.",
    Distrust.USED: (
        "Cette attestation de l’appli carte Vitale a déjà servi pour une autre venue. "
        "Interrogez le service national avec une pièce d’identité."
    ),
    Distrust.OTHER_PERSON: (
        "La borne annonce une autre personne que l’appli carte Vitale : rien n’en est retenu. "
        "Prévenez l’identitovigilance."
    ),
    Distrust.TROUBLE: "L’appli carte Vitale n’a pas pu être vérifiée. Prévenez l’informatique.",
}
FAULTS = {
    AnswerFault.SEVERAL: "La réponse nationale désigne plusieurs personnes : aucune ne peut être retenue.",
    AnswerFault.ODD_NUMBER: "Le numéro renvoyé n’a pas la forme d’un matricule INS.",
    AnswerFault.NO_OID: "Le matricule est renvoyé sans son autorité (OID).",
    AnswerFault.UNKNOWN_OID: "L’autorité du matricule (OID) est inconnue.",
    AnswerFault.TEST_OID: "Matricule de test ou de démonstration : ce n’est pas une identité réelle.",
    AnswerFault.SIMULATOR: "Un simulateur a répondu : ce n’est pas une identité réelle. Prévenez l’informatique.",
    AnswerFault.NO_NAME: "La réponse nationale ne donne pas de nom de naissance.",
    AnswerFault.NO_GIVEN_NAMES: "La réponse nationale ne donne aucun prénom de naissance.",
    AnswerFault.NO_DATE: "La réponse nationale ne donne pas de date de naissance.",
    AnswerFault.ODD_DATE: "La date de naissance renvoyée n’est pas un jour du calendrier (GI3 EXI ID 12).",
    AnswerFault.NO_SEX: "La réponse nationale ne donne pas le sexe.",
    AnswerFault.NO_PLACE: "La réponse nationale ne donne pas de lieu de naissance.",
    AnswerFault.ODD_PLACE: "Le lieu de naissance renvoyé n’est pas un code officiel.",
}
ODDITIES = {
    AnswerOddity.WRONG_KEY: "La clé du matricule n’est pas celle attendue",
    AnswerOddity.NO_KEY: "Le matricule est renvoyé sans sa clé",
    AnswerOddity.UNKNOWN_PLACE: "Le service national ne connaît pas le lieu de naissance (99999)",
    AnswerOddity.SECONDARY_NAME: "Trouvé par un prénom secondaire : le premier prénom est à vérifier",
    AnswerOddity.OUTSIDE_LIST: "Un prénom renvoyé n’est pas dans la liste des prénoms",
    AnswerOddity.PERIOD: "Les dates de validité du matricule sont irrégulières",
    AnswerOddity.HISTORY: "L’historique des matricules est irrégulier",
    AnswerOddity.UNKNOWN_ELEMENTS: "La réponse contient des éléments inconnus de ce logiciel",
    AnswerOddity.OTHER: "La réponse porte une mention inconnue de ce logiciel",
}
