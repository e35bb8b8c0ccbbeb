"""A home with one project of thirty posts in two languages, taken in as any post is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config import edit
from config.load import load
from config.project import Brand, Source
from dashboard.address import file_of
from nlp.pipeline import WatchedEntity, WatchList
from nlp.pipeline import load as load_pipeline
from posts.post import Author, Metrics, Post
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PEOPLE = ("sara", "omid", "nima", "lily", "theo")
HOSTILE = "<img src=x onerror=alert(1)> ![](http://leak.example/p.png) [x](javascript:alert(1))"


def build_post(number: int, now: datetime) -> Post:
    """The number-th post: even ones are Persian, odd ones English; every fifth passes the one before on."""
    who = PEOPLE[number % len(PEOPLE)]
    persian = number % 2 == 0
    text = f"چای رستا خوب است #هوش_مصنوعی {number}" if persian else f"Rasta tea is good #AI {number}"  # good
    repost = number % 5 == 4
    return Post(
        id=f"mastodon:tea.example:{number}",
        platform="mastodon" if number % 3 else "feed",
        kind="text",
        source="tea" if number % 3 else "news",
        created_at=now - timedelta(hours=number + 1),
        collected_at=now,
        author=Author(key=f"mastodon:tea.example:{who}", handle=f"{who}@tea.example", name=who.title()),
        url=f"https://tea.example/{number}" if number else "javascript:alert(1)",
        text="" if repost else (HOSTILE if number == 0 else text),
        repost_of=f"mastodon:tea.example:{number - 1}" if repost else None,
        repost_of_author=f"mastodon:tea.example:{PEOPLE[(number - 1) % 5]}" if repost else None,
        metrics=Metrics(likes=number),
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Post]]:
    """A home with the thirty posts, made once and copied for each test."""
    home = tmp_path_factory.mktemp("filled")
    folder = build_project(home)
    now = datetime.now(UTC).replace(microsecond=0)
    settings = load(folder)
    posts = [build_post(number, now) for number in range(30)]
    spool = Spool(settings.spool)
    spool.write(posts, source="tea")
    names = WatchList(
        entities=tuple(WatchedEntity(id=b.id, label="ORG", names=b.names) for b in settings.rivals)
    )
    store = open_store(StoreSettings(folder=settings.index))
    store.ensure()
    with State(settings.state) as state:
        Intake(store, state, spool, load_pipeline(names), now=lambda: now).run()
    store.close()
    return home, posts


def build_project(home: Path) -> Path:
    """A project of two sources and a brand that is watched."""
    folder = home / "projects" / "tea"
    edit.create(
        folder, name="tea", title="Tea", language="en", time_zone="Asia/Tehran", contact="a@b.example"
    )
    edit.add_source(folder, Source(name="tea", platform="mastodon", url="https://tea.example"))
    edit.add_source(folder, Source(name="news", platform="feed", url="https://news.example/rss"))
    edit.add_rival(folder, Brand(name="Rasta", aliases=("رستا",)))  # Rasta
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own; what Streamlit keeps between runs is forgotten before and after."""
    home = tmp_path / "home"
    monkeypatch.setenv("RASAD_HOME", str(home))
    for name in ("RASAD_STORE_URL", "RASAD_STORE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield home
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def project(home: Path) -> Path:
    """A project without posts."""
    return build_project(home)


@pytest.fixture
def build() -> Callable[[int, datetime], Post]:
    """Builds the post of a number, as seen at a moment."""
    return build_post


@pytest.fixture
def planted(home: Path, filled: tuple[Path, list[Post]]) -> list[Post]:
    """The thirty posts that the project holds."""
    copied, posts = filled
    shutil.copytree(copied, home)
    return posts


@pytest.fixture
def visit(home: Path) -> Callable[..., AppTest]:
    """Opens a view under an address, as a browser would."""

    def opened(view: str = "overview", **params: str) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=120)
        page.query_params.update(params)
        page.run()
        if view != "overview":
            page.switch_page(file_of(view))
            page.query_params.update(params)
            page.run()
        return page

    return opened


COPY = "The whole of the tea house was full of people this morning and nobody left before the evening came."
ANGRY = "از این چای متنفرم، افتضاح است! #چای"  # I hate this tea, it is terrible
ASKS = "Where can I buy good tea in the city? #tea"


def posts_of(now: datetime) -> list[Post]:
    """Twelve posts: eight that say the same, by two people, and four others."""
    written = [COPY] * 8 + [ANGRY, ASKS, "I love this tea, it is wonderful!", "چای خوب است"]  # tea is good
    return [
        Post(
            id=f"mastodon:tea.example:r{number}",
            platform="mastodon",
            kind="text",
            source="tea",
            created_at=now - timedelta(hours=20 - number),
            collected_at=now,
            author=Author(key=f"mastodon:tea.example:p{number % 2}", handle=f"p{number % 2}@tea.example"),
            text=text,
        )
        for number, text in enumerate(written)
    ]


@pytest.fixture(scope="session")
def deepened(filled: tuple[Path, list[Post]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of thirty posts with twelve more, all of them read a second time."""
    home = tmp_path_factory.mktemp("deepened") / "home"
    shutil.copytree(filled[0], home)
    settings, now = load(home / "projects" / "tea"), datetime.now(UTC).replace(microsecond=0)
    Spool(settings.spool).write(posts_of(now), source="tea")
    store, pipeline = open_store(StoreSettings(folder=settings.index)), load_pipeline()
    store.ensure()
    with State(settings.state) as state:
        intake = Intake(store, state, Spool(settings.spool), pipeline, deepener=pipeline, now=lambda: now)
        intake.run()
        while intake.deepen():
            pass
    store.close()
    return home


@pytest.fixture
def read(home: Path, deepened: Path) -> Path:
    """The project of the deepened posts, to be changed."""
    shutil.copytree(deepened, home)
    return home / "projects" / "tea"
