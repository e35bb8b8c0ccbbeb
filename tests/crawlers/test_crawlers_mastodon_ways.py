"""Ways through a timeline of Mastodon's API on servers that differ: old, terse, set up anew."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

TIMELINE = "/api/v1/timelines/public"


def status(number: int, day: int = 1) -> dict[str, Any]:
    account = {"id": "1", "username": "sara", "acct": "sara", "discoverable": True, "indexable": True}
    return {
        "id": str(number), "uri": f"https://town.example/users/sara/statuses/{number}-{day}",
        "created_at": f"2026-10-{day:02d}T08:30:00Z", "visibility": "public", "content": f"tea {number}",
        "account": account,
    }  # fmt: skip


@dataclass
class Town:
    """A timeline by id, and how its server writes the Link header."""

    statuses: dict[int, dict[str, Any]] = field(default_factory=dict)
    link: str = '<{here}?max_id={lowest}>; rel="next", <{here}?min_id={highest}>; rel="prev"'
    size: int = 40
    deaf: bool = False
    asked: list[str] = field(default_factory=list)

    def fill(self, *numbers: int, day: int = 1) -> None:
        self.statuses |= {number: status(number, day) for number in numbers}

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        url = urlsplit(handler.path)
        query = {} if self.deaf else dict(parse_qsl(url.query))
        ids = sorted(self.statuses)
        if "min_id" in query:
            ids = [i for i in ids if i > int(query["min_id"])][: self.size]
        elif "max_id" in query:
            ids = [i for i in ids if i < int(query["max_id"])]
        elif "since_id" in query:
            ids = [i for i in ids if i > int(query["since_id"])]
        ids = ids[-self.size :]
        body = json.dumps([self.statuses[i] for i in reversed(ids)]).encode()
        handler.send_response(200)
        if ids and self.link:
            here = f"http://{handler.headers['Host']}{url.path}"
            handler.send_header("Link", self.link.format(here=here, lowest=ids[0], highest=ids[-1]))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def town(web: Any, project: Any) -> Town:
    """A server whose public timeline is asked."""
    made = Town()
    web.answers[TIMELINE] = made
    web.says("/api/v2/instance", json.dumps({"domain": "town.example", "version": "4.5"}))
    project.allow_hosts = (web.host,)
    return made


@pytest.fixture
def crawl(web: Any, project: Any) -> Any:
    return lambda **more: project.crawl(**{"platform": "mastodon", "url": web.url, **more})


LINKS = {
    "old prev": '<{here}?limit=40&max_id={lowest}>; rel="next", <{here}?since_id={highest}>; rel="prev"',
    "none": "",
    "another origin": '<https://inner.example/x?max_id={lowest}>; rel="next"',
    "unquoted": "<{here}?limit=40&max_id={lowest}>; rel=next",
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS.keys())
def test_no_post_is_missed_however_pages_are_linked(town: Town, crawl: Any, project: Any, link: str) -> None:
    """Back through two full pages, then forward over more than a page, without a gap."""
    town.link = link
    town.fill(*range(1, 81))

    first = crawl()
    town.fill(*range(81, 181))
    second = crawl()

    assert (first.outcome, first.got) == ("ok", 80), first.reason
    assert (second.outcome, second.got) == ("ok", 100), second.reason
    assert len({post.id for post in project.posts()}) == 180


def test_a_server_that_gives_the_same_page_again_is_not_asked_for_ever(town: Town, crawl: Any) -> None:
    """Software that knows no max_id: the back-fill ends when it gets no lower."""
    town.link, town.deaf = "", True
    town.fill(*range(1, 41))

    run = crawl(backfill_pages=50)

    assert run.outcome == "ok"
    assert len(town.asked) == 2


def test_a_persian_tag_is_asked_for_byte_by_byte(web: Any, town: Town, crawl: Any) -> None:
    """The address holds the percent-encoded letters and marks; no half-space and no # gets lost."""
    path = "/api/v1/timelines/tag/%DA%86%D8%A7%DB%8C_%D8%B3%D8%A8%D8%B2"
    web.answers[path] = town
    town.fill(1)

    run = crawl(timeline="tag", tag="چای_سبز")  # green tea

    assert (run.outcome, run.got) == ("ok", 1)
    assert {urlsplit(asked).path for asked in town.asked} == {path}


def test_the_newest_post_may_be_deleted(town: Town, crawl: Any) -> None:
    """What is above it comes, whether or not it is there; silence does not make the crawl begin anew."""
    town.fill(*range(1, 50))
    crawl()
    del town.statuses[49]

    quiet = [crawl() for _ in range(3)]
    town.fill(50)
    after = crawl()

    assert [(run.outcome, run.got) for run in quiet] == [("ok", 0)] * 3
    assert after.got == 1


def test_a_server_that_was_set_up_anew_is_noticed(town: Town, crawl: Any) -> None:
    """Its ids begin below the known one: after two crawls that found nothing it is collected as if new."""
    town.fill(500, 501, 502)
    crawl()
    town.statuses.clear()
    town.fill(1, 2, 3, day=2)

    runs = [crawl() for _ in range(2)]
    town.fill(4, day=3)
    after = crawl()

    assert [run.got for run in runs] == [0, 3]
    assert "from the beginning again" in runs[1].reason
    assert (after.outcome, after.got) == ("ok", 1)


@pytest.mark.parametrize("uri", ["town.example", "https://town.example"])
def test_an_older_server_tells_its_domain_in_the_older_form(
    web: Any, town: Town, crawl: Any, project: Any, uri: str
) -> None:
    """Its people's handles end with its own domain, not with the address that is asked."""
    del web.answers["/api/v2/instance"]
    web.says("/api/v1/instance", json.dumps({"uri": uri, "version": "2.7.2 (compatible; Pleroma 2.4.0)"}))
    town.fill(1)

    run = crawl()

    assert (run.outcome, run.reason) == ("ok", "")
    assert [post.author.handle for post in project.posts()] == ["sara@town.example"]


def test_a_server_that_says_nothing_of_itself_is_read_all_the_same(
    web: Any, town: Town, crawl: Any, project: Any
) -> None:
    """Neither form is there, or one is a page for people: the address stands for the domain."""
    web.says("/api/v2/instance", "", 404)
    web.says("/api/v1/instance", "<html>hello</html>")
    town.fill(1)

    run = crawl()

    assert (run.outcome, "does not describe itself" in run.reason) == ("ok", True)
    assert [post.author.handle for post in project.posts()] == [f"sara@{web.host}"]
