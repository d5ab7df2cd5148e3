"""Persons, what they hold and what proves it; an act about a person is a fact, beside what it always said.

The trail's table is widened in place: its rows are never rewritten, and the triggers that let it only grow stay.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = {  # of the trail: for SQLite, for PostgreSQL
    "person": ("char(32) NULL", "uuid NULL"),
    "nth": ("integer unsigned NULL", "integer NULL"),
    "kind": ("varchar(30) NOT NULL DEFAULT ''", "varchar(30) NOT NULL DEFAULT ''"),
    "codes": ("text NOT NULL DEFAULT ''", "text NOT NULL DEFAULT ''"),
    "cites": ("integer unsigned NOT NULL DEFAULT 0", "integer NOT NULL DEFAULT 0"),
    "decision": ("integer unsigned NOT NULL DEFAULT 0", "integer NOT NULL DEFAULT 0"),
    "actor": ("varchar(8) NOT NULL DEFAULT ''", "varchar(8) NOT NULL DEFAULT ''"),
    "effective_at": ("datetime NULL", "timestamp with time zone NULL"),
    "digest": ("BLOB NOT NULL DEFAULT x''", "bytea NOT NULL DEFAULT ''::bytea"),
}
SQLITE = [
    """CREATE TRIGGER console_body_no_update BEFORE UPDATE ON console_factbody
       BEGIN SELECT RAISE(ABORT, 'what a fact says never changes'); END""",
    """CREATE TRIGGER console_person_by_fact BEFORE UPDATE ON console_person
       WHEN (NEW.state <> OLD.state OR NEW.status <> OLD.status OR NEW.attributes <> OLD.attributes
             OR NEW.evidence <> OLD.evidence) AND NEW.at_fact <= OLD.at_fact
       BEGIN SELECT RAISE(ABORT, 'an identity changes by a fact'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION console_body_stays() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'what a fact says never changes'; END $$""",
    """CREATE TRIGGER console_body_no_update BEFORE UPDATE ON console_factbody
       FOR EACH STATEMENT EXECUTE FUNCTION console_body_stays()""",
    """CREATE FUNCTION console_person_changes() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'an identity changes by a fact'; END $$""",
    """CREATE TRIGGER console_person_by_fact BEFORE UPDATE ON console_person FOR EACH ROW
       WHEN ((NEW.state <> OLD.state OR NEW.status <> OLD.status OR NEW.attributes <> OLD.attributes
              OR NEW.evidence <> OLD.evidence) AND NEW.at_fact <= OLD.at_fact)
       EXECUTE FUNCTION console_person_changes()""",
]


def widen(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """All at once where the database can: neither reads a row."""
    if schema_editor.connection.vendor == "sqlite":
        for name, (kind, _theirs) in COLUMNS.items():
            schema_editor.execute(f'ALTER TABLE console_auditentry ADD COLUMN "{name}" {kind}')
        return
    columns = (f'ADD COLUMN "{name}" {kind}' for name, (_theirs, kind) in COLUMNS.items())
    schema_editor.execute("ALTER TABLE console_auditentry " + ", ".join(columns))


def narrow(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in COLUMNS:
        schema_editor.execute(f'ALTER TABLE console_auditentry DROP COLUMN "{name}"')


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0011_witnesses"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="FactBody",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True)),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("INS", "INS"), ("IPP", "IPP")], max_length=4)),
                ("domain", models.CharField(max_length=60)),
                ("value", models.BinaryField(max_length=16)),
                ("mark", models.CharField(max_length=32)),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.BigIntegerField(unique=True)),
                ("control_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("sealed", models.BinaryField(default=bytes)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "À envoyer"), ("sent", "Envoyé")], default="waiting", max_length=10
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("likened_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("state", models.TextField(default="")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROVISIONAL", "PROVISIONAL"),
                            ("RETRIEVED", "RETRIEVED"),
                            ("VALIDATED", "VALIDATED"),
                            ("QUALIFIED", "QUALIFIED"),
                        ],
                        default="PROVISIONAL",
                        max_length=12,
                    ),
                ),
                ("attributes", models.CharField(blank=True, max_length=40)),
                ("evidence", models.CharField(blank=True, max_length=8)),
                ("evidence_on", models.DateField(null=True)),
                ("seen_with", models.CharField(blank=True, max_length=8)),
                ("verified_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("at_fact", models.BigIntegerField(default=0)),
                ("proof", models.BinaryField(default=bytes, max_length=32)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PersonIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.BinaryField(db_index=True, max_length=16)),
            ],
        ),
        migrations.AddField(
            model_name="arrival",
            name="presence_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="arrival",
            name="presence_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="question",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(widen, narrow)],
            state_operations=[
                migrations.AddField(
                    model_name="auditentry",
                    name="actor",
                    field=models.CharField(blank=True, max_length=8),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="cites",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="codes",
                    field=models.TextField(blank=True),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="decision",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="digest",
                    field=models.BinaryField(default=bytes, max_length=32),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="effective_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="kind",
                    field=models.CharField(blank=True, max_length=30),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="nth",
                    field=models.PositiveIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="auditentry",
                    name="person",
                    field=models.UUIDField(null=True),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)), fields=("person", "nth"), name="console_nth_fact"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="absorbed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="absorbed", to="console.person"
            ),
        ),
        migrations.AddField(
            model_name="outbox",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="console.person"
            ),
        ),
        migrations.AddField(
            model_name="holding",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="holdings", to="console.person"
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="candidate",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="console.person"
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="console.person"
            ),
        ),
        migrations.AddField(
            model_name="personindex",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="indexes", to="console.person"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["likened_at", "opened_at"], name="console_person_to_liken"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["status", "verified_at"], name="console_person_status"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["decided_at"], name="console_per_decided_bb9260_idx"),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["value"], name="console_holding_value"),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("kind", "domain", "value"), name="console_held_by_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "INS"), ("until", None)), fields=("person",), name="console_holds_one_ins"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="verifications",
                to="console.person",
            ),
        ),
        migrations.CreateModel(
            name="PersonPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("likeness", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("possible", "Doublon possible"),
                            ("merged", "Fusionnés"),
                            ("apart", "Deux personnes"),
                        ],
                        default="possible",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.person"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "found_at"], name="console_pair_state")],
                "constraints": [models.UniqueConstraint(fields=("first", "second"), name="console_one_person_pair")],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
