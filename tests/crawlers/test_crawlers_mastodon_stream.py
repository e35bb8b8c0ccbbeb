"""Streams of a server of Mastodon's API, listened to by real crawls that the server feeds and breaks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from crawlers import job as jobs
from crawlers.pages.mastodon_server import read_server, streaming_address
from crawlers.run import end_crawls
from store import heard
from store.state import Run, State
from tests.crawlers.mastodon_town import TOKEN, Town, at, iso, post_id, serving, status, walk


@pytest.fixture
def town() -> Iterator[Town]:
    with serving() as made:
        yield made


class Listener:
    """A crawl of the town's stream that runs beside the test."""

    def __init__(self, project: Any, town: Town, every_s: float, values: dict[str, Any]) -> None:
        self._project = project
        usual = {"platform": "mastodon", "url": town.url, "timeline": "stream", "tokens": {"token": TOKEN}}
        self._values = {**usual, "every_s": every_s, "timeout_s": every_s + 30, **values}
        self._runs: list[Run] = []
        self._thread = threading.Thread(target=self._crawl)
        self._thread.start()

    def _crawl(self) -> None:
        self._runs.append(self._project.crawl(**self._values))

    def wait_for(self, *texts: str) -> None:
        """Until these posts are in the spool, while the crawl goes on."""
        end = time.monotonic() + 60
        while not {post.text for post in self._project.posts()} >= set(texts):
            assert time.monotonic() < end, [post.text for post in self._project.posts()]
            time.sleep(0.1)

    def listens(self) -> bool:
        return self._thread.is_alive()

    def ended(self) -> Run:
        """The run, once the crawl has ended by itself."""
        self._thread.join(90)
        return self._runs[0]

    def stopped(self) -> Run:
        """The run, ended by a signal."""
        end_crawls()
        return self.ended()


def known_up_to(project: Any, town: Town, number: int) -> None:
    """As a crawl leaves the state that has read the town's timeline up to this post."""
    place = project.job(platform="mastodon", url=town.url, timeline="stream").place
    cursors = {"place": place, "newest": str(number), "newest_at": at(number).isoformat()}
    with project.state() as state:
        state.move_cursors("source", cursors, at=datetime.now(UTC))


@pytest.fixture
def listen(town: Town, project: Any) -> Callable[..., Listener]:
    project.allow_hosts = (town.host,)
    return lambda every_s=120.0, **values: Listener(project, town, every_s, values)


def stretches(project: Any) -> list[heard.Stretch]:
    with State(project.folder / "state.sqlite") as state:
        return heard.stretches(state)


def test_a_stream_is_heard_from_the_first_to_the_last(
    town: Town, listen: Callable[..., Listener], project: Any
) -> None:
    """Caught up first; then posts, an edit and a deletion as they happen, each in the spool at once; a break
    in the middle, with a post that nobody told of, leaves no gap."""
    town.fill(1, 2, 3)
    known_up_to(project, town, 2)

    crawl = listen()
    town.wait_for_listener(1)
    crawl.wait_for("tea 3")
    town.tell("update", status(4))
    town.tell("update", status(5))
    crawl.wait_for("tea 4", "tea 5")
    town.fill(4)
    town.history[4] = [status(4), status(4, "tea, edited", created_at=iso(at(6)))]
    town.tell("status.update", status(4, "tea, edited", edited_at=iso(at(6))))
    town.tell("delete", "5")
    town.tell("delete", "900")
    crawl.wait_for("tea, edited")
    town.fill(6)
    town.hang_up()
    town.wait_for_listener(2)
    town.tell("update", status(7))
    crawl.wait_for("tea 6", "tea 7")
    assert crawl.listens()
    run = crawl.stopped()

    posts = [post for post in project.posts() if post.run_id == run.run_id]
    assert run.details["remarks"] == ["the stream broke 1 times, and was connected to again"]
    # Ended by a signal, and nothing of what came before it is lost.
    assert (run.outcome, run.reason) == ("partial", "stopped before its end")
    assert {post.id for post in posts if post.deleted_at} == {post_id(5)}
    assert {post.id for post in posts} == {post_id(n) for n in range(3, 8)}
    assert {edit.text for post in posts for edit in post.edits} == {"tea 4"}
    assert project.cursor("newest") == "7"
    told = [(s.what, s.why) for s in stretches(project) if s.run_id == run.run_id]
    assert set(told) == {("collected", ""), ("deleted", "deleted")}


def test_what_a_stream_missed_is_caught_up_by_the_next_crawl(
    town: Town, listen: Callable[..., Listener], project: Any
) -> None:
    """A timeline that does not answer while listening: the cursor waits, and the ledger says so."""
    town.fill(1, 2)
    known_up_to(project, town, 1)
    town.instead["/api/v1/timelines/public"] = lambda handler: (401, {"error": "sign in"})

    crawl = listen()
    town.wait_for_listener(1)
    town.tell("update", status(3))
    crawl.wait_for("tea 3")
    first = crawl.stopped()
    del town.instead["/api/v1/timelines/public"]
    town.fill(3)
    second = project.crawl(
        platform="mastodon", url=town.url, timeline="stream", every_s=5, tokens={"token": TOKEN}
    )

    assert first.outcome == "partial"
    assert ("missing", "stream", at(1)) in [(s.what, s.why, s.since) for s in stretches(project)]
    assert {post.id for post in project.posts(second)} == {post_id(2), post_id(3)}
    assert second.outcome == "ok"


