"""Writing project files: comments stay, mistakes are refused, a file is the old or the new one."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from config import edit, load
from config.mistakes import LAST_LINE
from config.project import Brand, Source, Topic
from posts.errors import ConfigError

FEED = Source(name="more", platform="feed", url="https://more.example/rss", every=timedelta(hours=2))


def test_the_templates_are_projects(tmp_path: Path) -> None:
    """Starter, demo and empty load; the starter's sources wait for the user."""
    starter = edit.create(tmp_path / "starter", "starter")
    assert len(starter.sources) > 8
    assert all(source.paused for source in starter.sources)
    assert starter.project.contact == ""
    assert edit.create(tmp_path / "demo", "demo").project.demo
    made = edit.create(
        tmp_path / "mine", "empty", name="mine", title="مال من", language="fa", contact="a@b.c"
    )
    assert (made.project.name, made.project.title, made.project.language) == ("mine", "مال من", "fa")


def test_a_project_is_never_written_over(tmp_path: Path) -> None:
    """A second create is refused and the file stays."""
    edit.create(tmp_path, "empty", name="one")
    with pytest.raises(ConfigError, match="already"):
        edit.create(tmp_path, "empty", name="two")
    assert load.load(tmp_path, environ={}).project.name == "one"


def test_a_bad_value_makes_no_project(tmp_path: Path) -> None:
    """What cannot be loaded is not written at all."""
    with pytest.raises(ConfigError) as caught:
        edit.create(tmp_path / "new", "empty", name="x", time_zone="Tehran")
    assert caught.value.mistakes[0].nearest == "Asia/Tehran"
    assert not (tmp_path / "new" / "project.toml").exists()


def test_changes_keep_comments_and_the_last_line(tmp_path: Path) -> None:
    """A source comes, changes and goes; every comment of the file stays."""
    edit.create(tmp_path, "starter")
    file = tmp_path / "project.toml"
    comments = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    settings = edit.add_source(tmp_path, FEED)
    assert settings.source("more") == FEED
    settings = edit.change_source(tmp_path, "more", paused=True, every=timedelta(minutes=45))
    assert settings.source("more").paused
    assert 'every = "45m"' in file.read_text(encoding="utf-8")
    settings = edit.change_source(tmp_path, "more", every=None)
    assert settings.source("more").every == timedelta(minutes=15)
    settings = edit.remove_source(tmp_path, "more")
    assert "more" not in [source.name for source in settings.sources]
    after = file.read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
    assert after.endswith(f"\n{LAST_LINE}\n")


def test_contact_and_start_of_the_starter(tmp_path: Path) -> None:
    """What the first page does: a contact is set and all sources start."""
    edit.create(tmp_path, "starter")
    edit.set_value(tmp_path, "project.contact", "mailto:me@example.org")
    settings = edit.change_sources(tmp_path, paused=False)
    assert settings.project.contact == "mailto:me@example.org"
    assert not any(source.paused for source in settings.sources)
    assert "# such as" in (tmp_path / "project.toml").read_text(encoding="utf-8")


def test_rivals_topics_and_sections_that_were_not_there(tmp_path: Path) -> None:
    """Tables that the file does not have yet are added."""
    edit.create(tmp_path, "empty")
    edit.add_rival(tmp_path, Brand(name="گلبرگ", aliases=("Golbarg",), accounts=("@g@x.example",)))
    edit.add_topic(tmp_path, Topic(name="tea", query='چای OR "green tea"'))
    settings = edit.set_value(tmp_path, "crawl.allow_hosts", ("127.0.0.1:8000",))
    assert settings.rivals[0].id == "brand:گلبرگ"
    assert settings.topics[0].query == 'چای OR "green tea"'
    assert settings.crawl.allow_hosts == ("127.0.0.1:8000",)
    settings = edit.change(tmp_path, "rivals", "گلبرگ", aliases=("Golbarg", "GolbargTea"))
    assert settings.rivals[0].aliases == ("Golbarg", "GolbargTea")
    assert edit.remove(tmp_path, "topics", "tea").topics == ()


def test_refused_changes_leave_the_file_as_it_was(tmp_path: Path) -> None:
    """Wrong values, double names and unknown names change nothing, and leave nothing lying about."""
    edit.create(tmp_path, "empty")
    edit.add_source(tmp_path, FEED)
    before = (tmp_path / "project.toml").read_bytes()
    for wrong in (
        lambda: edit.add_source(tmp_path, FEED),
        lambda: edit.set_value(tmp_path, "project.time_zone", "Mars/Base"),
        lambda: edit.set_value(tmp_path, "project.langauge", "fa"),
        lambda: edit.set_value(tmp_path, "store.api_key", "hunter2"),
        lambda: edit.set_value(tmp_path, "project.title", object()),
        lambda: edit.change_source(tmp_path, "mor", paused=True),
        lambda: edit.change_source(tmp_path, "more", url="x"),
        lambda: edit.remove_source(tmp_path, "nobody"),
    ):
        with pytest.raises(ConfigError) as caught:
            wrong()
        assert "hunter2" not in str(caught.value)
    assert (tmp_path / "project.toml").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["project.toml", "settings.lock"]


def test_a_file_with_mistakes_is_not_touched(tmp_path: Path) -> None:
    """A file that somebody broke by hand is refused with its mistakes, not repaired by guess."""
    edit.create(tmp_path, "empty")
    file = tmp_path / "project.toml"
    text = file.read_text(encoding="utf-8").replace("language", "langauge")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="langauge"):
        edit.set_value(tmp_path, "project.contact", "x")
    assert file.read_text(encoding="utf-8") == text


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the old settings stay and the temporary file goes."""
    edit.create(tmp_path, "empty")
    before = (tmp_path / "project.toml").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        edit.set_value(tmp_path, "project.contact", "x")
    assert (tmp_path / "project.toml").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["project.toml", "settings.lock"]


def test_two_writers_at_once_both_count(tmp_path: Path) -> None:
    """Ten sources added by ten threads are ten sources."""
    edit.create(tmp_path, "empty")

    def add(number: int) -> None:
        edit.add_source(
            tmp_path, Source(name=f"s{number}", platform="feed", url=f"https://s{number}.example")
        )

    threads = [threading.Thread(target=add, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load.load(tmp_path, environ={}).sources) == 10
