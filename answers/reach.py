"""What a source could hear at best: the network it listens to, all of it or one hashtag of it.

Where two sources reach the same posts, what they have in common tells how much both missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from nlp import hashtags


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All public posts of a ``network``, or those with a ``hashtag`` (a family's key)."""

    network: str
    hashtag: str | None = None


def reach_of(*, platform: str, timeline: str | None, url: str, tag: str | None, chosen: bool) -> Reach | None:
    """The reach of a source of this kind; ``None`` where its posts are chosen by something else.

    ``chosen`` says that a query or a thread chooses them. A server of Mastodon's kind is a network of its
    own, for it knows only what came to it; Bluesky is one.

    >>> reach_of(platform="mastodon", timeline="tag", url="https://a.example", tag="Tea", chosen=False)
    Reach(network='mastodon:a.example', hashtag='tea')
    """
    if platform not in ("mastodon", "bluesky") or chosen:
        return None
    network = platform if platform == "bluesky" else f"{platform}:{urlsplit(url).netloc.lower()}"
    if timeline in ("public", "stream", None):
        return Reach(network=network)
    if timeline == "tag" and tag:
        return Reach(network=network, hashtag=hashtags.key(tag))
    return None
