"""Which posts: exactly those of a selection, counted, shown by pages, or all of them in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from answers.asking import Asking, matching
from answers.coverage import answered
from answers.edges import posts_toward
from posts.answer import Answer
from posts.post import Post, decode
from posts.selection import Selection
from store import compile as compiling
from store.protocol import Document

Sort = Literal["new", "old", "likes", "shares"]

LAST_SHOWN: Final = 10_000
"""Neither engine pages further; ``stream`` does."""
_MANY = 50_000
_PART = 60
"""Signs of the last part of an address by which its post is looked for."""
_ADDRESSED = 200
_ORDERS: Final[dict[str, dict[str, str]]] = {
    "new": {"created_at": "desc"},
    "old": {"created_at": "asc"},
    "likes": {"likes": "desc"},
    "shares": {"shares": "desc"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """Some posts of ``total``."""

    total: int
    posts: tuple[Post, ...]


def body(asking: Asking, selection: Selection) -> dict[str, Any]:
    """The request query of a selection, ``edge`` and ``toward`` resolved; without a default window."""
    if selection.edge is None and selection.toward is None:
        return matching(asking, selection)
    # What is said of noise is said of the posts themselves, not of those that they pass on.
    numbers = posts_toward(asking, selection.narrowed(noise=None)).tolist()
    parts = [numbers[i : i + _MANY] for i in range(0, len(numbers), _MANY)] or [[]]
    named = [{"terms": {"n": part}} for part in parts]
    return {
        "bool": {
            "filter": [
                matching(asking, Selection(noise=selection.noise)),
                {"bool": {"should": named, "minimum_should_match": 1}},
            ]
        }
    }


def count(asking: Asking, selection: Selection) -> int:
    """How many posts a selection opens, exactly."""
    return asking.store.count("posts", body(asking, selection))


def page(
    asking: Asking, selection: Selection, *, size: int = 20, offset: int = 0, sort: Sort = "new"
) -> Answer[PostPage]:
    """The posts of a selection from ``offset`` on; ties stand in the order of their ids.

    The selection is taken as it is, without a default window: a figure opens to exactly its posts.
    """
    offset = min(max(offset, 0), LAST_SHOWN)
    request = {
        "query": body(asking, selection),
        "size": max(0, min(size, LAST_SHOWN - offset)),
        "from": offset,
        "sort": [_ORDERS[sort], {"id": "asc"}],
        "_source": ["post"],
    }
    hits = asking.store.search("posts", request)["hits"]
    found = PostPage(
        total=int(hits["total"]["value"]), posts=tuple(post_of(hit["_source"]) for hit in hits["hits"])
    )
    return answered(asking, selection, found, "posts")


def stream(asking: Asking, selection: Selection) -> Iterator[Post]:
    """Every post of a selection, as of this moment, in no promised order."""
    for document in asking.store.scan("posts", body(asking, selection), ["post"]):
        yield post_of(document)


def post_of(document: Document) -> Post:
    """The post that a document of the store keeps."""
    kept = document["post"]
    return decode(kept)


def at_address(asking: Asking, url: str) -> tuple[str, ...]:
    """Ids of the posts that stand at exactly this address.

    Addresses are not indexed, so only posts are found whose id holds the last part of their address, as on
    Mastodon, Bluesky and in most feeds, and of many such only among the newest.
    """
    whole = url.strip().rstrip("/")
    part = whole.rpartition("/")[2][-_PART:]
    if not part:
        return ()
    query = {"wildcard": {"id": {"value": f"*{compiling.literal(part)}*"}}}
    return tuple(
        post.id for post in newest(asking, query, _ADDRESSED) if post.url and post.url.rstrip("/") == whole
    )


def newest(asking: Asking, query: dict[str, Any], size: int) -> tuple[Post, ...]:
    """The newest posts that match a request query."""
    request = {
        "query": query, "size": size, "sort": [{"created_at": "desc"}, {"id": "asc"}], "_source": ["post"],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"]
    return tuple(post_of(hit["_source"]) for hit in hits)
