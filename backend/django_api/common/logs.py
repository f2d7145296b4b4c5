"""The form of a log line: one JSON object, fields from an allow-list."""

import json
import logging
from datetime import UTC, datetime

from backend.django_api.common.middleware import request_id

FIELDS = ("method", "route", "status", "milliseconds", "user_id", "count", "kind")


class JsonLines(logging.Formatter):
    """Write time, level, logger, message, request number and the allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception, its type and place, never its values."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["place"] = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False, default=str)
