"""Posts a second from the spool to committed, beside the bare engines: ``python -m benchmarks intake``.

Pinned to one core. Ours is all of it: read the spool, check, extract, look for stored copies, lead
references, make the documents, commit, journal. The peers get the documents ready made and only delete
by id, add and commit them: what they spare is what intake adds. Environment: ``RASAD_BENCH_POSTS``
(30,000), ``RASAD_TEST_ES`` (address of an Elasticsearch; without it that part is left out),
``RASAD_BENCH_PROFILE=1`` (where the time goes).
"""

from __future__ import annotations

import cProfile
import os
import pstats
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from benchmarks.reading import texts
from nlp.pipeline import WatchedEntity, WatchList, load
from posts.post import Author, Mentioned, Metrics, Post
from store import open_store
from store.embedded_query import SOURCE, schema
from store.intake import Intake
from store.mapping import elasticsearch_mapping, epoch
from store.protocol import Collection, Store, StoreSettings
from store.spool import MAX_POSTS, Spool
from store.state import State

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROWS: tuple[Collection, ...] = ("posts", "edges", "uses", "metrics")
Ready = list[dict[Collection, list[dict[str, Any]]]]


class Spent(NamedTuple):
    """Seconds by the clock, and seconds of this process on its core: others may use it meanwhile."""

    wall: float
    core: float


def start() -> Spent:
    return Spent(time.perf_counter(), time.process_time())


def since(began: Spent) -> Spent:
    return Spent(time.perf_counter() - began.wall, time.process_time() - began.core)


def made_posts(count: int, *, seed: int = 7) -> list[Post]:
    """Persian and English posts: a third reply or repost, one in four names somebody."""
    rng = random.Random(seed)
    made = []
    for number, text in enumerate(texts(count, seed=seed, watched=0.1)):
        author = int(rng.paretovariate(0.7)) % 8_000
        role = rng.random()
        earlier = f"mastodon:example.org:{rng.randrange(number)}" if number else None
        made.append(
            Post(
                id=f"mastodon:example.org:{number}",
                aliases=(f"mastodon:mirror.example:{number}",),
                platform="mastodon",
                kind="text",
                source=f"source-{number % 5}",
                created_at=NOW - timedelta(seconds=rng.randrange(30 * 86_400)),
                collected_at=NOW - timedelta(seconds=count - number),
                author=Author(key=f"mastodon:example.org:u{author}", handle=f"u{author}", followers=author),
                url=f"https://example.org/@u{author}/{number}",
                text="" if role < 0.15 else text,
                language="fa",
                mentioned=(Mentioned(key="mastodon:example.org:sara", handle="sara"),) if role > 0.75 else (),
                repost_of=earlier if role < 0.15 else None,
                reply_to=earlier if 0.15 <= role < 0.33 else None,
                metrics=Metrics(likes=rng.randrange(50), shares=rng.randrange(9))
                if number % 2
                else Metrics(),
            )
        )
    return made


def watch_list() -> WatchList:
    names = {"brand:acme": ("Acme Phones",), "brand:ik": ("ایران خودرو", "Iran Khodro")}  # a car maker
    return WatchList(
        entities=tuple(WatchedEntity(id=key, label="ORG", names=tuple(value)) for key, value in names.items())
    )


def run_intake(store: Store, folder: Path, posts: list[Post]) -> Spent:
    """Time from a full spool to all committed."""
    spool = Spool(folder / "spool")
    spool.write(posts, source="made")
    pipeline = load(watch_list())
    list(pipeline.annotate(posts[:200]))
    with State(folder / "state.sqlite") as state:
        intake = Intake(store, state, spool, pipeline, journal=folder / "journal", now=lambda: NOW)
        began = start()
        report = intake.run()
        passed = since(began)
    if report.new != len(posts) or report.stopped:
        raise SystemExit(f"intake did not take all: {report}")
    return passed


