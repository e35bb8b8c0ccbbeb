"""What a project remembers beside its posts."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.state import SourceControl, State

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


MAKERS = """
import multiprocessing, sys
from pathlib import Path
from store.saved import SavedQueries
from store.state import State

def make(together, file, said):
    together.wait()
    try:
        with State(Path(file)) as state:
            SavedQueries(state)
        said.put("")
    except Exception as error:
        said.put(repr(error))

context = multiprocessing.get_context("fork")
for number in range(30):
    together, said = context.Barrier(4), context.Queue()
    arguments = (together, f"{sys.argv[1]}/{number}.sqlite", said)
    makers = [context.Process(target=make, args=arguments) for _ in range(4)]
    for maker in makers:
        maker.start()
    sys.stdout.write("".join(said.get() for _ in makers))
    for maker in makers:
        maker.join()
"""


def test_many_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    """Whoever comes second waits for the first, instead of finding it locked."""
    done = subprocess.run(
        [sys.executable, "-c", MAKERS, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_the_user_reads_the_file(state: State, tmp_path: Path) -> None:
    """The file is private, whatever the process usually allows."""
    assert stat.S_IMODE((tmp_path / "state.sqlite").stat().st_mode) == 0o600


def test_cursors_move_together_and_can_be_forgotten(state: State, tmp_path: Path) -> None:
    """Another process sees the cursors that were moved; None takes one away."""
    state.move_cursors("news", {"etag": "a", "newest": "5"}, at=AT)
    state.move_cursors("news", {"etag": None, "newest": "6"}, at=AT)

    with State(tmp_path / "state.sqlite") as other:
        assert other.cursor("news", "etag") is None
        assert other.cursor("news", "newest") == "6"
        assert other.cursor("blog", "newest") is None


def test_a_due_time_has_one_run(state: State) -> None:
    """A second run of the same job and due time is refused, unless the first was interrupted."""
    assert state.begin_run("r1", job="crawl:news", due_at=AT, started_at=AT)
    assert not state.begin_run("r2", job="crawl:news", due_at=AT, started_at=AT)
    assert state.begin_run("r3", job="crawl:blog", due_at=AT, started_at=AT)

    assert state.interrupt_runs() == 2
    assert state.begin_run("r4", job="crawl:news", due_at=AT, started_at=AT + timedelta(minutes=1))
    assert [run.run_id for run in state.runs(job="crawl:news")] == ["r4"]
    assert [(run.state, run.outcome) for run in state.runs(job="crawl:blog")] == [("interrupted", "error")]


def test_a_run_is_told_as_it_was(state: State) -> None:
    """What a run ended with is read back; intake's counts add up, whoever comes first."""
    state.begin_run("r1", job="crawl:news", due_at=AT, started_at=AT)
    state.count_taken("r1", new=3, refused=1)
    state.end_run(
        "r1", ended_at=AT, outcome="partial", reason="دیر شد", asked=4, got=9, refused=2, details={"pages": 2}
    )  # it got late
    state.count_taken("r1", new=2)

    run = state.runs()[0]
    assert (run.state, run.outcome, run.reason, run.asked, run.got) == ("done", "partial", "دیر شد", 4, 9)
    assert (run.new, run.refused, run.details) == (5, 3, {"pages": 2})
    assert run.due_at == run.ended_at == AT


def test_settling_counts_tombstones_and_notes_is_one_step(state: State) -> None:
    """If the note cannot be kept, neither the counts nor the tombstones are kept."""
    state.begin_run("r1", job="crawl:news", due_at=AT, started_at=AT)
    state.settle({"r1": (2, 1), "unknown": (1, 1)}, {"done": "a"}, entombed=["x:h:1"], at=AT)

    with pytest.raises(sqlite3.Error):
        state.settle({"r1": (5, 5)}, {"done": object()}, entombed=["x:h:2"], at=AT)  # type: ignore[dict-item]

    assert [(run.new, run.refused) for run in state.runs()] == [(2, 1)]
    assert state.note("done") == "a"
    assert state.entombed(["x:h:1", "x:h:2"]) == {"x:h:1"}


def test_sources_are_paused_and_put_off_apart(state: State) -> None:
    """A pause outlives a time limit, and the other way round."""
    assert state.control("news") == SourceControl()

    state.put_off("news", AT, reason="asked to wait")
    state.pause("news")
    assert state.control("news") == SourceControl(
        paused=True, put_off_until=AT, put_off_reason="asked to wait"
    )

    state.put_off("news", None)
    assert state.control("news") == SourceControl(paused=True)
    state.pause("news", paused=False)
    assert state.control("news") == SourceControl()


def test_the_same_dead_letter_is_kept_once(state: State) -> None:
    """A thing that fails again for the same reason is one letter with the newer time."""
    later = AT + timedelta(hours=1)
    state.bury("news", "x:h:1", "bad date", at=AT, payload="old")
    state.bury("news", "x:h:2", "bad id \ud800", at=AT, payload="\udfff")
    state.bury("news", "x:h:1", "bad date", at=later, payload="new")
    state.bury("blog", "x:h:1", "bad date", at=AT)

    letters = state.dead_letters(source="news")
    assert [(letter.subject, letter.at, letter.payload) for letter in letters] == [
        ("x:h:1", later, "new"),
        ("x:h:2", AT, "?"),
    ]
    assert len(state.dead_letters(limit=2)) == 2
    state.drop_dead_letters(letter.number for letter in letters)
    assert [letter.source for letter in state.dead_letters()] == ["blog"]


def test_tombstones_keep_no_ids(state: State, tmp_path: Path) -> None:
    """A removed post is known again, but its id cannot be read from the file."""
    ids = [f"mastodon:example.org:users/secret/{number}" for number in range(2_000)]
    state.entomb(ids[:1_500], at=AT)
    state.entomb(ids[:1], at=AT)

    assert state.entombed(ids) == set(ids[:1_500])
    assert state.entombed([]) == set()
    assert all(b"secret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_forgotten_leaves_the_file(state: State, tmp_path: Path) -> None:
    """A dropped letter's text is overwritten, not only unlinked."""
    state.bury("news", "x", "reason", at=AT, payload="very secret text" * 400)
    state.drop_dead_letters([state.dead_letters()[0].number])
    state.close()

    assert all(b"very secret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """Four processes that open and write the same new file all get through."""
    script = (
        "import sys; from pathlib import Path; from store.state import State\n"
        "with State(Path(sys.argv[1])) as state:\n"
        "    for n in range(20): state.set_note(f'{sys.argv[2]}-{n}', 'x')\n"
    )
    path = tmp_path / "state.sqlite"
    children = [subprocess.Popen([sys.executable, "-c", script, str(path), str(n)]) for n in range(4)]

    assert [child.wait(120) for child in children] == [0, 0, 0, 0]
    with State(path) as state:
        assert all(state.note(f"{child}-{n}") == "x" for child in range(4) for n in range(20))
