"""Loading a project: layers, every mistake at once, and files that were cut or damaged."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from config import load
from config.load import read, store_settings
from config.project import Settings, Source
from posts.errors import ConfigError, Mistake

TEXT = """\
[project]
name = "tea"
title = "چای"
language = "fa"
time_zone = "Asia/Tehran"
calendar = "jalali"

[brand]
name = "Rasta Tea"
accounts = ["@rasta@chatra.example"]

[[sources]]
name = "tag"
platform = "mastodon"
url = "https://chatra.example/"
tag = "چای"

[[sources]]
name = "feed"
platform = "feed"
url = "https://feed.example/rss"
every = "2h"
paused = true

[crawl]
timeout_s = 30
"""


def project(home: Path, text: str, name: str = "tea") -> dict[str, str]:
    """A project of this text in a home; gives the environment that points there."""
    folder = home / "projects" / name
    folder.mkdir(parents=True)
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return {"RASAD_HOME": str(home)}


def mistakes_in(text: str, environ: dict[str, str] | None = None) -> list[Mistake]:
    """What is wrong with this text of a project file."""
    with pytest.raises(ConfigError) as caught:
        read(text, folder=Path("/p"), environ=environ or {})
    return list(caught.value.mistakes)


def test_a_project_loads_by_name_and_by_path(tmp_path: Path) -> None:
    """Name, folder and file all lead to the same settings."""
    environ = project(tmp_path, TEXT)
    by_name = load.load("tea", environ=environ)
    folder = tmp_path / "projects" / "tea"
    assert by_name.folder == folder
    assert by_name.sources == load.load(folder, environ={}).sources
    assert by_name.project == load.load(str(folder / "project.toml"), environ={}).project
    assert load.projects(tmp_path) == ["tea"]
    assert by_name.origin["sources[0].tag"] == "project.toml"


def test_defaults_and_what_follows_from_other_values() -> None:
    """A tag means the timeline of a tag, durations are read, what a feed brings is seen when it is read."""
    settings = read(TEXT, folder=Path("/p"), environ={})
    tag, feed = settings.sources
    assert (tag.timeline, tag.url, tag.every) == ("tag", "https://chatra.example", timedelta(minutes=15))
    assert (feed.timeline, feed.kind, feed.every, feed.paused) == (None, None, timedelta(hours=2), True)
    assert settings.brand is not None
    assert settings.brand.id == "brand:rasta-tea"
    assert settings.brand.author_keys == ("mastodon:chatra.example:rasta",)


def test_the_environment_lies_above_the_file() -> None:
    """Variables win over the file, keep what they do not name, and are told as origin."""
    environ = {
        "RASAD_CRAWL__ALLOW_HOSTS": '["127.0.0.1:8000"]',
        "RASAD_PROJECT__PSEUDONYMS": "true",
        "RASAD_STORE_URL": "http://127.0.0.1:9200",
        "RASAD_STORE_API_KEY": "hunter2",
        "RASAD_HOME": "/somewhere",
        "RASAD_TEST_ES": "http://other",
        "RASAD_CRAWL__DELAY_S": "",
        "PATH": "/bin",
    }
    settings = read(TEXT, folder=Path("/p"), environ=environ)
    assert settings.crawl.allow_hosts == ("127.0.0.1:8000",)
    assert settings.crawl.timeout_s == 30
    assert settings.crawl.delay_s == 1.0
    assert settings.project.pseudonyms is True
    assert settings.origin["crawl.allow_hosts"] == "RASAD_CRAWL__ALLOW_HOSTS"
    assert settings.origin["store.url"] == "RASAD_STORE_URL"
    opened = store_settings(settings)
    assert (opened["url"], opened["api_key"]) == ("http://127.0.0.1:9200", "hunter2")
    assert opened["prefix"] == "rasad-tea"


@pytest.mark.parametrize(
    ("variable", "example"),
    [
        ("RASAD_MASTODON_TOKENS", '{"mastodon.social": "…"}'),
        ("RASAD_TOKENS__MASTODON", '{"mastodon.social": "…"}'),
        ("rasad_crawl__allow_hosts", '["127.0.0.1:8000"]'),
    ],
)
def test_a_variable_that_is_no_json_is_named_as_it_was_written(variable: str, example: str) -> None:
    """With an example of its own, and without the token."""
    (mistake,) = mistakes_in(TEXT, {variable: "mastodon.social=hunter2"})
    assert str(mistake) == f"environment: {variable}: must be JSON, such as {example}"


def test_a_secret_is_never_shown() -> None:
    """Neither repr nor a message has the key; in the file it is a mistake that names the variable."""
    settings = read(TEXT, folder=Path("/p"), environ={"RASAD_STORE_API_KEY": "hunter2"})
    assert "hunter2" not in repr(settings) + str(settings.store) + str(settings.model_dump())
    (mistake,) = mistakes_in(TEXT + '[store]\napi_key = "hunter2"\n')
    assert "RASAD_STORE_API_KEY" in mistake.message
    assert "hunter2" not in str(mistake)
    (mistake,) = mistakes_in(TEXT, {"RASAD_STORE_URL": "http://me:hunter2@host"})
    assert "hunter2" not in str(mistake)


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    """A file with many mistakes gives one for each, in the order of its lines."""
    text = """\
