"""Whether an account posts like a machine, told from when and what it has posted in four weeks."""

from __future__ import annotations

from datetime import timedelta

from answers.asking import Asking
from answers.posts import count, newest
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
    posts = newest(asking, compiling.selection(_of(asking, author), now=asking.now), MOST)
    read = [post.annotations for post in posts]
    return signs(
        [int(post.created_at.timestamp()) for post in posts],
        [each.sketch if each is not None else () for each in read],
        [each is not None and each.copy_of is not None for each in read],
    )


def looked_at(asking: Asking, author: str) -> int:
    """How many posts an account has in those days; of more than ``MOST`` only the newest were looked at."""
    return count(asking, _of(asking, author))


def _of(asking: Asking, author: str) -> Selection:
    return Selection(author=author, since=asking.now - timedelta(days=DAYS))
