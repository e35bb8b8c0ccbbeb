"""Seconds to answer what is rising, beside plain passes over the same columns.

``python -m benchmarks trends``. Posts of 28 days with 1.5 hashtags each on average are written straight as
documents. Ours is the whole answer (columns, ranking, spellings, coverage); the peers read the same
columns and group them by tag and day with pandas and DuckDB, and rank by the plain ratio of the last day
to the mean day. Before it the uses of a million posts by 100,000 tags, and what one hour more costs.
Environment: ``RASAD_BENCH_MILLION`` (1,000,000), ``RASAD_BENCH_POSTS`` (200,000), ``RASAD_TEST_ES`` (else
that engine is left out).
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import pandas as pd

from answers.asking import Asking
from answers.influence import influence
from answers.overview import overview
from answers.rising_replay import Replay
from answers.trends import rising
from posts.post import Author, Post, encode, number
from posts.selection import Selection
from store import open_store
from store.protocol import Document, Store, StoreSettings
from store.state import State

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIELDS = ["tag_n", "author_n", "created_at"]
_WEEKS = {"range": {"created_at": {"gte": (NOW - timedelta(days=29)).isoformat(), "lt": NOW.isoformat()}}}


def documents(count: int, *, seed: int = 3) -> tuple[list[Document], list[Document], list[Document]]:
    """Posts, their uses of hashtags, and an edge for every third."""
    rng = np.random.default_rng(seed)
    seconds = rng.integers(60, 28 * 86_400, count)
    authors = np.minimum(rng.zipf(1.25, count), 30_000)
    tags = np.minimum(rng.zipf(1.35, (count, 3)), 20_000)
    many = rng.choice(4, count, p=[0.2, 0.35, 0.2, 0.25])
    keys = {int(n): f"tag{n}" for n in np.unique(tags)}
    numbers = {n: number(key) for n, key in keys.items()}
    posts: list[Document] = []
    uses: list[Document] = []
    edges: list[Document] = []
    for i in range(count):
        at = NOW - timedelta(seconds=int(seconds[i]))
        author = f"x:example.org:u{authors[i]}"
        own = list(dict.fromkeys(int(t) for t in tags[i, : many[i]]))
        post_id = f"x:example.org:{i}"
        shared = {
            "author": author, "author_n": number(author), "created_at": at.isoformat(), "platform": "x",
            "language": "fa" if i % 3 else "en", "source": [f"s{i % 4}"],
        }  # fmt: skip
        post_n = number(post_id)
        kept = Post(
            id=post_id, platform="x", kind="text", source=f"s{i % 4}", created_at=at, collected_at=at,
            author=Author(key=author, handle=f"u{authors[i]}"), text="words",
        )  # fmt: skip
        posts.append(
            shared
            | {"id": post_id, "n": post_n, "kind": "text", "collected_at": at.isoformat(), "text": "words"}
            | {"hashtags": [keys[t] for t in own], "likes": i % 9, "post": encode(kept).decode()}
        )
        uses += [
            shared
            | {"id": f"{post_id}#{keys[t]}", "post_id": post_id, "post_n": post_n, "tag": keys[t]}
            | {"tag_n": numbers[t], "written": [keys[t]]}
            for t in own
        ]
        if i % 3 == 0:
            other = f"x:example.org:u{authors[(i * 7 + 1) % count]}"
            ends = {"src": author, "src_n": shared["author_n"], "dst": other, "dst_n": number(other)}
            rest = {k: v for k, v in shared.items() if k not in ("author", "author_n")}
            edges.append(
                rest | ends | {"id": f"{post_id}>reply", "kind": "reply", "kind_n": 2, "post_id": post_id}
                | {"post_n": post_n}
            )  # fmt: skip
    return posts, uses, edges


@dataclass(frozen=True, slots=True)
class Made:
    """A made stream: one row a use of a hashtag; ``post`` numbers the posts, ``tag`` and ``author`` ranks."""

    post: np.ndarray
    tag: np.ndarray
    author: np.ndarray
    at: np.ndarray


def made(posts: int, *, tags: int = 100_000, authors: int = 500_000, days: int = 28, seed: int = 8) -> Made:
    """Posts of some days with 1.5 hashtags each on average, by a daily rhythm.

    Tags and authors are drawn by a truncated Zipf law, as they are in real streams.
    """
    rng = np.random.default_rng(seed)
    second = np.arange(0, 86_400, 60)
    rhythm = 1 + 0.7 * np.sin((second / 86_400 - 0.35) * 2 * np.pi)
    minute = rng.choice(len(second), posts, p=rhythm / rhythm.sum()) * 60
    at = int(NOW.timestamp()) - 86_400 * rng.integers(1, days + 1, posts) + minute
    at += rng.integers(0, 60, posts)
    by = _zipf(rng, authors, posts, 0.8)
    many = rng.choice(5, posts, p=[0.2, 0.4, 0.2, 0.1, 0.1])
    post = np.repeat(np.arange(posts), many)
    tag = _zipf(rng, tags, len(post), 1.05)
    unique = np.unique(post * tags + tag)
    post, tag = unique // tags, unique % tags
    return Made(post=post, tag=tag, author=by[post], at=at[post])


def _zipf(rng: np.random.Generator, size: int, count: int, exponent: float) -> np.ndarray:
    """Ranks 0 … size-1, drawn in proportion to (rank + 3) ** -exponent."""
    ends = np.cumsum((np.arange(size) + 3.0) ** -exponent)
    return np.searchsorted(ends / ends[-1], rng.random(count))


def use_documents(stream: Made, *, part: int = 50_000) -> Iterator[list[Document]]:
    """The uses as the collection holds them, in parts."""
    tag_n = {int(n): number(f"tag{n}") for n in np.unique(stream.tag)}
    author_n = {int(n): number(f"x:example.org:u{n}") for n in np.unique(stream.author)}
    for start in range(0, len(stream.post), part):
        rows = zip(*(column[start : start + part].tolist() for column in
                     (stream.post, stream.tag, stream.author, stream.at)), strict=True)  # fmt: skip
        yield [
            {
                "id": f"x:example.org:{post}#tag{tag}", "post_id": f"x:example.org:{post}",
                "post_n": number(f"x:example.org:{post}"), "tag": f"tag{tag}", "tag_n": tag_n[tag],
                "author": f"x:example.org:u{author}", "author_n": author_n[author], "platform": "x",
                "language": "fa" if post % 3 else "en", "source": [f"s{post % 4}"], "written": [f"tag{tag}"],
                "created_at": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for post, tag, author, at in rows
        ]  # fmt: skip


def plain_pass(store: Store) -> list[int]:
    """A peer: distinct authors by tag and day with pandas, ranked by last day to mean day."""
    frame = pd.DataFrame(store.columns("uses", _WEEKS, FIELDS))
    frame["day"] = (int(NOW.timestamp()) - 1 - frame["created_at"]) // 86_400
    counts = frame.groupby(["tag_n", "day"])["author_n"].nunique().unstack(fill_value=0)
    ratio = counts[0] / (counts.mean(axis=1) + 1)
    found: list[int] = ratio.sort_values(ascending=False).head(50).index.tolist()
    return found


def duckdb_pass(store: Store) -> list[int]:
    """The same counts by DuckDB over the same columns."""
    uses = pd.DataFrame(store.columns("uses", _WEEKS, FIELDS))
    return _grouped(uses)


def _grouped(uses: pd.DataFrame) -> list[int]:
    rows = duckdb.sql(
        "SELECT tag_n FROM (SELECT tag_n, day, count(DISTINCT author_n) AS n FROM (SELECT tag_n, author_n, "
        f"({int(NOW.timestamp())} - 1 - created_at) // 86400 AS day FROM uses) GROUP BY tag_n, day) "
        "GROUP BY tag_n ORDER BY sum(n) FILTER (day = 0) / (sum(n) / 28.0 + 1) DESC NULLS LAST LIMIT 50"
    ).fetchall()
    return [int(row[0]) for row in rows]


def hourly(store: Store) -> tuple[float, float]:
    """Milliseconds to go on by one hour: reading that hour's columns, and ranking with what is kept."""
    start = int((NOW - timedelta(days=28)).timestamp())
    columns = store.columns("uses", _WEEKS, FIELDS)
    kept = columns["created_at"] >= start
    item, author, at = (columns[name][kept] for name in FIELDS)
    hour = (at - start) // 3_600
    replay = Replay("rasad", start=start, capacity=131_072)
    last = int(hour.max())
    for earlier in range(last - 4):
        now = hour == earlier
        replay.step(earlier, item[now], author[now])
    reads, steps = [], []
    for one in range(last - 4, last + 1):
        begun = time.perf_counter()
        since = NOW - timedelta(hours=last + 1 - one)
        window = {"gte": since.isoformat(), "lt": (since + timedelta(hours=1)).isoformat()}
        found = store.columns("uses", {"range": {"created_at": window}}, FIELDS)
        read = time.perf_counter()
        replay.step(one, found["tag_n"], found["author_n"])
        reads.append(read - begun)
        steps.append(time.perf_counter() - read)
    return 1000 * statistics.median(reads), 1000 * statistics.median(steps)


