"""Searches, trends and threads on a server of Mastodon's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from crawlers.pages.mastodon_finds import id_in_address
from tests.crawlers.mastodon_town import TOKEN, Town, Walked, account, at, post_id, serving, status, walk

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def town() -> Iterator[Town]:
    with serving() as made:
        yield made


@pytest.fixture
def crawl(town: Town, project: Any) -> Callable[..., Walked]:
    """A crawl of the town, signed in."""
    project.allow_hosts = (town.host,)

    def crawl(**values: Any) -> Walked:
        usual = {"platform": "mastodon", "url": town.url, "tokens": {"token": TOKEN}}
        return walk(project.job(**{**usual, **values}), now=NOW)

    return crawl


def test_a_search_is_paged_to_its_bound_and_then_asked_for_what_is_new(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    """Two pages back; then what was written since, over more than a page, and nothing twice."""
    town.fill(*range(1, 101), text="قهوه")  # coffee

    first = crawl(timeline="search", query="قهوه", backfill_pages=2)
    town.fill(*range(101, 191), text="قهوه")
    second = crawl(timeline="search", query="قهوه", backfill_pages=2)
    third = crawl(timeline="search", query="قهوه", backfill_pages=2)

    assert first.numbers == list(range(21, 101))
    assert second.numbers == list(range(101, 191))
    assert (third.numbers, third.outcome) == ([], ("ok", ""))
    assert first.told() == [("collected", "", at(21), NOW)]
    assert second.told() == [("collected", "", at(100), NOW)]
    assert {authorization for _, authorization in town.asked} == {f"Bearer {TOKEN}"}


def test_a_search_goes_back_below_what_is_known_though_newer_posts_push_it_down(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    """A page a crawl back to a moment, while ten new posts come between any two crawls."""
    town.fill(*range(1, 101), text="tea")
    values = {"timeline": "search", "query": "tea", "backfill_pages": 1, "backfill_to": at(1)}

    runs = [crawl(**values)]
    for n in range(3):
        town.fill(*range(101 + 10 * n, 111 + 10 * n), text="tea")
        runs.append(crawl(**values))

    assert sorted({n for run in runs for n in run.numbers}) == list(range(1, 131))
    assert [min(run.numbers) for run in runs] == [61, 21, 1, 121]


def test_a_search_that_finds_nothing_says_what_may_be_the_reason(crawl: Callable[..., Walked]) -> None:
    run = crawl(timeline="search", query="tea")

    assert run.outcome[0] == "ok"
    assert "without a full-text search" in run.outcome[1]


@pytest.mark.parametrize("timeline", ["search", "stream"])
def test_without_a_token_nothing_is_asked(town: Town, crawl: Callable[..., Walked], timeline: str) -> None:
    """The run says which variable to set, how to come by a token and that it is free."""
    run = crawl(timeline=timeline, query="tea", tokens={})

    assert run.outcome[0] == "not set up"
    assert all(word in run.outcome[1] for word in ("RASAD_MASTODON_TOKENS", town.host, "free", "read"))
    assert town.asked == []


def test_a_token_is_not_sent_in_the_open(crawl: Callable[..., Walked]) -> None:
    """Over http the token is for hosts that the project has opened."""
    run = crawl(timeline="search", query="tea", url="http://town.example")

    assert run.outcome[0] == "not set up"
    assert "http" in run.outcome[1]
    assert TOKEN not in str(run.outcome)


def test_a_token_that_is_refused_is_named(town: Town, crawl: Callable[..., Walked]) -> None:
    town.instead["/api/v2/search"] = lambda handler: (401, {"error": "The access token was revoked"})

    run = crawl(timeline="search", query="tea")

    assert run.outcome[0] == "refused"
    assert "does not accept the token" in run.outcome[1]
    assert TOKEN not in str(run.outcome)


def test_trends_are_read_whole_each_time(town: Town, crawl: Callable[..., Walked]) -> None:
    """Two pages; again with the next crawl, for they say what is gained; nothing is claimed as heard."""
    town.fill(*range(1, 61))

    runs = [crawl(timeline="trends", tokens={}) for _ in range(2)]

    assert [run.numbers for run in runs] == [list(range(1, 61))] * 2
    assert [run.told() for run in runs] == [[], []]
    assert runs[0].pages[0].refs[post_id(1)] == "1"


def test_a_thread_comes_with_all_above_and_below(town: Town, crawl: Callable[..., Walked]) -> None:
    """By the server's own address of a post in its middle, without a token."""
    town.fill(1, 2, 3, 4)
    town.fill(5, visibility="private")

    run = crawl(timeline="thread", thread=f"{town.url}/@sara/2", tokens={})

    assert run.numbers == [1, 2, 3, 4]
    assert town.paths() == ["/api/v1/statuses/2", "/api/v1/statuses/2/context"]
    assert run.ledger.passed_over == {"not public": 1}
    assert run.told() == [("collected", "", at(1), NOW)]


