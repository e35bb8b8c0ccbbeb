"""Posts a second against 1,000 saved queries, on one core: ``python -m benchmarks matcher``.

The posts are the demo's world, the queries are made of its words: any or all of some words, phrases,
patterns, nearness, tags, authors, languages, times. The peers are an index of each batch in memory that is
searched for every query (Tantivy), and every query compared with every post. All must find the same.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tantivy import Document as TantivyDocument
from tantivy import Index

from config.demo.world import posts
from nlp.pipeline import load
from posts.selection import Selection
from store import compile as compiling
from store.checking import sound
from store.documents import documents
from store.embedded_query import Translator, schema
from store.mapping import FIELDS, epoch
from store.matcher import Matcher
from store.predicate import View, compiled
from store.protocol import Document
from store.validate import prepared_query

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUERIES = 1_000
BATCHES = (100, 1_000)
SLOW_POSTS = 2_000
"""The peers are shown this many posts: they need no more to show how fast they are."""

TURNS = 3
"""The best of so many is told: the machine may be busy."""

Pairs = list[tuple[str, Document]]


@dataclass(frozen=True)
class Saved:
    id: str
    selection: Selection


def queries(found: Sequence[Document], count: int, *, seed: int = 4) -> list[Saved]:
    """Queries of ten kinds, of words as frequent as they are in the posts and, more often, of rare ones."""
    rng = random.Random(seed)
    texts = [words for document in found if len(words := document.get("text", "").split()) > 4]
    running = [word for words in texts for word in words]
    different = sorted(set(running))
    tags = sorted({tag for document in found for tag in document.get("hashtags", ())})
    authors = sorted({document["author"] for document in found if "author" in document})

    def word() -> str:
        return rng.choice(different if rng.random() < 0.7 else running)

    def neighbours() -> list[str]:
        words = rng.choice(texts)
        at = rng.randrange(len(words) - 3)
        return words[at : at + 4]

    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"{word()} {word()}",
        lambda: f"{word()} OR {word()} OR {word()}",
        lambda: '"' + " ".join(neighbours()[:2]) + '"',
        lambda: f"{neighbours()[0]} NEAR/3 {neighbours()[3]}",
        lambda: f"#{rng.choice(tags)}",
        lambda: f"author:{rng.choice(authors)}",
        lambda: f"{word()} -{word()}",
        lambda: f"{word()} platform:mastodon lang:{rng.choice(['fa', 'en'])} since:7d",
        lambda: f"({word()} OR {word()}) ({word()} OR {word()}) likes:>1",
        lambda: f"{word()[:4]}ab* OR {word()}",
    )
    return [Saved(str(n), Selection(query=kinds[n % len(kinds)]())) for n in range(count)]


def batches(found: Sequence[Document], size: int) -> Iterator[Sequence[Document]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def ours(saved: Sequence[Saved]) -> Callable[[Sequence[Document]], Pairs]:
    matcher = Matcher(saved)
    return lambda batch: [*matcher.match(batch, now=NOW)]


def memory_index(saved: Sequence[Saved]) -> Callable[[Sequence[Document]], Pairs]:
    """A Tantivy index of each batch in memory, searched for each query."""
    made = schema("posts")
    translator = Translator("posts", made)
    asked = [
        (each.id, translator.query(prepared_query("posts", compiling.selection(each.selection, now=NOW))))
        for each in saved
    ]
    types = {name: field.type for name, field in FIELDS["posts"].items() if field.type != "kept"}

    def match(batch: Sequence[Document]) -> Pairs:
        index = Index(made)
        writer = index.writer(15_000_000, num_threads=1)
        for each in sound("posts", batch)[0].values():
            values = {name: value for name, value in each.searched.items() if name in types}
            dated = {name: epoch(values[name]) for name in values if types[name] == "date"}
            writer.add_document(TantivyDocument.from_dict({**values, **dated}, made))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        # One thread writes one segment, in which the posts stand in their order.
        pairs: Pairs = []
        for query_id, query in asked:
            for _, address in searcher.search(query, len(batch), count=False).hits:
                pairs.append((query_id, batch[address.doc]))
        return pairs

    return match


def each_by_each(saved: Sequence[Saved]) -> Callable[[Sequence[Document]], Pairs]:
    """Every query compared with every post."""
    asked = [
        (each.id, compiled(prepared_query("posts", compiling.selection(each.selection, now=NOW))))
        for each in saved
    ]

    def match(batch: Sequence[Document]) -> Pairs:
        views = [View(document) for document in batch]
        return [(key, view.document) for view in views for key, matches in asked if matches(view)]

    return match


def main() -> None:
    """Print posts per CPU second of each way, and what was found."""
    found = [
        documents(post).post for post in load().annotate({post.id: post for post in posts(1, NOW)}.values())
    ]
    saved = queries(found, QUERIES)
    started = time.process_time()
    ours(saved)
    filing = time.process_time() - started
    print(f"{len(found):,} posts, {len(saved):,} queries, filed in {filing:.2f} s; posts per CPU second")
    few = found[:SLOW_POSTS]
    for name, way, shown in (
        ("matcher", ours, found),
        ("index in memory", memory_index, few),
        ("each by each", each_by_each, few),
    ):
        for size in BATCHES:
            speed, pairs = measured(way(saved), shown, size)
            same = seen(pairs, few) == seen(ours(saved)(few), few)
            print(
                f"{name:16} batches of {size:5,} {speed:10,.0f}"
                f"  {len(pairs):,} matches, {'the same' if same else 'NOT THE SAME'}"
            )


def measured(
    match: Callable[[Sequence[Document]], Pairs], shown: Sequence[Document], size: int
) -> tuple[float, Pairs]:
    """Posts per CPU second, and what was found."""
    best = 0.0
    pairs: Pairs = []
    for _ in range(TURNS):
        pairs = []
        started = time.process_time()
        for batch in batches(shown, size):
            pairs += match(batch)
        best = max(best, len(shown) / (time.process_time() - started))
    return best, pairs


def seen(pairs: Pairs, few: Sequence[Document]) -> set[tuple[str, str]]:
    """The matches of the posts that all ways are shown."""
    ids = {document["id"] for document in few}
    return {(query, document["id"]) for query, document in pairs if document["id"] in ids}


if __name__ == "__main__":
    main()
