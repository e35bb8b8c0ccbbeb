"""A disk that is full: nothing that was taken in is lost, and it goes on by itself when there is room."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from posts.errors import SpoolError
from posts.post import Post
from store import open_store
from store.protocol import Store, StoreSettings
from store.spool import Spool

ALL = {"match_all": {}}
Build = Callable[..., Post]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds 16 MB; the test is left out where none may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "rasad-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a small disk can be made by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def posts(build_post: Build, start: int, size: int) -> list[Post]:
    """Posts that do not pack well."""
    return [
        build_post(n, text=" ".join(os.urandom(12).hex() for _ in range(40)))
        for n in range(start, start + size)
    ]


def test_a_full_disk_stops_intake_and_room_lets_it_go_on(
    small_disk: Path, tmp_path: Path, make_project: Callable[[Path, Store], Any], build_post: Build
) -> None:
    """The index on a full disk: told as such, what was taken stays, and the same process goes on."""
    with closing(open_store(StoreSettings(folder=small_disk / "index"))) as store:
        store.ensure()
        project = make_project(tmp_path / "project", store)
        filler = small_disk / "filler"
        filler.write_bytes(b"x" * 9_000_000)
        for start in range(0, 4_000, 500):
            project.spool.write(posts(build_post, start, 500), source="s")
        intake = project.intake()
        stopped = intake.run().stopped
        taken = store.count("posts", ALL)
        again = intake.run().stopped
        waiting = len(project.spool.files())
        filler.unlink()
        report = intake.run()
        ids = Counter(document["id"] for document in store.scan("posts", ALL, ["id"]))

    assert "Free disk space" in stopped
    assert "Free disk space" in again
    assert taken < 4_000
    assert waiting
    assert report.stopped == ""
    assert ids == Counter({f"x:h:{n}": 1 for n in range(4_000)})
    assert set(project.journal.read_text().split()) == set(ids)
    assert project.state.dead_letters() == []


def test_a_full_disk_takes_no_half_file_into_the_spool(small_disk: Path, build_post: Build) -> None:
    """The crawl is told, the spool holds whole files alone, and takes posts again after room is made."""
    spool = Spool(small_disk / "spool")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 16_200_000)
    with pytest.raises(SpoolError, match="Make room on disk"):
        spool.write(posts(build_post, 0, 2_000), source="s")
    left = sorted(path.name for path in spool.folder.iterdir())
    filler.unlink()
    path = spool.write([replace(build_post(1), text="tea")], source="s")

    assert left == []
    assert [read.id for read in spool.read(path) if isinstance(read, Post)] == ["x:h:1"]