def test_a_query_chooses_from_a_stream(town: Town, listen: Callable[..., Listener], project: Any) -> None:
    """In the language of the search box, of what is caught up too; a chosen post is followed when edited."""
    town.fill(1, text="چای #چای_سبز")  # tea
    town.fill(2, text="قهوه")  # coffee

    crawl = listen(query="#چای‌سبز OR cake")
    town.wait_for_listener(1)
    town.tell("update", status(3, "bread"))
    town.tell("update", status(4, "Cake!"))
    crawl.wait_for("Cake!")
    town.tell("status.update", status(4, "pie", edited_at=iso(at(9))))
    town.tell("status.update", status(3, "more bread", edited_at=iso(at(9))))
    crawl.wait_for("pie")
    crawl.stopped()

    assert {post.text for post in project.posts()} == {"چای #چای_سبز", "Cake!", "pie"}


def test_a_stream_ends_by_itself_before_it_is_due_again(town: Town, listen: Callable[..., Listener]) -> None:
    """Of a Persian tag, which is percent-encoded; the token goes along."""
    crawl = listen(every_s=8.0, tag="چای_سبز")  # green tea
    town.wait_for_listener(1)
    run = crawl.ended()

    assert run.outcome == "ok"
    assert ("/api/v1/streaming/hashtag?tag=%DA%86%D8%A7%DB%8C_%D8%B3%D8%A8%D8%B2", f"Bearer {TOKEN}") in (
        town.asked
    )


def test_a_stream_that_does_not_take_the_token_says_so(town: Town, project: Any) -> None:
    """What its timeline shows is collected all the same."""
    project.allow_hosts = (town.host,)
    town.instead["/api/v1/streaming/public"] = lambda handler: (401, {"error": "no"})
    town.fill(1)

    run = project.crawl(
        platform="mastodon", url=town.url, timeline="stream", every_s=30, tokens={"token": TOKEN}
    )

    assert (run.outcome, run.got) == ("partial", 1)
    assert "does not accept the token for its streams" in run.reason


def test_a_server_that_streams_elsewhere_gets_no_token_there(town: Town, project: Any) -> None:
    """The address of its streams has to be its own; nothing is asked of another."""
    project.allow_hosts = (town.host,)
    town.streaming = "wss://evil.example"
    job = project.job(
        platform="mastodon", url=town.url, timeline="stream", every_s=30, tokens={"token": TOKEN}
    )

    run = walk(job, now=datetime.now(UTC))

    assert run.outcome[0] == "refused"
    assert "evil.example" in run.outcome[1]
    assert town.paths() == []


@pytest.mark.parametrize(
    ("url", "domain", "named", "address"),
    [
        ("https://a.example", "a.example", None, "https://a.example"),
        ("https://a.example", "a.example", "wss://streaming.a.example", "https://streaming.a.example"),
        ("https://social.a.example", "a.example", "wss://streaming.a.example", "https://streaming.a.example"),
        ("https://a.example", "a.example", "wss://a.example:4000/x?y", "https://a.example:4000"),
        ("http://127.0.0.1:3000", "localhost", "ws://127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("https://a.example", "a.example", "ws://a.example", None),
        ("https://a.example", "a.example", "wss://b.example", None),
        ("https://a.example", "b.example", "wss://streaming.b.example", None),
        ("https://a.example", "example", "wss://b.example", None),
        ("https://a.example", "a.example", "wss://a.example.evil.net", None),
        ("https://a.example", "a.example", "wss://nota.example", None),
        ("https://a.example", "a.example", "wss://sara:secret@a.example", None),
        ("https://a.example", "a.example", "ftp://a.example", None),
        ("https://a.example", "a.example", "wss://[half", None),
        ("https://a.example", "a.example", "wss://a.example:99999", None),
        ("https://a.example", "a.example", "//", None),
    ],
)
def test_streams_are_listened_to_at_the_servers_own_places(
    url: str, domain: str, named: str | None, address: str | None
) -> None:
    told = {"domain": domain, "configuration": {"urls": {"streaming": named}}}
    server = read_server(json.dumps(told).encode(), address=url, timeline="public")

    assert streaming_address(server, url) == address


def test_a_preview_of_a_stream_that_does_not_open_is_one_try(town: Town, project: Any) -> None:
    """Somebody waits for it: what went wrong is told at once; the timeline is still looked at."""
    for path in ("/api/v1/streaming/public", "/api/v1/streaming/public/local"):
        town.instead[path] = lambda _: (502, {"error": "away"})
    project.allow_hosts = (town.host,)
    job = project.job(
        platform="mastodon", url=town.url, timeline="stream", tokens={"token": TOKEN}, limit=5, every_s=900.0
    )
    done = subprocess.run(
        [sys.executable, "-m", "crawlers", "--job", "-", "--preview"],
        input=jobs.encode(job), capture_output=True, timeout=60, check=True,
    )  # fmt: skip

    told = json.loads(done.stdout)
    assert (told["posts"], told["outcome"]) == ([], "error")
    assert "are broken (HTTP 502)" in told["reason"]
    assert len([path for path in town.paths() if path.startswith("/api/v1/streaming/public")]) == 1
