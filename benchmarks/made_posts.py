"""Made posts at any size, as the documents that the store keeps: a long-tailed talk of one year.

Seven in ten posts are Persian. Words, hashtags and authors are drawn from power laws, so that a few are
very common and most are rare, as in any real talk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from posts.post import Author, Post, encode, number
from store.protocol import Document

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR_S: Final = 365 * 86_400
PLATFORMS: Final = ("mastodon", "telegram", "bluesky", "feed")
_WORDS, _TAGS, _AUTHORS = 30_000, 20_000, 60_000
PERSIAN: Final = "ابپتجچدرزسشفکگلمنوهی"
"""Twenty letters of the Persian alphabet, of which words are made."""
_LATIN: Final = "abcdefghiklmnoprstuw"


@dataclass(slots=True)
class Chunk:
    """Some of the posts with their rows, ready to be written."""

    posts: list[Document] = field(default_factory=list)
    uses: list[Document] = field(default_factory=list)
    edges: list[Document] = field(default_factory=list)


def word(n: int, letters: str) -> str:
    """The n-th word over an alphabet of 20 letters."""
    made = ""
    n += 400  # two letters at least
    while n:
        n, digit = divmod(n, 20)
        made += letters[digit]
    return made


def chunks(count: int, *, seed: int = 11, size: int = 20_000) -> Iterator[Chunk]:
    """``count`` posts in chunks, the same for the same seed."""
    rng = np.random.default_rng(seed)
    persian = [word(n, PERSIAN) for n in range(_WORDS)]
    latin = [word(n, _LATIN) for n in range(_WORDS)]
    tags = [word(n, PERSIAN if n % 10 < 7 else _LATIN) for n in range(_TAGS)]
    tag_numbers = [number(tag) for tag in tags]
    authors = [f"mastodon:example.org:u{n}" for n in range(_AUTHORS)]
    author_numbers = [number(author) for author in authors]
    for begin in range(0, count, size):
        many = min(size, count - begin)
        draw = _Draw(rng, many)
        chunk = Chunk()
        for i in range(many):
            language = "fa" if draw.persian[i] else "en"
            words = persian if draw.persian[i] else latin
            own = list(dict.fromkeys(draw.tags[i, : draw.tag_count[i]].tolist()))
            at = (NOW - timedelta(seconds=int(draw.ages[i]))).strftime("%Y-%m-%dT%H:%M:%SZ")
            a = int(draw.authors[i])
            post_id = f"mastodon:example.org:{begin + i}"
            shared: Document = {
                "author": authors[a], "author_n": author_numbers[a], "created_at": at,
                "platform": PLATFORMS[draw.platforms[i]], "language": language, "source": [f"s{i % 4}"],
            }  # fmt: skip
            post_n = number(post_id)
            text = " ".join([*(words[w] for w in draw.words[i].tolist()), *(f"#{tags[t]}" for t in own)])
            post = shared | {
                "id": post_id, "n": post_n, "kind": "text", "collected_at": at, "text": text,
                "hour": int((NOW.timestamp() - draw.ages[i]) // 3600), "likes": int(draw.likes[i]),
                "shares": int(draw.likes[i]) // 3, "post": _kept(post_id, shared, authors[a], text),
            }  # fmt: skip
            if own:
                post["hashtags"] = post["written"] = [tags[t] for t in own]
            chunk.posts.append(post)
            chunk.uses += [
                shared
                | {
                    "id": f"{post_id}#{tags[t]}", "post_id": post_id, "post_n": post_n, "tag": tags[t],
                    "tag_n": tag_numbers[t], "written": [tags[t]],
                }
                for t in own
            ]  # fmt: skip
            if draw.answers[i]:
                chunk.edges.append(
                    _edge(shared, post_id, post_n, authors, author_numbers, int(draw.toward[i]))
                )
        yield chunk


class _Draw:
    """The dice of a chunk."""

    def __init__(self, rng: np.random.Generator, many: int) -> None:
        self.persian = rng.random(many) < 0.7
        self.words = _power(rng, (many, 12), _WORDS)
        self.tags = _power(rng, (many, 3), _TAGS)
        self.tag_count = rng.choice(4, many, p=[0.4, 0.3, 0.2, 0.1])
        self.ages = rng.integers(60, YEAR_S, many)
        self.authors = _power(rng, many, _AUTHORS)
        self.platforms = rng.choice(4, many, p=[0.5, 0.3, 0.15, 0.05])
        self.likes = np.minimum(rng.zipf(2.0, many), 100_000) - 1
        self.answers = rng.random(many) < 0.35
        self.toward = _power(rng, many, _AUTHORS)


def _power(rng: np.random.Generator, shape: int | tuple[int, ...], size: int) -> np.ndarray:
    """Ranks from 0 with a chance of about 1 / (rank + 1)."""
    return np.asarray(np.exp(rng.random(shape) * np.log(size)), dtype=np.int64) - 1


def _kept(post_id: str, shared: Document, author: str, text: str) -> str:
    at = datetime.fromisoformat(shared["created_at"])
    post = Post(
        id=post_id, platform=shared["platform"], kind="text", source=shared["source"][0], created_at=at,
        collected_at=at, author=Author(key=author, handle=author.rpartition(":")[2]), text=text,
    )  # fmt: skip
    return encode(post).decode()


def _edge(
    shared: Document, post_id: str, post_n: int, authors: list[str], numbers: list[int], toward: int
) -> Document:
    rest = {name: value for name, value in shared.items() if name not in ("author", "author_n")}
    return rest | {
        "id": f"{post_id}>reply", "kind": "reply", "kind_n": 2, "post_id": post_id, "post_n": post_n,
        "src": shared["author"], "src_n": shared["author_n"], "dst": authors[toward],
        "dst_n": numbers[toward],
    }  # fmt: skip
