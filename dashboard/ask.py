"""The dashboard's only way to the store: an engine kept open for each project, answers kept for seconds.

An answer is kept under the question, the project and the parts of the selection as the address writes
them; the moment is rounded (``visit.tick``), so that a page that is drawn again costs nothing.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import streamlit as st

from answers import copies as copy_lists
from answers import facets as facet_lists
from answers import families as tag_families
from answers import hashtag as hashtags
from answers import health as healths
from answers import heard as hearings
from answers import influence as influences
from answers import machine as machines
from answers import overview as overviews
from answers import pace as source_paces
from answers import posts as post_pages
from answers import saved as saved_reports
from answers import shares as share_tables
from answers import sources as source_reports
from answers import trends as trend_lists
from answers import wording as wordings
from answers.asking import Asking, SourceFacts, Watched, facts_of
from answers.copies import Copies
from answers.facets import Facets
from answers.families import Family
from answers.hashtag import Hashtag
from answers.health import HealthReport
from answers.heard import Heard
from answers.influence import Influence
from answers.overview import Overview
from answers.pace import Pace
from answers.posts import PostPage
from answers.saved import SavedReport
from answers.shares import Shares
from answers.sources import SourceReport
from answers.trends import Rising
from answers.wording import Words
from config.load import FILE, home, load, project_folder, projects, store_settings
from config.project import Brand, Settings, Source
from dashboard.visit import Visit, tick
from nlp.mending import Mended
from nlp.settings import families_of as tag_families_of
from posts.answer import Answer, Figure
from posts.errors import StoreUnreachable
from posts.post import Post
from posts.selection import Selection, from_params
from store import open_store
from store.protocol import Store, StoreSettings
from store.saved import SavedQueries, topic
from store.state import State
from trends.botlike import BotLike

PATIENCE_S: Final = 3.0
LONGEST_S: Final = 10.0
"""How long a page waits for one answer of an engine that has answered a second ago."""
_Pairs = tuple[tuple[str, Any], ...]
T = TypeVar("T")

KEPT_S: Final = 30
"""How long an answer is shown before it is asked for again."""


def project_names() -> list[str]:
    """The projects of this home."""
    return projects(home())


def settings_of(project: str) -> Settings:
    """The project's settings as its file says now."""
    file = project_folder(project) / FILE
    return _settings(project, str(file), file.stat().st_mtime_ns)


@st.cache_data(max_entries=32, show_spinner=False)
def _settings(project: str, file: str, changed: int) -> Settings:
    return load(project)


def asking(visit: Visit) -> Asking:
    """What every question of this visit is asked with. ``StoreError`` if the engine cannot be opened."""
    settings = visit.settings
    if settings.store.url is not None:
        _knock(settings.store.url)
    store = _opened(**store_settings(settings), patience_s=LONGEST_S)
    store.refresh()
    state = state_of(visit)
    return Asking(
        store=store,
        state=state,
        sources=tuple(_facts(state, settings)),
        ours=_watched(settings.brand) if settings.brand else None,
        rivals=tuple(_watched(brand) for brand in settings.rivals),
        time_zone=visit.time_zone,
        now=visit.now,
        topics=tuple(topic(each.name, each.query) for each in settings.topics),
        families=families_of(settings),
    )


def families_of(settings: Settings) -> Mended:
    """The hashtags of the project as it has mended them."""
    return Mended(tag_families_of(settings.reading))


@st.cache_data(ttl=1, max_entries=16, show_spinner=False)
def _knock(url: str) -> None:
    """Wait for a first sign of the engine only so long as a visitor does.

    A server that takes the connection and then says nothing would hold a page for the engine's own
    patience, which is made for long writes.
    """
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S):
            pass
    except urllib.error.HTTPError:
        return  # an answer, if only that it wants a key
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLError):
            raise StoreUnreachable("gives no answer", subject=safe_address(url)) from error
        # An answer too: whether its certificate is to be trusted, the engine says in better words.
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise StoreUnreachable("gives no answer", subject=safe_address(url)) from error


def safe_address(url: str) -> str:
    """The address without the name and password that may stand in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(**settings: Any) -> Store:
    return open_store(StoreSettings(**settings))


def state_of(visit: Visit) -> State:
    """The project's state file, which answers even while the engine does not."""
    return _state(str(visit.settings.state))


@st.cache_resource(max_entries=16, show_spinner=False)
def _state(file: str) -> State:
    return State(Path(file))


def is_paused(visit: Visit, source: Source) -> bool:
    """Whether the project file or a person at a page has paused the source."""
    return source.paused or state_of(visit).control(source.name).paused


