"""Attackers who are played beside Django's own client find the console of the tests set up, whoever is played first."""

from tests.console import conftest

assert conftest.FOLDER.is_dir()
