"""What a command writes: rows as tables for people or as JSON lines for programs, news on standard error.

Data never goes through rich's markup, and control characters in it are written out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasad.escapes import json_line, visible, visible_lines
from words import dates, digits, texts

WIDE = 200
"""Columns of a table that goes to a file or another program: nothing is cut there."""

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where a command writes, and how its reader reads: language, zone and calendar of the project."""

    json: bool = False
    quiet: bool = False
    language: str = "en"
    time_zone: str = "UTC"
    calendar: str = "gregorian"

    def row(self, row: Mapping[str, Any]) -> None:
        """One JSON object on a line of its own."""
        sys.stdout.write(json_line(row) + "\n")

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """JSON objects, one a line."""
        for row in rows:
            self.row(row)

    def say(self, text: str = "") -> None:
        """A line (or some) for a person, on standard output."""
        sys.stdout.write(visible_lines(text) + "\n")

    def aside(self, text: str) -> None:
        """A line for a person that matters less, on standard output: dimmed on a terminal."""
        dimmed = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        sys.stdout.write(f"\x1b[2m{visible_lines(text)}\x1b[0m\n" if dimmed else visible_lines(text) + "\n")

    def news(self, text: str) -> None:
        """A line beside the result, on standard error; not when quiet."""
        if not self.quiet:
            sys.stderr.write(visible_lines(text) + "\n")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """A table; ``columns`` are keys of texts, the columns ``right`` (numbers) are set to the right."""
        if not rows:
            self.news(self.text("nothing"))
            return
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, column in enumerate(columns):
            table.add_column(
                Text(self.text(f"column.{column}")),
                justify="right" if place in right else "left",
                overflow="fold",
                no_wrap=place in right,
            )
        for row in rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        terminal = sys.stdout.isatty()
        console = Console(
            file=sys.stdout,
            width=None if terminal else WIDE,
            markup=False,
            highlight=False,
            emoji=False,
            no_color=None if terminal else True,
        )
        console.print(table)

    def text(self, key: str, **values: object) -> str:
        """A text of the command line in the project's language."""
        return texts.text(f"command.{key}", self.language, **values)

    def common(self, key: str, **values: object) -> str:
        """A text that every surface shares, in the project's language."""
        return texts.text(f"common.{key}", self.language, **values)

    def words(self, key: str, **values: object) -> str:
        """Any text, by its whole key, in the project's language."""
        return texts.text(key, self.language, **values)

    def counted(self, unit: str, count: int) -> str:
        """So many of a thing: "3 posts"."""
        return texts.counted(f"common.unit.{unit}", count, self.language)

    def number(self, value: float | int | None, decimals: int = 0) -> str:
        return digits.number(value, self.language, decimals)

    def percent(self, share: float | None) -> str:
        return digits.percent(share, self.language, 0 if share is None or share >= 0.1 else 1)

    def moment(self, moment: datetime | None) -> str:
        """Date and time as the project writes them; a dash for none."""
        if moment is None:
            return digits.UNKNOWN
        return dates.date_time(moment, self.language, self.time_zone, self.calendar)

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """A bar on standard error while something long is done; nothing where nobody looks."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda _done, _of: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr, markup=False), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of or None)
