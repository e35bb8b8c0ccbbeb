"""Second looks on a server of Mastodon's API: what posts gained, edits, deletions, and who an account is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import rereads
from tests.crawlers.mastodon_town import Town, Walked, account, at, iso, post_id, serving, status, walk

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)
"""By then a look at each of the posts is due."""


@pytest.fixture
def town() -> Iterator[Town]:
    with serving() as made:
        yield made


@pytest.fixture
def crawl(town: Town, project: Any) -> Callable[..., Walked]:
    """A crawl of the town's public timeline."""
    project.allow_hosts = (town.host,)

    def crawl(*, now: datetime = NOW, **values: Any) -> Walked:
        return walk(project.job(platform="mastodon", url=town.url, **values), now=now)

    return crawl


def gone(run: Walked) -> list[str]:
    return sorted(lost.post for page in run.pages for lost in page.gone)


def looked_at(town: Town) -> list[str]:
    return [path for path in town.paths() if path.startswith("/api/v1/statuses")]


def due(project: Any) -> list[str]:
    with project.state() as state:
        return [one.post for one in rereads.due(state, "source", at=LATER, limit=1000)]


def test_posts_are_looked_at_again_twenty_at_a_time(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """Their new counts and texts come, the deleted one is asked for alone, and its deletion is written."""
    town.fill(*range(1, 31))
    crawl()
    town.statuses[1] = status(1, "tea and cake", favourites_count=9)
    del town.statuses[2]

    run = crawl(now=LATER)

    posts = {post.id: post for post in project.posts(None) if post.run_id == "run-2"}
    assert [path.count("id[]") for path in looked_at(town)] == [20, 10, 0]
    assert looked_at(town)[-1] == "/api/v1/statuses/2"
    assert (posts[post_id(1)].text, posts[post_id(1)].metrics.likes) == ("tea and cake", 9)
    assert gone(run) == [post_id(2)]
    assert posts[post_id(2)].deleted_at is not None
    assert len(posts) == 30
    assert run.outcome == ("ok", "")


def test_a_crawl_in_its_own_process_looks_again_and_at_its_account(town: Town, project: Any) -> None:
    """After what is new: posts that are due, one of which is gone, and who the account is."""
    project.allow_hosts = (town.host,)
    town.fill(1, 3)
    values = {"platform": "mastodon", "url": town.url, "timeline": "account", "account": "sara"}
    with project.state() as state:
        state.move_cursors("source", {"place": project.job(**values).place, "newest": "2"}, at=NOW)
        planned = [(post_id(n), str(n), at(n)) for n in (1, 2)]
        rereads.note(state, "source", planned, at=at(2))

    run = project.crawl(**values)

    assert (run.outcome, run.got) == ("ok", 3), run.reason
    assert sorted((post.id, post.deleted_at is None) for post in project.posts()) == [
        (post_id(1), True),
        (post_id(2), False),
        (post_id(3), True),
    ]
    assert town.paths()[-1] == "/api/v1/accounts/1"
    assert project.cursor("profile") == f"{datetime.now(UTC):%Y-%m-%d}"


def test_a_post_that_is_gone_is_not_asked_for_again(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    town.fill(1, 2)
    crawl()
    del town.statuses[2]
    crawl(now=LATER)

    assert post_id(2) not in due(project)


def test_an_edited_post_keeps_what_it_said_before(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """Its history is asked for once a new edit is seen, and not for edits that were known."""
    town.fill(1, 2)
    town.statuses[2] = status(2, edited_at=iso(at(2)))
    crawl()
    town.statuses[1] = status(1, "tea, or coffee", edited_at=iso(NOW))
    wordings = ["tea 1", "<p>tea<br>or</p>", "tea, or coffee"]
    town.history[1] = [
        {"content": text, "spoiler_text": "", "created_at": iso(moment), "account": account()}
        for text, moment in zip(wordings, (at(1), at(5), NOW), strict=True)
    ]

    crawl(now=LATER)

    posts = [post for post in project.posts() if post.run_id == "run-2" and post.edits]
    assert [(post.id, post.text) for post in posts] == [(post_id(1), "tea, or coffee")]
    assert [(edit.at, edit.text) for edit in posts[0].edits] == [(at(1), "tea 1"), (at(5), "tea\nor")]
    assert [path for path in looked_at(town) if "history" in path] == ["/api/v1/statuses/1/history"]


@pytest.mark.parametrize("version", ["4.2.9", "2.7.2 (compatible; Pleroma 2.6.0)", "0.17.3", ""])
def test_older_and_other_servers_are_asked_for_one_post_at_a_time(
    town: Town, crawl: Callable[..., Walked], project: Any, version: str
) -> None:
    """At most forty in one crawl; the others stay due for the next."""
    town.version = version
    town.fill(*range(1, 51))
    crawl()

    crawl(now=LATER)

    assert len(looked_at(town)) == 40
    assert all(path.count("id[]") == 0 for path in looked_at(town))
    assert len(due(project)) >= 10


def test_a_server_that_knows_no_lists_of_ids_after_all_is_asked_for_single_posts(
    town: Town, crawl: Callable[..., Walked]
) -> None:
    town.fill(1, 2)
    crawl()
    town.instead["/api/v1/statuses"] = lambda handler: (404, {"error": "not here"})

    run = crawl(now=LATER)

    assert looked_at(town)[1:] == ["/api/v1/statuses/1", "/api/v1/statuses/2"]
    assert (run.numbers, gone(run)) == ([1, 2], [])


@pytest.mark.parametrize("status_code", [404, 410])
def test_nothing_counts_as_gone_on_the_word_of_a_list(
    town: Town, crawl: Callable[..., Walked], status_code: int
) -> None:
    """A list without a post is no deletion; the post's own address with 404 or 410 is."""
    town.fill(1, 2)
    crawl()
    town.instead["/api/v1/statuses"] = lambda handler: (200, [])
    town.instead["/api/v1/statuses/2"] = lambda handler: (status_code, {"error": "gone"})

    run = crawl(now=LATER)

    assert gone(run) == [post_id(2)]
    assert run.numbers == [1]


@pytest.mark.parametrize("status_code", [401, 403])
def test_a_post_that_is_not_shown_to_us_any_more_is_no_deletion(
    town: Town, crawl: Callable[..., Walked], project: Any, status_code: int
) -> None:
    """It is left alone from then on."""
    town.version = "4.0"
    town.fill(1)
    crawl()
    town.instead["/api/v1/statuses/1"] = lambda handler: (status_code, {"error": "no"})

    run = crawl(now=LATER)

    assert (gone(run), due(project), run.outcome[0]) == ([], [], "ok")


def test_a_broken_server_costs_no_post_its_look(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """The run says what went wrong, and the look stays due."""
    town.fill(1)
    crawl()
    town.instead["/api/v1/statuses"] = lambda handler: (200, b"<html>maintenance</html>")

    run = crawl(now=LATER)

    assert run.outcome[0] == "error"
    assert (gone(run), due(project)) == ([], [post_id(1)])


@pytest.mark.parametrize(
    "changed",
    [{"account": account(noindex=True)}, {"account": account(note="#nobot")}, {"visibility": "private"}],
    ids=["noindex", "nobot", "private"],
)
def test_who_has_opted_out_since_is_forgotten_like_a_deleted_post(
    town: Town, crawl: Callable[..., Walked], changed: dict[str, Any]
) -> None:
    town.fill(1, 2)
    crawl()
    town.statuses[1] = status(1, **changed)

    run = crawl(now=LATER)

    assert (gone(run), run.numbers) == ([post_id(1)], [2])


def test_another_post_under_the_same_id_is_not_taken_for_the_one_that_was_known(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """A server that was set up anew counts from the beginning: its new post is kept, the old one let be."""
    town.fill(1)
    crawl()
    town.statuses[1] = status(1, uri="https://town.example/users/sara/statuses/900")

    run = crawl(now=LATER)

    assert (run.numbers, gone(run)) == ([900], [])
    assert post_id(1) not in due(project)


def test_pseudonyms_hide_the_post_and_find_it_again(
    town: Town, crawl: Callable[..., Walked], project: Any
) -> None:
    """A deletion in a project with pseudonyms is written under the post's pseudonym."""
    town.fill(1, 2)
    crawl(pseudonyms=True)
    known = {post.text: post.id for post in project.posts()}
    del town.statuses[2]

    run = crawl(now=LATER, pseudonyms=True)

    assert gone(run) == [known["tea 2"]]
    assert known["tea 2"].startswith("mastodon:p-")
    assert [page.settled for page in run.pages if page.settled] == []


def test_an_account_is_looked_at_once_a_day(town: Town, crawl: Callable[..., Walked]) -> None:
    """Its followers, and how many it follows and has written, under the key of its posts."""
    town.fill(1)
    values = {"timeline": "account", "account": "@sara@town.example"}

    runs = [crawl(**values), crawl(**values), crawl(now=LATER, **values)]

    found = [[profile for page in run.pages for profile in page.profiles] for run in runs]
    assert [len(profiles) for profiles in found] == [1, 0, 1]
    (profile,) = found[0]
    assert (profile.key, profile.handle) == ("mastodon:town.example:sara", "sara@town.example")
    assert (profile.followers, profile.following, profile.posts) == (7, 3, 90)
    assert profile.key == next(post.author.key for page in runs[0].pages for post in page.posts)


@pytest.mark.parametrize(
    "changed",
    [{"noindex": True}, {"discoverable": False}, {"note": "#noindex"}, {"suspended": True}],
    ids=["noindex", "undiscoverable", "in words", "suspended"],
)
def test_an_account_that_opts_out_later_is_not_kept(
    town: Town, crawl: Callable[..., Walked], changed: dict[str, Any]
) -> None:
    """The day after it is asked for, and nothing of it is written down."""
    values = {"timeline": "account", "account": "sara"}
    crawl(**values)
    town.people["1"] = account(**changed)

    run = crawl(now=LATER, **values)

    assert [profile for page in run.pages for profile in page.profiles] == []
    assert run.ledger.passed_over["accounts that opted out"] == 1


def test_hidden_counts_of_an_account_are_unknown(town: Town, crawl: Callable[..., Walked]) -> None:
    """Some servers write -1, some nothing: neither is a number of followers."""
    town.people["1"] = {"id": "1", "username": "sara", "acct": "sara", "followers_count": -1}

    run = crawl(timeline="account", account="sara")

    (profile,) = [profile for page in run.pages for profile in page.profiles]
    assert (profile.followers, profile.following, profile.posts) == (None, None, None)
