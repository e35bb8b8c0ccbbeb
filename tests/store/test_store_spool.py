"""The folder through which posts come in."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posts.errors import RecordError, SpoolError
from posts.post import Author, Post, decode, encode
from posts.profile import Profile
from store.spool import MAX_POSTS, BadLine, Header, Spool

AT = datetime(2026, 11, 1, tzinfo=UTC)


def build_post(number: int, text: str = "سلام #AI") -> Post:
    return Post(
        id=f"x:h:{number}",
        platform="x",
        kind="text",
        source="s",
        created_at=AT,
        collected_at=AT,
        author=Author(key="x:h:a"),
        text=text,
    )


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_what_is_written_is_read(spool: Spool) -> None:
    """Posts come out as they went in, with who wrote them."""
    posts = [build_post(number) for number in range(3)]

    path = spool.write(posts, source="news", run_id="r1")

    assert list(spool.read(path)) == posts
    assert spool.header(path) == Header(source="news", run_id="r1")
    assert spool.files() == [path]
    assert spool.size() == path.stat().st_size


def test_files_sort_by_time_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    """Names of one process never go back, and two processes never share one."""
    times = iter([30, 20, 10])
    spool = Spool(tmp_path, clock=lambda: next(times))

    written = [spool.write([build_post(number)], source="s") for number in range(3)]

    assert spool.files() == written
    assert Spool(tmp_path, clock=lambda: 30).write([], source="s") not in written


def test_many_posts_make_several_files(spool: Spool) -> None:
    """No file holds more than intake commits at once."""
    posts = [build_post(number, "") for number in range(MAX_POSTS + 1)]

    spool.write(iter(posts), source="s")

    files = spool.files()
    assert [len(list(spool.read(path))) for path in files] == [MAX_POSTS, 1]


def test_a_run_without_posts_is_told(spool: Spool) -> None:
    """An empty write leaves a file of none, which names the run."""
    path = spool.write([], source="s", run_id="r9")

    assert list(spool.read(path)) == []
    assert spool.header(path).run_id == "r9"


def test_texts_that_no_engine_takes_are_repaired(spool: Spool) -> None:
    """Lone surrogates cannot be written, controls are repaired when read."""
    path = spool.write([build_post(1, "a\ud800b\x00c"), build_post(2, "d\x9be")], source="s")

    assert [post.text for post in spool.read(path)] == ["a\ufffdbc", "de"]


def test_a_file_cut_anywhere_gives_its_whole_lines(spool: Spool) -> None:
    """Whatever the cut, posts before it are read in order, and what is missing is one bad line."""
    posts = [build_post(number, f"text {number} " * 20) for number in range(200)]
    path = spool.write(posts, source="s")
    whole = path.read_bytes()
    seen = set()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        try:
            found = list(spool.read(path))
        except SpoolError:
            seen.add("nothing")
            continue
        good = [item for item in found if isinstance(item, Post)]
        bad = [item for item in found if isinstance(item, BadLine)]
        assert good == posts[: len(good)]
        assert len(bad) == 1
        assert bad[0].position.startswith(path.name)
        seen.add("some" if good else "none")

    assert {"nothing", "some"} <= seen


def test_a_bad_line_does_not_stop_the_others(spool: Spool) -> None:
    """Lines that are no post are told with their position and reason."""
    lines = [encode(build_post(1)), b"{", b'{"id":"x"}', b"\xff\xfe", b"[" * 100_000, encode(build_post(2))]
    path = spool.folder / "1.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))

    found = list(spool.read(path))

    assert [item.id for item in found if isinstance(item, Post)] == ["x:h:1", "x:h:2"]
    assert [item.position for item in found if isinstance(item, BadLine)] == [
        f"1.jsonl.gz:{line}" for line in (2, 3, 4, 5)
    ]
    assert all(item.reason for item in found if isinstance(item, BadLine))


@pytest.mark.parametrize("content", [b"", b"no gzip at all", gzip.compress(b"x" * 100, mtime=0)[:10]])
def test_a_file_of_which_nothing_can_be_read_is_set_aside(spool: Spool, content: bytes) -> None:
    """It is named by an error, and moves out of the way."""
    path = spool.folder / "1.jsonl.gz"
    path.write_bytes(content)

    with pytest.raises(SpoolError, match=r"1\.jsonl\.gz"):
        list(spool.read(path))
    aside = spool.set_aside(path)

    assert spool.files() == []
    assert aside.read_bytes() == content


def test_a_full_spool_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    """Over the cap a crawl is told, and no part of a file is left."""
    spool = Spool(tmp_path, cap_bytes=2_000)
    first = spool.write([build_post(1)], source="s")

    with pytest.raises(SpoolError, match="is full"):
        spool.write([build_post(n, str(hash(n)) * 50) for n in range(2_000)], source="s")

    assert spool.files() == [first]
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_parts_of_dead_processes_are_swept(spool: Spool) -> None:
    """A part that is being written stays, an old one goes, and neither is a file of the spool."""
    fresh, old = spool.folder / ".a.jsonl.gz.part", spool.folder / ".b.jsonl.gz.part"
    fresh.write_bytes(b"")
    old.write_bytes(b"")
    os.utime(old, (0, 0))

    assert spool.files() == []
    assert spool.sweep() == 1
    assert fresh.exists()


def build_profile(number: int, name: str = "سارا") -> Profile:  # Sara
    return Profile(
        key=f"x:h:{number}", platform="x", source="s", at=AT, name=name, followers=number, following=2
    )


def test_profiles_come_out_before_the_posts_and_are_not_counted(spool: Spool) -> None:
    """A file holds both, or either; what waits is told in posts."""
    profiles, posts = [build_profile(1), build_profile(2)], [build_post(1), build_post(2), build_post(3)]

    both = spool.write(posts, source="s", run_id="r", profiles=profiles)
    alone = spool.write((), source="s", profiles=profiles[:1])

    assert list(spool.read(both)) == [*profiles, *posts]
    assert list(spool.read(alone)) == profiles[:1]
    assert (spool.count(both), spool.count(alone)) == (3, 0)
    assert spool.header(both) == Header(source="s", run_id="r")


def test_a_reader_that_knows_no_profiles_says_so(spool: Spool) -> None:
    """An older Rasad must not pass such a line over: as a post it is a mistake with a name."""
    path = spool.write((), source="s", profiles=[build_profile(1)])
    line = gzip.decompress(path.read_bytes()).split(b"\n")[1]

    with pytest.raises(RecordError, match="missing required field `id`"):
        decode(line)


def test_a_damaged_profile_is_a_bad_line(spool: Spool) -> None:
    """It costs itself alone; one that stands among posts is read too."""
    path = spool.write([build_post(1)], source="s", profiles=[build_profile(1)])
    head, profile, post, end = gzip.decompress(path.read_bytes()).split(b"\n")
    broken = profile.replace(b'"followers":1', b'"followers":"one"')
    path.write_bytes(gzip.compress(b"\n".join([head, broken, profile[:-1], post, profile, b"{", end])))
    found = list(spool.read(path))

    assert [type(part).__name__ for part in found] == ["BadLine", "BadLine", "Post", "Profile", "BadLine"]
    assert isinstance(found[0], BadLine)
    assert found[0].position == f"{path.name}:2"
    assert "followers" in found[0].reason
    assert found[3] == build_profile(1)


def test_a_file_of_an_older_rasad_reads_as_before(spool: Spool) -> None:
    """With and without a header."""
    posts = [build_post(1), build_post(2)]
    lines = [encode(post) for post in posts]
    head = b'{"spool": 1, "source": "s", "run_id": null}'
    for name, content in (("1", [head, *lines, b""]), ("2", [*lines, b""])):
        path = spool.folder / f"{name}.jsonl.gz"
        path.write_bytes(gzip.compress(b"\n".join(content)))

        assert list(spool.read(path)) == posts
