"""The door for WSGI servers: `gunicorn config.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Read now: a process that says that it is ready has not its first customer wait until all pages are read.
get_resolver().url_patterns  # noqa: B018  # asked for what asking does
