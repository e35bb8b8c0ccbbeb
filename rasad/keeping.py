"""What the verbs about the life of the data share: the places of a project, and being its only writer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.load import home, store_settings
from config.project import Settings
from store.claim import claim
from store.protocol import StoreSettings

if TYPE_CHECKING:
    from nlp.pipeline import Pipeline
    from posts.post import Post
    from store.forget import Places
    from store.retention import Rules


def places(settings: Settings) -> Places:
    """Where the project keeps things."""
    from store.forget import Places

    return Places(
        store=StoreSettings(**store_settings(settings)),
        state=settings.state,
        spool=settings.spool,
        exports=settings.exports,
        logs=(settings.logs, home(os.environ) / "logs"),
        journal=settings.intake.journal,
    )


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the project's only writer; a running service steps aside for so long."""
    with claim(settings.folder):
        yield


def reading(settings: Settings) -> Callable[[Sequence[Post]], Mapping[str, Post]]:
    """What reads posts as intake does; its models are loaded when the first posts come."""
    from rasad.project import load_pipeline

    loaded: list[Pipeline] = []

    def read(posts: Sequence[Post]) -> dict[str, Post]:
        if not loaded:
            loaded.append(load_pipeline(settings))
        return {post.id: post for post in loaded[0].annotate(posts)}

    return read


def rules(settings: Settings) -> Rules:
    """For how long the project keeps what."""
    from store.retention import Rules

    return Rules(
        days=settings.retention.days,
        text_days=settings.retention.text_days,
        sources={s.name: s.keep_days for s in settings.sources if s.keep_days is not None},
    )
