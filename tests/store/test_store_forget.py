"""Posts, people and sources that are forgotten: nowhere to be found, and they do not come back."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Author, Link, Mentioned, Metrics, Post, decode
from posts.profile import Profile
from store import heard, open_store, rereads
from store.embedded import EmbeddedStore
from store.forget import Gone, Places, Wish, forget, keep_out, pending
from store.handles import keys_of_handle
from store.mapping import COLLECTIONS
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from store.state_file import checkpoint
from store.tombs import keep_away

NOW = datetime(2026, 11, 3, tzinfo=UTC)
SARA = Author(key="x:h:saraq", handle="saraq@h", name="Saraqani Zand")
NAMED = Mentioned(key="x:h:saraq", handle="saraq@h")
SECRETS = (b"saraq", b"Saraqani", b"secretive")


@pytest.fixture
def places(project: Any, store_settings: StoreSettings, tmp_path: Path) -> Places:
    folder = tmp_path / "project"
    return Places(
        store=store_settings,
        state=folder / "state.sqlite",
        spool=folder / "spool",
        exports=folder / "exports",
        logs=(folder / "logs",),
        journal=folder / "journal",
    )


def world(build: Callable[..., Post]) -> list[Post]:
    """Sara's two posts, Reza's answer and repost, one by Ali that names her, one that has nothing of it."""
    sara = {"author": SARA, "metrics": Metrics(likes=3)}
    return [
        build("saraq/1", text="secretive words #tea", aliases=("x:server:11",), **sara),
        build("saraq/2", text="more secretive words", mentioned=(Mentioned(key="x:h:reza"),), **sara),
        build(3, by="reza", text="@saraq yes", reply_to="x:server:11", mentioned=(NAMED,)),
        build(4, by="reza", repost_of="x:h:saraq/2", repost_of_author="x:h:saraq", text=""),
        build(5, by="ali", text="see https://h/@saraq #tea", links=(Link(url="https://h/@saraq"),)),
        build(6, by="ali", text="nothing of it #tea", reply_to="x:h:3", reply_to_author="x:h:reza"),
    ]


def settle(project: Any, build: Callable[..., Post], folder: Path) -> None:
    """The world in the store, and traces of Sara in everything beside it."""
    project.take(*world(build))
    project.store.write(
        "accounts",
        [{"id": "x:h:saraq@1", "author": "x:h:saraq", "at": "2026-11-01T00:00:00Z", "handle": "saraq"}],
    )
    match = {"id": "m", "query": "q", "post_id": "x:h:saraq/1", "created_at": "2026-11-01T00:00:00Z"}
    project.store.write("matches", [{**match, "author": "x:h:saraq"}])
    project.spool.write(
        [build("saraq/9", author=SARA, text="secretive"), build(8, by="ali", text="@saraq")], source="s"
    )
    at = world(build)[0].collected_at
    project.state.bury("s", "x:h:saraq/7", "created_at: is wrong", at=at, payload='{"text": "secretive"}')
    project.state.bury("s", "x:h:99", "of somebody else", at=at)
    project.state.move_cursors("s", {"account saraq@h": "9", "page": "3"}, at=at)
    project.state.begin_run("r1", job="s", due_at=at, started_at=at)
    project.state.end_run("r1", ended_at=at, outcome="error", reason="https://h/@saraq: 404")
    look_again(project.state)
    (folder / "exports").mkdir()
    (folder / "exports" / "hers.csv").write_text('"x:h:saraq/1","secretive"\n')
    (folder / "exports" / "others.csv").write_text('"x:h:3","text"\n')
    (folder / "logs").mkdir()
    (folder / "logs" / "crawl.log").write_text('{"event": "GET https://h/@saraq"}\n{"event": "other"}\n')
    checkpoint(project.state)
    let_go(project)


def look_again(state: State) -> None:
    """Posts that are due to be read again, hers by their address too, and what was heard of a search."""
    since = NOW - timedelta(hours=1)
    looks = [("x:h:saraq/1", "1", since), ("x:h:77", "https://h/@saraq/77", since), ("x:h:3", "3", since)]
    rereads.note(state, "s", looks, at=since)
    heard.add(state, [stretch("from:@saraq"), stretch("#tea")])


def stretch(query: str) -> heard.Stretch:
    since = NOW - timedelta(hours=1)
    return heard.Stretch(source="s", what="collected", since=since, until=NOW, posts=2, query=query)


def looked_at(state: State) -> tuple[set[str], set[str]]:
    """The posts that are to be looked at again, and the queries of which something was heard."""
    rows = state.connection.execute("SELECT post FROM rereads")
    return {row[0] for row in rows}, {part.query for part in heard.stretches(state)}


def let_go(project: Any) -> None:
    """Give the embedded engine's lock back; the store may be used again."""
    if isinstance(project.store, EmbeddedStore):
        project.store.close()