def test_a_thread_of_another_server_is_looked_up_once(town: Town, crawl: Callable[..., Walked]) -> None:
    """With a token by the server's search; the id that it gives is remembered."""
    town.fill(1, 2)
    thread = "https://town.example/users/sara/statuses/1"

    runs = [crawl(timeline="thread", thread=thread) for _ in range(2)]

    assert [run.numbers for run in runs] == [[1, 2], [1, 2]]
    assert sum("/search" in path for path in town.paths()) == 1


def test_a_thread_of_another_server_without_a_token_says_what_to_do(crawl: Callable[..., Walked]) -> None:
    run = crawl(timeline="thread", thread="https://far.example/@reza/5", tokens={})

    assert run.outcome[0] == "not set up"
    assert 'url = "https://far.example"' in run.outcome[1]


def test_a_thread_that_is_cut_for_strangers_is_missing_some(town: Town, crawl: Callable[..., Walked]) -> None:
    """Sixty answers are all that a server shows to those who are not signed in."""
    town.fill(*range(1, 62))

    stranger = crawl(timeline="thread", thread=f"{town.url}/@sara/1", tokens={})
    signed_in = crawl(timeline="thread", thread=f"{town.url}/@sara/1")

    assert stranger.outcome[0] == "partial"
    assert stranger.told() == [("missing", "paging", at(1), NOW)]
    assert signed_in.told() == [("collected", "", at(1), NOW)]


def test_opted_out_and_hidden_posts_are_found_and_passed_over(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    """Whatever way they come: nobody who asked not to be collected is, and nothing that is not public."""
    shy = [
        account(noindex=True), account(discoverable=False), account(indexable=False),
        account(note="<p>please #NoBots</p>"),
    ]  # fmt: skip
    town.statuses = {n: status(n, "tea", account=who) for n, who in enumerate(shy, 1)}
    hidden = ["unlisted", "private", "direct", "local"]
    town.statuses |= {n: status(n, "tea", visibility=v) for n, v in enumerate(hidden, 5)}
    town.statuses[9] = status(9, "tea", local_only=True)
    town.statuses[10] = status(10, "tea", account=account(discoverable=None, indexable=False))

    runs = [
        crawl(timeline="search", query="tea"),
        crawl(timeline="trends"),
        crawl(timeline="thread", thread=f"{town.url}/@sara/1"),
        crawl(timeline="public"),
    ]

    assert [run.numbers for run in runs] == [[10]] * 4
    assert [run.ledger.passed_over for run in runs] == [{"opted out": 4, "not public": 5}] * 4


@pytest.mark.parametrize(
    ("address", "local_id"),
    [
        ("https://a.example/@sara/117", "117"),
        ("https://A.example/@sara@far.example/117", "117"),
        ("https://a.example/@sara/statuses/01HZY", "01HZY"),
        ("https://a.example/users/sara/statuses/117", "117"),
        ("https://a.example/web/statuses/117", "117"),
        ("https://a.example/notice/AbC9", "AbC9"),
        ("https://a.example/@sara/117/", "117"),
        ("https://b.example/@sara/117", None),
        ("https://a.example/@sara", None),
        ("https://a.example/@sara/117/embed/x", None),
        ("https://a.example/objects/7d2c-4a", None),
        ("https://[half", None),
    ],
)
def test_a_servers_own_addresses_hold_its_ids(address: str, local_id: str | None) -> None:
    assert id_in_address(address, server="https://a.example") == local_id
