"""From a page into the spool: profiles beside posts, names hidden, and how long posts took to be heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scrapy.crawler import Crawler

from crawlers.ledger import Ledger
from crawlers.pipeline import IntoSpool, Page
from crawlers.spider import SourceSpider
from posts.post import Author, Post
from posts.profile import Profile

NOW = datetime.now(UTC).replace(microsecond=0)
KEY = "telegram:t.me:sara"


class Quiet(SourceSpider):
    name = "quiet"


def profile(**parts: Any) -> Profile:
    whole = Profile(
        key=KEY, platform="telegram", source="source", at=NOW, handle="sara", name="سارا", followers=12
    )  # Sara
    return replace(whole, **parts)


def post(number: int, written: timedelta, heard: timedelta = timedelta(0)) -> Post:
    return Post(
        id=f"telegram:t.me:sara/{number}", platform="telegram", kind="messenger", source="source",
        created_at=NOW - written, collected_at=NOW - heard, author=Author(key=KEY, handle="sara"),
    )  # fmt: skip


@pytest.fixture
def put(project: Any) -> Any:
    """Puts pages into the spool as a crawl does; the ledger of that crawl."""

    def crawl(*pages: Page, **values: Any) -> Ledger:
        job = project.job(platform="telegram", url="https://t.me", **values)
        ledger = Ledger(source=job.source, run_id=job.run_id)
        with project.state() as state:
            crawler = Crawler(Quiet)
            crawler.spider = Quiet(job=job, ledger=ledger, state=state)
            pipeline = IntoSpool(crawler)
            for page in pages:
                pipeline._put([page])
        return ledger

    return crawl


def test_a_profile_reaches_the_spool_before_its_cursor_moves(put: Any, project: Any) -> None:
    """With the run that brought it; it is counted, and is no post."""
    ledger = put(Page(profiles=(profile(),), cursors={"profile": "2026-11-26"}))

    assert project.profiles() == [profile(run_id="run-1")]
    assert project.posts() == []
    assert (ledger.got, ledger.profiles, ledger.files, ledger.details()["profiles"]) == (0, 1, 1, 1)
    assert project.cursor("profile") == "2026-11-26"


def test_a_profile_that_can_be_none_is_buried(put: Any, project: Any) -> None:
    """The rest of the page is kept."""
    wrong = profile(at=NOW + timedelta(days=400))
    ledger = put(Page(profiles=(wrong, profile(followers=-5)), posts=(post(1, timedelta(hours=1)),)))

    assert [found.followers for found in project.profiles()] == [None]
    assert (ledger.got, ledger.refused) == (1, 1)
    assert [letter.reason.split(":")[0] for letter in project.dead_letters()] == ["at"]


def test_profiles_are_hidden_as_their_posts_are(put: Any, project: Any) -> None:
    """Under the same pseudonym, without handle and name; the project's own accounts stay."""
    page = Page(profiles=(profile(),), posts=(post(1, timedelta(hours=1)),))
    put(page, pseudonyms=True)
    (hidden,), (written,) = project.profiles(), project.posts()
    put(page, pseudonyms=True, keep=(KEY,))

    assert written.author is not None
    assert hidden.key == written.author.key != KEY
    assert (hidden.handle, hidden.name, hidden.followers) == (None, None, 12)
    assert project.profiles()[1].handle == "sara"


def test_delays_are_those_of_posts_that_are_new(put: Any, project: Any) -> None:
    """Nothing of a first crawl, of what comes again, or of a back-fill."""
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    first = put(Page(posts=(post(1, 9 * hour), post(2, 5 * hour))))
    second = put(
        Page(posts=(post(2, 5 * hour), post(3, 4 * hour, 4 * hour - minute))),
        Page(posts=(post(4, 3 * hour, 3 * hour - 3 * minute), post(5, 2 * hour, 2 * hour - 2 * minute))),
        Page(posts=(post(0, 90 * hour),)),
    )
    third = put(Page(posts=(post(5, 2 * hour),)))

    assert first.details()["delay_s"] is None
    assert (sorted(second.delays_s), second.details()["delay_s"]) == ([60.0, 120.0, 180.0], 120.0)
    assert third.details()["delay_s"] is None
    assert project.cursor("latest") == (NOW - 2 * hour).isoformat()


def test_a_post_that_is_dated_ahead_hides_nothing(put: Any, project: Any) -> None:
    """A clock that is wrong by hours: what comes after it is still new."""
    hour = timedelta(hours=1)
    put(Page(posts=(post(1, 3 * hour, 2 * hour), post(2, -6 * hour, 2 * hour))))
    later = put(Page(posts=(post(3, hour, timedelta(0)),)))

    assert project.cursor("latest") == (NOW - hour).isoformat()
    assert later.delays_s == [3600.0]