[project]
name = "Tea Time"
time_zone = "Asia/Teheran"
langauge = "fa"
demo = "yes"
[[rivals]]
name = "G"
accounts = ["sara@example.org", "@x"]
[[sources]]
name = "a"
platform = "mastodon"
url = "mastodon.social"
tag = "#tea"
[[sources]]
name = "a"
platfrom = "feed"
url = "ftp://x"
every = "15 mins"
[crwl]
x = 1
"""
    found = [(mistake.line, mistake.key, mistake.nearest) for mistake in mistakes_in(text)]
    assert found == [
        (2, "project.name", "tea-time"),
        (3, "project.time_zone", "Asia/Tehran"),
        (4, "project.langauge", "language"),
        (5, "project.demo", None),
        (8, "rivals[0].accounts[0]", "@sara@example.org"),
        (8, "rivals[0].accounts[1]", None),
        (12, "sources[0].url", "https://mastodon.social"),
        (13, "sources[0].tag", "tea"),
        (14, "sources[1].platform", None),
        (15, "sources[1].name", None),
        (16, "sources[1].platfrom", "platform"),
        (17, "sources[1].url", None),
        (18, "sources[1].every", None),
        (19, "crwl", "crawl"),
    ]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('language = "farsi"', "project.language"),
        ('calendar = "jalaly"', "project.calendar"),
        ("title = 5", "project.title"),
        ('title = "two\\nlines"', "project.title"),
        ('contact = "a\\r\\nX-Evil: 1"', "project.contact"),
        ("name = 2026-01-01", "project.name"),
        ("pseudonyms = 1", "project.pseudonyms"),
    ],
)
def test_wrong_values_of_a_project_are_named(line: str, key: str) -> None:
    """Wrong types and words are refused under their key."""
    name = "" if line.startswith("name") else 'name = "x"\n'
    (mistake,) = mistakes_in(f"[project]\n{name}{line}\n")
    assert mistake.key == key
    assert mistake.line is not None


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('platform = "feed"\nurl = "https://x.example"\ntag = "a"', "tag"),
        ('platform = "feed"\nurl = "https://x.example"\ntimeline = "public"', "timeline"),
        ('platform = "mastodon"\nurl = "https://x.example"\ntimeline = "tag"', "tag"),
        ('platform = "mastodon"\nurl = "https://x.example"\ntimeline = "public"\ntag = "a"', "tag"),
        ('platform = "mastodon"\nurl = "https://x.example/tags/a"', "url"),
        ('platform = "feed"\nurl = "https://u:p@x.example"', "url"),
        ('platform = "feed"\nurl = "https://"', "url"),
        ('platform = "feed"\nurl = "https://[::1"', "url"),
        ('platform = "feed"\nurl = "https://x.example"\nevery = "0m"', "every"),
        ('platform = "feed"\nurl = "https://x.example"\nevery = "90d"', "every"),
        ('platform = "feed"\nurl = "https://x.example"\nbackfill_pages = -1', "backfill_pages"),
        ('platform = "feed"\nurl = "https://x.example"\nbackfill_pages = true', "backfill_pages"),
        ('platform = "feed"\nurl = "https://x.example"\nkind = "blogs"', "kind"),
    ],
)
def test_wrong_values_of_a_source_are_named(lines: str, key: str) -> None:
    """A source that cannot be is refused under the key that is wrong, and no other."""
    (mistake,) = mistakes_in(f'[project]\nname = "x"\n[[sources]]\nname = "s"\n{lines}\n')
    assert mistake.key == f"sources[0].{key}"


def test_a_topic_that_cannot_be_searched_is_named() -> None:
    """The query of a topic is read as the search box reads it."""
    (mistake,) = mistakes_in('[project]\nname = "x"\n[[topics]]\nname = "t"\nquery = "(tea"\n')
    assert (mistake.key, mistake.line) == ("topics[0].query", 5)


@pytest.mark.parametrize(
    ("variable", "value", "nearest"),
    [
        ("RASAD_CRAWL__ALOW_HOSTS", "[]", "allow_hosts"),
        ("RASAD_CRAWL__ALLOW_HOSTS", "127.0.0.1:8000", None),
        ("RASAD_CRAWL__ALLOW_HOSTS", '["127.0.0.1"]', None),
        ("RASAD_CRAWL__TIMEOUT_S", "soon", None),
        ("RASAD_CRAWL_ALLOW_HOSTS", "[]", "RASAD_CRAWL__ALLOW_HOSTS"),
        ("RASAD_CRAWLL__DELAY_S", "1", "RASAD_CRAWL__..."),
        ("RASAD_STORE_ULR", "http://x", "RASAD_STORE_URL"),
    ],
)
def test_wrong_variables_are_named(variable: str, value: str, nearest: str | None) -> None:
    """A mistake in the environment names the variable, not a line of the file."""
    (mistake,) = mistakes_in(TEXT, {variable: value})
    assert mistake.file == "environment"
    assert mistake.key == variable
    assert mistake.nearest == nearest


@pytest.mark.parametrize(
    "text", ["[project", "a = ", "\x00", "a = 1\na = 2", "a = " + "[" * 20000, "a = 1e9999x", "a = 99-99-99"]
)
def test_what_is_no_toml_is_told_with_its_line(text: str) -> None:
    """Broken syntax is one mistake, never a traceback."""
    (mistake,) = mistakes_in(text)
    assert "TOML" in mistake.message or "nested" in mistake.message


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, and a file that is too large, are told with the file's name."""
    environ = project(tmp_path, TEXT)
    file = tmp_path / "projects" / "tea" / "project.toml"
    file.write_bytes(b'[project]\nname = "\xff"\n')
    with pytest.raises(ConfigError, match=r"project\.toml:2: is not UTF-8"):
        load.load("tea", environ=environ)
    file.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="larger than"):
        load.load("tea", environ=environ)


