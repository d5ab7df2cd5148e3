"""A structure's own kinds of evidence: what the file may say, what it is refused for, what the officer reads."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.commands.console import app
from kiosk.console import evidence
from kiosk.console.config import read_server_settings
from kiosk.core.status.evidence import DEFAULT_EVIDENCE, EvidenceTable, Nationality
from kiosk.settings import BadSettings
from tests.console.served import ServedConsole

OWN = Path(__file__).parents[1] / "fixtures" / "evidence.toml"
FRENCH, OTHER = Nationality.FRENCH, Nationality.OTHER


def _codes(table: EvidenceTable, nationality: Nationality, age: int) -> list[str]:
    return [kind.code for kind in table.offered(nationality, age)]


def test_a_file_names_what_is_offered_in_its_order_and_leaves_the_rest_as_the_rniv_has_it() -> None:
    table = evidence.read(OWN)
    assert _codes(table, FRENCH, 30) == ["CN", "PA", "FI", "LIN", "AV", "TC", "AC"]
    assert _codes(table, OTHER, 10) == ["PA", "CS", "FI", "LIN", "AV", "AN", "LE", "DC", "CSP", "TC", "AC"]
    by_code = {kind.code: kind for kind in table.types}
    assert by_code["CN"] == DEFAULT_EVIDENCE[0]
    assert [one.code for one in by_code["AN"].companions] == ["PCN", "PPA", "TDJ"]
    assert by_code["LE"].companions == DEFAULT_EVIDENCE[6].companions
    assert (by_code["FI"].flow_code, by_code["FI"].needs_presence, by_code["LIN"].needs_presence) == ("IE", False, True)
    assert by_code["CSP"].is_complete_with("CONV") and not by_code["CSP"].is_complete_with("")
    assert table.find("PC") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "aucune pièce ; écrivez un [[type]]"),
        ("[[type]\n", "ce n’est pas du TOML"),
        ('[[type]]\ncode = "CN"\nconfidence = "low"\n', "aucune pièce n’a un haut niveau de confiance"),
        ('version = 2\n[[type]]\ncode = "CN"\n', "version : clé inconnue ; il n’y a que type et companion"),
        ('type = "CN"\n', "type : écrivez chaque entrée sous un titre [[type]]"),
        ('[[type]]\nlabel = "X"\n', "ligne 1, [[type]] 1 : il manque code"),
        ("[[type]]\ncode = 12\n", 'ligne 2, [[type]] 1, code : écrivez un texte entre guillemets, comme "CN"'),
        ('[[type]]\ncode = "cn"\n', "ligne 2, [[type]] 1, code : de 1 à 8 lettres majuscules"),
        ('[[type]]\ncode = "CN"\nage = 3\n', "ligne 3, [[type]] CN, age : clé inconnue ; il y a code, flow, label"),
        ('[[type]]\ncode = "CN"\nminors_only = 1\n', "minors_only : écrivez true ou false"),
        ('[[type]]\ncode = "CN"\nlabel = "  "\n', "label : une ligne de 1 à 80 caractères"),
        (f'[[type]]\ncode = "CN"\nnote = "{"x" * 81}"\n', "note : une ligne de 1 à 80 caractères"),
        ('[[type]]\ncode = "CN"\nlabel = "a\\nb"\n', "label : une ligne de 1 à 80 caractères"),
        ('[[type]]\ncode = "CN"\n[[type]]\ncode = "CN"\n', "ligne 4, [[type]] CN, code : ce code est déjà pris"),
        ('[[type]]\ncode = "PA"\nflow = "CN"\n', "code : c’est le code d’une autre pièce du RNIV"),
        ('[[type]]\ncode = "FI"\nflow = "IE"\n', "[[type]] FI : il manque label"),
        (
            '[[type]]\ncode = "FI"\n',
            "[[type]] FI, flow : ce code n’est pas de ceux des flux ; écrivez l’un de : CN, PA",
        ),
        ('[[type]]\ncode = "FI"\nflow = ""\n', "[[type]] FI, flow : ce code n’est pas de ceux des flux"),
        ('[[type]]\ncode = "CN"\nconfidence = "medium"\n', "confidence : écrivez l’un de : high, low"),
        ('[[type]]\ncode = "CN"\npresence = "oui"\n', "presence : écrivez l’un de : required, remote"),
        ('[[type]]\ncode = "CN"\nnationalities = []\n', "nationalities : une liste, chacun une fois, parmi : french"),
        ('[[type]]\ncode = "CN"\nnationalities = ["belge"]\n', "nationalities : une liste"),
        ('[[type]]\ncode = "CN"\nnationalities = [1]\n', 'nationalities : écrivez une liste, comme ["french"]'),
        (
            '[[type]]\ncode = "LE"\ncompanions = ["PCN", "PCN"]\n',
            "companions : une liste, chacun une fois, parmi : PCN",
        ),
        ('[[companion]]\ncode = "PCN"\nlabel = "X"\n', "[[companion]] PCN, code : ce code est déjà pris"),
        ('[[companion]]\ncode = "X"\n', "[[companion]] X : il manque label"),
        ('[[type]]\ncode = "CN"\nlabel = "X"\n[[type]]\ncode = "PA"\nlabel = "X"\n', "deux pièces s’appellent « X »"),
        ('type = [{code = "XX"}]\n', "[[type]] XX, flow : ce code n’est pas"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_its_key_and_what_to_write(text: str, problem: str) -> None:
    with pytest.raises(evidence.BadEvidence) as refused:
        evidence.table_of(text)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('code = "PC"\nconfidence = "high"', "confidence : le RNIV ne lui reconnaît pas un haut niveau"),
        ('code = "CC"\nconfidence = "high"', "confidence : le RNIV ne lui reconnaît pas un haut niveau"),
        (
            'code = "CN"\nnationalities = ["other"]',
            "nationalities : plus large que le RNIV (§ 3.3.2) ; au plus : french",
        ),
        ('code = "AN"\nminors_only = false', "minors_only : le RNIV la réserve aux mineurs"),
        (
            'code = "LE"\ncompanions = ["ONCLE"]',
            "companions : elle ne vaut qu’avec le document d’un parent ou du tuteur",
        ),
        ('code = "PA"\npresence = "remote"', "presence : le visage se compare devant la personne"),
        ('code = "CARTE"\nflow = "PC"\nlabel = "Permis"\nconfidence = "high"', "confidence : le RNIV ne lui reconnaît"),
    ],
)
def test_a_file_loosens_nothing_that_the_rniv_fixes(entry: str, problem: str) -> None:
    own = '[[companion]]\ncode = "ONCLE"\nlabel = "Pièce d’un oncle"\n'
    with pytest.raises(evidence.BadEvidence) as refused:
        evidence.table_of(f"{own}[[type]]\n{entry}\n")
    assert problem in str(refused.value)
    assert str(refused.value).startswith("ligne "), "where to look"


def test_everything_that_is_wrong_is_said_at_once_and_where_the_file_is(tmp_path: Path) -> None:
    file = tmp_path / "evidence.toml"
    file.write_text('[[type]]\ncode = "PC"\nconfidence = "high"\n[[type]]\ncode = "XX"\n[[companion]]\nlabel = "a"\n')
    with pytest.raises(evidence.BadEvidence) as refused:
        evidence.read(file)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3 and all(line.startswith(f"{file} : ligne ") for line in lines)


def test_a_file_that_is_not_there_or_is_no_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(evidence.BadEvidence, match=r"illisible .*vérifiez le chemin"):
        evidence.read(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('[[type]]\nlabel = "é"\n'.encode("latin-1"))
    with pytest.raises(evidence.BadEvidence, match="UTF-8"):
        evidence.read(tmp_path / "latin.toml")


def test_the_settings_bring_the_table_of_the_file_they_name(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path)
    assert read_server_settings(console.config).evidence == EvidenceTable()
    (tmp_path / "evidence.toml").write_text(OWN.read_text())
    console.config.write_text(console.config.read_text().replace("port = 0", 'port = 0\nevidence = "evidence.toml"'))
    assert read_server_settings(console.config).evidence == evidence.read(OWN)
    console.config.write_text(console.config.read_text().replace('"evidence.toml"', "3"))
    with pytest.raises(BadSettings, match="evidence: écrivez le chemin du fichier"):
        read_server_settings(console.config)


@pytest.mark.starts
def test_a_console_and_its_worker_refuse_to_start_with_a_list_that_loosens_the_rniv(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path)
    (tmp_path / "evidence.toml").write_text('[[type]]\ncode = "PC"\nconfidence = "high"\n')
    console.config.write_text(console.config.read_text().replace("port = 0", 'port = 0\nevidence = "evidence.toml"'))
    for command in ("console", "worker"):
        done = console.run(command)
        assert done.returncode == 2, done.stderr
        assert "ligne 3, [[type]] PC, confidence : le RNIV ne lui reconnaît pas" in done.stderr


def test_check_tells_the_officer_what_the_list_comes_to() -> None:
    said = CliRunner().invoke(app, ["evidence", "check", str(OWN)])
    assert said.exit_code == 0, said.output
    for line in (
        "Pièces proposées à l’accueil, dans l’ordre de l’écran : 12",
        "FI       France Identité ; transmise comme IE ; sur place ou à distance",
        "AN       Extrait d'acte de naissance ; mineurs seulement ; avec PCN ou PPA ou TDJ",
        "Adulte français : CN, PA, FI, LIN, AV, TC, AC",
        "Tiers de confiance (TC) : laissée à la structure, proposée ici",
        "Attention : seules les 10 premières pièces",
    ):
        assert line in said.output
    alone = CliRunner().invoke(app, ["evidence", "check"])
    assert alone.exit_code == 0
    assert "Tiers de confiance (TC) : laissée à la structure, pas proposée ici" in alone.output
    assert "Attention" not in alone.output and "admise par le RNIV, pas proposée" not in alone.output


def test_check_says_who_is_left_without_a_piece_and_what_the_console_would_refuse(tmp_path: Path) -> None:
    file = tmp_path / "evidence.toml"
    file.write_text('[[type]]\ncode = "CN"\n[[type]]\ncode = "PC"\n')
    said = CliRunner().invoke(app, ["evidence", "check", str(file)])
    assert said.exit_code == 0
    assert "Adulte d’un autre pays : RIEN" in said.output
    assert "Passeport (PA) : admise par le RNIV, pas proposée ici" in said.output
    assert "Connues, jamais proposées :\n  PC       Permis de conduire" in said.output
    file.write_text('[[type]]\ncode = "PC"\nconfidence = "high"\n')
    said = CliRunner().invoke(app, ["evidence", "check", str(file)])
    assert said.exit_code == 1
    assert "ligne 3" in said.output and "La console refuserait de démarrer" in said.output
