"""How many followers an account had and when: snapshots, taken in passing from the posts that tell it.

One is kept where the number differs from the snapshot before, or that is older than a day. Each tells
what was gained since the one before, so that growth is a sum. Copies may come in any order and again:
a snapshot that comes between two others mends the gain of the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from posts.post import MAX_COUNT, Author, Post, number
from store.documents import date_text, document_id
from store.protocol import Document, Store

DAY_S: Final = 86_400
_NEAR_S: Final = 2 * DAY_S
_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Sighting:
    """An author with a known number of followers, as one copy of a post shows them."""

    author: Author
    platform: str
    followers: int


@dataclass(slots=True)
class _Account:
    """What is known of one account: followers by epoch second, as stored and as seen now."""

    key: str
    stored: dict[int, int] = field(default_factory=dict)
    seen: dict[int, _Sighting] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min(self.seen)


def account_snapshots(store: Store, posts: Iterable[Post], *, again: bool) -> list[Document]:
    """The snapshots that the copies add, and those that they change; ``again`` if they may have come before.

    Whatever of the result was written already, the same call gives the rest and the same documents.
    """
    accounts = _seen(posts)
    keys = list(accounts)
    made: list[Document] = []
    for start in range(0, len(keys), _AT_ONCE):
        part = {key: accounts[key] for key in keys[start : start + _AT_ONCE]}
        _recall(store, part)
        made += _made(store, part.values(), again=again)
    return made


def _seen(posts: Iterable[Post]) -> dict[str, _Account]:
    accounts: dict[str, _Account] = {}
    for post in posts:
        author = post.author
        if author is None or post.deleted_at is not None:
            continue
        followers = author.followers
        if followers is None or not 0 <= followers <= MAX_COUNT:
            continue
        account = accounts.setdefault(author.key, _Account(author.key))
        at = int(post.collected_at.timestamp())
        known = account.seen.get(at)
        # Two servers may tell different numbers in one second: the same one counts in any order.
        if known is None or known.followers < followers:
            account.seen[at] = _Sighting(author, post.platform, followers)
    return accounts


# what is stored


def _recall(store: Store, accounts: Mapping[str, _Account]) -> None:
    """Fill in the stored snapshots around what was seen: those since then, and the one before."""
    begin = min(account.first for account in accounts.values()) - _NEAR_S
    numbers = {number(key): account for key, account in accounts.items()}
    near = _of([{"terms": {"author_n": list(numbers)}}, _range("gte", begin)])
    columns = store.columns("accounts", near, ["author_n", "at", "followers"])
    rows = zip(*(columns[name].tolist() for name in ("author_n", "at", "followers")), strict=True)
    for author, at, followers in rows:
        numbers[author].stored[at] = followers
    lacking = [a for a in accounts.values() if all(at > a.first for at in a.stored)]
    if lacking:
        _recall_older(store, lacking, begin)


def _recall_older(store: Store, accounts: Sequence[_Account], begin: int) -> None:
    """The last snapshot before ``begin`` of each, found by its time: the id is made of that."""
    keys = [account.key for account in accounts]
    by = {"terms": {"field": "author", "size": len(keys)}, "aggs": {"at": {"max": {"field": "at"}}}}
    query = _of([{"terms": {"author": keys}}, _range("lt", begin)])
    request = {"query": query, "size": 0, "aggs": {"by": by}}
    buckets = store.search("accounts", request)["aggregations"]["by"]["buckets"]
    last = {bucket["key"]: int(bucket["at"]["value"]) // 1000 for bucket in buckets}
    found = store.get("accounts", [_id(key, at) for key, at in last.items()])
    for account in accounts:
        document = found.get(_id(account.key, last.get(account.key, 0)))
        if document is not None:
            account.stored[last[account.key]] = document["followers"]


def _of(filters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"filter": filters}}


def _range(bound: str, at: int) -> dict[str, Any]:
    return {"range": {"at": {bound: date_text(datetime.fromtimestamp(at, UTC))}}}


# what is written


def _made(store: Store, accounts: Iterable[_Account], *, again: bool) -> list[Document]:
    made: list[Document] = []
    amended: dict[str, Document] = {}
    for account in accounts:
        for at, sighting, gain in _steps(account, again=again):
            if sighting is None:
                amended[_id(account.key, at)] = gain
            else:
                made.append(_document(account.key, at, sighting) | gain)
    stored = store.get("accounts", list(amended)) if amended else {}
    made += [document | amended[identity] for identity, document in stored.items()]
    return made


def _steps(account: _Account, *, again: bool) -> Iterator[tuple[int, _Sighting | None, Document]]:
    """The snapshots to write: when, of what (``None``: the stored one with another gain), and the gain."""
    before: tuple[int, int] | None = None
    disturbed = False
    for at in sorted({*account.stored, *account.seen}):
        stored, sighting = account.stored.get(at), account.seen.get(at)
        if stored is not None and sighting is not None and sighting.followers < stored:
            sighting = None
        followers = sighting.followers if sighting is not None else stored
        assert followers is not None
        if stored is None and before is not None and followers == before[1] and at - before[0] < DAY_S:
            continue
        gain: Document = (
            {} if before is None else {"d_followers": followers - before[1], "dt_s": at - before[0]}
        )
        fresh = sighting is not None and (again or followers != stored)
        if fresh:
            yield at, sighting, gain
        elif disturbed:
            yield at, None, gain
        disturbed = fresh
        before = (at, followers)


def _document(key: str, at: int, sighting: _Sighting) -> Document:
    document: Document = {
        "id": _id(key, at),
        "author": key,
        "author_n": number(key),
        "platform": sighting.platform,
        "followers": sighting.followers,
        "at": date_text(datetime.fromtimestamp(at, UTC)),
    }
    if sighting.author.handle:
        document["handle"] = sighting.author.handle
    return document


def _id(key: str, at: int) -> str:
    return document_id(f"{key}@{at}")
