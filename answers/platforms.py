"""Since when each platform is listened to, and when it was not: a silence is no lateness."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from answers.asking import Asking, matching
from answers.listening import listening
from posts.selection import Selection
from store import heard
from trends.intervals import Spans, common, subtract, union


def heard_since(asking: Asking, platforms: Sequence[str]) -> dict[str, datetime]:
    """The first moment of which each platform is known: by the ledger of its sources, else its first post.

    A ledger speaks for its platform: one old post that somebody passed on does not make its time heard.
    """
    first = heard.first_heard(asking.state)
    found: dict[str, datetime] = {}
    for platform in platforms:
        moments = [
            first[facts.name]
            for facts in asking.sources
            if facts.platform == platform and facts.name in first
        ]
        begun = min(moments) if moments else _oldest(asking, platform)
        if begun is not None:
            found[platform] = begun
    return found


def heard_spans(
    asking: Asking, platforms: Sequence[str], *, since: datetime, until: datetime
) -> dict[str, Spans]:
    """The time from ``since`` to ``until`` (seconds) in which each platform was listened to.

    What the ledger calls missing of all its sources is taken out of the time since its first post.
    """
    begun = heard_since(asking, platforms)
    told = listening(asking, asking.sources, since=since, until=until)
    window = int(since.timestamp()), int(until.timestamp())
    found: dict[str, Spans] = {}
    for platform in platforms:
        if platform not in begun:
            continue
        own = [facts for facts in asking.sources if facts.platform == platform]
        known = max(window[0], int(begun[platform].timestamp())), window[1]
        missing = [told[facts.name].missing for facts in own]
        found[platform] = subtract(union((known,)), _all(missing) if missing else ())
    return found


def _all(spans: Sequence[Spans]) -> Spans:
    """The time that lies in each of them."""
    found = spans[0]
    for other in spans[1:]:
        found = common(found, other)
    return found


def _oldest(asking: Asking, platform: str) -> datetime | None:
    request = {
        "query": matching(asking, Selection(platform=platform)), "size": 1,
        "sort": [{"created_at": "asc"}, {"id": "asc"}], "_source": ["created_at"],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"]
    if not hits:
        return None
    return datetime.fromisoformat(hits[0]["_source"]["created_at"]).astimezone(UTC)
