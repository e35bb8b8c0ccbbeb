"""Servers that are away, not ours, overloaded or blocked: each is told by its own error."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from posts.errors import SchemaChanged, StoreReadOnly, StoreUnreachable
from store.elasticsearch import ElasticsearchStore
from store.protocol import Document, StoreSettings

EVERY = {"match_all": {}}
Reply = tuple[int, Any]


def _use(i: int, **fields: Any) -> Document:
    return {"id": f"u{i}", "tag": "ai", "created_at": "2026-11-01T00:00:00Z", **fields}


@contextmanager
def _server(answer: Callable[[str, list[Any]], Reply], *, product: str | None = None) -> Iterator[str]:
    """A server whose answers to method and path with the lines of the body are made by ``answer``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            lines = [json.loads(line) for line in body.splitlines()]
            status, content = answer(f"{self.command} {self.path.partition('?')[0]}", lines)
            plain = isinstance(content, str)
            sent = content.encode() if plain else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if plain else "application/vnd.elasticsearch+json")
            self.send_header("Content-Length", str(len(sent)))
            if product:
                self.send_header("X-Elastic-Product", product)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _reply

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _store(url: str, pauses: list[float] | None = None) -> ElasticsearchStore:
    kept = [] if pauses is None else pauses
    return ElasticsearchStore(StoreSettings(folder=Path("none"), url=url), sleep=kept.append)


def _asks(store: ElasticsearchStore) -> list[Callable[[], Any]]:
    return [
        store.ensure,
        lambda: store.write("uses", [_use(1)]),
        lambda: store.get("uses", ["u1"]),
        lambda: store.search("uses", {}),
        lambda: store.count("uses", EVERY),
        lambda: list(store.scan("uses", EVERY)),
        lambda: store.columns("uses", EVERY, ["hour"]),
        lambda: store.delete("uses", EVERY),
        lambda: store.refresh("uses"),
    ]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        pytest.param(
            (200, {"version": {"distribution": "opensearch"}}), "not Elasticsearch", id="OpenSearch"
        ),
        pytest.param((200, "<html>log in</html>"), "Elasticsearch", id="login page"),
        pytest.param((406, {"error": "Content-Type header is not supported"}), "Elasticsearch 8", id="406"),
        pytest.param(
            (400, {"error": {"type": "media_type_header_exception", "reason": "Invalid media-type value"}}),
            "elasticsearch<9",
            id="older server",
        ),
        pytest.param((502, "<html>bad gateway</html>"), "502", id="gateway"),
        pytest.param((401, {"error": {"type": "security_exception"}}), "key", id="no rights"),
    ],
)
def test_other_servers_are_told(reply: Reply, message: str) -> None:
    """A server that is no Elasticsearch gives StoreUnreachable with a remedy, whatever is asked of it."""
    with _server(lambda _path, _lines: reply) as url:
        store = _store(url)
        for ask in _asks(store):
            with pytest.raises(StoreUnreachable) as caught:
                ask()
            assert message in str(caught.value)
            assert caught.value.remedy
        health = store.health()
        store.close()

    assert not health.ok
    assert health.warnings


