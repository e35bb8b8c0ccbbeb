"""Ways through a channel: down to what is known, back into its past, and what is looked at again."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from config.project import Settings
from crawlers import job as jobs
from crawlers.crawl import _settings
from crawlers.pages.channel_gaps import gaps
from posts.post import Post
from store import heard, rereads
from tests.crawlers.channel_pages import BEGIN, Channel


@pytest.fixture
def channel(web: Any, project: Any) -> Channel:
    """A channel on a server of ours, empty."""
    made = Channel()
    web.answers["/s/parscoffee"] = made
    project.allow_hosts = (web.host,)
    return made


@pytest.fixture
def crawl(web: Any, project: Any) -> Any:
    return lambda **more: project.crawl(
        **{"platform": "telegram", "url": web.url, "timeline": "account", "account": "parscoffee", **more}
    )


def numbers(posts: list[Post]) -> list[int]:
    return sorted(int(post.id.rsplit("/", 1)[1]) for post in posts)


def stretches(project: Any, run: Any) -> list[tuple[str, str, int | None]]:
    with project.state() as state:
        found = [s for s in heard.stretches(state) if s.run_id == run.run_id]
    return sorted((s.what, s.why, s.posts) for s in found)


def make_due(project: Any) -> None:
    """All posts are to be looked at again now."""
    with project.state() as state, state.together() as db:
        db.execute("UPDATE rereads SET due_at='2026-01-01T00:00:00+00:00'")


def test_first_back_then_forward_without_a_gap(channel: Channel, crawl: Any, project: Any) -> None:
    """120 messages in six pages; then 50 more, of which only the new ones are kept."""
    channel.write(range(1, 121))

    first = crawl(backfill_pages=10)
    channel.write(range(121, 171))
    channel.asked.clear()
    second = crawl(backfill_pages=10)
    quiet = crawl(backfill_pages=10)

    assert (first.outcome, first.got) == ("ok", 120), first.reason
    assert (second.outcome, second.got, channel.asked) == ("ok", 50, [None, 151, 131, None]), second.reason
    assert (quiet.outcome, quiet.got) == ("ok", 0)
    assert numbers(project.posts()) == list(range(1, 171))
    assert stretches(project, first) == [("collected", "", 120)]
    assert stretches(project, second) == [("collected", "", 10), ("collected", "", 20), ("collected", "", 20)]
    assert stretches(project, quiet) == [("collected", "", 0)]


def test_a_crawl_that_was_killed_goes_on(
    channel: Channel, web: Any, crawl: Any, project: Any, tmp_path: Path
) -> None:
    """Killed while the third page is on its way: with the next crawl all are there."""
    channel.write(range(1, 121))
    channel.hold = Event()
    job = project.job(
        platform="telegram", url=web.url, timeline="account", account="parscoffee", backfill_pages=10
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "crawlers", "--job", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    process.stdin.write(jobs.encode(job))
    process.stdin.close()
    while len(channel.asked) < 3 and process.poll() is None:
        Event().wait(0.05)
    process.kill()
    process.wait()
    channel.hold.set()
    channel.write(range(121, 126))

    crawl(backfill_pages=10)

    assert len(channel.asked) >= 3
    assert set(numbers(project.posts())) == set(range(1, 126))


def test_posts_are_looked_at_again_and_those_that_are_gone_are_deleted(
    channel: Channel, crawl: Any, project: Any
) -> None:
    """Of 60 fresh messages views have grown and three are gone, the newest too; parts of an album are not."""
    now = datetime.now(UTC)
    for number in range(1, 61):
        channel.write([number], at=now - timedelta(hours=5, minutes=60 - number))
    channel.messages.pop(31), channel.messages.pop(32)
    channel.write([30], parts=2, at=now - timedelta(hours=5, minutes=30))
    crawl(backfill_pages=5)
    make_due(project)
    for message in channel.messages.values():
        message.views = "1.05K"
    del channel.messages[7], channel.messages[45], channel.messages[60]
    channel.asked.clear()

    again = crawl(backfill_pages=5)

    found = {post.id.rsplit("/", 1)[1]: post for post in project.posts(again)}
    assert again.outcome == "ok", again.reason
    assert {name for name, post in found.items() if post.deleted_at} == {"7", "45", "60"}
    assert {post.metrics.views for post in found.values() if not post.deleted_at} == {1050}
    assert len(found) == 58
    assert channel.asked == [None, 61, 39, 17]
    with project.state() as state:
        assert rereads.due(state, "source", at=datetime.now(UTC), limit=100) == []
    assert ("deleted", "deleted", 1) in stretches(project, again)


def test_a_channel_without_a_preview_is_refused(web: Any, channel: Channel, crawl: Any) -> None:
    """A redirect to the page for people: refused with the reason, asked once."""
    web.says("/parscoffee", "<html><body>View in Telegram</body></html>")
    web.says("/s/parscoffee", "", 302, Location="/parscoffee")

    run = crawl()

    assert (run.outcome, run.got) == ("refused", 0)
    assert "shows no preview" in run.reason
    assert web.paths().count("/s/parscoffee") == 1


def test_robots_are_obeyed(web: Any, channel: Channel, crawl: Any) -> None:
    """These are pages for people."""
    web.says("/robots.txt", "User-agent: *\nDisallow: /s/\n")
    channel.write([1])

    run = crawl()

    assert (run.outcome, channel.asked) == ("refused", [])


def test_a_preview_keeps_nothing(web: Any, channel: Channel, project: Any) -> None:
    """The newest page is enough for a look."""
    channel.write(range(1, 60))
    job = project.job(platform="telegram", url=web.url, timeline="account", account="@parscoffee", limit=5)

    done = subprocess.run(
        [sys.executable, "-m", "crawlers", "--job", "-", "--preview"],
        input=jobs.encode(job), capture_output=True, timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout.count(b'"id":"telegram:t.me:parscoffee/') == 5
    assert channel.asked == [None]
    assert not (project.folder / "state.sqlite").exists()


@pytest.mark.parametrize(
    ("crawl", "expected"),
    [({}, 2.5), ({"delay_s": 4.0}, 4.0), ({"delay_s": 0, "allow_hosts": ["t.me:443"]}, 0.0)],
)
@pytest.mark.parametrize("account", [{"platform": "telegram"}, {"platform": "eitaa", "url": "https://t.me"}])
def test_the_hosts_of_channels_are_asked_slowly(
    tmp_path: Path, crawl: dict[str, Any], expected: float, account: dict[str, str]
) -> None:
    """A pause of 2.5 seconds, or the project's if it is longer; one's own servers as the project says."""
    source = {"name": "source", "account": "parscoffee", **account}
    settings = Settings.model_validate(
        {"project": {"name": "tea", "contact": "a@b.example"}, "sources": [source], "crawl": crawl}
        | {"folder": tmp_path}
    )

    job = jobs.job_of(settings, settings.sources[0], run_id="run", due_at=BEGIN)

    assert job.delay_s == expected
    assert _settings(job, preview=False).getfloat("DOWNLOAD_DELAY") == expected
    assert _settings(job, preview=False).getbool("ROBOTSTXT_OBEY")


def test_gaps_at_one_moment_are_added_up() -> None:
    """Messages of one second, some without a time at all."""
    at = BEGIN

    assert gaps({1: at, 3: at, 5: at, 9: None}, {6, 7}) == [(at, at, 3)]
    assert gaps({1: None, 5: None}, ()) == []
    assert gaps({}, {1}) == []
    assert gaps({1: at, 10**14: at}, ()) == [(at, at, 10**14 - 2)]