def million(posts: int = 1_000_000) -> None:
    """The list at a million posts and 100,000 tags, beside DuckDB and pandas; uses alone are written.

    What is written stays in a folder (or under a prefix) of this size, and is used again.
    """
    print(f"uses of {posts:,} posts by tags of 100,000; seconds, first (cold) and median of 3 after it")
    print(f"{'engine':14} {'cold':>6} {'warm':>6} {'columns':>8} {'pandas':>7} {'duckdb':>7}"
          f" {'hour: read':>11} {'step, ms':>9}")  # fmt: skip
    for engine, url in (("embedded", None), ("elasticsearch", os.environ.get("RASAD_TEST_ES"))):
        if engine == "elasticsearch" and url is None:
            continue
        folder = Path(tempfile.gettempdir()) / f"rising-bench-{posts}"
        settings = StoreSettings(folder=folder, url=url, prefix=f"bench-rising-{posts}", patience_s=120)
        store = open_store(settings)
        store.ensure()
        if not store.count("uses", {"match_all": {}}):
            for part in use_documents(made(posts)):
                store.write("uses", part, fresh=True)
            store.refresh("uses")
        with State(folder / "state.sqlite") as state:
            asking = Asking(
                store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=NOW
            )
            begun = time.perf_counter()
            rising(asking, Selection())
            cold = time.perf_counter() - begun
            spans = [
                median_s(lambda: rising(asking, Selection()), times=3),  # noqa: B023
                median_s(lambda: store.columns("uses", _WEEKS, FIELDS), times=3),  # noqa: B023
                median_s(lambda: plain_pass(store), times=3),  # noqa: B023
                median_s(lambda: duckdb_pass(store), times=3),  # noqa: B023
            ]
            read, step = hourly(store)
            print(f"{engine:14} {cold:6.2f} {spans[0]:6.2f} {spans[1]:8.2f} {spans[2]:7.2f} {spans[3]:7.2f}"
                  f" {read:11.1f} {step:9.1f}", flush=True)  # fmt: skip
        store.close()


