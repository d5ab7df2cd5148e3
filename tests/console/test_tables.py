"""The tables are what the models say: no migration is missing."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.usefixtures("console")


def test_every_change_of_a_table_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=3)
