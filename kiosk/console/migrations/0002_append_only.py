"""The audit trail only grows: the database itself refuses to change or remove an entry."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

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


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("console", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(guard, migrations.RunPython.noop)]
