"""How far a back-fill goes, over several crawls, and where a later request goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.ways.backfill import TOP, Backfill

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
JOB = Job(run_id="r", due_at=NOW, folder=Path(), source="s", platform="feed", url="https://a.example/")


class Place:
    """A place with a page a day, the newest today, and its crawls."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.cursors: dict[str, str | None] = {}
        self.read: list[int] = []
        self.ledger = Ledger()

    def crawl(self, job: Job) -> list[int]:
        """The pages that a crawl reads on its way back."""
        self.ledger, before = Ledger(), len(self.read)
        past = Backfill(job, self.ledger, self.cursors.get, now=job.due_at)
        where: str | None = "0" if not self.read else past.resume()
        while where is not None:
            day = int(where or 0)
            self.read.append(day)
            older = str(day + 1) if day + 1 < self.days else None
            step = past.step(oldest=NOW - timedelta(days=day + 1), older=older, posts=1)
            self.cursors |= step.cursors
            where = step.where
        return self.read[before:]


def test_without_a_moment_so_many_pages_are_read_in_all() -> None:
    """Three pages, and nothing with the next crawl; what was read is one stretch."""
    place, job = Place(10), replace(JOB, backfill_pages=3)

    assert [place.crawl(job)] == [[0, 1, 2]]
    (heard,) = place.ledger.stretches
    assert (heard.what, heard.since, heard.until, heard.posts) == ("collected", NOW - 3 * DAY, NOW, 3)
    assert (place.crawl(job), place.ledger.stretches) == ([], [])


DAY = timedelta(days=1)


def test_a_moment_is_gone_back_to_over_several_crawls_and_stays() -> None:
    """Two pages a crawl until a page older than the moment of the first crawl, not of each."""
    place = Place(50)
    jobs = [
        replace(JOB, due_at=NOW + n * DAY, backfill_pages=2, backfill_to=NOW + (n - 5) * DAY)
        for n in range(4)
    ]

    assert [place.crawl(job) for job in jobs] == [[0, 1], [2, 3], [4], []]


def test_a_stretch_of_each_crawl_joins_that_of_the_one_before() -> None:
    """Nothing between them is left out or told twice."""
    place, job = Place(50), replace(JOB, backfill_pages=2, backfill_to=NOW - 5 * DAY)

    place.crawl(job)
    (first,) = place.ledger.stretches
    place.crawl(job)
    (second,) = place.ledger.stretches

    assert (first.since, second.until, second.since) == (NOW - 2 * DAY, NOW - 2 * DAY, NOW - 4 * DAY)
    assert "goes on with the next crawl" in place.ledger.remarks[0]


@pytest.mark.parametrize("pages", [1, 3])
def test_a_later_request_goes_on_below_the_oldest_that_is_known(pages: int) -> None:
    """What was read is not read again, whether or not the source had a moment of its own."""
    place, job = Place(50), replace(JOB, backfill_pages=pages)
    known = place.crawl(job)

    place.cursors["backfill_asked"] = (NOW - 6 * DAY).isoformat()
    later: list[int] = []
    while more := place.crawl(job):
        later += more

    assert later == list(range(len(known), 6))


def test_a_request_for_less_than_is_known_changes_nothing() -> None:
    place, job = Place(50), replace(JOB, backfill_pages=5)
    place.crawl(job)

    place.cursors["backfill_asked"] = (NOW - 2 * DAY).isoformat()

    assert place.crawl(job) == []


def test_a_request_is_met_from_the_top_where_the_oldest_is_not_known() -> None:
    """State of before this was kept: everything is read again rather than nothing."""
    cursors = {"newest": "7", "backfill_asked": "2026-11-01"}
    past = Backfill(JOB, Ledger(), cursors.get, now=NOW)

    assert past.resume() == TOP


def test_the_end_of_a_place_is_the_end() -> None:
    """Below its first post is silence, as far back as was asked; nobody asks again."""
    place, job = Place(3), replace(JOB, backfill_pages=9, backfill_to=NOW - 30 * DAY)

    assert place.crawl(job) == [0, 1, 2]
    (heard,) = place.ledger.stretches
    assert heard.since == NOW - 30 * DAY
    place.cursors["backfill_asked"] = (NOW - 90 * DAY).isoformat()
    assert place.crawl(job) == []


@pytest.mark.parametrize("written", ["soon", "", "[]", "2026-13-01"])
def test_a_cursor_that_cannot_be_read_is_no_request(written: str) -> None:
    cursors: dict[str, Any] = {"backfill_asked": written, "oldest": written, "backfill": written}
    past = Backfill(JOB, Ledger(), cursors.get, now=NOW)

    assert (past.to, past.resume()) == (None, None)
