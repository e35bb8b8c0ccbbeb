"""One event, one line of JSON, in `RASAD_HOME/logs`: nothing that a post contains can forge a line.

The service writes the file alone; its children write to their standard error, which it reads. So there
is one file, in the order in which things happened, and its rotation has no second writer.
"""

from __future__ import annotations

import logging
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rasad.escapes import json_line, visible

MAX_BYTES = 5 * 1024 * 1024
KEPT_FILES = 5


class _OneLine(logging.Formatter):
    """The event as a JSON object with its control characters escaped."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "from": getattr(record, "child", None) or record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return json_line(event)


class _ForParent(logging.Formatter):
    """What a child writes to the service: level and text on one line, its traces below."""

    def format(self, record: logging.LogRecord) -> str:
        text = f"{record.levelname.lower()} {record.name}: {visible(record.getMessage())}"
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text


def open_log(folder: Path, name: str) -> logging.Logger:
    """The logger ``name``, which writes `folder/name.log` and keeps the last five files of 5 MiB."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / f"{name}.log", maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_OneLine())
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    return logger


def log_to_parent() -> None:
    """Send this process's events to the service, through standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_ForParent())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
