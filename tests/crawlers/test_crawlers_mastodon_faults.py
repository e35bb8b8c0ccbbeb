"""A server by somebody else (mastodon_mock) that fails in all the ways it can, its streams, and redirects."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler
from typing import Any

from crawlers.run import end_crawls
from store import heard
from tests.crawlers.mastodon_town import TOKEN, Town, serving, status

TIMELINE = "/api/v1/timelines/public"


def relay(server: Any) -> Any:
    """What passes a request on to the server, so that we see when it was asked."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        request = urllib.request.Request(server.url + handler.path)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                code, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                code, headers, body = error.code, error.headers, error.read()
        handler.send_response(code)
        for name in ("Link", "Retry-After"):
            if name in headers:
                handler.send_header(name, headers[name])
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return write


def fault(server: Any, effect: dict[str, Any]) -> None:
    match = {"path": "/api/v1/timelines/*"}
    server.call("POST", "/api/v1/_mock/faults", match=match, effect=effect, count=1)


def test_every_post_arrives_whatever_fails_on_the_way(web: Any, project: Any, mastodon_server: Any) -> None:
    """Asked to wait two seconds, a broken answer, a slow one, half of one: nothing is lost or too soon."""
    project.allow_hosts = (web.host,)
    for path in ("/api/v2/instance", TIMELINE):
        web.answers[path] = relay(mastodon_server)
    token = mastodon_server.person("sara")
    written = {mastodon_server.write(token, f"post {n}")["content"] for n in range(45)}
    fault(mastodon_server, {"type": "ratelimit", "headers": {"Retry-After": "2"}})
    fault(mastodon_server, {"type": "status", "status": 502})
    fault(mastodon_server, {"type": "latency", "delay_ms": 500})

    first = project.crawl(platform="mastodon", url=web.url)
    asked = [when for when, path, _ in web.asked if path.startswith(TIMELINE)]
    mastodon_server.write(token, "late")
    fault(mastodon_server, {"type": "malformed"})
    second = project.crawl(platform="mastodon", url=web.url)
    third = project.crawl(platform="mastodon", url=web.url)

    assert (first.outcome, first.got, len(written)) == ("ok", 45, 45), first.reason
    assert asked[1] - asked[0] >= 2.0
    assert first.details["answers"] == {"200": 3, "429": 1, "502": 1}
    assert (second.outcome, second.got) == ("error", 0)
    assert (third.outcome, [post.text for post in project.posts(third)]) == ("ok", ["late"])
    with project.state() as state:
        missed = [s.why for s in heard.stretches(state) if s.run_id == second.run_id]
    assert missed == ["shape"]


def test_a_stream_of_somebody_elses_server_is_heard(project: Any, mastodon_server: Any) -> None:
    """What is written, and taken back, while it is listened to."""
    project.allow_hosts = (mastodon_server.host,)
    token = mastodon_server.person("sara")
    mastodon_server.write(token, "before")
    runs = []
    crawl = threading.Thread(
        target=lambda: runs.append(
            project.crawl(
                platform="mastodon", url=mastodon_server.url, timeline="stream", every_s=120.0,
                timeout_s=150.0, tokens={"token": token},
            )
        )
    )  # fmt: skip
    crawl.start()
    spooled(project, "before")
    mastodon_server.write(token, "سلام #قهوه")  # hello, coffee
    taken_back = mastodon_server.write(token, "a slip")
    spooled(project, "سلام #قهوه", "a slip")
    mastodon_server.call("DELETE", f"/api/v1/statuses/{taken_back['id']}", token=token)
    spooled(project, "")
    end_crawls()
    crawl.join(60)

    posts = project.posts()
    (slip,) = [post.id for post in posts if post.text == "a slip"]
    assert [post.id for post in posts if post.deleted_at] == [slip]
    assert runs[0].got == 4


def spooled(project: Any, *texts: str) -> None:
    """Wait until posts with these texts are in the spool."""
    end = time.monotonic() + 60
    while not {post.text for post in project.posts()} >= set(texts):
        assert time.monotonic() < end, [post.text for post in project.posts()]
        time.sleep(0.1)


def test_a_token_goes_to_its_own_server_only_and_is_written_nowhere(web: Any, project: Any) -> None:
    """No redirect is followed with it; neither log, run, dead letter nor spool holds it."""
    with serving() as town:
        project.allow_hosts = (town.host, web.host)
        town.statuses = {1: status(1, "tea"), 2: status(2, "tea") | {"created_at": "soon"}}
        path = "/api/v2/search"
        asked = {"platform": "mastodon", "timeline": "search", "query": "tea", "tokens": {"token": TOKEN}}
        first = project.crawl(**asked, url=town.url)
        moved_to(town, path, f"{web.url}{path}", 308)
        second = project.crawl(**asked, url=town.url)

    assert (first.got, first.refused) == (1, 1)
    assert (second.outcome, "no token is sent" in second.reason) == ("error", True), second.reason
    assert web.asked == []
    kept = b"".join(p.read_bytes() for p in project.folder.rglob("*") if p.is_file())
    assert TOKEN.encode() not in kept
    assert TOKEN not in f"{first}{second}{project.job(**asked)!r}"


def moved_to(town: Town, path: str, address: str, code: int) -> None:
    town.headers[path] = {"Location": address}
    town.instead[path] = lambda handler: (code, b"")
