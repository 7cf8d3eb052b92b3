"""The door for ASGI servers. Nothing here is asynchronous yet; WSGI is what `make run` and `deploy/` use."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()