def test_server_that_is_away_is_told() -> None:
    """Nobody at the address: StoreUnreachable, without the password of the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = _store(f"http://user:secret@127.0.0.1:{port}")
    for ask in _asks(store):
        with pytest.raises(StoreUnreachable) as caught:
            ask()
        assert "secret" not in str(caught.value)
        assert str(port) in caught.value.subject
    assert not store.health().ok
    store.close()


def test_health_does_not_wait_for_a_server_that_hangs() -> None:
    """A server that takes the question and says nothing is told sooner than a request may take."""
    released = threading.Event()

    def hang(_path: str, _lines: list[Any]) -> Reply:
        released.wait(60)
        return 503, "late"

    with _server(hang) as url:
        store = _store(url)
        begun = time.monotonic()
        health = store.health()
        waited = time.monotonic() - begun
        released.set()
        store.close()

    assert not health.ok
    assert 3 < waited < 20  # four seconds, where a request may take thirty


class Bulk:
    """A server that answers bulk requests with prepared statuses, then with success."""

    def __init__(self, *statuses: Any) -> None:
        self.statuses = list(statuses)
        self.sent: list[list[str]] = []

    def __call__(self, path: str, lines: list[Any]) -> Reply:
        if path.startswith("GET /_index_template"):
            return 404, {"index_templates": []}
        if path != "PUT /_bulk":
            empty = {"_shards": {"total": 0}, "hits": {"hits": []}}
            return 200, {"acknowledged": True, **empty}
        ids = [line["index"]["_id"] for line in lines[::2]]
        self.sent.append(ids)
        status = self.statuses.pop(0) if self.statuses else 200
        if callable(status):
            return 200, {"items": [{"index": {"_id": i, **status(i)}} for i in ids]}
        if status != 200:
            return status, {"error": {"type": "refused", "reason": "for the test"}}
        return 200, {"items": [{"index": {"_id": i, "status": 201}} for i in ids]}


def _item(status: int, kind: str = "some_exception") -> dict[str, Any]:
    return {"status": status, "error": {"type": kind, "reason": "for the test"}}


def test_items_that_may_pass_are_sent_again() -> None:
    """Status 429 of an item or a request is tried again after a growing pause; only what failed is sent."""
    pauses: list[float] = []
    bulk = Bulk(429, lambda i: _item(429) if i == "u2" else {"status": 201}, 503)
    with _server(bulk, product="Elasticsearch") as url:
        store = _store(url, pauses)
        written = store.write("uses", [_use(1), _use(2), _use(3)])
        store.close()

    assert written.ok == 3
    assert not written.refused
    assert bulk.sent == [["u1", "u2", "u3"]] * 2 + [["u2"]] * 2
    assert len(pauses) == 3
    assert pauses[0] < pauses[2]


def test_items_that_never_pass_are_refused_for_later() -> None:
    """An item that stays overloaded comes back with ``retry``; the others are written."""
    always = [lambda i: _item(429, "rejected") if i == "u1" else {"status": 201}] * 9
    with _server(Bulk(*always), product="Elasticsearch") as url:
        store = _store(url)
        written = store.write("uses", [_use(1), _use(2)])
        store.close()

    (refusal,) = written.refused
    assert (written.ok, refusal.id, refusal.retry) == (1, "u1", True)
    assert "rejected" in refusal.reason


def test_a_bad_item_is_refused_for_good() -> None:
    """Status 400 of an item is its own: refused with the reason, not sent again."""
    bulk = Bulk(lambda i: _item(400, "mapper_parsing_exception") if i == "u1" else {"status": 201})
    with _server(bulk, product="Elasticsearch") as url:
        store = _store(url)
        written = store.write("uses", [_use(1), _use(2)])
        store.close()

    (refusal,) = written.refused
    assert (refusal.id, refusal.retry, len(bulk.sent)) == ("u1", False, 1)
    assert "mapper_parsing" in refusal.reason


def test_a_request_that_is_refused_whole_is_halved() -> None:
    """One document that spoils the request is found; all others are written."""

    class Spoiled(Bulk):
        def __call__(self, path: str, lines: list[Any]) -> Reply:
            status, body = super().__call__(path, lines)
            return (
                (413, {"error": "too large"})
                if path == "PUT /_bulk" and "u5" in self.sent[-1]
                else (status, body)
            )

    with _server(Spoiled(), product="Elasticsearch") as url:
        store = _store(url)
        written = store.write("uses", [_use(i) for i in range(8)])
        store.close()

    assert written.ok == 7
    assert [(refusal.id, refusal.retry) for refusal in written.refused] == [("u5", False)]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(lambda i: _item(429, "cluster_block_exception"), id="items"),
        pytest.param(403, id="request"),
    ],
)
def test_blocked_writing_is_not_taken_for_load(block: Any) -> None:
    """The flood stage of the disk is StoreReadOnly at once, though its status is that of overload."""

    class Blocked(Bulk):
        def __call__(self, path: str, lines: list[Any]) -> Reply:
            status, body = super().__call__(path, lines)
            return status, {
                "error": {"type": "cluster_block_exception", "reason": "disk"}
            } if status == 403 else body

    bulk = Blocked(block)
    with _server(bulk, product="Elasticsearch") as url:
        store = _store(url)
        with pytest.raises(StoreReadOnly) as caught:
            store.write("uses", [_use(1)])
        store.close()

    assert "disk" in str(caught.value)
    assert len(bulk.sent) == 1


@pytest.mark.es
def test_real_block_is_read_only(elasticsearch_settings: StoreSettings) -> None:
    """A real server whose index is blocked for writing raises StoreReadOnly, and takes writes afterwards."""
    assert elasticsearch_settings.url is not None
    store = ElasticsearchStore(elasticsearch_settings)
    store.write("uses", [_use(1)])
    index = f"{elasticsearch_settings.prefix}-uses-2026.11"
    with Elasticsearch(elasticsearch_settings.url) as client:
        client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": True})
        with pytest.raises(StoreReadOnly):
            store.write("uses", [_use(2)])
        client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": None})
    store.write("uses", [_use(2)])

    assert store.count("uses", EVERY) == 2
    store.close()


@pytest.mark.es
def test_a_document_whose_new_month_is_blocked_stays_in_the_old(
    elasticsearch_settings: StoreSettings,
) -> None:
    """One that is now dated earlier is removed from its month only once it stands in the other."""
    assert elasticsearch_settings.url is not None
    store = ElasticsearchStore(elasticsearch_settings)
    earlier = "2026-10-01T00:00:00Z"
    store.write("uses", [_use(1), _use(2, created_at=earlier)])
    index = f"{elasticsearch_settings.prefix}-uses-2026.10"
    with Elasticsearch(elasticsearch_settings.url) as client:
        client.indices.put_settings(index=index, settings={"index.blocks.write": True})
        with pytest.raises(StoreReadOnly):
            store.write("uses", [_use(1, created_at=earlier)])
        store.refresh("uses")
        blocked = store.get("uses", ["u1"])
        client.indices.put_settings(index=index, settings={"index.blocks.write": None})
    store.write("uses", [_use(1, created_at=earlier)])

    assert blocked["u1"]["created_at"] == "2026-11-01T00:00:00Z"
    assert store.get("uses", ["u1"])["u1"]["created_at"] == earlier
    assert store.count("uses", EVERY) == 2
    store.close()


@pytest.mark.es
def test_months_and_old_years_have_indices_of_their_own(elasticsearch_settings: StoreSettings) -> None:
    """One index a month, one a year for the archive; all are read through the alias."""
    assert elasticsearch_settings.url is not None
    store = ElasticsearchStore(elasticsearch_settings)
    years = ("2001-02-03", "2001-11-12", "2026-10-31", "2026-11-01")
    store.write("uses", [_use(i, created_at=f"{day}T00:00:00Z") for i, day in enumerate(years)])
    with Elasticsearch(elasticsearch_settings.url) as client:
        names = list(client.indices.get_alias(name=f"{elasticsearch_settings.prefix}-uses").body)

    assert sorted(name.rpartition("-")[2] for name in names) == ["2001", "2026.10", "2026.11"]
    assert store.count("uses", EVERY) == 4
    store.close()


@pytest.mark.es
def test_another_version_on_the_server_is_refused(elasticsearch_settings: StoreSettings) -> None:
    """Indices of another schema are not written to."""
    assert elasticsearch_settings.url is not None
    prefix = elasticsearch_settings.prefix
    with Elasticsearch(elasticsearch_settings.url) as client:
        client.indices.put_index_template(
            name=f"{prefix}-uses",
            index_patterns=[f"{prefix}-uses-*"],
            priority=200,
            template={"mappings": {"_meta": {"schema": 0}}},
        )
    store = ElasticsearchStore(elasticsearch_settings)

    with pytest.raises(SchemaChanged):
        store.write("uses", [_use(1)])
    store.close()