def erase(places: Places, project: Any, wish: Wish | None) -> Gone:
    let_go(project)
    return forget(places, wish, annotate=project.annotate, now=NOW)


def held(*folders: Path) -> bytes:
    """All bytes below, also those that are packed."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                found.append(path.read_bytes())
                if path.suffix == ".gz":
                    found.append(gzip.decompress(found[-1]))
                found.append(path.name.encode())
    return b"\n".join(found)


def documents(settings: StoreSettings) -> str:
    with closing(open_store(settings)) as store:
        store.refresh()
        return json.dumps(
            {n: list(store.scan(n, {"match_all": {}})) for n in COLLECTIONS}, ensure_ascii=False
        )  # type: ignore[arg-type]


def assert_nothing_is_left(places: Places, folder: Path) -> None:
    seen = held(folder, places.store.folder) + documents(places.store).encode()
    for secret in SECRETS:
        assert secret.lower() not in seen.lower()
    if places.store.url is not None:
        from elasticsearch import Elasticsearch

        with Elasticsearch(places.store.url) as client:
            found = client.search(index=f"{places.store.prefix}-*", size=1_000).body
        assert "saraq" not in json.dumps(found).lower()


def test_forgotten_author_is_nowhere_and_does_not_come_back(
    project: Any, places: Places, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Not one byte of name, handle and text is left; a crawl that sees all of it again changes nothing."""
    settle(project, build_post, tmp_path / "project")
    assert b"secretive" in held(tmp_path)

    gone = erase(places, project, Wish(authors=("x:h:saraq",)))

    assert (gone.posts, gone.mended, gone.waiting, gone.letters) == (2, 3, 1, 1)
    assert (gone.exports, gone.left) == (("hers.csv",), ())
    assert not pending(project.state)
    assert_nothing_is_left(places, tmp_path / "project")
    assert (tmp_path / "project" / "logs" / "crawl.log").read_text().endswith('{"event": "other"}\n')
    assert [letter.subject for letter in project.state.dead_letters()] == ["x:h:99"]
    assert project.state.cursor("s", "page") == "3"
    assert looked_at(project.state) == ({"x:h:3"}, {"#tea"})

    before = documents(places.store)
    again = [replace(post, collected_at=post.collected_at + timedelta(hours=1)) for post in world(build_post)]
    new = build_post("saraq/20", author=SARA, text="secretive and new")
    assert project.take(*again, new).dropped == 3
    rereads.note(project.state, "s", [("x:h:saraq/1", "1", NOW), ("x:h:8", "8", NOW)], at=NOW)
    assert looked_at(project.state)[0] == {"x:h:3", "x:h:8"}
    assert_nothing_is_left(places, tmp_path / "project")
    assert project.ids("posts") == {"x:h:3", "x:h:4", "x:h:5", "x:h:6", "x:h:8"}
    assert len(before) <= len(documents(places.store))


