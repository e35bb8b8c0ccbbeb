"""Whom a handle means: the keys of those who wrote, were named, or were looked at under it."""

from __future__ import annotations

from nlp.fold import fold
from posts.errors import RecordError
from store.batch import stored_post
from store.protocol import Store


def keys_of_handle(store: Store, handle: str) -> set[str]:
    """The keys of the authors, of the people named in posts, and of the accounts that have this handle."""
    folded = fold(handle).lstrip("@")
    found: set[str] = set()
    asked = {"bool": {"should": [{"terms": {name: [folded]}} for name in ("handle", "handles")]}}
    for document in store.scan("posts", asked):
        try:
            post = stored_post(document).post
        except (RecordError, KeyError):
            continue  # no record of ours
        for named in (post.author, *post.mentioned):
            if named is not None and named.handle and _is(named.handle, folded):
                found.add(named.key)
    # An account that is watched may not have written yet.
    for row in store.scan("accounts", {"exists": {"field": "handle"}}, ["author", "handle"]):
        if _is(row["handle"], folded):
            found.add(row["author"])
    return found


def _is(handle: str, folded: str) -> bool:
    whole = fold(handle).lstrip("@")
    return folded in (whole, whole.partition("@")[0])