def _facts(state: State, settings: Settings) -> Iterator[SourceFacts]:
    for source in settings.sources:
        yield facts_of(
            source,
            paused=source.paused or state.control(source.name).paused,
            demo=settings.project.demo,
            longest_crawl=settings.longest_crawl(source),
        )


def _watched(brand: Brand) -> Watched:
    return Watched(id=brand.id, name=brand.name, author_keys=brand.author_keys)


_QUESTIONS: Final[dict[str, Callable[..., Any]]] = {
    "overview": overviews.overview,
    "trends": trend_lists.rising,
    "hashtag": hashtags.hashtag,
    "influence": influences.influence,
    "posts": post_pages.page,
    "heard": hearings.heard,
    "facets": facet_lists.facets,
    "shares": share_tables.shares,
    "noise": facet_lists.noise,
    "copies": copy_lists.copies,
    "family": tag_families.family,
    "wording": wordings.wording,
    "audience": wordings.audience,
}


@st.cache_data(ttl=KEPT_S, max_entries=300, show_spinner=False)
def _answer(question: str, folder: str, moment: str, parts: _Pairs, options: _Pairs, _visit: Visit) -> Any:
    return _QUESTIONS[question](asking(_visit), from_params(dict(parts)), **dict(options))


def _ask(question: str, visit: Visit, selection: Selection, **options: Any) -> Any:
    parts = tuple(sorted(selection.to_params().items()))
    moment = visit.now.isoformat()
    return _answer(question, str(visit.settings.folder), moment, parts, tuple(options.items()), visit)


def of(question: Callable[..., Answer[T]], visit: Visit, selection: Selection, **options: Any) -> Answer[T]:
    """What ``question(asking, selection, **options)`` answers; kept under its name and options."""
    return cast("Answer[T]", _ask(_named(question), visit, selection, **options))


def _named(question: Callable[..., Any]) -> str:
    """The name under which a question's answers are kept; from now on it is known by it."""
    name = f"{question.__module__}.{question.__qualname__}"
    _QUESTIONS.setdefault(name, question)
    return name


@st.cache_data(ttl=KEPT_S * 120, max_entries=40, show_spinner=False)
def _answer_of_hour(
    question: str, folder: str, hour: str, parts: _Pairs, options: _Pairs, _visit: Visit
) -> Any:
    return _QUESTIONS[question](asking(_visit), from_params(dict(parts)), **dict(options))


def of_the_hour(
    question: Callable[..., Answer[T]], visit: Visit, selection: Selection, **options: Any
) -> Answer[T]:
    """The same as of the last whole hour, kept for an hour: for what takes seconds and changes slowly."""
    then = replace(visit, now=tick(visit.now, seconds=3600))
    parts = tuple(sorted(selection.to_params().items()))
    folder = str(visit.settings.folder)
    found = _answer_of_hour(
        _named(question), folder, then.now.isoformat(), parts, tuple(options.items()), then
    )
    return cast("Answer[T]", found)


def overview(visit: Visit, selection: Selection) -> Answer[Overview]:
    return cast(Answer[Overview], _ask("overview", visit, selection))


def trends(visit: Visit, selection: Selection, *, size: int = 50) -> Answer[Rising]:
    return cast(Answer[Rising], _ask("trends", visit, selection, size=size))


def hashtag(visit: Visit, selection: Selection) -> Answer[Hashtag]:
    return cast(Answer[Hashtag], _ask("hashtag", visit, selection))


def influence(visit: Visit, selection: Selection, *, size: int = 50) -> Answer[Influence]:
    return cast(Answer[Influence], _ask("influence", visit, selection, size=size))


def heard(visit: Visit, selection: Selection) -> Answer[Heard]:
    """What was heard of the sources behind a selection; its query does not matter."""
    behind = Selection(
        since=selection.since, until=selection.until, source=selection.source, platform=selection.platform
    )
    return cast(Answer[Heard], _ask("heard", visit, behind))


def shares(visit: Visit, selection: Selection, *, kind: str = "sentiment") -> Shares:
    """The shares of a kind, corrected by labels."""
    return cast(Answer[Shares], _ask("shares", visit, selection, kind=kind)).value


@st.cache_data(ttl=KEPT_S, max_entries=100, show_spinner=False)
def _machine(folder: str, moment: str, author: str, _visit: Visit) -> Any:
    return machines.machine(asking(_visit), author)


