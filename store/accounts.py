"""How many followers an account had and when: snapshots, taken from posts that tell it and from profiles.

Of posts one is kept where the number differs from the snapshot before, or that is older than a day; of
profiles, which are looked at once a day, each. A snapshot tells what was gained since the one before, so
that growth is a sum. Copies may come in any order and again: a snapshot that comes between two others
mends the gain of the later one. A profile without a number of followers makes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from posts.post import MAX_COUNT, Post, number
from posts.profile import Profile
from store.documents import date_text, document_id
from store.protocol import Document, Store

DAY_S: Final = 86_400
_NEAR_S: Final = 2 * DAY_S
_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    """An account with a known number of followers, as a post or a profile shows it.

    ``whole`` is one that a profile has told, with what else it told.
    """

    platform: str
    followers: int
    handle: str | None = None
    following: int | None = None
    posts: int | None = None
    whole: bool = False

    def joined(self, other: _Sighting) -> _Sighting:
        """What both tell of one second: the larger number, for two servers may tell different ones."""
        one, two = sorted((self, other), key=lambda seen: (seen.followers, seen.whole, seen.handle or ""))
        return replace(
            two,
            following=_larger(one.following, two.following),
            posts=_larger(one.posts, two.posts),
            whole=one.whole or two.whole,
        )


def _larger(one: int | None, two: int | None) -> int | None:
    return max((n for n in (one, two) if n is not None), default=None)


@dataclass(slots=True)
class _Account:
    """What is known of one account: followers by epoch second, as stored and as seen now."""

    key: str
    stored: dict[int, int] = field(default_factory=dict)
    seen: dict[int, _Sighting] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min(self.seen)


def account_snapshots(
    store: Store, posts: Iterable[Post], profiles: Iterable[Profile] = (), *, again: bool
) -> list[Document]:
    """The snapshots that these add, and those that they change; ``again`` if they may have come before.

    Whatever of the result was written already, the same call gives the rest and the same documents.
    """
    accounts = _seen(posts, profiles)
    keys = list(accounts)
    made: list[Document] = []
    for start in range(0, len(keys), _AT_ONCE):
        part = {key: accounts[key] for key in keys[start : start + _AT_ONCE]}
        _recall(store, part)
        made += _made(store, part.values(), again=again)
    return made


def _seen(posts: Iterable[Post], profiles: Iterable[Profile]) -> dict[str, _Account]:
    accounts: dict[str, _Account] = {}
    for key, seen_at, sighting in (*_of_posts(posts), *_of_profiles(profiles)):
        account = accounts.setdefault(key, _Account(key))
        at = int(seen_at.timestamp())
        known = account.seen.get(at)
        account.seen[at] = sighting if known is None else known.joined(sighting)
    return accounts


_Seen = tuple[str, datetime, _Sighting]


def _of_posts(posts: Iterable[Post]) -> Iterator[_Seen]:
    for post in posts:
        author = post.author
        if author is None or post.deleted_at is not None:
            continue
        followers = author.followers
        if followers is not None and 0 <= followers <= MAX_COUNT:
            sighting = _Sighting(platform=post.platform, followers=followers, handle=author.handle)
            yield author.key, post.collected_at, sighting


def _of_profiles(profiles: Iterable[Profile]) -> Iterator[_Seen]:
    for profile in profiles:
        if profile.followers is not None:
            sighting = _Sighting(
                platform=profile.platform, followers=profile.followers, handle=profile.handle,
                following=profile.following, posts=profile.posts, whole=True,
            )  # fmt: skip
            yield profile.key, profile.at, sighting


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
    found = store.get("accounts", [snapshot_id(key, at) for key, at in last.items()])
    for account in accounts:
        document = found.get(snapshot_id(account.key, last.get(account.key, 0)))
        if document is not None:
            account.stored[last[account.key]] = document["followers"]


def _of(filters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"filter": filters}}


def _range(bound: str, at: int) -> dict[str, Any]:
    return {"range": {"at": {bound: date_text(datetime.fromtimestamp(at, UTC))}}}


# what is written


def _made(store: Store, accounts: Iterable[_Account], *, again: bool) -> list[Document]:
    made: dict[str, Document] = {}
    known: list[str] = []
    for account in accounts:
        for at, sighting, gain in _steps(account, again=again):
            identity = snapshot_id(account.key, at)
            made[identity] = gain if sighting is None else _document(account.key, at, sighting) | gain
            if at in account.stored:
                known.append(identity)
    # What a stored snapshot tells beside this stays.
    stored = store.get("accounts", known) if known else {}
    whole = {identity: stored.get(identity, {}) | document for identity, document in made.items()}
    return [document for document in whole.values() if "id" in document]


def _steps(account: _Account, *, again: bool) -> Iterator[tuple[int, _Sighting | None, Document]]:
    """The snapshots to write: when, of what (``None``: the stored one with another gain), and the gain."""
    before: tuple[int, int] | None = None
    disturbed = False
    for at in sorted({*account.stored, *account.seen}):
        stored, sighting = account.stored.get(at), account.seen.get(at)
        if stored is not None and sighting is not None and sighting.followers < stored:
            sighting = replace(sighting, followers=stored) if sighting.whole else None
        followers = sighting.followers if sighting is not None else stored
        assert followers is not None
        if _is_no_news(account, at, before):
            continue
        gain: Document = (
            {} if before is None else {"d_followers": followers - before[1], "dt_s": at - before[0]}
        )
        fresh = sighting is not None and (again or followers != stored)
        if sighting is not None and (fresh or sighting.whole):
            yield at, sighting, gain
        elif disturbed:
            yield at, None, gain
        disturbed = fresh
        before = (at, followers)


def _is_no_news(account: _Account, at: int, before: tuple[int, int] | None) -> bool:
    """Whether a post tells the number of the snapshot before, and that is not a day old."""
    sighting = account.seen.get(at)
    if at in account.stored or before is None or sighting is None or sighting.whole:
        return False
    return sighting.followers == before[1] and at - before[0] < DAY_S


def _document(key: str, at: int, sighting: _Sighting) -> Document:
    told = {"handle": sighting.handle or None, "following": sighting.following, "posts": sighting.posts}
    return {
        "id": snapshot_id(key, at),
        "author": key,
        "author_n": number(key),
        "platform": sighting.platform,
        "followers": sighting.followers,
        "at": date_text(datetime.fromtimestamp(at, UTC)),
    } | {name: value for name, value in told.items() if value is not None}


def snapshot_id(key: str, at: int) -> str:
    """The id of the snapshot of an account at an epoch second."""
    return document_id(f"{key}@{at}")