def test_posts_of_others_stay_what_they_were(
    project: Any, places: Places, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """An answer stays an answer, a repost a repost; the edges to her are gone, those of others stand."""
    settle(project, build_post, tmp_path / "project")
    other = {i: d for i, d in project.documents("edges").items() if d["dst"] != "x:h:saraq"}
    other = {i: d for i, d in other.items() if d["src"] != "x:h:saraq"}

    erase(places, project, Wish(authors=("x:h:saraq",)))

    assert project.documents("edges") == other
    assert set(project.documents("uses")) == {"x:h:5#tea", "x:h:6#tea"}
    answer, repost = project.documents()["x:h:3"], project.documents()["x:h:4"]
    assert (answer["is"], answer["reply_to"]) == (["reply"], "x:forgotten")
    assert decode(answer["post"]).text == "@forgotten yes"
    assert (repost["is"], repost["repost_of"]) == (["repost"], "x:forgotten")
    assert project.documents()["x:h:6"]["reply_to"] == "x:h:3"


def test_new_posts_are_welcome_if_said(
    project: Any, places: Places, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Then only what was there is kept away."""
    settle(project, build_post, tmp_path / "project")

    erase(places, project, Wish(authors=("x:h:saraq",), new_welcome=True))
    report = project.take(*world(build_post)[:2], build_post("saraq/20", author=SARA, text="new"))

    assert (report.dropped, report.new) == (2, 2)  # the new one, and the one that waited (8)
    assert "x:h:saraq/20" in project.ids("posts")


def test_one_post_and_its_rows_go(
    project: Any, places: Places, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """By its alias; the other posts of the author and the edges to the author stay."""
    settle(project, build_post, tmp_path / "project")

    gone = erase(places, project, Wish(posts=("x:server:11",)))

    assert (gone.posts, gone.mended) == (1, 1)
    assert "x:h:saraq/1" not in documents(places.store)
    assert project.documents()["x:h:3"]["reply_to"] == "x:forgotten"
    edges = project.documents("edges")
    assert edges["x:h:3>reply"]["dst"] == "x:h:saraq"
    assert "target" not in edges["x:h:3>reply"]
    assert looked_at(project.state) == ({"x:h:3", "x:h:77"}, {"from:@saraq", "#tea"})
    assert project.take(world(build_post)[0]).dropped == 1
    assert b"more secretive" in documents(places.store).encode()


def test_source_goes_but_what_others_have_seen_stays(
    project: Any, places: Places, build_post: Callable[..., Post]
) -> None:
    """A post that another source has too is kept as that one's."""
    project.take(
        build_post(1, source="bad", text="secretive"),
        build_post(2, source="bad", text="both"),
        build_post(3, source="good", text="good #tea"),
    )
    project.take(build_post(2, 5, source="good", text="both #tea"))
    project.state.bury("bad", "entry 1", "secretive", at=NOW)
    for source in ("bad", "good"):
        rereads.note(project.state, source, [(f"x:h:{source}", "r", NOW)], at=NOW)
        heard.add(project.state, [replace(stretch("#tea"), source=source)])

    gone = erase(places, project, Wish(sources=("bad",)))

    assert (gone.posts, gone.mended, gone.letters) == (1, 1, 1)
    assert project.ids("posts") == {"x:h:2", "x:h:3"}
    assert project.documents()["x:h:2"]["source"] == ["good"]
    assert '"bad"' not in documents(places.store)
    assert looked_at(project.state)[0] == {"x:h:good"}
    assert [part.source for part in heard.stretches(project.state)] == ["good"]
    assert project.take(build_post(1, source="bad", text="secretive")).dropped == 1


def test_handle_finds_its_keys(project: Any, build_post: Callable[..., Post]) -> None:
    """Of authors and of people who are only named; one handle on two servers is two people."""
    other = Author(key="x:other:saraq", handle="Saraq@other")
    project.take(*world(build_post), build_post("o", author=other), build_post(9, mentioned=(NAMED,), by="z"))

    assert keys_of_handle(project.store, "@saraq") == {"x:h:saraq", "x:other:saraq"}
    assert keys_of_handle(project.store, "@SARAQ@other") == {"x:other:saraq"}
    assert keys_of_handle(project.store, "nobody") == set()


def test_letters_of_lines_that_stay_are_kept(
    project: Any, places: Places, build_post: Callable[..., Post]
) -> None:
    """A file of posts that come out of dead letters: a line that stays belongs to its letter."""
    posts = {7: build_post("saraq/1", author=SARA), 8: build_post(8, by="ali"), 9: build_post(9, by="ali")}
    project.spool.put_back(posts, source="s")

    erase(places, project, Wish(authors=("x:h:saraq",)))

    (path,) = project.spool.files()
    assert project.spool.header(path).letters == (8, 9)
    assert [post.id for post in project.spool.read(path)] == ["x:h:8", "x:h:9"]


CHILD = """
import json, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from posts.post import Annotations
from posts.profile import Profile
from store.forget import Places, Wish, forget
from store.protocol import StoreSettings

folder, index, url, prefix = sys.argv[1:]
folder = Path(folder)
places = Places(
    store=StoreSettings(folder=Path(index), url=url or None, prefix=prefix), state=folder / "state.sqlite",
    spool=folder / "spool", exports=folder / "exports", logs=(folder / "logs",), journal=folder / "journal",
)
forget(
    places, Wish(authors=("x:h:saraq",)), now=datetime(2026, 11, 3, tzinfo=UTC),
    annotate=lambda posts: {p.id: replace(p, annotations=Annotations(language="en")) for p in posts},
)
"""


@pytest.mark.parametrize("at", [900, 2_000])
def test_killed_in_the_middle_it_is_finished_by_the_next(
    at: int,
    project: Any,
    places: Places,
    tmp_path: Path,
    build_post: Callable[..., Post],
    dying: Callable[..., int],
) -> None:
    """SIGKILL at points spread over it: done again, nothing of her is left, and the others are all there."""
    folder = tmp_path / "project"
    settle(project, build_post, folder)
    arguments = (str(folder), str(places.store.folder), places.store.url or "", places.store.prefix)

    killed = dying(at, CHILD, *arguments)
    with State(places.state) as state:
        begun = pending(state)
    erase(places, project, None if begun else Wish(authors=("x:h:saraq",)))

    assert killed == -signal.SIGKILL
    assert begun
    assert_nothing_is_left(places, folder)
    assert Spool(places.spool).files()
    project.intake().run()
    assert project.ids("posts") == {"x:h:3", "x:h:4", "x:h:5", "x:h:6", "x:h:8"}
    assert decode(project.documents()["x:h:8"]["post"]).text == "@forgotten"


def watched(name: str, followers: int, source: str = "s") -> Profile:
    return Profile(
        key=f"x:h:{name}", platform="x", source=source, at=NOW - timedelta(days=1), handle=name,
        followers=followers,
    )  # fmt: skip


def test_a_forgotten_account_is_not_looked_at_again(
    project: Any, places: Places, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Neither what is stored of it is left nor what waits, and what comes later stays away."""
    project.spool.write((), source="s", profiles=[watched("saraq", 9), watched("ali", 5)])
    project.intake().run()
    project.spool.write((), source="s", profiles=[watched("saraq", 10), watched("leila", 6)])
    assert keys_of_handle(project.store, "@SaraQ") == {"x:h:saraq"}

    gone = erase(places, project, Wish(authors=("x:h:saraq",)))
    later = replace(watched("saraq", 11), at=NOW)
    project.spool.write((), source="s", profiles=[later])
    report = project.intake().run()

    assert (gone.rows, gone.waiting) == (1, 1)
    assert (report.profiles, report.dropped) == (1, 1)
    assert {row["author"] for row in project.documents("accounts").values()} == {"x:h:ali", "x:h:leila"}
    assert_nothing_is_left(places, tmp_path / "project")


def test_profiles_of_a_forgotten_source_do_not_wait(project: Any, places: Places) -> None:
    """Those that other sources have brought do."""
    project.spool.write((), source="s", profiles=[watched("ali", 5), watched("ali", 6, source="other")])

    assert erase(places, project, Wish(sources=("s",))).waiting == 1
    (path,) = project.spool.files()
    assert list(project.spool.read(path)) == [watched("ali", 6, source="other")]


def test_a_restored_account_of_somebody_forgotten_is_taken_out(project: Any, places: Places) -> None:
    """A backup of an earlier day brings the rows back; what was forgotten since goes again."""
    keep_away(project.state, posts=[], people=["h:saraq"], at=NOW)
    rows = [
        {"id": f"x:h:{name}@1", "author": f"x:h:{name}", "followers": 1, "at": "2026-11-01T00:00:00Z"}
        for name in ("saraq", "ali")
    ]
    project.store.ensure()
    project.store.write("accounts", rows)
    let_go(project)

    assert keep_out(places, annotate=project.annotate) == 1
    assert project.ids("accounts") == {"x:h:ali@1"}
