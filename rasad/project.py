"""A project with its doors opened: settings, state, store, and what `answers` is asked with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.load import home, load, project_folder, projects, store_settings
from config.project import Brand, Settings
from posts.errors import ConfigError
from rasad.usage import WrongUse
from store.protocol import Store, StoreSettings
from store.state import State

if TYPE_CHECKING:
    from answers.asking import Asking, Watched
    from nlp.mending import Mended
    from nlp.pipeline import Pipeline
    from store.saved import SavedQuery

MADE_BY_RASAD = frozenset({"demo", "starter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A project in use; every part of it is closed by `opened`."""

    settings: Settings
    state: State
    store: Store
    now: datetime

    def asking(self) -> Asking:
        """What the questions of `answers` are asked with."""
        from answers.asking import Asking, facts_of

        settings = self.settings
        return Asking(
            store=self.store,
            state=self.state,
            sources=tuple(
                facts_of(
                    s,
                    paused=s.paused,
                    demo=settings.project.demo,
                    longest_crawl=settings.longest_crawl(s),
                )
                for s in settings.sources
            ),
            ours=_watched(settings.brand) if settings.brand else None,
            rivals=tuple(_watched(rival) for rival in settings.rivals),
            time_zone=settings.project.time_zone,
            now=self.now,
            topics=topics(settings),
            families=families(settings),
        )


def _watched(brand: Brand) -> Watched:
    from answers.asking import Watched

    return Watched(id=brand.id, name=brand.name, author_keys=brand.author_keys)


def choose(project: str | None, *, changes: bool = False) -> Settings:
    """The settings of the project that is meant.

    Without a name: the folder one stands in, the only project, the only one that Rasad did not make
    itself, or, for what changes nothing, the demo. Else ``WrongUse`` tells the names.
    """
    if project is not None:
        return load(_known(project))
    if Path("project.toml").is_file():
        return load(Path.cwd())
    names = projects(home(os.environ))
    own = [name for name in names if name not in MADE_BY_RASAD]
    for choice in (names, own):
        if len(choice) == 1:
            return load(choice[0])
    if not names:
        raise WrongUse(
            "There is no project yet.", remedy="`rasad demo` shows one, `rasad init NAME` makes yours."
        )
    if not own and not changes and "demo" in names:
        return load("demo")
    raise WrongUse("Which project?", remedy=f"Give --project, one of: {', '.join(names)}.")


def _known(project: str) -> str:
    try:
        project_folder(project)
    except ConfigError as error:
        mistake = error.mistakes[0]
        hint = f"Did you mean '{mistake.nearest}'?" if mistake.nearest else ""
        raise WrongUse(f"'{project}': {mistake.message}.", remedy=hint) from error
    return project


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    """The project with state and store open for reading."""
    with State(settings.state) as state:
        store = open_engine(settings)
        try:
            yield Opened(settings=settings, state=state, store=store, now=datetime.now(UTC))
        finally:
            store.close()


def open_engine(settings: Settings) -> Store:
    """The project's store, its collections made if they are missing."""
    from store import open_store

    store = open_store(StoreSettings(**store_settings(settings)))
    store.ensure()
    return store


def topics(settings: Settings) -> tuple[SavedQuery, ...]:
    """The topics of the project as saved queries."""
    from store.saved import topic

    return tuple(topic(each.name, each.query) for each in settings.topics)


def families(settings: Settings) -> Mended:
    """The hashtags of the project as it has mended them."""
    from nlp.mending import Mended
    from nlp.settings import families_of

    return Mended(families_of(settings.reading))


def load_pipeline(settings: Settings) -> Pipeline:
    """The reader of texts that knows the project's own brand and its rivals, and what it was taught."""
    from nlp.pipeline import load
    from nlp.settings import reading_of
    from store import trained

    light = trained.load(settings.trained)
    return load(reading_of(settings.reading, settings.brands, light=light))
