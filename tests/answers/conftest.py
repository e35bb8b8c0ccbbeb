"""A small world with known truth, put into both engines through the real intake, once a session."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from answers.asking import Asking, SourceFacts, Watched
from nlp.names import WatchedEntity, WatchList
from nlp.pipeline import load
from posts.post import Author, Mentioned, Metrics, Post
from store import open_store
from store.intake import Intake
from store.protocol import Store, StoreSettings
from store.spool import Spool
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
DAY = timedelta(days=1)
OURS = Watched(id="brand:rasta", name="Rasta", author_keys=("mastodon:chatra.example:rasta",))
RIVAL = Watched(id="brand:golbarg", name="Golbarg")
NAMES = {"brand:rasta": ("Rasta", "رستا"), "brand:golbarg": ("Golbarg", "گلبرگ")}  # Rasta, Golbarg
SPELLINGS = ("هوش_مصنوعی", "هوش‌مصنوعی", "هوشمصنوعی")  # artificial intelligence
FAMILY = "هوشمصنوعی"  # its family key


def author(number: int) -> Author:
    return Author(
        key=f"mastodon:chatra.example:user{number}", handle=f"user{number}@chatra.example",
        name=f"User {number}", followers=number * 10,
    )  # fmt: skip


def post(number: int | str, at: datetime, by: int | None, text: str, **parts: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"mastodon:chatra.example:{number}", "platform": "mastodon", "kind": "text",
        "source": "chatra", "created_at": at, "collected_at": at + timedelta(minutes=5),
        "author": None if by is None else author(by), "text": text,
    }  # fmt: skip
    return Post(**(values | parts))


def reference(kind: str, original: Post) -> dict[str, Any]:
    """The parts of a post that reposts, replies to or quotes another."""
    assert original.author is not None
    return {f"{kind}_of" if kind != "reply" else "reply_to": original.id} | {
        f"{kind}_of_author" if kind != "reply" else "reply_to_author": original.author.key
    }


def planted(seed: int = 5) -> list[Post]:
    """Posts of 30 days: talk, reposts, replies, mentions, a burst, a feed, copies, two sources."""
    rng = random.Random(seed)
    made: list[Post] = []

    def moment(days: float = 30) -> datetime:
        return (NOW - timedelta(seconds=rng.uniform(60, days * 86_400))).replace(microsecond=0)

    for number in range(300):
        topic = rng.choice(
            ["#tea is fine", "چای خوب است #چای", "I drink Rasta", "گلبرگ و رستا", "nothing", "Golbarg?"]
        )
        tag = rng.choice(["", "", f"#{rng.choice(SPELLINGS)}", "#morning", "#Tea"])
        likes = rng.choice([None, 0, 3, 50])
        talk = post(
            number, moment(), rng.randrange(30), f"{topic} {tag}", metrics=Metrics(likes=likes, shares=likes)
        )
        made.append(replace(talk, mentioned=_mentions(rng), source=rng.choice(["chatra", "teapot"])))
    talk_posts = list(made)
    for number in range(300, 360):
        original = rng.choice(talk_posts)
        later = min(NOW - timedelta(seconds=9), original.created_at + timedelta(hours=rng.uniform(0.1, 200)))
        made.append(
            post(number, later.replace(microsecond=0), rng.randrange(30), "", **reference("repost", original))
        )
    for number in range(360, 400):
        original, kind = rng.choice(talk_posts), rng.choice(["reply", "quote"])
        at = min(NOW - timedelta(seconds=9), original.created_at + timedelta(hours=rng.uniform(0.1, 50)))
        made.append(
            post(
                number,
                at.replace(microsecond=0),
                rng.randrange(30),
                "I agree #tea",
                **reference(kind, original),
            )
        )
    for number in range(400, 420):
        at = NOW - timedelta(minutes=10 + number % 20 * 5, seconds=31)
        made.append(post(number, at, number - 360, "look #launch #چای" if number % 2 else "see #Launch"))
    for number in range(420, 440):
        feed = {"platform": "feed", "kind": "news", "source": "news", "id": f"feed:news.example:{number}"}
        made.append(
            post(number, moment(), None, "", title="چای رستا گران شد", **feed)
        )  # Rasta tea costs more
    # One text that three people post within hours.
    said = "the shop at the corner of our street has closed for ever and nobody knows why"
    made += [post(440 + n, NOW - timedelta(hours=30 + n), n, f"{said} {n}") for n in range(3)]
    made += [
        replace(p, source="teapot", collected_at=p.collected_at + timedelta(minutes=1)) for p in made[:25]
    ]
    gone = made[30]
    made.append(replace(gone, deleted_at=NOW - DAY, collected_at=NOW - timedelta(minutes=2)))
    return made


# The bread was fresh again today; I was late again this morning; today it rains in the city; I hope that
# this is a good day for all; last night I watched a film at home.
TALK_FA = (
    "امروز نان دوباره تازه بود", "امروز صبح باز هم دیر رسیدم", "امروز در شهر باران می‌بارد",
    "امیدوارم روز خوبی برای همه باشد", "دیشب در خانه فیلمی تماشا کردم",
)  # fmt: skip
TALK_EN = (
    "today the bread was fresh again", "I was late again this morning", "it rains in the city today",
    "I hope this is a good day for all", "last night we watched a film at home",
)  # fmt: skip
# The quality of this Rasta is low; I do not take this Rasta any more; in this city Rasta has become dear.
RASTA_FA = ("این کیفیت پایین رستا است", "این رستا را دیگر نمی‌گیرم", "در این شهر رستا گران شده است")
RASTA_EN = (
    "I think that this Rasta has Poor Quality", "this is the poor quality that Rasta has",
    "I think that Rasta now costs more than it did",
)  # fmt: skip
ROSES = "گل‌های رز باغچه"  # the roses of the garden


def talk() -> Iterator[Post]:
    """Talk of a week by 100 people in two languages, and what twenty of them say of Rasta, ten of roses."""
    for n in range(300):
        text = (TALK_FA if n % 2 else TALK_EN)[n // 2 % 5]
        yield post(n, NOW - timedelta(minutes=30 * n + 7), n % 100, text)
    for n in range(300, 360):
        text = (RASTA_FA if n % 2 else RASTA_EN)[n // 2 % 3]
        yield post(n, NOW - timedelta(minutes=60 * (n - 300) + 9), n % 20, text)
    for n in range(360, 380):
        text = f"{TALK_FA[n % 5]} {ROSES}"
        yield post(n, NOW - timedelta(minutes=90 * (n - 360) + 3), n % 10 * 2 + 1, text)
    # Long before the window; a repost; and a feed's articles, which nobody signs: an official statement.
    yield post(400, NOW - timedelta(days=20), 3, RASTA_FA[0])
    yield post(401, NOW - timedelta(hours=1), 7, "", **reference("repost", post(301, NOW, 1, "")))
    for n in range(410, 414):
        feed = {"platform": "feed", "kind": "news", "source": "news", "id": f"feed:news.example:{n}"}
        at = NOW - timedelta(hours=n - 409)
        yield post(n, at, None, "", title="رستا و بیانیهٔ رسمی", **feed)


def _mentions(rng: random.Random) -> tuple[Mentioned, ...]:
    named = rng.sample(range(30), rng.choice([0, 0, 0, 1, 2]))
    return tuple(Mentioned(key=author(n).key, handle=author(n).handle) for n in named)


@dataclass(frozen=True)
class World:
    """A store that holds the planted posts, who asks it, and the posts as a plain list (deleted left out)."""

    asking: Asking
    truth: tuple[Post, ...]


def take_in(store: Store, state: State, folder: Any, posts: list[Post]) -> None:
    """Put posts in as a crawl does: spool, then intake."""
    watched = WatchList(entities=tuple(WatchedEntity(id=id_, names=names) for id_, names in NAMES.items()))
    spool = Spool(folder / "spool")
    for start in range(0, len(posts), 200):
        spool.write(posts[start : start + 200], source="chatra")
    pipeline = load(watched)
    intake = Intake(store, state, spool, pipeline, deepener=pipeline, now=lambda: NOW)
    report = intake.run()
    assert (report.refused, report.stopped) == (0, "")
    while intake.deepen():
        pass


def asking_of(store: Store, state: State, **changes: Any) -> Asking:
    facts = [
        SourceFacts(name=n, platform="mastodon", every=timedelta(minutes=15)) for n in ("chatra", "teapot")
    ]
    facts.append(SourceFacts(name="news", platform="feed", every=timedelta(minutes=30)))
    values: dict[str, Any] = {
        "store": store, "state": state, "sources": tuple(facts), "ours": OURS, "rivals": (RIVAL,),
        "time_zone": "Asia/Tehran", "now": NOW,
    }  # fmt: skip
    return Asking(**(values | changes))


ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)]


@contextmanager
def opened(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """A store on the engine that the fixture's parameter names, gone afterwards."""
    settings = StoreSettings(folder=folder / "index")
    if request.param == "elasticsearch":
        url, prefix = request.getfixturevalue("elasticsearch_url"), f"test-{uuid.uuid4().hex[:12]}"
        settings = StoreSettings(folder=folder / "index", url=url, prefix=prefix)
    store = open_store(settings)
    store.ensure()
    yield store
    store.close()
    drop(settings)


