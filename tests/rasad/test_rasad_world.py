"""Collecting from a small fediverse of servers that show each other's posts, through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from config.load import load
from rasad.project import opened

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    """A server of Mastodon's API: its timeline by local id. After so many answers it waits to be released."""

    domain: str
    port: int = 0
    statuses: dict[int, dict[str, Any]] = field(default_factory=dict)
    answers: int | None = None
    released: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def shows(self, local_id: int, home: str, name: str, text: str, **more: Any) -> None:
        """Put a post by ``name`` of the server ``home`` into the timeline."""
        acct = name if home == self.domain else f"{name}@{home}"
        account = {"id": f"{local_id}9", "username": name, "acct": acct, "display_name": name, "note": "",
                   "url": f"https://{home}/@{name}", "discoverable": True, "indexable": True}  # fmt: skip
        self.statuses[local_id] = {
            "id": str(local_id), "created_at": "2026-11-22T10:00:00Z", "visibility": "public",
            "uri": f"https://{home}/users/{name}/statuses/{text.split()[0]}", "content": f"<p>{text}</p>",
            "account": account, "reblog": None, **more,
        }  # fmt: skip

    def answer(self, target: str) -> tuple[Any, str]:
        """The answer to a request and its Link header."""
        url = urlsplit(target)
        asked = dict(parse_qsl(url.query))
        if url.path == "/api/v2/instance":
            return {"domain": self.domain, "version": "4.5.0"}, ""
        ids = sorted(self.statuses)
        if "min_id" in asked:
            ids = [i for i in ids if i > int(asked["min_id"])][:40]
        elif "max_id" in asked:
            ids = [i for i in ids if i < int(asked["max_id"])]
        ids = ids[-40:]
        here = f"http://127.0.0.1:{self.port}{url.path}?limit=40"
        link = f'<{here}&max_id={ids[0]}>; rel="next", <{here}&min_id={ids[-1]}>; rel="prev"' if ids else ""
        return [self.statuses[i] for i in reversed(ids)], link


@pytest.fixture
def servers() -> Iterator[Callable[[str], Server]]:
    """Starts servers by their domain; they end with the test."""
    running: list[ThreadingHTTPServer] = []

    def start(domain: str) -> Server:
        made = Server(domain)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                made.asked.append(self.path)
                if made.answers is not None and len(made.asked) > made.answers:
                    made.released.wait(240)
                found, link = made.answer(self.path)
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                if link:
                    self.send_header("Link", link)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads, server.block_on_close = True, False
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        made.port = server.server_address[1]
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return made

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def listen(home: Any, *servers: Server) -> None:
    """Make the project `town`, which collects from these servers, each a source by its domain."""
    home.run("init", "town", "--contact", "tests@rasad.example")
    file = home.project("town") / "project.toml"
    sources = "".join(
        f'[[sources]]\nname = "{server.domain.split(".")[0]}"\nplatform = "mastodon"\n'
        f'url = "http://127.0.0.1:{server.port}"\nbackfill_pages = 10\n'
        for server in servers
    )
    hosts = ", ".join(f'"127.0.0.1:{server.port}"' for server in servers)
    text = file.read_text(encoding="utf-8").removesuffix("# end\n")
    file.write_text(f"{text}\n{sources}[crawl]\nallow_hosts = [{hosts}]\ndelay_s = 0\n# end\n", "utf-8")


def documents(home: Any, collection: Any) -> list[dict[str, Any]]:
    with opened(load(home.project("town"))) as at:
        return list(at.store.scan(collection, {"match_all": {}}))


@pytest.mark.parametrize("first", ["here", "there"])
def test_one_post_through_two_servers_is_one_with_its_reply(
    home: Any, servers: Callable[[str], Server], first: str
) -> None:
    """Other local ids, an answer that one server shows without what it answers: two posts and one edge."""
    here, there = servers("here.example"), servers("there.example")
    here.shows(71, "here.example", "sara", "tea is ready #tea")
    there.shows(5, "here.example", "sara", "tea is ready #tea")
    there.shows(6, "there.example", "reza", "coming soon", in_reply_to_id="5", in_reply_to_account_id="59")
    # The answer is here too, but points to a post that this server does not show.
    here.shows(72, "there.example", "reza", "coming soon", in_reply_to_id="70")
    listen(home, here, there)

    runs = home.json("collect", first) + home.json("collect")

    posts = {post["author"]: post for post in home.json("export")}
    assert {run["outcome"] for run in runs} == {"ok"}
    assert posts.keys() == {"sara@here.example", "reza@there.example"}
    parent, reply = posts["sara@here.example"], posts["reza@there.example"]
    assert parent["id"] == "mastodon:here.example:users/sara/statuses/tea"
    assert set(parent["aliases"]) == {
        f"mastodon:127.0.0.1:{here.port}:71",
        f"mastodon:127.0.0.1:{there.port}:5",
    }
    assert reply["reply_to"] == parent["id"]
    assert sorted([parent["source"], *parent["also_in"]]) == ["here", "there"]
    (edge,) = documents(home, "edges")
    assert (edge["kind"], edge["target"]) == ("reply", parent["id"])
    assert (edge["src"], edge["dst"]) == ("mastodon:there.example:reza", "mastodon:here.example:sara")


def test_a_collection_that_was_killed_goes_on(home: Any, servers: Callable[[str], Server]) -> None:
    """Nothing that was spooled is lost, nothing comes twice, no crawl lives on, and the run is on record."""
    town = servers("town.example")
    for number in range(1, 201):
        town.shows(number, "town.example", "sara", f"n{number} tea")
    town.answers = 5
    listen(home, town)
    command = [sys.executable, "-m", "rasad", "collect"]
    process = subprocess.Popen(
        command, env=home.environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 120
    while not list(home.project("town").glob("spool/*.gz")) or len(town.asked) <= town.answers:
        assert time.monotonic() < until
        time.sleep(0.05)
    process.kill()
    process.wait()
    town.released.set()
    time.sleep(1)  # a crawl that lived on would ask in this time
    asked = len(town.asked)

    (run,) = home.json("collect")

    assert 0 < len(documents(home, "posts")) == 200
    assert asked < len(town.asked)
    assert (run["outcome"], run["got"] < 200) == ("ok", True)
    with opened(load(home.project("town"))) as at:
        killed = at.state.runs()[1]
    assert (killed.state, killed.outcome) == ("interrupted", "error")


def test_two_collections_at_once_bring_nothing_twice(home: Any, servers: Callable[[str], Server]) -> None:
    """One waits for the other; together they tell each new post once."""
    town = servers("town.example")
    for number in range(1, 101):
        town.shows(number, "town.example", "sara", f"n{number} tea")
    listen(home, town)
    command = [sys.executable, "-m", "rasad", "collect", "--json"]
    both = [
        subprocess.Popen(command, env=home.environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]

    said = [process.communicate(timeout=240) for process in both]

    assert [process.returncode for process in both] == [0, 0], [errors.decode() for _, errors in said]
    runs = [json.loads(shown) for shown, _ in said]
    assert sorted(run["new"] for run in runs) == [0, 100]
    assert len(documents(home, "posts")) == 100
