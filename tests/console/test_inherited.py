"""Databases and outboxes of earlier versions open, migrate and are read; on PostgreSQL: ``test_on_postgresql``."""

from pathlib import Path

import pytest

from tests.console.inherited import InheritedConsole, check_that_it_takes_over


@pytest.mark.beside
def test_a_console_takes_over_what_an_earlier_version_left(tmp_path: Path) -> None:
    check_that_it_takes_over(InheritedConsole(tmp_path / "console"), tmp_path)
