"""The stream of Bluesky against real websockets: each post once, whatever happens to the connection."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crawlers import job as jobs
from store import heard
from store.state import Run
from tests.crawlers.bluesky_server import BRAND, SARA, AppView, Refusal, post_id, rkey, serving, uri
from tests.crawlers.conftest import Project
from tests.crawlers.jetstream_server import (
    Jetstream,
    account,
    commit,
    delete,
    moment,
    post,
    repost,
    streaming,
    time_us,
)

REPOST = "app.bsky.feed.repost"
EVERY_S = 2.0
"""A crawl's interval: it listens for half of it at least."""


@pytest.fixture
def stream() -> Iterator[Jetstream]:
    """A Jetstream without events."""
    with streaming() as server:
        yield server


@pytest.fixture
def network() -> Iterator[AppView]:
    """The AppView that knows who everybody is."""
    with serving() as view:
        yield view


@pytest.fixture
def listen(stream: Jetstream, network: AppView, project: Project) -> Callable[..., Run]:
    """Listen for one crawl."""
    project.allow_hosts = (stream.host, network.host)

    def listen(**values: Any) -> Run:
        usual = {"platform": "bluesky", "url": stream.url, "timeline": "stream", "appview": network.url}
        return project.crawl(**{**usual, "every_s": EVERY_S, "timeout_s": 60.0, **values})

    return listen


def stretches(project: Project) -> list[tuple[Any, ...]]:
    """The coverage ledger in short."""
    with project.state() as state:
        return [(s.what, s.why, s.since, s.until, s.posts) for s in heard.stretches(state)]


def test_a_query_of_the_search_box_chooses(
    stream: Jetstream, network: AppView, listen: Any, project: Project
) -> None:
    """Persian posts with a word, reposts of them, and who wrote them; nobody who opted out."""
    label = {"val": "!no-unauthenticated", "src": "did:plc:shy", "uri": "did:plc:shy", "cts": "2026-01-01"}
    network.person("did:plc:shy", "shy.test", "Shy", labels=[label])
    stream.frames += [
        post(1, "قهوه پارس خوب است"),  # Pars coffee is good
        post(2, "قهوه ها تازه رسید", did=SARA),  # fresh coffees have come
        post(3, "چای بهتر است"),  # tea is better
        post(4, "قهوه is coffee in Persian, they say to us", langs=["en"]),
        post(5, "من هم قهوه می‌خواهم", did="did:plc:shy"),  # I want coffee too
        post(6, "این قهوه را نخرید", did="did:plc:hidden"),  # do not buy this coffee
        repost(7, uri(1), did=SARA),
        repost(8, uri(3), did=SARA),
    ]

    run = listen(query="قهوه lang:fa")

    assert (run.outcome, run.reason, run.got) == ("ok", "", 3)
    assert [(p.id, p.author.handle) for p in project.posts()] == [
        (post_id(1), "brand.test"),
        (post_id(2, SARA), "sara.test"),
        (post_id(7, SARA, REPOST), "sara.test"),
    ]
    assert project.posts()[2].repost_of == post_id(1)
    assert run.details["passed_over"] == {"opted out": 1, "of accounts that are not shown": 1}
    assert project.cursor("stream") == str(time_us(8))
    assert stream.asked[0]["wantedCollections"] == ["app.bsky.feed.post", REPOST]
    assert stream.agents == ["Rasad/0.1.0"]
    assert stretches(project) == [("collected", "", moment(1), moment(8), 3)]


