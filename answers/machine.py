"""Whether an account posts like a machine, told from when and what it has posted in four weeks."""

from __future__ import annotations

from datetime import timedelta

from answers.asking import Asking
from answers.posts import newest
from posts.selection import Selection
from store import compile as compiling
from trends.botlike import BotLike, signs

DAYS = 28
MOST = 1_000
"""Posts that are looked at, the newest."""


def machine(asking: Asking, author: str) -> BotLike:
    """How machine-like an account posts and why; without a score for fewer posts than tell anything.

    It says nothing about who is behind an account: people plan posts ahead, and programs keep people's hours.
    """
    since = asking.now - timedelta(days=DAYS)
    query = compiling.selection(Selection(author=author, since=since), now=asking.now)
    posts = newest(asking, query, MOST)
    read = [post.annotations for post in posts]
    return signs(
        [int(post.created_at.timestamp()) for post in posts],
        [each.sketch if each is not None else () for each in read],
        [each is not None and each.copy_of is not None for each in read],
    )
