"""What of a timeline was heard and what was not, on every way a crawl can take, and how far back it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.pages.mastodon_ids import earlier
from crawlers.ways import mastodon_timelines
from tests.crawlers.mastodon_town import Town, Walked, at, iso, serving, status, walk

NOW = datetime.now(UTC)


@pytest.fixture
def town() -> Iterator[Town]:
    with serving() as made:
        made.size = 10
        yield made


@pytest.fixture
def crawl(town: Town, project: Any) -> Callable[..., Walked]:
    """A crawl of the town's public timeline, ten posts a page."""
    project.allow_hosts = (town.host,)

    def crawl(*, now: datetime = NOW, **values: Any) -> Walked:
        return walk(project.job(platform="mastodon", url=town.url, **values), now=now)

    return crawl


@pytest.fixture(autouse=True)
def _full_pages_are_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon_timelines, "FULL_PAGE", 10)


def test_a_first_crawl_has_heard_from_its_oldest_post_on(town: Town, crawl: Callable[..., Walked]) -> None:
    town.fill(*range(1, 31))

    run = crawl(backfill_pages=2)

    assert run.told() == [("collected", "", at(11), NOW)]
    assert run.ledger.stretches[0].posts == 20


def test_a_later_crawl_has_heard_since_the_newest_that_was_known(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    town.fill(1, 2)
    crawl()
    town.fill(*range(3, 40))
    later = NOW + timedelta(minutes=1)

    run = crawl(now=later)

    assert run.told() == [("collected", "", at(2), later)]
    assert run.numbers == list(range(3, 40))


def test_a_crawl_that_stops_at_its_bound_says_what_it_left(
    town: Town, crawl: Callable[..., Walked], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read was heard, what lies above it is missing, and the next crawl brings it."""
    monkeypatch.setattr(mastodon_timelines, "PAGES_PER_RUN", 2)
    town.fill(1)
    crawl()
    town.fill(*range(2, 50))

    cut = crawl()
    rest = [crawl(), crawl()]

    assert cut.outcome[0] == "partial"
    assert cut.told() == [("collected", "", at(1), at(21)), ("missing", "paging", at(21), NOW)]
    assert rest[0].told() == [("collected", "", at(21), at(41)), ("missing", "paging", at(41), NOW)]
    assert rest[1].told() == [("collected", "", at(41), NOW)]


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        ((401, {"error": "sign in"}), "refused", "downtime"),
        ((500, {"error": "oops"}), "error", "downtime"),
        ((200, b"<html>"), "error", "shape"),
        ((200, {"error": "This API requires an authenticated user"}), "error", "shape"),
    ],
    ids=["closed", "broken", "another shape", "an error in good shape"],
)
def test_a_crawl_that_is_refused_has_missed_since_what_is_known(
    town: Town, crawl: Callable[..., Walked], answer: Any, state: str, why: str
) -> None:
    """Half-way too: what lies between the newest that is known and now was not heard."""
    town.fill(1)
    crawl()
    town.instead["/api/v1/timelines/public"] = lambda handler: answer

    run = crawl()

    assert run.outcome[0] == state
    assert run.told() == [("missing", why, at(1), NOW)]


def test_a_server_that_is_away_is_noted_before_anything_was_asked(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    town.fill(1)
    crawl()
    town.instead["/api/v2/instance"] = lambda handler: (502, b"")

    assert crawl().told() == [("missing", "downtime", at(1), NOW)]


def test_posts_that_cannot_be_read_are_missing(town: Town, crawl: Callable[..., Walked]) -> None:
    """How many, and between which moments of their page."""
    town.fill(1, 2, 3)
    town.statuses[2] = status(2) | {"content": 5}

    run = crawl()

    assert run.numbers == [1, 3]
    assert sorted(run.told()) == [("collected", "", at(1), NOW), ("missing", "shape", at(1), at(3))]
    (missing,) = [s for s in run.ledger.stretches if s.what == "missing"]
    assert missing.posts == 1


def test_a_back_fill_goes_on_over_several_crawls_until_its_moment(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    """A page a crawl; the moment stays that of the first crawl, and each stretch joins the next."""
    town.fill(*range(1, 61))

    runs = [crawl(backfill_pages=1, backfill_to=at(25) + timedelta(hours=n)) for n in range(5)]

    assert [run.numbers for run in runs] == [
        list(range(51, 61)), list(range(41, 51)), list(range(31, 41)), list(range(21, 31)), [],
    ]  # fmt: skip
    heard = [(s.since, s.until) for run in runs for s in run.ledger.stretches if s.until <= at(55)]
    assert heard == [(at(41), at(51)), (at(31), at(41)), (at(21), at(31))]


def test_a_later_request_goes_on_below_the_oldest_that_is_known(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """As `rasad sources backfill` asks: the cursor ``backfill_asked`` moves the end further back."""
    town.fill(*range(1, 61))
    crawl(backfill_pages=2)

    with project.state() as state:
        state.move_cursors("source", {"backfill_asked": at(15).isoformat()}, at=NOW)
    runs = [crawl(backfill_pages=2) for _ in range(3)]

    assert [run.numbers for run in runs] == [list(range(21, 41)), list(range(11, 21)), []]


def test_the_end_of_an_account_is_the_end_of_its_back_fill(town: Town, crawl: Callable[..., Walked]) -> None:
    """There is nothing before the first post, and that was heard as well."""
    town.fill(1, 2)
    values = {"timeline": "account", "account": "sara", "backfill_to": NOW - timedelta(days=9)}

    first, second = crawl(**values), crawl(**values)

    assert first.told() == [("collected", "", NOW - timedelta(days=9), NOW)]
    assert second.numbers == []


def test_a_page_of_which_nothing_is_kept_does_not_end_a_back_fill(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    """Posts that are passed over have moments all the same."""
    town.fill(*range(1, 31))
    town.fill(*range(11, 21), visibility="unlisted")

    run = crawl(backfill_pages=9)

    assert run.numbers == [*range(1, 11), *range(21, 31)]
    assert run.told() == [("collected", "", at(1), NOW)]


def snowflake(moment: datetime) -> int:
    """The id that Mastodon gives to what is written at this moment."""
    return int(moment.timestamp() * 1000) << 16


def written(town: Town, minutes_ago: int) -> str:
    """A post of so many minutes ago, with an id by its time; its text."""
    moment = NOW - timedelta(minutes=minutes_ago)
    text = f"{minutes_ago} minutes ago"
    number = snowflake(moment)
    uri = f"https://town.example/users/sara/statuses/{number}"
    town.statuses[number] = status(1, text, id=str(number), uri=uri) | {"created_at": iso(moment)}
    return text


def test_a_post_that_came_in_late_is_heard_by_the_next_crawl(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """Another server's post stands below the newest that is known; what was known does not come twice."""
    for minutes in (40, 30, 9, 2):
        written(town, minutes)
    crawl()
    late, new = [written(town, minutes) for minutes in (5, 8)], written(town, 1)

    second = crawl()
    third = crawl()

    texts = [post.text for post in project.posts() if post.run_id == "run-2"]
    assert sorted(texts) == sorted([*late, new])
    assert (third.pages[-1].posts, third.outcome) == ((), ("ok", ""))
    assert second.told()[0][0] == "collected"


@pytest.mark.parametrize("local_id", ["", "1", "01HZYX4", "9" * 19, "9" * 40, "¹²³", "1790000000000"])
def test_ids_that_hold_no_time_are_left_as_they_are(local_id: str) -> None:
    assert earlier(local_id, timedelta(minutes=10), now=NOW) == local_id


def test_an_id_that_holds_its_time_goes_back_by_it() -> None:
    later, before = snowflake(NOW) + 77, snowflake(NOW - timedelta(minutes=10))

    assert earlier(str(later), timedelta(minutes=10), now=NOW) == str(before)


@pytest.mark.parametrize("dated", ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "soon", None, 5])
def test_an_impossible_date_claims_no_time(
    town: Town, crawl: Callable[..., Walked], project: Any, dated: Any
) -> None:
    """One post with a date of its own making: the times of the others are what was heard."""
    town.fill(1, 2, 3)
    town.statuses[1] = status(1) | {"created_at": dated}
    town.statuses[3] = status(3) | {"created_at": dated}

    run = crawl()

    assert ("collected", "", at(2), NOW) in run.told()
    assert [post.text for post in project.posts()] == ["tea 2"]
