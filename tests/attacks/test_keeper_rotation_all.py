"""A console in which something of everything has happened replaces its secret; and a later version brings a column."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from kiosk.console import keyring
from kiosk.console.models import Arrival, proven
from kiosk.console.models.proven import PURPOSE, Proven
from kiosk.console.records import vault
from kiosk.console.upkeep import checking, renewing
from tests.attacks.lived_in import lived_in
from tests.attacks.test_keeper_rotation import Site, _quiet
from tests.console.rewritten import behind


@pytest.fixture(scope="module")
def _site() -> Iterator[None]:
    with lived_in():
        yield


@pytest.fixture()
def site(_site: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    return Site(monkeypatch, tmp_path)


def _tables() -> list[type[Any]]:
    return [one for one in apps.get_models() if issubclass(one, Proven)]


def _found() -> set[str]:
    """What a reading of everything finds."""
    parts = (part for check in checking.CHECKS.values() for part in checking.whole(check))
    return {one.name for part in parts for one in part.found}


def _columns(model: type[Model]) -> list[Any]:
    return [one for one in proven._proven.__wrapped__(model) if isinstance(one.default, str | int)]


def test_a_row_written_before_a_column_came_proves_itself_until_somebody_else_has_the_column_say_something(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, tried = proven._proven.__wrapped__, 0
    for model in _tables():
        for column in _columns(model):
            row = next((one for one in model.objects.all() if getattr(one, column.attname) == column.default), None)
            if row is None:
                continue

            def before(asked: type[Proven], name: str = column.name) -> tuple[Any, ...]:
                return tuple(one for one in every(asked) if one.name != name)

            with monkeypatch.context() as an_earlier_version:
                an_earlier_version.setattr(proven, "_proven", before)
                row.prove()
            behind(model.objects.filter(pk=row.pk), proof=row.proof)
            assert model.objects.get(pk=row.pk).is_proven, f"{model.__name__}.{column.name}"
            setattr(row, column.attname, _otherwise(column.default))
            assert not row._proves_itself(), f"{model.__name__}.{column.name}"
            tried += 1
    assert tried > 10


def _otherwise(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + "x" if isinstance(value, str) else value + 1


def test_every_row_of_every_table_goes_on_under_the_new_secret_alone_and_nothing_new_is_found(site: Site) -> None:
    before = _found()
    assert not {one for one in before if one.startswith("row:")}
    site.believes_both()
    renewing.renew("command:root", _quiet)
    site.has_forgotten()
    for model in _tables():
        rows = list(model._base_manager.all())
        assert rows, model.__name__
        assert all(one.is_proven and bytes(one.proof).startswith(keyring.mark(PURPOSE)) for one in rows), model.__name__
    assert _found() == before
    for arrival in Arrival.objects.select_related("sealed"):
        assert vault.open_arrival(arrival).key == str(arrival.key)