def median_s(ask: Callable[[], object], *, times: int = 5) -> float:
    ask()
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        spans.append(time.perf_counter() - begun)
    return statistics.median(spans)


def run(count: int = 200_000) -> None:
    """Fill each engine, ask, and print the table."""
    posts, uses, edges = documents(count)
    print(f"{count:,} posts, {len(uses):,} uses, {len(edges):,} edges; median seconds of 5")
    print(
        f"{'engine':14} {'trends':>8} {'plain pass':>11} {'trends, query':>14}"
        f" {'overview':>9} {'influence':>10}"
    )
    address = os.environ.get("RASAD_TEST_ES")
    for engine, url in (("embedded", None), ("elasticsearch", address)):
        if engine == "elasticsearch" and url is None:
            continue
        with tempfile.TemporaryDirectory() as folder, State(Path(folder) / "state.sqlite") as state:
            settings = StoreSettings(
                folder=Path(folder) / "index", url=url, prefix=f"bench-{uuid4().hex[:8]}"
            )
            store = open_store(settings)
            store.ensure()
            for name, rows in (("posts", posts), ("uses", uses), ("edges", edges)):
                for start in range(0, len(rows), 20_000):
                    store.write(name, rows[start : start + 20_000], fresh=True)  # type: ignore[arg-type]
            store.refresh()
            asking = Asking(
                store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=NOW
            )
            spans = [
                median_s(lambda: rising(asking, Selection())),  # noqa: B023
                median_s(lambda: plain_pass(store)),  # noqa: B023
                median_s(lambda: rising(asking, Selection(query="words"))),  # noqa: B023
                median_s(lambda: overview(asking, Selection())),  # noqa: B023
                median_s(lambda: influence(asking, Selection()), times=3),  # noqa: B023
            ]
            print(
                f"{engine:14} {spans[0]:8.3f} {spans[1]:11.3f} {spans[2]:14.3f}"
                f" {spans[3]:9.3f} {spans[4]:10.3f}"
            )
            for name in ("posts", "uses", "edges"):
                store.delete(name, {"match_all": {}})  # type: ignore[arg-type]
            store.close()


def main() -> None:
    million(int(os.environ.get("RASAD_BENCH_MILLION", "1000000")))
    run(int(os.environ.get("RASAD_BENCH_POSTS", "200000")))


if __name__ == "__main__":
    main()
