"""The Celery application. Its settings are Django's settings that begin with `CELERY_`; tasks live in `<app>/tasks.py`.

The table is the queue and the broker only a doorbell, so no result is kept and a lost message costs a few seconds: the
sweepers in the beat schedule find what the bell missed (docs/architecture.md#processes).
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quaestor")
app.set_default()  # else a thread that did not import this module rings another application's bell
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep the logging of `config.settings`: a receiver of this signal stops Celery from setting up its own."""
