"""Which sources fail, so that a person is told before the numbers are believed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from answers.health import Concern
from answers.sources import SourceReport

PATIENCE: Final = timedelta(hours=1)
"""A server that asks to wait no longer than this is no failure."""
_NAMED: Final = 10


def failing(reports: Iterable[SourceReport], *, now: datetime) -> list[SourceReport]:
    """Those that end in errors, are refused, are put off for more than an hour, or are silent.

    What has changed its shape is told by `answers.health.changed_sources`; what is not set up, where it is
    set up.
    """
    return [
        report
        for report in reports
        if report.state in ("error", "refused", "silent")
        or (report.put_off_until is not None and report.put_off_until - now > PATIENCE)
    ]


def failing_sources(reports: Iterable[SourceReport], *, now: datetime) -> list[Concern]:
    """One concern that names the sources which fail, of those that are asked; none if all is well."""
    asked = [report for report in reports if report.state != "paused" and report.why != "sources.unlisted"]
    bad = failing(asked, now=now)
    if not bad:
        return []
    names = ", ".join(report.source for report in bad[:_NAMED]) + (" …" if len(bad) > _NAMED else "")
    values = {"n": len(bad), "of": len(asked), "names": names}
    return [Concern(why="health.sources_fail", serious=False, values=values)]
