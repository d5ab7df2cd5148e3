"""What the documents tell people to run or to open is there."""

import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from kiosk.cli import build

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("deploy/guides/*.md")]
HISTORY = "CHANGELOG.md"  # tells of what was

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@each_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


@each_document
def test_every_file_and_folder_that_is_named_exists(document: Path) -> None:
    if document.name == HISTORY:
        return
    named = re.findall(r"[`(]((?:kiosk|hardware|tests|deploy|assets)/[\w./-]*)", document.read_text(encoding="utf-8"))
    missing = [name for name in named if not any((ROOT / f"{name}{ending}").exists() for ending in ("", ".py"))]
    assert missing == []


@each_document
def test_every_command_of_ours_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [words for words in re.findall(r"`kiosk ((?:[a-z]+ ?)+)", text) if not _is_a_command(words.split())]
    assert missing == []


def _is_a_command(words: list[str]) -> bool:
    command = get_command(build(""))
    for word in words:
        if not isinstance(command, TyperGroup):
            return True  # what follows is an argument
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


def test_a_command_that_is_not_there_is_seen_to_be_missing() -> None:
    assert _is_a_command(["card", "read"]) and not _is_a_command(["card", "eat"])
