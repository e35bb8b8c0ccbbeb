"""Sources of Bluesky in a project file: what their platform implies and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.load import read
from config.project import Settings
from crawlers.job import job_of
from posts.errors import ConfigError
from tests.crawlers.bluesky_server import START

TEXT = """\
[project]
name = "tea"

[crawl]
page_size = 7

[[sources]]
name = "here"
platform = "bluesky"
"""
AT_URI = "at://did:plc:ab12/app.bsky.feed.post/3l3qo2vutsw2b"


def settings(more: str) -> Settings:
    return read(TEXT + more, folder=Path("/p"), environ={})


@pytest.mark.parametrize(
    ("more", "timeline", "url"),
    [
        ('account = "brand.test"', "account", "https://public.api.bsky.app"),
        ('tag = "چای"', "tag", "https://public.api.bsky.app"),  # tea
        ('query = "چای"', "search", "https://public.api.bsky.app"),
        (f'thread = "{AT_URI}"', "thread", "https://public.api.bsky.app"),
        ('thread = "https://bsky.app/profile/a.test/post/3l"', "thread", "https://public.api.bsky.app"),
        ('timeline = "stream"\nquery = "چای lang:fa"', "stream", "https://jetstream2.us-east.bsky.network"),
        ('timeline = "stream"\nurl = "http://127.0.0.1:8080"', "stream", "http://127.0.0.1:8080"),
    ],
)
def test_a_source_implies_its_timeline_and_address(more: str, timeline: str, url: str) -> None:
    """A stream is at another address than everything else."""
    loaded = settings(more)
    (source,) = loaded.sources
    job = job_of(loaded, source, run_id="run", due_at=START)

    assert (source.timeline, source.url) == (timeline, url)
    assert (job.timeline, job.url, job.page_size, job.appview) == (timeline, url, 7, None)


def test_a_stream_may_look_people_up_elsewhere() -> None:
    """The address reaches the crawl."""
    loaded = settings('timeline = "stream"\nappview = "http://127.0.0.1:2584"')

    job = job_of(loaded, loaded.sources[0], run_id="run", due_at=START)

    assert job.appview == "http://127.0.0.1:2584"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('timeline = "stream"\nquery = "(چای"', "is no query"),
        ('account = "a.test"\nappview = "https://a.test"', "is for streams of bluesky only"),
        ('thread = "at://a.test/app.bsky.graph.list/3l"', "must be a web address"),
        ('timeline = "trends"', "is not for bluesky"),
    ],
)
def test_what_cannot_be_is_refused(more: str, told: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(ConfigError) as caught:
        settings(more)

    assert [told in mistake.message for mistake in caught.value.mistakes] == [True]


def test_a_search_has_the_platform_s_own_language() -> None:
    """What is no query of ours may be one of Bluesky's."""
    found: Any = settings('query = "(from:me"').sources[0]

    assert found.query == "(from:me"
