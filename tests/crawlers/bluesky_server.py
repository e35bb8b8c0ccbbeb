"""A small AppView and account server of our own, which answers as the network's own were recorded to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BRAND = "did:plc:brandbrandbrandbrandbrand"
SARA = "did:plc:sarasarasarasarasarasara"
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
"""When everything begins: of the last hours, for older posts are not looked at again."""
TID = "234567abcdefghijklmnopqrstuvwxyz"


def rkey(number: int) -> str:
    """The key of a record that was made at its second: microseconds in base 32."""
    tid = (int(START.timestamp()) + number) * 1_000_000 << 10
    return "".join(TID[(tid >> 5 * place) % 32] for place in reversed(range(13)))


def uri(number: int, did: str = BRAND, collection: str = "app.bsky.feed.post") -> str:
    return f"at://{did}/{collection}/{rkey(number)}"


def post_id(number: int, did: str = BRAND, collection: str = "app.bsky.feed.post") -> str:
    return f"bluesky:bsky.app:{did}/{collection}/{rkey(number)}"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Refusal:
    """An answer that is an error: status, code and words, headers."""

    status: int
    code: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class AppView:
    """Posts by number (a second apart), who wrote them, and what was asked.

    ``refuse_after`` lets so many pages of a feed pass; ``offsets`` makes cursors that count from the top;
    a ``blind`` server shows no post that is asked for by its address.
    """

    port: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    reposts: dict[int, int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)
    needs_session: bool = True
    offsets: bool = False
    blind: bool = False
    logins: int = 0
    renewals: int = 0
    token: str = ""
    refresh: str = ""
    password: str = "abcd-efgh-ijkl-mnop"
    slow_s: float = 0.0
    refuse_after: int | None = None

    def __post_init__(self) -> None:
        self.person(BRAND, "brand.test", "قهوهٔ پارس")  # Pars Coffee, a brand
        self.person(SARA, "sara.test", "سارا")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def person(self, did: str, handle: str, name: str, **more: Any) -> None:
        self.people[did] = {"did": did, "handle": handle, "displayName": name, "labels": [], **more}

    def write(self, *numbers: int, did: str = BRAND, text: str = "تست {}", **record: Any) -> None:
        """Posts, each a second after the one of the number below."""
        for number in numbers:
            at = iso(START + timedelta(seconds=number))
            self.posts[number] = {
                "uri": uri(number, did), "cid": f"bafy{number}", "author": did,
                "record": {
                    "$type": "app.bsky.feed.post", "text": text.format(number), "langs": ["fa"],
                    "createdAt": at, **record,
                },
                "likeCount": 0, "replyCount": 0, "repostCount": 0, "quoteCount": 0, "indexedAt": at,
                "labels": [],
            }  # fmt: skip

    def view(self, number: int) -> dict[str, Any]:
        post = self.posts[number]
        return {**post, "author": self.people[post["author"]]}

    def methods(self) -> list[str]:
        return [path.rsplit(".", 1)[1] for path, _, _ in self.asked]

    def refuse(self, method: str, refusal: Refusal, times: int = 1) -> None:
        """Answer the next requests of a method so."""
        self.refusals += [(method, refusal)] * times

    # what it answers

    def answer(self, path: str, query: dict[str, list[str]], token: str, body: bytes) -> Any:
        method = path.rsplit(".", 1)[1]
        self.asked.append((path, query, token))
        for place, (name, refusal) in enumerate(self.refusals):
            if name == method:
                del self.refusals[place]
                return refusal
        if self.refuse_after is not None and method == "getAuthorFeed":
            self.refuse_after -= 1
            if self.refuse_after < 0:
                return Refusal(429, "RateLimitExceeded", "slow", {"Retry-After": "900"})
        found = getattr(self, f"_{re.sub('[A-Z]', lambda m: '_' + m[0].lower(), method)}", None)
        if found is None:
            return Refusal(501, "MethodNotImplemented", "Method Not Implemented")
        return found({name: values[0] for name, values in query.items()}, query, token, body)

    def _create_session(self, _one: Any, _all: Any, _token: str, body: bytes) -> Any:
        given = json.loads(body)
        if given != {"identifier": "sara.test", "password": self.password}:
            return Refusal(401, "AuthenticationRequired", "Invalid identifier or password")
        self.logins += 1
        return self._tokens()

    def _refresh_session(self, _one: Any, _all: Any, token: str, _body: bytes) -> Any:
        if token != f"Bearer {self.refresh}":
            return Refusal(400, "ExpiredToken", "Token has been revoked")
        self.renewals += 1
        return self._tokens()

    def _tokens(self) -> dict[str, str]:
        number = self.logins * 100 + self.renewals
        self.token, self.refresh = f"access.{number}", f"refresh.{number}"
        return {"accessJwt": self.token, "refreshJwt": self.refresh, "did": SARA, "handle": "sara.test"}

    def _get_profile(self, one: dict[str, str], *_: Any) -> Any:
        for did, person in self.people.items():
            if one.get("actor") in (did, person["handle"]):
                return {"followersCount": 3, "followsCount": 1, "postsCount": len(self.posts), **person}
        return Refusal(400, "InvalidRequest", "Profile not found")

    def _get_profiles(self, _one: Any, query: dict[str, list[str]], *_: Any) -> Any:
        return {"profiles": [self.people[did] for did in query.get("actors", []) if did in self.people]}

    def _get_author_feed(self, one: dict[str, str], *_: Any) -> Any:
        actor = one.get("actor")
        did = next((d for d, p in self.people.items() if actor in (d, p["handle"])), None)
        if did is None:
            return Refusal(400, "InvalidRequest", "Profile not found")
        rows = [(n, {"post": self.view(n)}) for n, post in self.posts.items() if post["author"] == did]
        for number, inner in self.reposts.items():
            reason = {
                "$type": "app.bsky.feed.defs#reasonRepost", "by": self.people[did], "cid": f"bafy{number}",
                "uri": uri(number, did, "app.bsky.feed.repost"),
                "indexedAt": iso(START + timedelta(seconds=number)),
            }  # fmt: skip
            rows.append((number, {"post": self.view(inner), "reason": reason}))
        return self._page("feed", rows, one)

    def _search_posts(self, one: dict[str, str], _all: Any, token: str, _body: bytes) -> Any:
        if self.needs_session and not token:
            return Refusal(403, "Forbidden", "Request forbidden by administrative rules")
        if self.needs_session and token != f"Bearer {self.token}":
            return Refusal(400, "ExpiredToken", "Token has expired")
        wanted = one["q"]
        rows = [(n, self.view(n)) for n, p in self.posts.items() if wanted in p["record"]["text"]]
        return self._page("posts", rows, one)

    def _get_posts(self, _one: Any, query: dict[str, list[str]], *_: Any) -> Any:
        wanted = query.get("uris", [])
        if len(wanted) > 25:
            return Refusal(400, "InvalidRequest", "Error: Params must not have more than 25 elements")
        by_uri = {post["uri"]: number for number, post in self.posts.items()}
        return {"posts": [self.view(by_uri[u]) for u in wanted if u in by_uri and not self.blind]}

    def _get_post_thread(self, one: dict[str, str], *_: Any) -> Any:
        by_uri = {post["uri"]: number for number, post in self.posts.items()}
        wanted = one["uri"]
        for did, person in self.people.items():
            wanted = wanted.replace(f"at://{person['handle']}/", f"at://{did}/")
        number = by_uri.get(wanted)
        if number is None:
            return Refusal(400, "NotFound", f"Post not found: {one['uri']}")
        node = self._node(number, int(one.get("depth", "6")))
        below, above = node, self._parent(number)
        while above is not None:
            below["parent"] = {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.view(above)}
            below, above = below["parent"], self._parent(above)
        return {"thread": node}

    def _parent(self, number: int) -> int | None:
        reply = self.posts[number]["record"].get("reply")
        by_uri = {post["uri"]: n for n, post in self.posts.items()}
        return None if reply is None else by_uri.get(reply["parent"]["uri"])

    def _node(self, number: int, depth: int) -> dict[str, Any]:
        children = [n for n in sorted(self.posts) if self._parent(n) == number]
        node: dict[str, Any] = {
            "$type": "app.bsky.feed.defs#threadViewPost",
            "post": {**self.view(number), "replyCount": len(children)},
            "threadContext": {},
        }
        if depth > 0:
            node["replies"] = [self._node(child, depth - 1) for child in children]
        return node

    def _get_quotes(self, one: dict[str, str], *_: Any) -> Any:
        rows = [
            (n, self.view(n)) for n, p in self.posts.items()
            if p["record"].get("embed", {}).get("record", {}).get("uri") == one["uri"]
        ]  # fmt: skip
        return self._page("posts", rows, one)

    def _page(self, name: str, rows: list[tuple[int, Any]], one: dict[str, str]) -> Any:
        limit = int(one.get("limit", "50"))
        if not 1 <= limit <= 100:
            return Refusal(400, "InvalidRequest", "Error: limit can not be greater than 100")
        rows = sorted(rows, key=lambda row: -row[0])
        if "until" in one:
            until = datetime.fromisoformat(one["until"])
            rows = [row for row in rows if START + timedelta(seconds=row[0]) < until]
        if self.offsets:
            start = int(one.get("cursor", "0"))
            rows, last = rows[start : start + limit], start + limit < len(rows)
            more = {"cursor": str(start + limit)} if last else {}
        else:
            below = int(one["cursor"].split("__")[1]) if "cursor" in one else 10**9
            rows = [row for row in rows if row[0] < below]
            more = {"cursor": f"1795__{rows[limit - 1][0]}"} if len(rows) > limit else {}
            rows = rows[:limit]
        return {name: [row[1] for row in rows], **more}


@contextmanager
def serving() -> Iterator[AppView]:
    """A server on a port of its own, stopped at the end."""
    view = AppView()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            time.sleep(view.slow_s)
            found = view.answer(
                parts.path, parse_qs(parts.query), self.headers.get("Authorization", ""), body
            )
            status, headers = 200, {}
            if isinstance(found, Refusal):
                status, headers = found.status, found.headers
                found = {"error": found.code, "message": found.message}
            packed = json.dumps(found).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            try:
                self.wfile.write(packed)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    view.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield view
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