def test_an_unknown_project_is_told_with_those_that_are(tmp_path: Path) -> None:
    """A slip in a project's name gives the right one."""
    environ = project(tmp_path, TEXT, name="starter")
    with pytest.raises(ConfigError) as caught:
        load.load("startr", environ=environ)
    assert caught.value.mistakes[0].nearest == "starter"
    for odd in ("", "\x00", "a" * 5000, "../..", "~nobody-at-all/x"):
        with pytest.raises(ConfigError):
            load.load(odd, environ=environ)


def plain(settings: Settings) -> dict[str, object]:
    """What was given in the file, by dotted key."""
    return settings.model_dump(mode="json", exclude_unset=True, exclude={"folder", "origin"})


def test_a_file_of_ours_cut_anywhere_is_noticed() -> None:
    """Every beginning of a file that Rasad wrote is refused, unless only the last line break is gone."""
    for name in ("starter.toml", "empty.toml", "demo/project.toml"):
        raw = (Path(load.__file__).parent / name).read_bytes()
        whole = plain(read(raw.decode(), folder=Path("/p"), environ={}))
        for length in range(0, len(raw) - 1, 1 if len(raw) < 2500 else 7):
            text = raw[:length].decode(errors="ignore")
            with pytest.raises(ConfigError):
                read(text, folder=Path("/p"), environ={})
        assert plain(read(raw[:-1].decode(), folder=Path("/p"), environ={})) == whole


