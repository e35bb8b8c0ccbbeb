"""The store at 100 thousand posts and more: writing, twenty queries, the dashboard's own questions.

``python -m benchmarks store``. Both engines in one run, beside DuckDB (columns, and words as lists) and
SQLite (rows, indices, FTS5), which hold the same posts. The peers must find as many rows as we do, or the
run fails. Median milliseconds of ``RASAD_BENCH_TIMES`` (5) askings after one that is not counted.
Environment: ``RASAD_BENCH_POSTS`` (100000), ``RASAD_TEST_ES`` (else that engine is left out).
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from elasticsearch import Elasticsearch

from answers.asking import Asking
from answers.hashtag import hashtag
from answers.influence import influence
from answers.overview import overview
from answers.posts import page
from answers.sources import sources
from answers.trends import rising
from benchmarks.made_posts import NOW, chunks
from benchmarks.store_peers import PEERS, DuckDB, SQLite
from benchmarks.store_queries import OTHER, QUERIES, TAG, WORD
from posts.selection import Selection
from store import open_store
from store.protocol import Collection, Store, StoreSettings
from store.state import State

TIMES: Final = int(os.environ.get("RASAD_BENCH_TIMES", "5"))


@dataclass(slots=True)
class Measured:
    """Posts written a second, megabytes on disk, and milliseconds by question."""

    posts_s: float
    megabytes: float
    ms: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def median_ms(ask: Callable[[], object]) -> float:
    ask()
    spans = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        ask()
        spans.append(time.perf_counter() - begun)
    return 1000 * statistics.median(spans)


def fill(store: Store, count: int) -> float:
    """Write all posts with their rows; the seconds inside the store."""
    spent = 0.0
    for chunk in chunks(count):
        rows: tuple[tuple[Collection, list[dict[str, Any]]], ...] = (
            ("posts", chunk.posts), ("uses", chunk.uses), ("edges", chunk.edges),
        )  # fmt: skip
        begun = time.perf_counter()
        for name, documents in rows:
            store.write(name, documents, fresh=True)
        spent += time.perf_counter() - begun
    begun = time.perf_counter()
    store.refresh()
    return spent + time.perf_counter() - begun


def questions(store: Store, state: State) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the views of the dashboard ask, with the filters that they begin with."""
    asking = Asking(
        store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=NOW
    )
    week = Selection(since=NOW - timedelta(days=7), until=NOW)
    month = Selection(since=NOW - timedelta(days=30), until=NOW)
    yield "overview, 7 days", lambda: overview(asking, week)
    yield "overview, 30 days", lambda: overview(asking, month)
    yield "trends", lambda: rising(asking, Selection(since=NOW - timedelta(days=1), until=NOW))
    yield "trends of a query", lambda: rising(asking, Selection(query=WORD))
    yield "hashtag, 7 days", lambda: hashtag(asking, week.narrowed(hashtag=TAG))
    yield "posts, newest", lambda: page(asking, week, size=20)
    yield "posts of a query, all time", lambda: page(asking, Selection(query=f"{WORD} {OTHER}"), size=20)
    yield "influencers, 7 days", lambda: influence(asking, week)
    yield "sources", lambda: sources(asking)


def measure_store(store: Store, count: int, state: State) -> Measured:
    measured = Measured(posts_s=count / fill(store, count), megabytes=(store.health().bytes or 0) / 1e6)
    for asked in QUERIES:
        measured.rows[asked.name] = _rows(store.search("posts", asked.body))
        measured.ms[asked.name] = median_ms(lambda: store.search("posts", asked.body))  # noqa: B023
    for name, ask in questions(store, state):
        measured.ms[name] = median_ms(ask)
    return measured


def _rows(answer: dict[str, Any]) -> int:
    """Hits or buckets of an answer, the inner ones counted where there are such; 1 where it is one number."""
    if answer["hits"]["hits"] or "aggregations" not in answer:
        return len(answer["hits"]["hits"]) or 1
    buckets = answer["aggregations"]["a"].get("buckets")
    return 1 if buckets is None or isinstance(buckets, dict) else sum(_inner(bucket) for bucket in buckets)


def _inner(bucket: dict[str, Any]) -> int:
    inner = bucket.get("b", {})
    return len(inner["buckets"]) if "buckets" in inner else len(inner.get("hits", {}).get("hits", [0]))


def measure_peer(peer: DuckDB | SQLite, count: int, ours: Measured) -> Measured:
    measured = Measured(posts_s=count / peer.fill(count), megabytes=peer.megabytes())
    for asked in QUERIES:
        sql = asked.sql(peer.dialect)
        if sql is None:
            continue
        found = len(peer.ask(sql))
        # Which of equally busy authors is the hundredth may differ.
        if asked.name != "ranges of likes" and abs(found - ours.rows[asked.name]) > found // 100:
            raise SystemExit(f"{asked.name}: {ours.rows[asked.name]} rows here, {found} in {peer.name}")
        measured.ms[asked.name] = median_ms(lambda: peer.ask(sql))  # noqa: B023
    peer.close()
    return measured


def run(count: int) -> None:
    table: dict[str, Measured] = {}
    address = os.environ.get("RASAD_TEST_ES")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for engine, url in (("embedded", None), ("elasticsearch", address)):
            if engine == "elasticsearch" and url is None:
                continue
            settings = StoreSettings(folder=folder / "index", url=url, prefix=f"bench-{uuid4().hex[:8]}")
            store = open_store(settings)
            store.ensure()
            with State(folder / "state.sqlite") as state:
                table[engine] = measure_store(store, count, state)
            store.close()
            if url is not None:
                _remove(url, settings.prefix)
        for make in PEERS:
            peer = make(folder)
            table[peer.name] = measure_peer(peer, count, table["embedded"])
    show(count, table)


def _remove(url: str, prefix: str) -> None:
    with Elasticsearch(url) as client:
        client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])


def show(count: int, table: dict[str, Measured]) -> None:
    """The table, as Markdown."""
    print(f"{count:,} posts of a year; median of {TIMES}; load {os.getloadavg()[0]:.1f}\n")
    print("| | " + " | ".join(table) + " |\n|---|" + "---|" * len(table))
    print("| written, posts a second | " + " | ".join(f"{m.posts_s:,.0f}" for m in table.values()) + " |")
    print("| on disk, MB | " + " | ".join(f"{m.megabytes:,.0f}" for m in table.values()) + " |")
    for name in table["embedded"].ms:
        cells = [f"{m.ms[name]:,.1f}" if name in m.ms else "" for m in table.values()]
        print(f"| {name}, ms | " + " | ".join(cells) + " |")


def main() -> None:
    run(int(os.environ.get("RASAD_BENCH_POSTS", "100000")))


if __name__ == "__main__":
    main()