def read_back(store: Store) -> Ready:
    """The documents that intake has written, in batches of posts with their rows."""
    batches: Ready = []
    found: dict[Collection, list[dict[str, Any]]] = {
        name: list(store.scan(name, {"match_all": {}})) for name in ROWS
    }
    step = MAX_POSTS
    count = max(1, -(-len(found["posts"]) // step))
    for number in range(count):
        batches.append(
            {
                name: rows[number * len(rows) // count : (number + 1) * len(rows) // count]
                for name, rows in found.items()
            }
        )
    return batches


def bare_tantivy(folder: Path, ready: Ready) -> Spent:
    """Time for a plain writer to delete by id, add and commit the documents."""
    import tantivy

    writers, schemas = {}, {}
    for name in ROWS:
        (folder / name).mkdir(parents=True)
        schemas[name] = schema(name)
        writers[name] = tantivy.Index(schemas[name], path=str(folder / name)).writer(
            64_000_000, num_threads=1
        )
    began = start()
    for batch in ready:
        for name in ROWS:
            writer = writers[name]
            for document in batch[name]:
                writer.delete_documents_by_term("id", document["id"])
                writer.add_document(tantivy.Document.from_dict(document, schemas[name]))
            writer.commit()
    return since(began)


def bare_elasticsearch(url: str, prefix: str, ready: Ready) -> Spent:
    """Time for ``helpers.bulk`` to index the documents by id."""
    from elasticsearch import Elasticsearch, helpers

    client = Elasticsearch(url, request_timeout=120)
    for name in ROWS:
        client.indices.create(
            index=f"{prefix}-{name}", mappings=elasticsearch_mapping(name),
            settings={"number_of_shards": 1, "number_of_replicas": 0},
        )  # fmt: skip
    began = start()
    for batch in ready:
        for name in ROWS:
            helpers.bulk(
                client,
                ({"_index": f"{prefix}-{name}", "_id": row["id"], "_source": row} for row in batch[name]),
                chunk_size=2_000,
            )
    client.indices.refresh(index=f"{prefix}-*")
    passed = since(began)
    for name in ROWS:
        client.indices.delete(index=f"{prefix}-{name}")
    client.close()
    return passed


def as_indexed(ready: Ready) -> Ready:
    """The documents as plain Tantivy takes them: dates as seconds, the kept JSON in the source field."""
    made: Ready = []
    for batch in ready:
        made.append({})
        for name, rows in batch.items():
            made[-1][name] = []
            for row in rows:
                plain = {key: value for key, value in row.items() if key != "post"}
                for key in ("created_at", "collected_at", "at"):
                    if key in plain:
                        plain[key] = epoch(plain[key])
                plain[SOURCE] = str(row).encode()
                made[-1][name].append(plain)
    return made


def main() -> None:
    """Measure and print a table."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    posts = made_posts(int(os.environ.get("RASAD_BENCH_POSTS", "30000")))
    rows: list[tuple[str, Spent]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(StoreSettings(folder=folder / "index"))
        store.ensure()
        profile = cProfile.Profile() if os.environ.get("RASAD_BENCH_PROFILE") else None
        if profile:
            profile.enable()
        rows.append(("Rasad, embedded", run_intake(store, folder, posts)))
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        ready = read_back(store)
        store.close()
        rows.append(("bare Tantivy, delete and add", bare_tantivy(folder / "bare", as_indexed(ready))))
        url = os.environ.get("RASAD_TEST_ES")
        if url:
            rows += elasticsearch_rows(url, folder, posts, ready)
    print_table(rows, len(posts))
    counts = ", ".join(f"{sum(len(batch[name]) for batch in ready):,} {name}" for name in ROWS)
    print(f"one core; {counts}; load {os.getloadavg()[0]:.1f}")
    if not url:
        print("Elasticsearch left out: RASAD_TEST_ES is not set.")


def elasticsearch_rows(url: str, folder: Path, posts: list[Post], ready: Ready) -> list[tuple[str, Spent]]:
    prefix = f"bench-{uuid4().hex[:10]}"
    bare_elasticsearch(url, prefix + "-warm", ready)  # the server compiles what it does often
    store = open_store(StoreSettings(folder=folder / "none", url=url, prefix=prefix))
    store.ensure()
    ours = run_intake(store, folder / "es", posts)
    for name in ROWS:
        store.delete(name, {"match_all": {}})
    store.close()
    peer = bare_elasticsearch(url, prefix + "-bare", ready)
    return [("Rasad, Elasticsearch", ours), ("helpers.bulk", peer)]


def print_table(rows: list[tuple[str, Spent]], count: int) -> None:
    """Ours and its peer below it; the share is of the peer's speed, by the core's time and by the clock."""
    print(f"{'way':28}{'clock s':>9}{'posts/s':>9}{'core s':>9}{'posts/s':>9}{'of peer: clock, core':>22}")
    for position, (way, spent) in enumerate(rows):
        share = ""
        if position % 2 == 0:
            peer = rows[position + 1][1]
            share = f"{peer.wall / spent.wall:.2f}, {peer.core / spent.core:.2f}"
        print(
            f"{way:28}{spent.wall:9.2f}{count / spent.wall:9,.0f}"
            f"{spent.core:9.2f}{count / spent.core:9,.0f}{share:>22}"
        )


if __name__ == "__main__":
    main()
