"""Logs: one JSON object a line, with the request's id, without personal data."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from config.kit.context import current_request_id

_DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)


def _without_rows(traceback: str) -> str:
    """The traceback without PostgreSQL's DETAIL, which quotes the row that failed: personal data, perhaps."""
    return _DETAIL.sub(r"\1: (left out)", traceback)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON: time, level, logger, message, request id, and the traceback where there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = _without_rows(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
