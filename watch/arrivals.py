"""The demo's posts that go on arriving, so that a project without a network is alive.

They take the way of all posts: into the spool, and from there through intake.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo import world
from config.project import Settings
from store.spool import Spool
from watch import overheard
from watch.crawls import state_of

EVERY = timedelta(seconds=20)
LONGEST_GAP = timedelta(days=7)
"""After a longer time without the service, the world has a hole rather than a flood."""
SEED_NOTE = "demo.seed"
MADE_AT_NOTE = "demo.made_at"
UNTIL_NOTE = "demo.arrived_until"


def arrive(settings: Settings, *, now: datetime) -> int:
    """Put into the spool what has arrived in the demo's world since the last time; how many posts.

    Nothing before the world itself is loaded. The note moves after the spool holds the posts: a kill in
    between gives the same posts, with the same ids, once more.
    """
    with state_of(settings) as state:
        seed, since = state.note(SEED_NOTE), state.note(UNTIL_NOTE)
        if seed is None or since is None:
            return 0
        begin = max(datetime.fromisoformat(since), now - LONGEST_GAP)
        posts = world.arrivals(int(seed), begin, now)
        if posts:
            Spool(settings.spool).write(posts, source=settings.project.name)
        state.set_note(UNTIL_NOTE, now.isoformat())
        overheard.go_on(state, (source.name for source in settings.sources), since=now - LONGEST_GAP, now=now)
    return len(posts)