def test_a_file_of_others_cut_anywhere_never_gives_half_a_value() -> None:
    """What still loads from the beginning of any file has only whole values of the whole file."""
    whole = plain(read(TEXT, folder=Path("/p"), environ={}))
    for length in range(len(TEXT)):
        try:
            part = plain(read(TEXT[:length], folder=Path("/p"), environ={}))
        except ConfigError:
            continue
        for section, table in part.items():
            assert _within(table, whole.get(section)), (length, section)


def _within(part: object, whole: object) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        # Title and timeline follow from other keys where they are not given, or no longer.
        return all(
            key in ("title", "timeline") or _within(value, whole.get(key)) for key, value in part.items()
        )
    if isinstance(part, list) and isinstance(whole, list):
        return all(_within(a, b) for a, b in zip(part, whole, strict=False))
    return part is None or part == whole


def test_damaged_files_never_end_in_a_traceback() -> None:
    """Two hundred random mutations give settings or a ConfigError with file and reason, nothing else."""
    rng = random.Random(20261123)
    told: list[ConfigError] = []
    for _ in range(200):
        raw = bytearray(TEXT.encode())
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(raw))
            what = rng.random()
            if what < 0.4:
                raw[at] = rng.randrange(256)
            elif what < 0.7:
                del raw[at : at + rng.randint(1, 20)]
            else:
                raw[at:at] = bytes(rng.choice(b"[]{}=\"'#\n\\.,0a") for _ in range(rng.randint(1, 5)))
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            continue
        try:
            read(text, folder=Path("/p"), environ={})
        except ConfigError as error:
            told.append(error)
    assert len(told) > 50
    assert all(mistake.file and mistake.message for error in told for mistake in error.mistakes)


def test_settings_do_not_change() -> None:
    """The records are frozen."""
    settings = read(TEXT, folder=Path("/p"), environ={})
    with pytest.raises(ValueError, match="frozen"):
        settings.project.name = "other"
    with pytest.raises(ValueError, match="frozen"):
        settings.sources[0].paused = True
    assert isinstance(settings.source("feed"), Source)
    with pytest.raises(KeyError):
        settings.source("nobody")


def test_how_a_project_reads() -> None:
    """The quick models and no mended family unless it says otherwise; a wrong value is named."""
    plain = read(TEXT, folder=Path("/p"), environ={}).reading
    assert (plain.mode, plain.models, plain.same_tags, plain.apart_tags) == ("fast", {}, (), ())

    lines = (
        '[reading]\nmode = "careful"\nmodels = {fa = "my_model"}\n'
        'same_tags = [["هوش_مصنوعی", "AI"]]\napart_tags = ["now_here"]\n'  # artificial intelligence
    )
    told = read(f"{TEXT}\n{lines}", folder=Path("/p"), environ={}).reading
    assert (told.mode, told.models["fa"]) == ("careful", "my_model")
    assert (told.same_tags, told.apart_tags) == ((("هوش_مصنوعی", "AI"),), ("now_here",))

    for wrong, key in (
        ('mode = "slow"', "reading.mode"),
        ('models = {Persian = "x"}', "reading.models"),
        ('same_tags = [["#AI"]]', "reading.same_tags"),
    ):
        with pytest.raises(ConfigError) as refused:
            read(f"{TEXT}\n[reading]\n{wrong}\n", folder=Path("/p"), environ={})
        assert refused.value.mistakes[0].key.startswith(key)
