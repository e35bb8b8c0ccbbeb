"""Text of others on a terminal, in a log or in a JSON line: nothing in it that a terminal would obey."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

# C0 (but not the line feed and tab, see `visible`), DEL, C1, line separators, marks that turn the
# direction of what follows, and lone surrogates, which no encoding can write.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# JSON has escaped C0 by itself.
_OBEYED_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text on one line, with what a terminal would obey written out as escapes.

    >>> visible("a\\x1b[31m\\nb")
    'a\\\\x1b[31m\\\\nb'
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def visible_lines(text: str) -> str:
    """Like `visible`, but lines stay lines: for messages of our own that quote others."""
    return "\n".join(visible(line) for line in text.split("\n"))


def json_line(value: Any) -> str:
    """The value as one line of JSON, Persian as it is, what a terminal would obey as ``\\uXXXX``."""
    written = json.dumps(value, ensure_ascii=False, default=_plain)
    return _OBEYED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