def drop(settings: StoreSettings) -> None:
    """Take what a test has made out of an Elasticsearch."""
    if settings.url:
        with Elasticsearch(settings.url) as client:
            names = list(client.indices.get_alias(index=f"{settings.prefix}-*").body)
            client.indices.delete(index=names)
            for template in client.indices.get_index_template(name=f"{settings.prefix}-*").body[
                "index_templates"
            ]:
                client.indices.delete_index_template(name=template["name"])


@pytest.fixture(scope="session", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The planted posts on each engine in turn; nobody writes to it."""
    folder = tmp_path_factory.mktemp("world")
    posts = planted()
    with opened(request, folder) as store, State(folder / "state.sqlite") as state:
        take_in(store, state, folder, posts)
        gone = {p.id for p in posts if p.deleted_at}
        truth = {p.id: p for p in posts if p.id not in gone}
        yield World(asking_of(store, state), tuple(truth.values()))


@pytest.fixture(scope="session", params=ENGINES)
def talked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Talk with planted words on each engine in turn; nobody writes to it."""
    folder = tmp_path_factory.mktemp("talked")
    posts = tuple(talk())
    with opened(request, folder) as store, State(folder / "state.sqlite") as state:
        take_in(store, state, folder, list(posts))
        yield World(asking_of(store, state), posts)


@pytest.fixture(scope="module")
def open_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Store]]:
    """Opens an empty store on the engine of that name; at the end of the module it is gone."""
    opened: list[tuple[Store, StoreSettings]] = []

    def open_one(engine: str) -> Store:
        folder, prefix = tmp_path_factory.mktemp("engine"), f"test-{uuid.uuid4().hex[:12]}"
        url = request.getfixturevalue("elasticsearch_url") if engine == "elasticsearch" else None
        settings = StoreSettings(folder=folder, url=url, prefix=prefix)
        store = open_store(settings)
        store.ensure()
        opened.append((store, settings))
        return store

    yield open_one
    for store, settings in opened:
        store.close()
        drop(settings)


@pytest.fixture(scope="session")
def build_asking() -> Callable[..., Asking]:
    """Who asks about a store of the test's own: ``build_asking(store, state, now=...)``."""
    return asking_of


@pytest.fixture
def build_post() -> Callable[..., Post]:
    """A post: ``build_post(number, at, author number or None, text, **parts)``."""
    return post


@pytest.fixture(scope="session")
def fill() -> Callable[..., None]:
    """Posts into a store through spool and intake: ``fill(store, state, folder, posts)``."""
    return take_in
