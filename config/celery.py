"""The Celery application. Its settings are Django's settings that begin with `CELERY_`; tasks live in `<app>/tasks.py`.

The table is the queue and the broker only a doorbell, so no result is kept and a lost message costs a few seconds: the
sweepers in the beat schedule find what the bell missed (docs/architecture.md#processes).
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

from config.kit.context import current_request_id, set_request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quaestor")
app.set_default()  # else a thread that did not import this module rings another application's bell
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep the logging of `config.settings`: a receiver of this signal stops Celery from setting up its own."""


@before_task_publish.connect
def name_the_request(headers: dict[str, Any] | None = None, **_: object) -> None:
    """Let a task's log lines be found by the id of the request that asked for it."""
    if headers is not None and (request_id := current_request_id()):
        headers["request_id"] = request_id


_RUNNING: dict[str, ExitStack] = {}


@task_prerun.connect
def begin(task_id: str = "", task: Any = None, **_: object) -> None:
    """Name the task by the request behind it, else by itself, and trace it where traces are on."""
    from config import observers  # the settings are read by now

    asked_by = getattr(task.request, "request_id", "") or (task.request.headers or {}).get("request_id", "")
    set_request_id(str(asked_by or task_id))
    stack = _RUNNING[task_id] = ExitStack()
    stack.enter_context(observers.span(task.name, {"quaestor.request_id": current_request_id()}))


@task_postrun.connect
def end(task_id: str = "", state: str = "", **_: object) -> None:
    """The other end of it."""
    if stack := _RUNNING.pop(task_id, None):
        stack.close()
    set_request_id("")
