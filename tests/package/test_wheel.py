"""The wheel holds every file the kiosk and the console read, and nothing that is only for those who make it."""

from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from kiosk import __version__
from tests.package.declared import ROOT, pyproject

NOT_IN_IT = ("assets/pictures/", "assets/cog/build.py")  # the README's pictures; what makes the table of communes


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    place = tmp_path_factory.mktemp("wheel")
    (made,) = WheelBuilder(str(ROOT)).build(directory=str(place), versions=["standard"])
    return ZipFile(made)


def test_every_file_of_the_rooms_is_in_it(wheel: ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == {place for room in ("assets", "hardware", "kiosk") for place in _files(ROOT / room)}


def _files(room: Path) -> set[str]:
    places = {path.relative_to(ROOT).as_posix() for path in room.rglob("*") if path.is_file()}
    return {
        place
        for place in places
        if "__pycache__" not in place and not place.startswith(NOT_IN_IT) and place[-3:] != ".po"
    }


def test_it_says_its_version_its_roles_and_its_licences(wheel: ZipFile) -> None:
    place = f"kiosk-{__version__}.dist-info/"
    told = Parser().parsestr(wheel.read(f"{place}METADATA").decode())
    assert told["Version"] == __version__
    assert told.get_all("Provides-Extra") == sorted(pyproject()["project"]["optional-dependencies"])
    assert told["License-Expression"] == "Apache-2.0"
    assert {"LICENSE", "assets/models/NOTICE.md", "assets/typeface/NOTICE.md"} == set(
        told.get_all("License-File") or ()
    )
    assert wheel.read(f"{place}entry_points.txt").decode() == "[console_scripts]\nkiosk = kiosk.cli:main\n"


def test_no_module_looks_for_a_file_above_its_own_room() -> None:
    """What is data of all rooms is reached with importlib.resources: it works wherever the wheel is unpacked."""
    modules = [*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py")]
    assert [path.name for path in modules if ".parents[" in path.read_text() or "Path.cwd" in path.read_text()] == []
