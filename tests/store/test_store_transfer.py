"""Documents carried between engines and archives: all of them, exactly, and on after a kill."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from posts.errors import StoreError
from posts.post import Mentioned, Metrics, Post
from store import open_store
from store.archive import Archive, write_archive
from store.filling import fill as fill_store
from store.mapping import COLLECTIONS
from store.protocol import Document, Store, StoreSettings
from store.reading import reading_of
from store.state import State
from store.tally import Tally
from store.transfer import drop, move, noted

NOW = datetime(2026, 11, 3, tzinfo=UTC)
ALL = {"match_all": {}}
CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from store.protocol import StoreSettings
from store.state import State
from store.transfer import move

state, *ends = sys.argv[1:]
first, second = (
    StoreSettings(folder=Path(folder), url=url or None, prefix=prefix)
    for folder, url, prefix in (ends[:3], ends[3:])
)
with State(Path(state)) as opened:
    move(first, second, opened, now=datetime(2026, 11, 3, tzinfo=UTC))
"""


@pytest.fixture(params=["to elasticsearch", "to embedded"])
def ends(
    request: pytest.FixtureRequest, embedded_settings: StoreSettings, elasticsearch_settings: StoreSettings
) -> tuple[StoreSettings, StoreSettings]:
    """Both engines, in either direction."""
    both = (embedded_settings, elasticsearch_settings)
    return both if request.param == "to elasticsearch" else (both[1], both[0])


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "moving.sqlite") as opened:
        yield opened


def everything(settings: StoreSettings) -> dict[str, dict[str, Document]]:
    with closing(open_store(settings)) as store:
        store.refresh()
        return {name: {d["id"]: d for d in store.scan(name, ALL)} for name in COLLECTIONS}  # type: ignore[arg-type]


def settle(
    settings: StoreSettings, make_project: Any, folder: Path, build: Callable[..., Post], size: int = 20
) -> dict[str, dict[str, Document]]:
    with closing(open_store(settings)) as store:
        store.ensure()
        make_project(folder, store).take(
            *(
                build(
                    n, text=f"متن {n} #چای", mentioned=(Mentioned(key="x:h:r"),), metrics=Metrics(likes=n)
                )  # tea
                for n in range(size)
            )
        )
        store.write("accounts", [{"id": "a1", "author": "x:h:sara", "at": "2026-11-01T00:00:00Z"}])
        match = {"id": "m1", "query": "q", "post_id": "x:h:1", "created_at": "2024-11-01T00:00:00Z"}
        store.write("matches", [match])
    return everything(settings)


