"""An account's feed and a search at Bluesky, against a server that answers as recorded: nothing is lost."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawlers import job as jobs
from posts.post import Post
from store import heard, rereads
from store.state import Run
from tests.crawlers.bluesky_server import SARA, START, AppView, post_id, serving, uri
from tests.crawlers.conftest import Project

REPOST = "app.bsky.feed.repost"


@pytest.fixture
def network() -> Iterator[AppView]:
    """A server with a brand's account, without posts."""
    with serving() as view:
        yield view


@pytest.fixture
def crawl(network: AppView, project: Project) -> Callable[..., Run]:
    """Crawl the brand's account, seven posts a page."""
    project.allow_hosts = (network.host,)

    def crawl(**values: Any) -> Run:
        usual = {"platform": "bluesky", "url": network.url, "timeline": "account", "account": "brand.test"}
        return project.crawl(**{**usual, "page_size": 7, "timeout_s": 30.0, **values})

    return crawl


def signed(network: AppView, **more: str) -> dict[str, Any]:
    """A search in an account's name."""
    tokens = {"identifier": "sara.test", "password": network.password, "pds": network.url, **more}
    return {"timeline": "search", "account": None, "query": "تست", "tokens": tokens}  # test


def ids(posts: list[Post]) -> list[str]:
    return sorted({post.id for post in posts})


def test_a_feed_is_read_page_by_page_and_then_only_what_is_new(
    network: AppView, crawl: Any, project: Project
) -> None:
    """All posts of five pages, later those above the newest known alone; a repost is a record of its own."""
    network.write(*range(1, 31))
    first = crawl()
    network.write(*range(31, 51))
    network.write(5_000, did=SARA)
    network.reposts[51] = 5_000
    later = crawl()

    assert [(run.outcome, run.reason, run.got) for run in (first, later)] == [("ok", "", 30), ("ok", "", 22)]
    written = [*(post_id(n) for n in range(1, 51)), post_id(51, collection=REPOST), post_id(5_000, SARA)]
    assert ids(project.posts()) == sorted(written)
    repost = next(post for post in project.posts(later) if post.repost_of)
    assert (repost.text, repost.repost_of, repost.language) == ("", post_id(5_000, SARA), "fa")
    assert seconds(repost.created_at) == 51
    assert network.methods() == ["getProfile", *["getAuthorFeed"] * 5, *["getAuthorFeed"] * 4]
    assert [s[1:] for s in stretches(project)] == [
        ("collected", "", 1, None, 30), ("collected", "", 30, None, 22),
    ]  # fmt: skip


def stretches(project: Project) -> list[tuple[Any, ...]]:
    """The coverage ledger in short: run, what, why, seconds since and until (``None``: the crawl's own
    time), posts."""
    with project.state() as state:
        return [
            (
                s.run_id, s.what, s.why, seconds(s.since),
                None if seconds(s.until) > 6_000 else seconds(s.until), s.posts,
            )
            for s in heard.stretches(state)
        ]  # fmt: skip


def seconds(moment: Any) -> int:
    return round((moment - START).total_seconds())


def test_a_crawl_that_is_killed_again_and_again_leaves_no_gap(
    network: AppView, crawl: Any, project: Project, tmp_path: Path
) -> None:
    """Killed in the middle of the first and of a later crawl, with new posts each time: all are there."""
    network.write(*range(1, 41))
    for until in (40, 90):
        network.write(*range(1, until + 1))
        network.slow_s = 0.1
        killed_after(network, project, pages=4)
    network.slow_s = 0.0
    network.write(*range(1, 101))
    last = crawl(backfill_pages=50)

    assert (last.outcome, last.reason) == ("ok", "")
    assert ids(project.posts()) == sorted(post_id(n) for n in range(1, 101))
    assert project.cursor("gaps") is None


