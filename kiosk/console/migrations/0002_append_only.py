"""The audit trail only grows: the database itself refuses to change or remove an entry."""

from typing import Any

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER console_audit_no_update BEFORE UPDATE ON console_auditentry
       BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
    """CREATE TRIGGER console_audit_no_delete BEFORE DELETE ON console_auditentry
       BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION console_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$""",
    """CREATE TRIGGER console_audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON console_auditentry
       FOR EACH STATEMENT EXECUTE FUNCTION console_audit_only_grows()""",
]


def guard(_apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("console", "0001_initial")]  # noqa: RUF012 # Django's shape

    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]  # noqa: RUF012
