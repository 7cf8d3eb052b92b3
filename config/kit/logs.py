"""Logs: one JSON object a line, with the request's id, without personal data."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from config.kit.context import current_request_id
from config.kit.counters import METHODS

_EMAIL = re.compile(r"[^\s\"'<>()=:,;\\\\@]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}(?![0-9:.])")
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)


def _without_rows(traceback: str) -> str:
    """The traceback without PostgreSQL's DETAIL, which quotes the row that failed: personal data, perhaps."""
    return _DETAIL.sub(r"\1: (left out)", traceback)


def _without_contacts(line: str) -> str:
    """The last net beneath the rule that nobody logs them: what looks like an e-mail address or a phone number is left out."""
    return _PHONE.sub("(phone)", _EMAIL.sub("(e-mail)", line))


def _message(record: logging.LogRecord) -> str:
    """What it says. Django names the path of a refused request, in which a stranger may write anything: its route is told."""
    request = getattr(record, "request", None)
    if record.name != "django.request" or request is None:
        return record.getMessage()
    match = getattr(request, "resolver_match", None)
    method = request.method if request.method in METHODS else "other"
    return f"{getattr(record, 'status_code', '')} {method} {f'/{match.route}' if match else '(no such path)'}"


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON: time, level, logger, message, request id, and the traceback where there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = _without_rows(self.formatException(record.exc_info))
        return _without_contacts(json.dumps(line, ensure_ascii=False))
