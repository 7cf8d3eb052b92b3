"""The roles of officers: groups by name. What each opens and may do stands in the code, and in docs/staff-desk.md."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = ("compliance", "compliance_lead", "treasury", "treasury_lead", "support", "operator", "auditor")


def make(apps: Any, schema_editor: Any) -> None:
    """Those that are missing."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for role in ROLES:
        groups.get_or_create(name=role)


class Migration(migrations.Migration):
    """Takes nothing away when it is undone: officers may have the roles."""

    dependencies = [
        ("accounts", "0005_second_destination_indexes"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
