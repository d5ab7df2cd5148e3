"""One stage a module: console, worker, INSi, card service; each test starts the kiosk it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console import warm
from tests.demo.processes import ROOT
from tests.demo.stage import Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory: Path = tmp_path_factory.mktemp("walk") / "stage"
    with Stage(directory, films=ROOT / "build" / "films", begin=warm.begun_alike) as stage:
        stage.prepare()
        stage.start_services()
        stage.start_card_reader()
        yield stage


@pytest.fixture(autouse=True)
def nothing_left_from_before(stage: Stage) -> Iterator[None]:
    """Each test finds an empty slot, an empty tray and no kiosk running."""
    yield
    if stage.kiosk is not None and stage.kiosk.is_running:
        stage.kiosk.end()
    stage.pull_card()
    stage.clear_tray()
