"""Every verb as a program: what it writes, with which code it ends, and that it never shows a traceback."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from store.spool import Spool
from store.state import State

ROOT = Path(__file__).resolve().parents[2]
VERBS = (
    "accounts", "audience", "backtest", "backup", "basket", "bursts", "check", "collect", "compare", "count",
    "crossings", "deadletters", "demo", "draft", "export", "families", "forecast", "forget", "hashtags",
    "import", "influencers", "init", "label", "labels", "machine", "mood", "move", "movers", "queries",
    "read", "rebuild", "related", "report", "restore", "retention", "run", "search", "sources", "trends",
    "verify", "why", "words",
)  # fmt: skip


def short(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"forum:board.example:{number}", "platform": "forum", "source": "board",
        "created_at": f"2026-11-2{number % 3}T08:00:00Z", "text": f"post {number} #tea", "author": "sara",
        **more,
    }  # fmt: skip


def write(path: Path, *rows: Any) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


# the whole


def test_help_names_every_verb_and_no_other(home: Any) -> None:
    """What is not built yet is absent, not a stub."""
    listed = home.start("--help").stdout.partition("Commands:")[2].splitlines()
    verbs = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]

    assert sorted(set(verbs) - {"Exit"}) == sorted(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb: str, home: Any) -> None:
    """With what it does and its options."""
    assert "Usage:" in home.run(verb, "--help").stdout


def test_help_loads_nothing_heavy() -> None:
    """The promise of half a second is kept by what is not imported."""
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom rasad.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = {'pydantic', 'numpy', 'streamlit', 'scrapy', 'spacy', 'tantivy', 'networkx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "nonsense"),
        (["count", "--nonsense"], "--nonsense"),
        (["count", "(tea", "--project", "tea"], "^"),
        (["count", "likes:soon", "--project", "tea"], "likes"),
        (["count", "--project", "tee"], "Did you mean 'tea'?"),
        (["count", "--since", "soon", "--project", "tea"], "24h"),
        (["trends", "--since", "2026-11-02", "--until", "2026-11-01", "--project", "tea"], "ends before"),
        (["export", "--format", "xlsx", "--project", "tea"], "--out"),
        (["export", "--format", "pdf", "--project", "tea"], "pdf"),
        (["sources", "pause", "nwes", "--project", "tea"], "There is no source 'nwes'"),
        (["sources", "add", "ftp://example.org/", "--project", "tea"], "no address of a source"),
        (["collect", "nwes", "--project", "tea"], "There is no source 'nwes'"),
        (["import", "/nowhere/posts.jsonl", "--project", "tea"], "/nowhere/posts.jsonl"),
        (["init", "Tea Time"], "name"),
        (["init", "../tea"], "no name"),
        (["init", "tea"], "already"),
        (["init", "tee", "--time-zone", "Asia/Teheran"], "Did you mean 'Asia/Tehran'?"),
    ],
)
def test_wrong_use_is_told_and_ends_with_two(arguments: list[str], said: str, tea: Any) -> None:
    """The message names the thing and the remedy, on standard error, and leaves nothing behind."""
    done = tea.run(*arguments, code=2)

    assert said in done.stderr
    assert done.stdout == ""
    assert not tea.project("tee").exists()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ('[project]\nname = "tea"\ntime_zone = "Asia/Teheran"\n', "time_zone"),
        ('[project]\nname = "tea"\nlangauge = "fa"\n', "language"),
        ("[project\n", "line"),
        ("\x00\xff", "project.toml"),
    ],
)
def test_broken_project_file_is_told(broken: str, said: str, tea: Any) -> None:
    """File, key and what was probably meant; never a traceback or a silent default."""
    (tea.project("tea") / "project.toml").write_text(broken, encoding="latin-1")
    done = tea.run("count", "--project", "tea", code=2)

    assert said in done.stderr


def test_without_a_project_the_way_to_one_is_told(home: Any) -> None:
    """An empty home is no fault."""
    assert "rasad init" in home.run("count", code=2).stderr


def test_project_is_chosen_where_the_choice_is_clear(tea: Any, tmp_path: Path) -> None:
    """The only one; by its folder; by the variable; but among several one must say which."""
    folder = tea.project("tea")
    alone = tea.json("count")
    by_folder = tea.json("count", "--project", str(folder))
    by_variable = tea.run("count", "--json", more={"RASAD_PROJECT": "tea"}).stdout
    tea.run("init", "coffee")
    unclear = tea.run("count", code=2).stderr

    assert alone == by_folder == [{"count": 0}]
    assert json.loads(by_variable) == {"count": 0}
    assert "coffee, tea" in unclear


def test_reader_that_has_had_enough_is_no_fault(demo: Any) -> None:
    """`rasad export | head -1` ends without a word."""
    command = f"{sys.executable} -m rasad export | head -1"
    done = subprocess.run(
        command,
        shell=True,
        env=demo.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert json.loads(done.stdout)["id"]
    assert done.stderr == ""


# import and export


def test_import_brings_posts_in_once(tea: Any, tmp_path: Path) -> None:
    """Good lines come in, bad ones are dead letters with their place, a second time adds nothing."""
    file = write(tmp_path / "posts.jsonl", short(1), "{no json", short(2), {"id": "x"})
    first = tea.json("import", str(file))
    second = tea.json("import", str(file))
    letters = tea.json("deadletters")

    assert first == [{"source": "import", "got": 2, "new": 2, "refused": 2}]
    assert second == [{"source": "import", "got": 2, "new": 0, "refused": 2}]
    assert tea.json("count", "tea") == [{"count": 2}]
    assert sorted(letter["position"] for letter in letters) == ["posts.jsonl:2", "posts.jsonl:4"]
    assert all({"source", "subject", "reason", "at"} <= letter.keys() for letter in letters)


def test_import_of_nothing_but_mistakes_fails(tea: Any, tmp_path: Path) -> None:
    """A file of which no line is a post was the wrong file."""
    file = write(tmp_path / "posts.jsonl", "a", "b")

    assert tea.json("import", str(file), code=1) == [{"source": "import", "got": 0, "new": 0, "refused": 2}]


def test_export_comes_in_again_elsewhere(tea: Any, tmp_path: Path) -> None:
    """What one project exports, another imports: the same posts, texts and hashtags."""
    file = write(tmp_path / "posts.jsonl", *(short(n) for n in range(5)))
    tea.run("import", str(file), "--source", "board")
    out = tmp_path / "out.jsonl"
    tea.run("export", "--out", str(out))
    tea.run("init", "copy")
    tea.run("import", str(out), "--project", "copy")
    kept = ("id", "source", "text", "author", "created_at", "hashtags")
    both = [
        sorted(tuple(str(row[name]) for name in kept) for row in tea.json("export", "--project", project))
        for project in ("tea", "copy")
    ]

    assert both[0] == both[1]
    assert len(both[0]) == 5


FORMULAE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", ' "=1+1"', '=HYPERLINK("http://x")']


def test_no_cell_is_a_formula(tea: Any, tmp_path: Path) -> None:
    """Neither in CSV nor in Excel, whatever a post begins with."""
    rows = [short(n, text=text, author=text.strip() or "a") for n, text in enumerate(FORMULAE)]
    tea.run("import", str(write(tmp_path / "posts.jsonl", *rows)))
    tea.run("export", "--format", "csv", "--out", str(tmp_path / "out.csv"))
    tea.run("export", "--format", "xlsx", "--out", str(tmp_path / "out.xlsx"))
    table = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    cells = [cell for row in table[1:] for cell in row if cell]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]

    assert len(table) == len(FORMULAE) + 1
    assert [cell for cell in cells if cell.strip(' "').startswith(("=", "+", "-", "@"))] == []
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_failed_export_leaves_the_old_file(tea: Any, tmp_path: Path) -> None:
    """A file is replaced when the new one is whole; one in a folder that is not there is an error."""
    out = tmp_path / "out.csv"
    out.write_text("old")
    done = tea.run("export", "--format", "csv", "--out", str(tmp_path / "missing" / "out.csv"), code=2)

    assert "There is no folder" in done.stderr
    assert out.read_text() == "old"
    assert list(tmp_path.glob(".*.part")) == []


def test_hostile_text_stays_text(tea: Any, tmp_path: Path) -> None:
    """Escapes of terminals and markup are shown, not obeyed."""
    hostile = "\x1b[31mred [bold]x[/bold] \u202eback\x07"
    tea.run(
        "import",
        str(write(tmp_path / "posts.jsonl", short(1, text=hostile, title="[link=file:///]x[/link]"))),
    )
    shown = tea.run("search").stdout
    line = tea.run("search", "--json").stdout

    assert "[bold]x[/bold]" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown + line)


# sources and collect


def test_source_is_added_tested_collected_and_removed(tea: Any, feed: Any) -> None:
    """The life of a source, and what each step says."""
    added = tea.run("sources", "add", feed.url, "--name", "news", "--preview").stdout
    previewed = tea.json("sources", "test", "news")
    run = tea.json("collect")
    again = tea.json("collect", "news")
    later = tea.run("collect", "news")
    after = tea.json("sources")
    tea.run("sources", "remove", "news")

    assert "Tea number" in added
    assert len(previewed) == 3
    assert [(r["source"], r["got"], r["new"], r["refused"], r["outcome"]) for r in run] == [
        ("news", 3, 3, 0, "ok")
    ]
    assert again[0]["new"] == 0
    assert "when 3 new posts came; nothing has come since" in later.stdout + later.stderr
    assert (after[0]["state"], after[0]["posts"]) == ("ok", 3)
    assert tea.json("count") == [{"count": 3}]
    assert [row["state"] for row in tea.json("sources")] == ["ok"]
    assert "news" not in (tea.project("tea") / "project.toml").read_text().split("[crawl]")[1]


def test_source_that_gives_nothing_is_not_added(tea: Any, feed: Any) -> None:
    """The preview fails, and the project file is as it was."""
    feed.status = 404
    before = (tea.project("tea") / "project.toml").read_bytes()
    done = tea.run("sources", "add", feed.url, "--preview", code=1)

    assert done.stderr
    assert (tea.project("tea") / "project.toml").read_bytes() == before


def test_mastodon_source_is_understood(tea: Any) -> None:
    """A tag or an account says the platform; the name comes from the address."""
    tea.run("sources", "add", "https://example.social", "--tag", "#tea")
    tea.run("sources", "add", "https://example.social", "--account", "sara", "--every", "1h")
    text = (tea.project("tea") / "project.toml").read_text()

    assert {row["source"] for row in tea.json("sources")} == {"example-social-tea", "example-social-sara"}
    assert 'tag = "tea"' in text
    assert 'account = "sara"' in text


def test_paused_source_is_not_collected(tea: Any, feed: Any) -> None:
    """Until it is resumed; asked for by its name it is."""
    tea.run("sources", "add", feed.url, "--name", "news")
    tea.run("sources", "pause", "news")
    paused = tea.json("sources")[0]["state"]
    nothing = tea.json("collect")
    tea.run("sources", "resume", "news")
    run = tea.json("collect")

    assert paused == "paused"
    assert nothing == []
    assert run[0]["outcome"] == "ok"


def test_collect_fails_when_all_sources_fail(tea: Any, feed: Any) -> None:
    """One good source is a success; none is a failure, with the reason of each."""
    tea.run("sources", "add", feed.url, "--name", "news")
    tea.run("sources", "add", feed.url.replace("feed.xml", "nothing"), "--name", "gone")
    both = tea.run("collect", "--json")
    outcomes = {row["source"]: row["outcome"] for row in map(json.loads, both.stdout.splitlines())}
    alone = tea.json("collect", "gone", code=1)

    assert outcomes["news"] == "ok"
    assert outcomes["gone"] != "ok"
    assert alone[0]["reason"]


def test_public_source_needs_a_contact(home: Any) -> None:
    """Nobody is asked; the state says what is missing."""
    home.run("init", "tea")
    home.run("sources", "add", "https://example.org/feed.xml", "--name", "news")
    run = home.json("collect", code=1)

    assert run[0]["outcome"] == "not set up"
    assert "contact" in run[0]["reason"]
    assert home.json("sources")[0]["state"] == "not set up"


# check


def test_check_tells_what_is_well(demo: Any) -> None:
    """A line for each thing, and the end is 0."""
    rows = demo.json("check")
    levels = {row["subject"]: row["level"] for row in rows}

    assert {
        "rooms",
        "python",
        "disk",
        "clock",
        "demo: settings",
        "demo: store",
        "demo: spool",
    } <= levels.keys()
    assert "fail" not in levels.values()


def test_check_tells_what_fails(tea: Any) -> None:
    """A broken file and an engine that is away are failures; other projects are still looked at."""
    tea.run("init", "broken")
    (tea.project("broken") / "project.toml").write_text("[project]\n")
    tea.run("init", "damaged")
    (tea.project("damaged") / "state.sqlite").write_bytes(b"no database, but long enough to be read as one")
    rows = tea.json("check", code=1)
    away = tea.run(
        "check", "--project", "tea", "--json", code=1, more={"RASAD_STORE_URL": "http://127.0.0.1:9"}
    )
    levels = {row["subject"]: row["level"] for row in rows}

    assert levels["broken"] == "fail"
    assert levels["damaged: state"] == "fail"
    assert levels["tea: store"] == "ok"
    assert '"fail"' in away.stdout


# the writer's lock


def test_posts_wait_while_the_store_is_away(tea: Any, tmp_path: Path) -> None:
    """The command fails with the reason, the posts stay in the spool, and the next command takes them in."""
    file = write(tmp_path / "posts.jsonl", short(1))
    away = tea.run("import", str(file), code=1, more={"RASAD_STORE_URL": "http://127.0.0.1:9"})
    waiting = len(Spool(tea.project("tea") / "spool").files())
    tea.run("import", str(write(tmp_path / "more.jsonl", short(2))))

    assert "127.0.0.1:9" in away.stderr
    assert waiting == 1
    assert tea.json("count") == [{"count": 2}]


def test_damaged_spool_file_does_not_stop_the_rest(tea: Any, tmp_path: Path) -> None:
    """What can be read of it is taken, the rest is a dead letter."""
    spool = tea.project("tea") / "spool"
    spool.mkdir(exist_ok=True)
    (spool / "00000000000000000001-1-aa.jsonl.gz").write_bytes(b"no gzip at all")
    (spool / "00000000000000000002-1-bb.jsonl.gz").write_bytes(gzip.compress(b"{torn\n"))
    tea.run("import", str(write(tmp_path / "posts.jsonl", short(1))))

    assert tea.json("count") == [{"count": 1}]
    assert len(tea.json("deadletters")) == 2
    with State(tea.project("tea") / "state.sqlite") as state:
        assert len(state.dead_letters()) == 2
    assert os.listdir(spool) == ["damaged"] or not list(spool.glob("*.gz"))
