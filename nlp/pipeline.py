"""Posts with everything that can be read in their texts, in two stages.

The first (``extract``) is quick and is done when a post is taken in: words, signs, language, and the names
that the project watches. The second (``deepen``) is done behind it, in batches: names of all kinds, mood,
intent, noise. Each stage leaves its mark on the post; where the mark is another one than that of today, the
post is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from nlp import extraction
from nlp.mending import Mended
from nlp.names import WatchedEntity, WatchList
from nlp.second import Second
from nlp.settings import Reading
from nlp.text import Cue
from nlp.watching import MOST_WORDS, Watching
from posts.post import Annotations, Post, changed

__all__ = ["MOST_WORDS", "Explained", "Pipeline", "Reading", "WatchList", "WatchedEntity", "load"]

_AT_ONCE: Final = 256
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A text as a post that was read, and by kind (``posts.labels.KINDS``, ``"entity"``, ``"action"``,
    ``"format"``) the cues for what was read."""

    post: Post
    cues: Mapping[str, tuple[Cue, ...]]


def load(settings: Reading | WatchList | None = None) -> Pipeline:
    """The pipeline for a project's settings; without any it watches for no names."""
    if isinstance(settings, WatchList):
        settings = Reading(watched=settings)
    return Pipeline(settings or Reading())


class Pipeline:
    """Reads posts. One instance may be used for any number of posts, by one thread at a time.

    ``marks`` are those that a post has in ``Annotations.readers`` when both stages have done with it.
    """

    def __init__(self, reading: Reading) -> None:
        self._watching = Watching(reading.watched)
        self._families = Mended(reading.families)
        self._second = Second(reading)
        self._versions = {**extraction.VERSIONS, "entities": self._watching.version}
        first = (f"{reader}={version}" for reader, version in sorted(extraction.VERSIONS.items()))
        self.marks = (_mark("1", *first, self._families.version()), _mark("2", self._second.version))

    def annotate(self, posts: Iterable[Post]) -> Iterator[Post]:
        """Each post with all its annotations, in the order given."""
        return self.deepen(self.extract(posts))

    def extract(self, posts: Iterable[Post]) -> Iterator[Post]:
        """Each post with what the first stage reads.

        A title is read before the text; what is found in it has no place in the text
        (``watching.NOWHERE``). Tags that the platform declares beside the text are added likewise. A
        repost says nothing itself, and is in the language of what it passes on.
        """
        for post in posts:
            yield changed(post, annotations=self.read(post))

    def deepen(self, posts: Iterable[Post]) -> Iterator[Post]:
        """Each post with what both stages read, in the order given."""
        batch: list[Post] = []
        for post in posts:
            batch.append(post)
            if len(batch) == _AT_ONCE:
                yield from self._deepened(batch)
                batch = []
        if batch:
            yield from self._deepened(batch)

    def read(self, post: Post) -> Annotations:
        """What the first stage reads in one post."""
        if extraction.says_nothing(post):
            return extraction.empty(post, versions=self._versions, readers=self.marks)
        return extraction.read(
            post, self._watching, versions=self._versions, readers=self.marks[:1], key=self._families.key
        )

    def explain(self, written: str, *, language: str | None = None) -> Explained:
        """What is read in a text that nobody posted, and the places in it that spoke for each reading."""
        post = Post(
            id="text:pasted:1", platform="text", kind="text", source="pasted", created_at=_NEVER,
            collected_at=_NEVER, text=written, language=language,
        )  # fmt: skip
        (read,) = self.annotate([post])
        return Explained(post=read, cues=self._second.cues(read))

    def _deepened(self, batch: list[Post]) -> Iterator[Post]:
        extracted = [post if self._has(post, 0) else self._extracted(post) for post in batch]
        unread = [post for post in extracted if not self._has(post, 1)]
        read = iter(self._second.read(unread))
        for post in extracted:
            if self._has(post, 1):
                yield post
            else:
                yield changed(post, annotations=replace(next(read), readers=self.marks))

    def _extracted(self, post: Post) -> Post:
        return changed(post, annotations=self.read(post))

    def _has(self, post: Post, stage: int) -> bool:
        return post.annotations is not None and self.marks[stage] in post.annotations.readers


def _mark(stage: str, *parts: str) -> str:
    return f"{stage}-{hashlib.blake2b(chr(0).join(parts).encode(), digest_size=5).hexdigest()}"
