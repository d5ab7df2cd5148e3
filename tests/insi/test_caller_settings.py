"""What a site says of itself to INSi: software, structure, proxy, in whose name the desk asks. Errors name the key."""

from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.insi.config import CpxAccess, InsiConfig, Practice, Proxy, PscAccess, config_from
from kiosk.settings import BadSettings, has_its_key, load

ROOT = """mode = "demo"
[kiosk]
data_dir = "d"
[sealing]
structure_key = "s"
kiosk_key = "k"
[console]
url = "https://x"
ca = "c"
[insi]
via = "direct"
endpoint = "https://x/lps"
certificate = "c"
ca = "c"
idam = "TEST00000001"
"""
PSC = '\n[insi.psc]\nendpoint = "https://psc.example/lps"\n'


def told(directory: Path, text: str = "") -> InsiConfig:
    (directory / "kiosk.toml").write_text(ROOT + text)
    settings = load(directory / "kiosk.toml")
    return config_from(settings.insi, settings.mode)


@pytest.mark.parametrize("number", ["750712184", "2A0000014", "2B0000020", "73282932000074", "35600000000048"])
def test_numbers_of_real_registers_have_their_keys(number: str) -> None:
    assert has_its_key(number)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ('finess = "750712185"', "insi.finess"),  # the key
        ('finess = "75071218"', "insi.finess"),
        ('finess = "2C0000014"', "insi.finess"),
        ('finess = "2A0000015"', "insi.finess"),
        ('siret = "73282932000075"', "insi.siret"),
        ('siret = "732829320"', "insi.siret"),
        ('siret = "73282932100073"', "insi.siret"),  # the whole keyed, its SIREN not
        ('software_name = "a:b"', "insi.software_name"),
        ('software_version = "1 0"', "insi.software_version"),
        ('sector = "<x>"', "insi.sector"),
        ('desk_caller = "psc"', "[insi.psc]"),
        ('desk_caller = "cpx"', "[insi.cpx]"),
        ('desk_caller = "psc"\nsector = "SA01"' + PSC, "finess"),
        ('desk_caller = "psc"\nfiness = "750712184"' + PSC, "sector"),
        ('desk_caller = "password"', "insi.desk_caller"),
        (PSC + 'specialities = { SM54 = "un" }', "insi.psc.specialities.SM54"),
        ('[insi.psc]\nendpoint = "http://psc.example/lps"', "insi.psc.endpoint"),
        (
            '[insi.cpx]\nendpoint = "https://x"\ncertificate = "c"\npassword_file = "p"\nkey = "card.pem"',
            "insi.cpx.key",
        ),
        ('[insi.proxy]\nurl = "http://proxy.example"', "insi.proxy.url"),
        ('[insi.proxy]\nurl = "https://proxy.example:3128"', "insi.proxy.url"),
        ('[insi.proxy]\nurl = "http://proxy.example:3128"\nuser = "u"', "insi.proxy"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(tmp_path: Path, said: str, key: str) -> None:
    with pytest.raises(BadSettings) as error:
        told(tmp_path, said)
    assert key in str(error.value)


def test_an_address_with_a_password_is_refused_without_being_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="password_file") as error:
        told(tmp_path, '[insi.proxy]\nurl = "http://borne:tr0ubadour@proxy.example:3128"')
    assert "tr0ubadour" not in str(error.value)


def test_nothing_said_is_the_certificate_and_our_own_name(tmp_path: Path) -> None:
    config = told(tmp_path)
    assert (config.software_name, config.software_version) == ("kiosk", __version__)
    assert (config.proxy, config.psc, config.cpx) == (None, None, None)


def test_all_that_is_said_reaches_the_client(tmp_path: Path) -> None:
    config = told(
        tmp_path,
        """software_name = "Borne Accueil"
software_version = "4.2"
siret = "35600000049837"
sector = "SA01"
speciality_attribute = "codeSpecialiteAMO"
desk_caller = "psc"
[insi.proxy]
url = "http://[::1]:3128/"
user = "borne"
password_file = "proxy.password"
[insi.psc]
endpoint = "https://psc.example/lps"
speciality = "01"
specialities = { SM54 = "03" }
[insi.cpx]
endpoint = "https://cpx.example/lps"
certificate = "card.pem"
key = "pkcs11:object=auth"
password_file = "card.code"
""",
    )
    practice = Practice("35600000049837", "SA01", "codeSpecialiteAMO")
    assert (config.software_name, config.software_version) == ("Borne Accueil", "4.2")
    assert config.proxy == Proxy("::1", 3128, "borne", tmp_path / "proxy.password")
    assert config.psc == PscAccess("https://psc.example/lps", practice, "01", (("SM54", "03"),))
    assert hash(config), "what is looked up by its configuration finds it"
    assert config.cpx == CpxAccess(
        *("https://cpx.example/lps", practice, tmp_path / "card.pem", "pkcs11:object=auth", tmp_path / "card.code")
    )
