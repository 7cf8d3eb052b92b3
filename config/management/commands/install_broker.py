"""`manage.py install_broker`: the message queue of the embedded broker, as plain SQL in PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings

from config.kit.commands import ConsoleCommand


class Command(ConsoleCommand):
    """Installs once; does nothing for RabbitMQ or Redis."""

    help = "Install the SQL of the embedded broker where CELERY_BROKER_URL begins with pgmq://."
    example = "install_broker"

    def handle(self, *args: Any, **options: Any) -> None:
        """Install into the broker's database unless it is there."""
        target = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("conn_string")
        if not target:
            return
        from pgmq.install import get_embedded_install_sql

        with psycopg.connect(target) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('quaestor.broker'))")
            found = connection.execute("SELECT to_regclass('pgmq.meta')").fetchone()
            if found is None or found[0] is None:
                connection.execute(get_embedded_install_sql().encode())
                if options["verbosity"]:
                    self.stdout.write("broker installed")