def machine(visit: Visit, author: str) -> BotLike:
    """Whether an account posts like a machine, and why."""
    found = _machine(str(visit.settings.folder), visit.now.isoformat(), author, visit)
    return cast(BotLike, found)


def family(visit: Visit, selection: Selection) -> Family:
    """The family of the hashtag that the selection names."""
    return cast(Answer[Family], _ask("family", visit, selection)).value


def facets(visit: Visit, selection: Selection) -> Answer[Facets]:
    return cast(Answer[Facets], _ask("facets", visit, selection))


def noise(visit: Visit, selection: Selection) -> Figure:
    """How many posts are marked as noise there, whether they are shown or not."""
    return cast(Figure, _ask("noise", visit, selection))


def words(visit: Visit, selection: Selection, *, size: int, elsewhere: bool) -> Answer[Words]:
    """The words of a selection's posts, or of its people's other posts."""
    question = "audience" if elsewhere else "wording"
    return cast(Answer[Words], _ask(question, visit, selection, size=size))


def posts(visit: Visit, selection: Selection, *, size: int, offset: int, sort: str) -> Answer[PostPage]:
    return cast(Answer[PostPage], _ask("posts", visit, selection, size=size, offset=offset, sort=sort))


def sources(visit: Visit) -> Answer[tuple[SourceReport, ...]]:
    """The sources' health; not kept, because a button on the page changes it."""
    return source_reports.sources(asking(visit))


def paces(visit: Visit) -> Answer[dict[str, Pace]]:
    """How the sources fare against their habits; not kept either."""
    return source_paces.paces(asking(visit))


def saved_queries_of(visit: Visit) -> SavedQueries:
    """The saved queries themselves, to be changed; they are there while the engine is not."""
    return SavedQueries(state_of(visit))


def saved(visit: Visit) -> tuple[SavedReport, ...]:
    """The saved queries with their posts of the last day, kept until one is changed."""
    turn = saved_queries_of(visit).turn() or ""
    found = _saved(
        str(visit.settings.folder), visit.now.isoformat(), turn, repr(visit.settings.topics), visit
    )
    return cast(tuple[SavedReport, ...], found)


@st.cache_data(ttl=KEPT_S, max_entries=100, show_spinner=False)
def _saved(folder: str, moment: str, turn: str, topics: str, _visit: Visit) -> Any:
    return saved_reports.saved_queries(asking(_visit)).value


def health(visit: Visit) -> HealthReport:
    """How the project's machinery fares; it answers while the engine does not."""
    settings = visit.settings
    return healths.health(
        "elasticsearch" if settings.store.url else "embedded",
        open_engine=lambda: asking(visit).store,
        spool=settings.spool,
        state=state_of(visit),
        now=datetime.now(UTC),
    )


def is_empty(visit: Visit) -> bool:
    """Whether the store holds no post at all."""
    return not post_pages.count(asking(visit), Selection())


@st.cache_data(ttl=KEPT_S, max_entries=300, show_spinner=False)
def _tag_name(folder: str, key: str, _visit: Visit) -> str:
    return hashtags.name_of(asking(_visit), key)


def tag_name(visit: Visit, key: str) -> str:
    """The commonest spelling of a hashtag family."""
    return str(_tag_name(str(visit.settings.folder), key, visit))


def originals(visit: Visit, posts: Sequence[Post]) -> dict[str, Post]:
    """The posts that reposts among ``posts`` pass on, by the id they name, as far as they are known here.

    Somebody may pass on what is itself a repost: then it is the post that both pass on.
    """
    first = _by_id(visit, posts)
    second = _by_id(visit, list(first.values()))
    return {key: second.get(post.repost_of or "", post) for key, post in first.items()}


def copies(visit: Visit, posts: Sequence[Post]) -> dict[str, Copies]:
    """Those of the posts that others repeat, by the id of the first."""
    firsts = {(post.annotations.copy_of if post.annotations else None) or post.id for post in posts}
    found = _ask("copies", visit, Selection(ids=tuple(sorted(firsts))))
    return cast(dict[str, Copies], found)


def _by_id(visit: Visit, posts: Sequence[Post]) -> dict[str, Post]:
    ids = tuple(dict.fromkeys(post.repost_of for post in posts if post.repost_of))
    if not ids:
        return {}
    found = post_pages.page(asking(visit), Selection(ids=ids), size=len(ids))
    return {post.id: post for post in found.value.posts}


def every_post(visit: Visit, selection: Selection) -> Iterator[Post]:
    """All posts of the selection, for a file."""
    return post_pages.stream(asking(visit), selection)