@pytest.mark.es
def test_move_carries_everything(
    ends: Any, state: State, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """In both directions; the source stays until it is dropped, and is empty then."""
    source, target = ends
    before = settle(source, make_project, tmp_path / "p", build_post)
    steps: list[tuple[int, int]] = []

    tallies = move(source, target, state, now=NOW, progress=lambda done, of: steps.append((done, of)))

    assert {name: tally.count for name, tally in tallies.items()} == {n: len(d) for n, d in before.items()}
    assert everything(target) == before == everything(source)
    assert steps[-1][0] == steps[-1][1] == sum(map(len, before.values()))
    found = noted(state)
    assert found is not None
    assert (found.verified, found.posts) == (True, 20)
    drop(source)
    drop(source)
    assert not any(everything(source).values())


@pytest.mark.es
def test_move_again_carries_what_came_since(
    ends: Any, state: State, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """What the old engine got meanwhile is carried over; what the new one got of its own is not lost."""
    source, target = ends
    settle(source, make_project, tmp_path / "p", build_post)
    move(source, target, state, now=NOW)
    with closing(open_store(source)) as store:
        make_project(tmp_path / "q", store).take(build_post("late", text="late"))
    move(source, target, state, now=NOW)
    assert everything(target) == everything(source)
    with closing(open_store(target)) as store:
        store.ensure()
        store.write("posts", [{**everything(source)["posts"]["x:h:1"], "id": "x:h:own"}])

    with pytest.raises(StoreError, match="holds 1 posts that the source does not, such as x:h:own"):
        move(source, target, state, now=NOW)
    assert "x:h:own" in everything(target)["posts"]
    move(source, target, state, now=NOW, overwrite=True)
    assert everything(target) == everything(source)


@pytest.mark.es
def test_foreign_target_is_refused(
    ends: Any, state: State, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Nothing is written where other posts are, and nothing is noted."""
    source, target = ends
    settle(source, make_project, tmp_path / "p", build_post)
    theirs = settle(target, make_project, tmp_path / "q", build_post, size=2)

    with pytest.raises(StoreError, match=r"holds \d+ documents already"):
        move(source, target, state, now=NOW)
    assert everything(target) == theirs
    assert noted(state) is None


@pytest.mark.es
def test_killed_move_goes_on(
    ends: Any,
    state: State,
    make_project: Any,
    tmp_path: Path,
    build_post: Callable[..., Post],
    dying: Callable[..., int],
) -> None:
    """SIGKILL while it writes and while it compares: the next one ends it, and the source is whole."""
    source, target = ends
    before = settle(source, make_project, tmp_path / "p", build_post)
    arguments = [str(tmp_path / "moving.sqlite")]
    for end in ends:
        arguments += [str(end.folder), end.url or "", end.prefix]

    for at in (120, 420):
        assert dying(at, CHILD, *arguments) == -signal.SIGKILL
        found = noted(state)
        assert found is None or not found.verified
    with closing(open_store(source)) as store:  # forgotten meanwhile
        store.ensure()
        assert store.delete("posts", {"term": {"id": "x:h:3"}}) == 1
    move(source, target, state, now=NOW)

    assert everything(target) == everything(source)
    del before["posts"]["x:h:3"]
    assert everything(source) == before


def test_tally_tells_every_difference() -> None:
    """Order of documents and fields does not matter; a value, a document more and a double one do."""

    def tally(*documents: Document) -> tuple[int, int]:
        made = Tally()
        for document in documents:
            made.add(document)
        return made.count, made.sum

    a, b = {"id": "a", "x": 1}, {"id": "b"}
    assert tally(a, b) == tally(b, {"x": 1, "id": "a"})
    assert len({tally(a, b), tally(a), tally({**a, "x": 2}, b), tally(a, a), tally()}) == 5


# archives


@pytest.fixture
def archived(
    store: Store,
    make_project: Any,
    tmp_path: Path,
    build_post: Callable[..., Post],
    store_settings: StoreSettings,
) -> tuple[Path, dict[str, dict[str, Document]]]:
    """An archive of a store on each engine, and what was in it."""
    before = settle(store_settings, make_project, tmp_path / "p", build_post)
    (tmp_path / "project.toml").write_text("[project]\n")
    files = {"project.toml": tmp_path / "project.toml"}
    with closing(open_store(store_settings)) as opened:
        path = tmp_path / "a.tar"
        write_archive(path, reading_of(opened), files, project="tea", engine="e", now=NOW)
    return path, before


def test_archive_gives_all_back(archived: Any, tmp_path: Path) -> None:
    """Made on either engine, its documents are the same in another store."""
    path, before = archived

    with Archive(path) as archive:
        archive.verify()
        target = StoreSettings(folder=tmp_path / "new")
        with closing(open_store(target)) as store:
            store.ensure()
            fill_store(store, archive.reading(), "as it is", None, None)
        assert archive.names() == ["project.toml"]

    assert everything(target) == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".a.tar*"))


def test_damaged_archive_is_noticed(archived: Any, tmp_path: Path) -> None:
    """Cut short anywhere, a byte changed anywhere, a part taken out: never taken for whole."""
    path, _ = archived
    raw = path.read_bytes()
    with tarfile.open(path) as tar:
        middles = [member.offset_data + member.size // 2 for member in tar.getmembers()]
    cases = [raw[:at] for at in middles] + [b"", b"no archive" * 100]
    cases += [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in middles]

    for number, case in enumerate(cases):
        damaged = tmp_path / f"{number}.tar"
        damaged.write_bytes(case)
        with pytest.raises(StoreError, match="another backup"), Archive(damaged) as archive:
            archive.verify()


def test_archive_with_strange_names_is_refused(tmp_path: Path) -> None:
    """A member that would be written outside is never extracted."""
    path = tmp_path / "evil.tar"
    manifest = {
        "format": 1, "project": "x", "schema": 2, "engine": "e", "made_at": "",
        "files": {"../evil.sh": ["0" * 64, 1]}, "collections": {},
    }  # fmt: skip
    told = json.dumps(manifest).encode()
    seal = hashlib.sha256(told).hexdigest().encode()
    with tarfile.open(path, "w") as tar:
        for name, content in (("../evil.sh", b"x"), ("manifest.json", told), ("manifest.sha256", seal)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))

    with Archive(path) as archive, pytest.raises(StoreError, match="other parts"):
        archive.verify()