def previewed(project: Project, **values: Any) -> dict[str, Any]:
    """What the process of a preview prints."""
    done = subprocess.run(
        [sys.executable, "-m", "crawlers", "--job", "-", "--preview"],
        input=jobs.encode(project.job(limit=5, timeout_s=60.0, **values)),
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_preview_of_a_stream_that_does_not_open_is_one_try(stream: Jetstream, project: Project) -> None:
    """Somebody waits for it: what went wrong is told at once, not after all the time of a preview."""
    project.allow_hosts = (stream.host,)
    stream.refuses += [(503, b"")] * 50
    told = previewed(project, platform="bluesky", url=stream.url, timeline="stream")

    assert (told["outcome"], told["error"], told["posts"]) == ("error", "NotReachable", [])
    assert "it does not open the stream" in told["reason"]
    assert len(stream.refuses) == 49


def test_a_bad_connection_loses_nothing_and_doubles_nothing(
    stream: Jetstream, listen: Any, project: Project
) -> None:
    """Two connections break off, events come again and out of order, between frames that are none."""
    stream.frames += [
        *(post(n, f"تست {n}") for n in range(1, 11)),  # test
        "not json", "[]", "{}", b"\xff\xfe", json.dumps({"did": "x"}),
        json.dumps({"did": BRAND, "time_us": time_us(10**8), "kind": "identity"}),
        post(12, "تست 12"), post(11, "تست 11"), post(11, "تست 11"),
        delete(14, rkey(13)), post(13, "تست 13"),
        commit(15, {"text": 5}), commit(16, {"text": "like"}, collection="app.bsky.feed.like"),
    ]  # fmt: skip
    stream.drops += [4, 3]

    run = listen(query="تست", every_s=8.0)

    assert (run.outcome, run.got) == ("partial", 12)
    assert sorted(p.id for p in project.posts()) == sorted(post_id(n) for n in range(1, 13))
    assert stream.cursors() == [None, time_us(4) - 5_000_000, time_us(4) - 5_000_000]
    assert "items could not be read" in run.reason
    assert {letter.reason for letter in project.dead_letters()} == {
        "an empty answer where JSON was expected",
        "an event was expected, not a list",
        "event.did: null is no DID",
        "event.did: x is no DID",
        "record.text: a text was expected, not a number",
        f"event.time_us: {time_us(10**8)} is in the future",
        *(letter.reason for letter in project.dead_letters() if letter.reason.startswith("JSON that cannot")),
    }
    assert project.cursor("stream") == str(time_us(16))


def test_the_next_crawl_goes_on_and_deletes_what_is_held(
    stream: Jetstream, network: AppView, listen: Any, project: Project
) -> None:
    """It begins some seconds before the last event; deletions of strangers' posts leave nothing."""
    gone = "did:plc:gone"
    network.person(gone, "gone.test", "Gone")
    stream.frames += [
        post(100, "قهوه یک"),
        post(101, "قهوه دو", did=gone),
        post(102, "چای"),
    ]  # coffee 1, 2; tea
    first = listen(query="قهوه")
    stream.frames += [
        delete(103, rkey(100)),
        delete(104, rkey(102)),
        delete(105, rkey(99), did=SARA),
        account(106, SARA, active=False, status="deactivated"),
        account(107, gone, active=False, status="deleted"),
        post(108, "قهوه سه"),  # coffee 3
    ]
    second = listen(query="قهوه")

    assert [(run.outcome, run.reason) for run in (first, second)] == [("ok", "")] * 2
    assert stream.cursors() == [None, time_us(102) - 5_000_000]
    assert [(p.id, p.deleted_at is not None) for p in project.posts(second)] == [
        (post_id(108), False), (post_id(100), True), (post_id(101, gone), True),
    ]  # fmt: skip
    assert [s[:2] + s[4:] for s in stretches(project) if s[0] == "collected"] == [
        ("collected", "", 2), ("collected", "", 1),
    ]  # fmt: skip
    assert [s[2:4] for s in stretches(project) if s[0] == "collected"] == [
        (moment(100), moment(102)), (moment(102), moment(108)),
    ]  # fmt: skip


def test_what_the_stream_cannot_give_is_told_as_missing(
    stream: Jetstream, listen: Any, project: Project
) -> None:
    """It begins where it remembers and says nothing; a frame that is too large would come again for ever."""
    old, first = -200_000, -90_000
    stream.frames += [
        post(old + 5, "تست"),  # test
        post(first, "تست"),
        post(first + 2, "x" * 3 * 2**20),
        post(first + 10, "تست"),
    ]
    stream.oldest = time_us(first)
    with project.state() as state:
        job = project.job(platform="bluesky", url=stream.url, timeline="stream")
        state.move_cursors("source", {"place": job.place, "stream": str(time_us(old))}, at=job.due_at)

    run = listen(every_s=4.0)

    assert (run.outcome, [p.id for p in project.posts()]) == (
        "partial",
        [post_id(first), post_id(first + 10)],
    )
    assert f"the stream remembers from {moment(first):%Y-%m-%d %H:%M} on" in run.reason
    assert "too large" in run.reason
    assert stretches(project) == [
        ("missing", "stream", moment(old), moment(first), None),
        ("missing", "stream", moment(first), moment(first + 1), None),
        ("collected", "", moment(first), moment(first + 10), 2),
        ("missing", "stream", moment(first + 1), moment(first + 3), None),
    ]


@pytest.mark.soak
def test_a_crawl_that_is_killed_goes_on_where_its_posts_are_safe(
    stream: Jetstream, network: AppView, project: Project
) -> None:
    """Killed after some posts are in the spool: the next crawl brings the rest."""
    project.allow_hosts = (stream.host, network.host)
    values: dict[str, Any] = {
        "platform": "bluesky", "url": stream.url, "timeline": "stream", "appview": network.url,
        "query": "تست", "timeout_s": 60.0,
    }  # fmt: skip
    stream.frames += [post(n, f"تست {n}") for n in range(1, 501)]
    command = [sys.executable, "-m", "crawlers", "--job", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        process.stdin.write(jobs.encode(project.job(every_s=600.0, **values)))
        process.stdin.close()
        end = time.monotonic() + 60
        while project.cursor("stream") is None and time.monotonic() < end:
            time.sleep(0.05)
        process.kill()
    assert project.cursor("stream") is not None
    stream.frames += [post(n, f"تست {n}") for n in range(501, 601)]

    run = project.crawl(every_s=EVERY_S, **values)

    assert run.outcome == "ok"
    assert {p.id for p in project.posts()} == {post_id(n) for n in range(1, 601)}


@pytest.mark.soak
def test_posts_wait_for_the_appview(
    stream: Jetstream, network: AppView, listen: Any, project: Project
) -> None:
    """While it cannot say who wrote them nothing is kept and no cursor moves; then all of it comes."""
    stream.frames += [post(n, "تست") for n in range(1, 4)]
    network.refuse("getProfiles", Refusal(502, "UpstreamFailure", "away"), times=20)
    first = listen()
    network.refusals.clear()
    second = listen()

    assert (first.outcome, first.got) == ("error", 0)
    assert "is broken (HTTP 502)" in first.reason
    assert (second.outcome, second.got) == ("ok", 3)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("status", "outcome", "told"),
    [
        pytest.param(403, "refused", "does not open its stream (HTTP 403)", id="forbidden"),
        pytest.param(404, "error", "has no such stream (HTTP 404)", id="not there"),
        pytest.param(429, "put off", "takes no more listeners now", id="too many"),
        pytest.param(503, "error", "it does not open the stream", id="broken"),
    ],
)
def test_a_stream_that_does_not_open_says_why(
    stream: Jetstream, listen: Any, project: Project, status: int, outcome: str, told: str
) -> None:
    """The state of the run names it; the cursor stays."""
    stream.refuses += [(status, b"")] * 50

    run = listen()

    assert (run.outcome, told in run.reason) == (outcome, True), run.reason
    assert project.cursor("stream") is None
