"""What of a stream is kept: the posts that a query of the search box, or a hashtag, would find.

A stream brings everything; the posts are read (`nlp.pipeline`) and compared as intake compares them with
saved queries, so what is kept is what the same query finds later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nlp import hashtags
from nlp.pipeline import load
from posts.errors import NotUnderstood, QueryError, UnsupportedQuery
from posts.post import Post
from posts.selection import Selection
from store.documents import documents
from store.matcher import Matcher, check_matchable


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: str
    selection: Selection


class Sieve:
    """Keeps the posts that match ``query`` and carry ``tag``; without both it keeps all."""

    def __init__(self, query: str | None, tag: str | None, *, subject: str = "") -> None:
        self.open = not query and not tag
        if self.open:
            return
        selection = Selection(query=query or "", hashtag=hashtags.key(tag) if tag else None)
        try:
            check_matchable(selection)
        except (QueryError, UnsupportedQuery) as error:
            raise NotUnderstood(f"the query cannot be read: {error.message}", subject=subject) from error
        self._matcher = Matcher([_Wanted("stream", selection)], zone=UTC)
        self._pipeline = load()

    def keep(self, posts: Sequence[Post], *, now: datetime) -> list[Post]:
        """Those that are wanted, as they came."""
        if self.open:
            return list(posts)
        by_id = {post.id: post for post in posts}
        read = self._pipeline.extract(posts)
        found = self._matcher.match((documents(post).post for post in read), now=now)
        return [by_id[match.document["id"]] for match in found]
