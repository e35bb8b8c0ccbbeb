"""Seconds to answer what is rising at 200,000 posts, beside one plain pass over the same columns.

``python -m benchmarks trends``. Posts of 28 days with 1.5 hashtags each on average are written straight as
documents. Ours is the whole answer (columns, ranking, spellings, coverage); the peer reads the same
columns and groups them by tag and hour with pandas, and ranks by the plain ratio of the last day to the
mean day. Environment: ``RASAD_BENCH_POSTS`` (200,000), ``RASAD_TEST_ES`` (else that engine is left out).
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

import numpy as np
import pandas as pd

from answers.asking import Asking
from answers.influence import influence
from answers.overview import overview
from answers.trends import rising
from posts.post import Author, Post, encode, number
from posts.selection import Selection
from store import open_store
from store.protocol import Document, Store, StoreSettings
from store.state import State

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIELDS = ["tag_n", "author_n", "created_at", "post_n"]


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
    """The peer: distinct authors by tag and day with pandas, ranked by last day to mean day."""
    since = (NOW - timedelta(days=28)).isoformat()
    columns = store.columns("uses", {"range": {"created_at": {"gte": since}}}, FIELDS)
    frame = pd.DataFrame(columns)
    frame["day"] = (int(NOW.timestamp()) - 1 - frame["created_at"]) // 86_400
    counts = frame.groupby(["tag_n", "day"])["author_n"].nunique().unstack(fill_value=0)
    ratio = counts[0] / (counts.mean(axis=1) + 1)
    found: list[int] = ratio.sort_values(ascending=False).head(50).index.tolist()
    return found


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
    run(int(os.environ.get("RASAD_BENCH_POSTS", "200000")))


if __name__ == "__main__":
    main()
