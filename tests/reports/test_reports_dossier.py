"""The dossier: the same bytes on both engines, whatever posts hold, and every change of it is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.asking import Asking, SourceFacts
from answers.dossier import Dossier, TooMany, answer, dossier, kept
from answers.hashtag import hashtag
from nlp.pipeline import load
from posts.post import Author, Metrics, Post
from posts.selection import Selection
from reports import changes_page
from reports.changes import Changes, changes
from reports.dossier_file import NotADossier, read, write
from store import open_store
from store.intake import Intake
from store.protocol import Store, StoreSettings
from store.spool import Spool
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnp.exe\u2066 #tea"
TAGS = ("#Tea", "هوش_مصنوعی", "nowhere")  # artificial intelligence
Engine = Callable[[str], Store]


def post(number: int, **parts: Any) -> Post:
    """Every second of tea; every fifth by somebody unnamed; one hostile."""
    text = (
        HOSTILE
        if number == 7
        else f"cup {number} #tea #cup{number % 3}"
        if number % 2
        else "#هوش‌مصنوعی و چای"
    )
    name = "<b>Eve</b>\u202e" if number % 7 == 0 else f"User {number % 7}"
    author = Author(
        key=f"mastodon:h.example:u{number % 7}", handle=f"u{number % 7}@h.example", name=name, followers=9
    )
    values: dict[str, Any] = {
        "id": f"mastodon:h.example:{number}", "platform": "mastodon", "kind": "text", "source": "chatra",
        "created_at": NOW - timedelta(hours=3 * number, seconds=5),
        "collected_at": NOW - timedelta(seconds=1),
        "author": None if number % 5 == 0 else author, "text": text, "url": "javascript:alert(3)",
        "metrics": Metrics(likes=number, shares=None if number % 3 else 2),
    }  # fmt: skip
    return Post(**(values | parts))


def take_in(store: Store, state: State, folder: Path, posts: list[Post]) -> None:
    spool, pipeline = Spool(folder / "spool"), load()
    spool.write(posts, source="chatra")
    report = Intake(store, state, spool, pipeline, now=lambda: NOW + timedelta(hours=2)).run()
    assert (report.refused, report.stopped) == (0, "")
    store.refresh()


@contextmanager
def asked(store: Store, folder: Path, posts: list[Post]) -> Iterator[Asking]:
    """A project of these posts."""
    facts = (SourceFacts(name="chatra", platform="mastodon", every=timedelta(minutes=15)),)
    with State(folder / "state.sqlite") as state:
        take_in(store, state, folder, posts)
        yield Asking(
            store=store, state=state, sources=facts, ours=None, rivals=(), time_zone="Asia/Tehran", now=NOW
        )


def made(asking: Asking, **options: Any) -> Dossier:
    return dossier(asking, Selection(until=NOW), TAGS, version="9.9", **options)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """Sixty posts in the embedded engine."""
    folder = tmp_path_factory.mktemp("dossier")
    store = open_store(StoreSettings(folder=folder / "index"))
    store.ensure()
    with asked(store, folder, [post(number) for number in range(60)]) as asking:
        yield asking
    store.close()


def test_the_numbers_are_those_of_the_posts(embedded: Asking) -> None:
    """As the page of the hashtag counts them, and as they were planted."""
    first, second, nowhere = made(embedded).tags
    page = hashtag(embedded, Selection(until=NOW, hashtag="tea")).value
    odd = [number for number in range(1, 56, 2)]  # in the last seven days

    assert first.numbers.posts == len(odd) == page.posts.value
    assert first.numbers.authors == page.authors.value == 7
    assert first.numbers.engagement.total == page.engagement.value
    assert first.numbers.metrics["likes"].total == sum(odd)
    assert first.numbers.metrics["views"].total is None
    assert first.numbers.unsigned == sum(number % 5 == 0 for number in odd)
    assert first.numbers.followers.total == 7 * 9
    assert sum(count for _, count in first.numbers.bars) == sum(first.numbers.hours) == len(odd)
    assert {each.key: each.both for each in first.numbers.related} == {
        each.key: each.posts.value for each in page.related
    }
    assert second.name == "هوش‌مصنوعی"  # artificial intelligence, as it is written
    assert (nowhere.numbers.posts, nowhere.habit) == (0, None)


def test_rebuilt_twice_it_is_the_same(embedded: Asking) -> None:
    """However late it is counted again: no clock stands in it."""
    first = write(made(embedded, samples=3), language="fa", calendar="jalali")
    found = read(first)
    later = replace(embedded, now=NOW + timedelta(days=40), time_zone="UTC")
    again = answer(later, found.dossier.question, version="9.9")

    assert write(again, language="fa", calendar="jalali") == first
    assert (found.page_whole, found.data_whole) == (True, True)
    assert found.dossier == again


@pytest.mark.es
def test_both_engines_give_the_same_bytes(embedded: Asking, elasticsearch_url: str, tmp_path: Path) -> None:
    """The posts come in another order, too."""
    from elasticsearch import Elasticsearch

    settings = StoreSettings(
        folder=tmp_path / "index", url=elasticsearch_url, prefix=f"test-{id(tmp_path):x}"
    )
    store = open_store(settings)
    store.ensure()
    try:
        with asked(store, tmp_path, [post(number) for number in reversed(range(60))]) as asking:
            files = [
                write(made(each, samples=3), language="en", calendar="gregorian")
                for each in (embedded, asking)
            ]
    finally:
        store.close()
        with Elasticsearch(elasticsearch_url) as client:
            client.indices.delete(index=list(client.indices.get_alias(index=f"{settings.prefix}-*").body))
            named = client.indices.get_index_template(name=f"{settings.prefix}-*").body["index_templates"]
            for template in named:
                client.indices.delete_index_template(name=template["name"])

    assert files[0] == files[1]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_hostile_posts_stay_text(embedded: Asking, language: str) -> None:
    """No tag, no script, no turned line and no javascript: address of theirs reaches the page."""
    page = write(made(embedded, samples=50), language=language, calendar="gregorian").decode()

    assert page.count("<script") == page.count("</script") == 1
    assert "<img" not in page
    assert "<b>Eve" not in page
    assert "&lt;img src=x onerror=alert(2)&gt;" in page
    assert "javascript:" not in page.partition("<script")[0]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
    assert "Content-Security-Policy" in page
    assert not re.search(r"\ssrc=|url\(|@import", page.replace("src=x", ""))
    assert read(page.encode()).page_whole


def test_texts_are_in_it_only_if_asked(embedded: Asking) -> None:
    """What people wrote is theirs."""
    assert b"cup 1 " not in write(made(embedded), language="en", calendar="gregorian")
    assert b"cup 1 " in write(made(embedded, samples=50), language="en", calendar="gregorian")


def changed(tmp_path: Path, posts: list[Post], later: list[Post]) -> tuple[Changes, set[str]]:
    """What a dossier of posts says after others came in later."""
    store = open_store(StoreSettings(folder=tmp_path / "index"))
    store.ensure()
    with asked(store, tmp_path, posts) as asking:
        before = made(asking)
        take_in(store, asking.state, tmp_path, later)
        after = answer(replace(asking, now=NOW + timedelta(hours=1)), before.question, version="9.9")
        found = changes(before, after)
        there = kept(asking, found.gone)
    store.close()
    return found, there


def test_one_changed_post_is_named(tmp_path: Path) -> None:
    """Its likes grew, and nothing else is said to have changed."""
    grown = post(3, metrics=Metrics(likes=50, shares=2), collected_at=NOW + timedelta(hours=1))
    found, _ = changed(tmp_path, [post(number) for number in range(20)], [grown])

    (one,) = found.changed
    assert (one.id, one.what) == ("mastodon:h.example:3", {"likes": (3, 50)})
    assert (found.new, found.gone, found.same) == ((), (), False)
    assert {(each.tag, each.number) for each in found.numbers} == {
        ("tea", "metrics.likes.total"), ("tea", "engagement.total"),
    }  # fmt: skip


def test_what_came_went_and_was_edited_is_named(tmp_path: Path) -> None:
    """A post deleted, one that lost its hashtag, one with other words, and one that came late."""
    seen = {"collected_at": NOW + timedelta(hours=1)}
    later = [
        post(1, deleted_at=NOW + timedelta(hours=1), **seen), post(3, text="no more", **seen),
        post(5, text="other words #tea #cup2", **seen), post(21, **seen),
    ]  # fmt: skip
    found, there = changed(tmp_path, [post(number) for number in range(20)], later)

    assert found.new == ("mastodon:h.example:21",)
    assert found.gone == ("mastodon:h.example:1", "mastodon:h.example:3")
    assert there == {"mastodon:h.example:3"}
    assert [(each.id, each.what) for each in found.changed] == [("mastodon:h.example:5", {"text": None})]


def test_a_file_changed_by_hand_is_seen(embedded: Asking) -> None:
    """In the page, or in the data; and what is no dossier, or half of one, is told."""
    whole = write(made(embedded), language="en", calendar="gregorian")
    page, data = whole.replace(b"<h1>", b"<h1>More "), whole.replace(b'"posts":28', b'"posts":29', 1)

    assert (read(page).page_whole, read(page).data_whole) == (False, True)
    assert data != whole
    assert (read(data).page_whole, read(data).data_whole) == (False, False)
    for broken in (
        b"",
        b"<html></html>",
        whole[:20_000],
        b"\xff\xfe",
        whole.replace(b'{"question"', b'{"q"', 1),
    ):
        with pytest.raises(NotADossier):
            read(broken)


def test_two_dossiers_make_what_changed(embedded: Asking) -> None:
    """Numbers side by side; of separate windows with the chance, of hashtags those that came."""
    middle = NOW - timedelta(days=3, hours=12)
    old, new = (
        dossier(embedded, Selection(since=since, until=until), tags, version="9.9")
        for since, until, tags in (
            (NOW - timedelta(days=7), middle, ("tea",)), (middle, NOW, ("tea", "هوش_مصنوعی")),
        )
    )  # fmt: skip
    found = changes(old, new)
    posts = {each.number: each for each in found.numbers if each.tag == "tea"}
    files = [
        changes_page.write(old, new, found, language=language, calendar="jalali") for language in ("fa", "en")
    ]

    assert not any(each.number.startswith("bars.") for each in found.numbers)
    assert "posts" not in posts  # as many in each half
    assert "metrics.likes.total" in posts
    assert all(b"<script" not in file for file in files)
    assert "Only in the later dossier" in files[1].decode()
    assert files[0] == changes_page.write(old, new, found, language="fa", calendar="jalali")


def test_the_least_and_most_hashtags(embedded: Asking) -> None:
    """None, or more than a page bears, is refused."""
    for tags in ((), ("#",), [f"t{n}" for n in range(11)]):
        with pytest.raises(TooMany):
            dossier(embedded, Selection(), tags, version="9.9")
