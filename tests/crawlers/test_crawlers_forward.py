"""From the newest page down to what is known: nothing is lost, however often a crawl is cut off."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.ledger import Ledger
from crawlers.ways.forward import MOST_GAPS, Forward, Mark

START = datetime(2026, 11, 1, tzinfo=UTC)


def mark(number: int) -> Mark:
    return Mark(uri=f"at://{number}", at=START + timedelta(seconds=number))


@dataclass
class Place:
    """A feed with pages of three, its reader's cursors, and what was read of it."""

    newest: int = 0
    cursors: dict[str, str | None] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    asked: int = 0

    def page(self, where: str) -> tuple[list[Mark], str | None]:
        top = int(where) if where else self.newest
        numbers = [n for n in range(top, max(top - 3, 0), -1)]
        return [mark(n) for n in numbers], str(top - 3) if top > 3 else None

    def crawl(self, pages: int) -> Ledger:
        """Read so many pages, the first being the newest; each leaves its cursors as it is kept."""
        ledger = Ledger(source="source", run_id="run")
        now = mark(self.newest).at
        forward = Forward(ledger, self.cursors.get, now=now, since=START)
        where: str | None = ""
        while where is not None and pages > 0:
            marks, older = self.page(where)
            step = forward.step(marks, older=older)
            self.read |= {int(uri.removeprefix("at://")) for uri in step.fresh}
            self.cursors.update(step.cursors)
            self.asked += 1
            pages -= 1
            where = step.where if step.where is not None else forward.next_gap()
        if where is not None:
            forward.broke_off("rate limit")
        return ledger


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), min_size=1, max_size=12))
def test_crawls_that_are_cut_off_lose_nothing(crawls: list[tuple[int, int]]) -> None:
    """New posts between crawls that read a few pages each: one whole crawl later all are read."""
    place = Place()
    for new, pages in crawls:
        place.newest += new
        place.crawl(pages)

    place.crawl(10_000)

    assert place.read == set(range(1, place.newest + 1))
    assert place.cursors.get("gaps") is None
    asked = place.asked
    place.crawl(10_000)
    assert place.asked == asked + 1


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6)), min_size=1, max_size=12))
def test_the_ledger_counts_each_moment_once(crawls: list[tuple[int, int]]) -> None:
    """What all crawls heard together is what there was, and no stretch they heard lies over another."""
    place = Place()
    ledgers = []
    for new, pages in crawls:
        place.newest += new
        ledgers.append(place.crawl(pages))
    ledgers.append(place.crawl(10_000))

    heard = [s for ledger in ledgers for s in ledger.stretches if s.what == "collected"]
    assert sum(stretch.posts or 0 for stretch in heard) == place.newest
    spans = sorted((s.since, s.until) for s in heard if s.since < s.until)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert spans[0][0] == START
    assert [s for s in ledgers[-1].stretches if s.what == "missing"] == []


def test_many_gaps_become_few() -> None:
    """Of more than are remembered the two oldest are read as one, with what was known between them."""
    place = Place(newest=3)
    place.crawl(9)
    for _ in range(MOST_GAPS + 5):
        place.newest += 10
        place.crawl(1)
    place.crawl(10_000)

    assert place.read == set(range(1, place.newest + 1))


@pytest.mark.parametrize(
    ("crawled", "fresh", "where"),
    [
        pytest.param(103, {"at://120", "at://95", "at://93"}, None, id="just after the newest"),
        pytest.param(600, {"at://120"}, None, id="long after it"),
    ],
)
def test_posts_that_are_listed_late_are_found(crawled: int, fresh: set[str], where: str | None) -> None:
    """As far below the newest known as may have come after the last crawl, and no further down."""
    ledger = Ledger(source="source", run_id="run")
    known = {"at": mark(100).at.isoformat(), "uri": "at://100", "crawled": mark(crawled).at.isoformat()}
    forward = Forward(
        ledger, {"newest": json.dumps(known)}.get, now=mark(700).at, overlap=timedelta(seconds=10)
    )

    step = forward.step([mark(n) for n in (120, 100, 95, 93, 92)], older="below")

    assert (step.fresh, step.where) == (fresh, where)
    assert [(s.since, s.until, s.posts) for s in ledger.stretches] == [(mark(100).at, mark(700).at, 1)]


def test_what_is_kept_may_be_broken() -> None:
    """Cursors that cannot be read are none."""
    for text in ("{", "7", '{"at": "soon"}', '[{"low": 1}]', '{"at": "2026-11-01T00:00:00"}', "[7]"):
        forward = Forward(Ledger(), {"newest": text, "gaps": text}.get, now=START)
        assert forward.gaps == []
