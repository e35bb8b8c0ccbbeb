"""What a terminal, a log or a JSON line is given, and the times that people type."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.escapes import json_line, visible
from rasad.logs import open_log
from rasad.moments import NotATime, read_moment
from rasad.usage import unknown

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)


@given(text=st.text())
def test_visible_text_is_one_harmless_line(text: str) -> None:
    """No control character, no line break, no lone surrogate is left."""
    shown = visible(text)

    assert shown.isprintable() or not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in shown)
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown


@given(text=st.text())
def test_json_line_gives_the_text_back(text: str) -> None:
    """One line, no control characters in it, and the same text when it is read."""
    line = json_line({"text": text})

    assert json.loads(line) == {"text": text}
    assert len(line.splitlines()) == 1
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or 0xD800 <= ord(c) <= 0xDFFF for c in line)


def test_persian_stays_readable() -> None:
    """Letters and the half-space are not escapes."""
    text = "می\u200cخواهم چای"  # "I want tea", with a half-space

    assert visible(text) == text
    assert text in json_line({"text": text})


def test_log_has_one_line_for_an_event(tmp_path: Path) -> None:
    """A post that contains a line of a log cannot forge one."""
    log = open_log(tmp_path, "service-test")
    log.info("%s", 'first\n{"level": "error"}\x1b[2J\u202e', extra={"child": "intake"})
    log.handlers[0].close()
    logging.getLogger("service-test").handlers.clear()
    lines = (tmp_path / "service-test.log").read_bytes().splitlines()
    event = json.loads(lines[0])

    assert len(lines) == 1
    assert event["from"] == "intake"
    assert event["event"].startswith("first\n")
    assert b"\x1b" not in lines[0]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("24h", "2026-11-22T08:20:00+00:00"),
        ("7d", "2026-11-16T08:20:00+00:00"),
        ("2w", "2026-11-09T08:20:00+00:00"),
        ("۷d", "2026-11-16T08:20:00+00:00"),  # seven, in a Persian digit
        ("2026-11-01", "2026-10-31T20:30:00+00:00"),
        ("1405/08/10", "2026-10-31T20:30:00+00:00"),
        ("2026-11-01T14:00", "2026-11-01T10:30:00+00:00"),
        ("2026-11-01T14:00:00Z", "2026-11-01T14:00:00+00:00"),
        ("2026-11-01T14:00+02:00", "2026-11-01T12:00:00+00:00"),
    ],
)
def test_moment_is_read_in_the_zone_of_the_project(typed: str, moment: str) -> None:
    """Spans go back from now; dates are midnights of Tehran, in either calendar."""
    found = read_moment(typed, now=NOW, time_zone="Asia/Tehran")

    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize("typed", ["", "soon", "7", "7y", "2026-13-01", "1405/12/31", "2026-02-30", "99999w"])
def test_what_is_no_moment_is_told(typed: str) -> None:
    """The message says what can be written."""
    with pytest.raises(NotATime, match="24h, 7d"):
        read_moment(typed, now=NOW, time_zone="Asia/Tehran")


def test_unknown_name_comes_with_the_nearest() -> None:
    """A slip of the pen is told what was meant, anything else what there is."""
    assert "Did you mean 'news'?" in str(unknown("source", "nwes", ["news", "blog"]))
    assert "There are: blog, news." in str(unknown("source", "x", ["news", "blog"]))
