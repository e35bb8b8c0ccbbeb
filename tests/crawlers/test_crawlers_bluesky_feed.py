"""An account's feed and a search at Bluesky, against a server that answers as recorded: nothing is lost."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.run import _child
from posts.post import Post
from store import heard, rereads
from store.state import Run
from tests.crawlers.bluesky_server import BRAND, SARA, START, AppView, Refusal, post_id, serving, uri
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
    """All posts of five pages, later those above the newest known alone."""
    network.write(*range(1, 31))
    first = crawl()
    quiet = crawl()
    network.write(*range(31, 51))
    later = crawl()

    assert [(run.outcome, run.reason, run.got) for run in (first, quiet, later)] == [
        ("ok", "", 30), ("ok", "", 0), ("ok", "", 20),
    ]  # fmt: skip
    assert ids(project.posts()) == sorted(post_id(n) for n in range(1, 51))
    assert ids(project.posts(later)) == sorted(post_id(n) for n in range(31, 51))
