"""The table of cases: what staff meet, and the right decision. A new case comes last: its place makes its people."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.core.identity.traits import Sex
from kiosk.insi.simulated.population import Person as Known
from kiosk.training.case import MOST_COPIES, Case, Cast, National, Paper, Read, Right, Sealed, cast_of
from kiosk.training.people import Person


def _woman(
    why: str, birth_name: str, given_names: str, born: str, place: str = "63220", *, used: str = "", rank: str = "1"
) -> Person:
    given = tuple(given_names.split())
    return Person(why, birth_name, given, Sex.FEMALE, born, place, "", name_in_use=used, birth_rank=rank)


def _man(why: str, birth_name: str, given_names: str, born: str, place: str = "63220") -> Person:
    return replace(_woman(why, birth_name, given_names, born, place), sex=Sex.MALE)


PLAIN = "plain"  # the case of a site's own people
CASES: tuple[Case, ...] = (
    Case(
        PLAIN,
        "Carte, pièce et INSi disent la même chose.",
        Right.QUALIFY,
        "Tenir l'original, regarder la personne, poser les questions, lire le lieu de naissance, puis qualifier.",
        _woman("the plain case", "ROUSSEL", "CAMILLE", "1985-03-12"),
    ),
    Case(
        "accent",
        "La carte porte des accents que l'INS n'écrit pas : une différence tolérée.",
        Right.QUALIFY,
        "Lire la raison de la différence, comparer avec l'original, puis qualifier.",
        _woman("accents on the card", "LEFEVRE", "HELENE", "1990-06-04", "69123"),
        card_says=lambda one: replace(one, birth_name="LEFÈVRE", on_card="HÉLÈNE"),
    ),
    Case(
        "hyphen",
        "Le prénom a un trait d'union dans l'INS ; la bande de la pièce met une espace : une différence tolérée.",
        Right.QUALIFY,
        "Lire la raison de la différence, comparer avec l'original, puis qualifier.",
        _woman("a hyphen that a zone does not write", "CARON", "ANNE-SOPHIE LUCIE", "1979-11-21", "35238"),
        paper=Paper("passport"),
    ),
    Case(
        "compound-name",
        "Un nom de naissance composé, avec trait d'union sur la carte et sans dans l'INS : une différence tolérée.",
        Right.QUALIFY,
        "Lire la raison de la différence, comparer avec l'original, puis qualifier.",
        _man("a compound birth name", "DUPRE LACOSTE", "MARTIN", "1968-02-09", "33063"),
        card_says=lambda one: replace(one, birth_name="DUPRE-LACOSTE"),
    ),
    Case(
        "name-in-use",
        "La carte Vitale porte le nom d'usage ; pièce et INSi portent le nom de naissance.",
        Right.QUALIFY,
        "Lire le nom de naissance sur l'original, dire ce que vous avez vu, puis qualifier.",
        _woman("her card bears the name in use", "PERROT", "SIMONE", "1956-09-30", used="GARNIER"),
    ),
    Case(
        "married-name",
        "Le passeport étranger porte le nom de mariage ; l'INS, le nom de naissance.",
        Right.CONFIDE,
        "Ne pas qualifier : aucun original ne montre le nom de naissance. Demander une pièce qui le porte, ou confier.",
        _woman("her document bears her husband's name", "CORDIER", "NADEGE", "1982-07-17", "59350"),
        need="differences",
        paper=Paper("passport", says=lambda one: replace(one, birth_name="VASSEUR")),
    ),
    Case(
        "other-letters",
        "Le nom de naissance diffère d'une lettre entre la pièce et l'INS.",
        Right.CONFIDE,
        "Ne pas qualifier, ne pas corriger : confier à l'identitovigilance, remettre la fiche au patient.",
        _man("a letter differs", "MOREL", "BASILE", "1974-01-25", "31555"),
        need="differences",
        paper=Paper(says=lambda one: replace(one, birth_name="MORAL")),
    ),
    Case(
        "other-date",
        "La date de naissance diffère entre la pièce et l'INS.",
        Right.CONFIDE,
        "Ne pas qualifier : confier à l'identitovigilance, remettre la fiche au patient.",
        _woman("another birth date", "TESSIER", "MONIQUE", "1961-04-18", "13055"),
        need="differences",
        paper=Paper(says=lambda one: replace(one, birth_date="1967-04-18")),
    ),
    Case(
        "no-birth-place",
        "La carte d'identité ne porte pas le lieu de naissance : un des cinq traits ne peut pas être lu.",
        Right.CONFIDE,
        "Ne pas dire l'avoir lu : demander une pièce qui le porte, sinon confier à l'identitovigilance.",
        _man("a document without a birth place", "FABRE", "LUCIEN", "1993-10-05"),
        paper=Paper("european-id", says_place=False),
    ),
    Case(
        "nobody",
        "INSi n'a trouvé personne.",
        Right.VALIDATE,
        "Vérifier les traits sur l'original ; si l'un était faux, interroger de nouveau, sinon valider sans INS.",
        _man("INSi finds nobody", "BLANCHET", "OSCAR", "1988-12-02", "67482"),
        need="not-found",
        national=National.NOBODY,
    ),
    Case(
        "several",
        "INSi a trouvé plusieurs personnes et n'en désigne aucune.",
        Right.ASK_AGAIN,
        "Lire le lieu de naissance sur l'original et interroger avec lui.",
        _woman("one of two", "COMBES", "JEANNE", "1970-05-06"),
        need="several",
        national=National.SEVERAL,
    ),
    Case(
        "silent",
        "INSi ne répond pas : ce n'est pas « personne trouvée ».",
        Right.WAIT,
        "Continuer la journée : la question est reposée toute seule. Le patient peut être accueilli.",
        _man("INSi is out of order", "PICARD", "VINCENT", "1959-08-13"),
        need="insi-pending",
        national=National.SILENT,
    ),
    Case(
        "no-document",
        "Une carte Vitale, aucune pièce montrée à la borne.",
        Right.ASK_DOCUMENT,
        "Demander l'original ; sans lui, l'identité reste récupérée et ne se qualifie pas.",
        _woman("no document", "MASSON", "ODILE", "1977-03-03", "35238"),
        need="no-document",
        paper=None,
    ),
    Case(
        "no-card",
        "Une pièce, aucune carte Vitale : INSi a été interrogé avec la pièce.",
        Right.QUALIFY,
        "Comparer avec l'original, puis qualifier.",
        _man("no card", "GUERIN", "THOMAS", "1996-07-22", "69123"),
        has_card=False,
        paper=Paper("passport"),
    ),
    Case(
        "expired",
        "La pièce est expirée.",
        Right.CONFIDE,
        "Dire ce qu'il faut apporter la prochaine fois ; confier à l'identitovigilance, qui décide selon vos règles.",
        _woman("an expired document", "LEGRAND", "PAULINE", "1949-02-27", "59350"),
        paper=Paper("passport", expiry="190614"),
    ),
    Case(
        "doubtful-reading",
        "La machine n'a pas lu la bande avec certitude : un doigt la couvrait.",
        Right.QUALIFY,
        "Comparer chaque trait avec l'original, dire que vous l'avez fait, puis qualifier.",
        _man("an uncertain reading", "MARCHAL", "GERARD", "1952-11-08"),
        need="doubtful-reading",
        paper=Paper("passport", read=Read.UNCERTAIN),
    ),
    Case(
        "unreadable-picture",
        "L'image de la pièce est floue : rien n'y a été lu.",
        Right.QUALIFY,
        "L'image ne dit rien : comparer chaque trait avec l'original, puis qualifier.",
        _woman("a blurred picture", "NICOLET", "BRIGITTE", "1966-06-19", "31555"),
        need="doubtful-reading",
        paper=Paper("passport", read=Read.NOT),
    ),
    Case(
        "false-seal",
        "Le cachet électronique de la pièce est faux : son texte a été modifié après la signature.",
        Right.CONFIDE,
        "Ne pas qualifier, ne rien reprocher au patient : confier à l'identitovigilance.",
        _man("a false seal", "RENAUD", "DIMITRI", "1991-01-14", "13055"),
        need="doubtful-document",
        paper=Paper(sealed=Sealed.FALSE),
    ),
    Case(
        "contradicted-seal",
        "Le cachet électronique et la bande imprimée de la pièce ne disent pas la même chose.",
        Right.CONFIDE,
        "Ne pas qualifier, ne rien reprocher au patient : confier à l'identitovigilance.",
        _woman("a seal that says otherwise", "BERTIN", "GISELE", "1987-09-09", "33063"),
        need="doubtful-document",
        paper=Paper(sealed=Sealed.OTHERWISE),
    ),
    Case(
        "look-alike",
        "La même personne s'est enregistrée trois fois.",
        Right.SAME_PERSON,
        "Comparer les portraits et les traits, dire que c'est la même personne, une fois pour toutes les visites.",
        _man("three visits", "LAMBERT", "RAPHAEL", "1983-05-30"),
        visits=3,
    ),
    Case(
        "twins",
        "Une enfant a été choisie sur la carte de sa mère ; la pièce est celle de sa sœur jumelle.",
        Right.CONFIDE,
        "Ne pas qualifier : faire nommer l'enfant par l'adulte, demander sa propre pièce, sinon confier.",
        _woman("a twin, born second", "GERMAIN", "CLARA", "2016-02-24", "69123", rank="2"),
        need="differences",
        card_says=lambda one: replace(one, card_has_number=False),
        insured=_woman("the twins' mother", "GERMAIN", "SOPHIE", "1988-11-05", "69123"),
        others=(_woman("her twin, born first", "GERMAIN", "CHLOE", "2016-02-24", "69123"),),
        paper=Paper("passport", says=lambda one: replace(one, given_names=("CHLOE",))),
    ),
    Case(
        "returning",
        "Une personne déjà connue revient ; à la première visite, elle a été qualifiée.",
        Right.PRESENCE,
        "Qualifier la première visite ; aux suivantes, poser les questions, regarder la personne : c'est bien elle.",
        _woman("comes for the fifth time", "DELMAS", "FRANCINE", "1958-10-11"),
        visits=5,
    ),
    Case(
        "minor",
        "Un enfant est amené par un adulte, sur la carte de celui-ci ; il n'a pas de pièce à lui.",
        Right.ASK_DOCUMENT,
        "Demander le livret de famille et la pièce de l'adulte ; c'est l'adulte qui nomme l'enfant.",
        _man("a child on a parent's card", "AUBERT", "LEO", "2019-09-17"),
        need="no-document",
        card_says=lambda one: replace(one, card_has_number=False),
        insured=_woman("the child's mother", "AUBERT", "LAURENCE", "1989-01-08"),
        paper=None,
    ),
    Case(
        "born-abroad",
        "Une personne née à l'étranger : l'INS dit un pays, la pièce une ville.",
        Right.QUALIFY,
        "Lire la ville sur l'original, voir qu'elle est dans ce pays, puis qualifier.",
        _man("born abroad", "BENALI", "KARIM", "1972-08-20", "99352"),
        paper=Paper("residence-permit"),
    ),
    Case(
        "lunar-date",
        "La carte porte un mois inconnu (date lunaire) ; la pièce et l'INS, un jour du calendrier.",
        Right.QUALIFY,
        "Lire la raison de la différence, comparer la date avec l'original, puis qualifier.",
        _woman("a month that was unknown", "BOUKHARI", "FATIMA", "1951-12-31", "99350"),
        card_says=lambda one: replace(one, birth_date=one.birth_date[:4] + "-00-00"),
        paper=Paper("residence-permit"),
    ),
    Case(
        "lunar-answer",
        "L'INS porte une date provisoire, qui n'est pas un jour du calendrier : sa réponse est inutilisable.",
        Right.VALIDATE,
        "Ne pas accepter l'INS : valider sans INS avec la date de l'original, ou confier.",
        _man("a lunar date of birth", "HADDAD", "SALIM", "1948-20-00", "99351"),
        need="odd-answer",
        paper=Paper("residence-permit", says=lambda one: replace(one, birth_date="1948-12-31")),
    ),
    Case(
        "composite",
        "La carte dit JEAN, la pièce et l'INS disent JEAN-PIERRE : un prénom composé est un seul prénom.",
        Right.QUALIFY,
        "Lire le prénom sur l'original, dire ce que vous avez vu, puis qualifier.",
        _man("a composite given name", "VALLET", "JEAN-PIERRE", "1964-12-28"),
        card_says=lambda one: replace(one, on_card="JEAN"),
    ),
    Case(
        "long-name",
        "Un nom de plus de quarante lettres : la bande de la pièce le coupe.",
        Right.QUALIFY,
        "Lire le nom entier sur l'original, puis qualifier.",
        _woman(
            "a name longer than a zone",
            "MONTMORENCY-BOUTEVILLE-DE-LA-ROCHEFOUCAULD-DOUDEAUVILLE",
            "MARIE-ANTOINETTE-JOSEPHINE EMMANUELLE",
            "1962-03-14",
        ),
        paper=Paper("passport"),
    ),
    Case(
        "other-sex",
        "Mêmes nom, prénom et date, un autre sexe sur la pièce : un homonyme, ou une erreur.",
        Right.CONFIDE,
        "Ne pas qualifier : confier à l'identitovigilance.",
        _woman("a homonym of another sex", "POIRIER", "DOMINIQUE", "1976-04-06", "35238"),
        need="differences",
        paper=Paper("passport", says=lambda one: replace(one, sex=Sex.MALE)),
    ),
    Case(
        "nothing",
        "Ni carte ni pièce : la personne a seulement touché l'écran.",
        Right.ASK_DOCUMENT,
        "Demander l'original, puis interroger INSi avec ce qu'il porte.",
        _man("shows nothing", "COLLIN", "HUGO", "1999-02-15"),
        need="insi-pending",
        has_card=False,
        paper=None,
    ),
    Case(
        "somebody-else",
        "Carte et INSi disent une autre personne que la pièce : tous les traits diffèrent.",
        Right.CONFIDE,
        "Ne pas qualifier : la carte n'est pas à cette personne. Confier à l'identitovigilance.",
        _woman("another person's card", "BARBIER", "YVETTE", "1944-06-23", "67482"),
        need="differences",
        paper=Paper(
            says=lambda one: replace(
                one, birth_name="MARTINEAU", given_names=("CELINE",), birth_date="1995-11-02", birth_place_code="13055"
            )
        ),
    ),
)
BY_NAME = {case.name: case for case in CASES}
_NUMBERS = {case.name: number for number, case in enumerate(CASES, start=1)}


def cast(case: Case, copy: int = 0) -> Cast:
    """The people of this copy of a case of the table."""
    return cast_of(case, _NUMBERS[case.name], copy)


def everybody() -> Iterator[Known]:
    """Whom the simulated INSi must know, for it to answer every copy of every case as the case says."""
    for case in CASES:
        for copy in range(MOST_COPIES):
            yield from cast(case, copy).known()