def killed_after(network: AppView, project: Project, *, pages: int) -> None:
    """A crawl whose process is killed when it has asked for so many pages."""
    job = project.job(
        platform="bluesky", url=network.url, timeline="account", account="brand.test", page_size=7,
        backfill_pages=50,
    )  # fmt: skip
    before = network.methods().count("getAuthorFeed")
    with subprocess.Popen(
        [sys.executable, "-m", "crawlers", "--job", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(jobs.encode(job))
        process.stdin.close()
        end = time.monotonic() + 30
        while network.methods().count("getAuthorFeed") < before + pages and time.monotonic() < end:
            time.sleep(0.01)
        process.kill()
    assert network.methods().count("getAuthorFeed") >= before + pages


def test_a_search_signs_in_once_and_renews_its_token(network: AppView, crawl: Any, project: Project) -> None:
    """Later crawls use what was kept; a token that has expired is renewed, and if not, asked for anew.

    A tag is asked for with and without its sign; where cursors count from the top, pages go on by time, so
    that new posts do not push others from page to page.
    """
    network.write(*range(1, 16), text="تست #قهوه_پارس {}")  # test #pars_coffee
    network.offsets = True
    search = signed(network)

    first = crawl(**{**search, "timeline": "tag", "query": None, "tag": "قهوه_پارس"})
    asked = [(query, token) for path, query, token in network.asked if path.endswith("searchPosts")]
    kept = network.token
    network.token = "another"
    second = crawl(**search)
    renewed = (network.logins, network.renewals)
    network.token = network.refresh = "another"
    third = crawl(**search)

    assert [(run.outcome, run.got) for run in (first, second, third)] == [("ok", 17), ("ok", 17), ("ok", 0)]
    assert ids(project.posts()) == sorted(post_id(n) for n in range(1, 16))
    assert [query["q"] + query["tag"] for query, _ in asked] == [["#قهوه_پارس", "قهوه_پارس"]] * 3
    assert [token for _, token in asked] == [f"Bearer {kept}"] * 3
    assert ["until" in query for query, _ in asked] == [False, True, True]
    assert (renewed, network.logins) == ((1, 1), 2)
    session = project.folder / "bluesky-session.json"
    assert stat.S_IMODE(session.stat().st_mode) == 0o600
    for file in (path for path in project.folder.rglob("*") if path.is_file()):
        held = file.read_bytes()
        assert network.password.encode() not in held, file
        assert file == session or b"access." not in held, file


@pytest.mark.soak
def test_a_password_that_is_wrong_is_said_and_not_tried_again(network: AppView, crawl: Any) -> None:
    """One try a crawl, refused with what helps."""
    run = crawl(**signed(network, password="wrong"))

    assert run.outcome == "refused"
    assert "Invalid identifier or password" in run.reason
    assert "app password" in run.reason
    assert network.methods() == ["createSession"]


def test_posts_are_looked_at_again_and_deletions_are_found(
    network: AppView, crawl: Any, project: Project
) -> None:
    """Due posts come with their new counts, and one that is gone is deleted."""
    network.write(1, 2, 3)
    crawl()
    due(project)
    network.posts[1]["likeCount"] = 9
    del network.posts[2]
    second = crawl()

    looked = {post.id: post for post in project.posts(second)}
    assert looked[post_id(1)].metrics.likes == 9
    assert [post.id for post in looked.values() if post.deleted_at] == [post_id(2)]
    assert network.methods() == ["getProfile", "getAuthorFeed", "getAuthorFeed", "getPosts"]
    assert (second.run_id, "deleted", "deleted", 2, 2, 1) in stretches(project)


def due(project: Project) -> None:
    """Let all known posts be due now."""
    with project.state() as state:
        state.connection.execute("UPDATE rereads SET due_at='2026-01-01T00:00:00+00:00'")
        assert rereads.count(state, "source", at=START) >= 2


def test_the_ledger_says_what_was_heard_and_what_was_cut(
    network: AppView, crawl: Any, project: Project
) -> None:
    """A crawl that is put off in the middle of what is new leaves a gap; the next one closes it."""
    network.write(*range(1, 8))
    crawl()
    network.write(*range(8, 29))
    network.refuse_after = 1
    second = crawl()
    network.refuse_after = None
    third = crawl()

    assert [run.outcome for run in (second, third)] == ["put off", "ok"]
    assert "asks to wait 15 minutes" in second.reason
    assert ids(project.posts()) == sorted(post_id(n) for n in range(1, 29))
    assert [s for s in stretches(project) if s[0] == second.run_id] == [
        (second.run_id, "missing", "rate limit", 7, 22, None),
        (second.run_id, "collected", "", 22, None, 7),
    ]
    assert [s for s in stretches(project) if s[0] == third.run_id] == [
        (third.run_id, "collected", "", 7, 22, 14),
        (third.run_id, "collected", "", 28, None, 0),
    ]


def test_a_thread_is_read_from_any_of_its_posts(network: AppView, crawl: Any, project: Project) -> None:
    """From its page's address: the first post, answers on all levels, and who quotes it."""
    root = {"uri": uri(1, SARA), "cid": "bafy1"}
    network.write(1, did=SARA)
    network.write(2, reply={"root": root, "parent": root})
    network.write(3, did=SARA, reply={"root": root, "parent": {"uri": uri(2), "cid": "bafy2"}})
    network.write(4, reply={"root": root, "parent": root})
    network.write(5, embed={"$type": "app.bsky.embed.record", "record": root})
    network.write(6)
    thread = f"https://bsky.app/profile/brand.test/post/{uri(2).rpartition('/')[2]}"

    first = crawl(timeline="thread", account=None, thread=thread)
    network.write(7, reply={"root": root, "parent": root})
    second = crawl(timeline="thread", account=None, thread=thread)

    assert [(run.outcome, run.got) for run in (first, second)] == [("ok", 8), ("ok", 5)]
    posts = {post.id: post for post in project.posts(first)}
    assert sorted(posts) == sorted([post_id(1, SARA), post_id(2), post_id(3, SARA), post_id(4), post_id(5)])
    assert posts[post_id(3, SARA)].reply_to == post_id(2)
    assert posts[post_id(3, SARA)].conversation == post_id(1, SARA)
    assert posts[post_id(5)].quote_of == post_id(1, SARA)
    assert post_id(7) in ids(project.posts(second))
    assert network.methods() == [
        "getPostThread", "getPostThread", "getQuotes", "getPostThread", "getQuotes",
    ]  # fmt: skip
