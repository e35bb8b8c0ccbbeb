"""The demo's world: made from a seed, put into the spool once, and from there taken in like any post."""

from __future__ import annotations

import fcntl
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from config.edit import create
from config.load import home, load, projects
from config.project import Settings
from store.spool import Spool
from store.state import State
from watch import overheard
from watch.arrivals import MADE_AT_NOTE, SEED_NOTE, UNTIL_NOTE

NAME: Final = "demo"
SEED = 1


def make_demo(folder: Path) -> Settings:
    """The settings of the demo project of this home, made if it is missing."""
    if NAME not in projects(folder):
        create(folder / "projects" / NAME, NAME)
    return load(folder / "projects" / NAME)


def fill(settings: Settings, *, now: datetime) -> int:
    """Put the world into the spool if that has not been done; how many posts.

    The moment it is made for is noted first: when this is interrupted, the next try makes the same
    posts with the same ids. The last note says that it is done.
    """
    from config.demo.world import posts

    lock = settings.folder / "demo.lock"
    with lock.open("a") as file, State(settings.state) as state:
        fcntl.flock(file, fcntl.LOCK_EX)
        if state.note(UNTIL_NOTE) is not None:
            return 0
        made_at = state.note(MADE_AT_NOTE) or now.isoformat()
        state.set_note(MADE_AT_NOTE, made_at)
        state.set_note(SEED_NOTE, str(SEED))
        made = posts(SEED, datetime.fromisoformat(made_at))
        Spool(settings.spool).write(made, source=NAME)
        names = [source.name for source in settings.sources]
        overheard.begin(state, names, made, now=datetime.fromisoformat(made_at))
        state.set_note(UNTIL_NOTE, made_at)
    return len(made)


def main() -> int:
    """Fill the demo project of this home: the service runs this beside its first page."""
    fill(make_demo(home(os.environ)), now=datetime.now(UTC))
    return 0


if __name__ == "__main__":
    sys.exit(main())
