"""The only writer of project files: comments are kept, and a file is replaced whole or not at all.

Each function reads the file anew, refuses if it has mistakes already, makes the change, checks the whole
result as ``config.load`` will, and only then puts it in place of the old one.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from config.fields import nearest, written
from config.load import FILE, read, text_of
from config.mistakes import FIRST_LINE, LAST_LINE, parse
from config.project import Brand, Section, Settings, Source, Topic
from posts.errors import ConfigError, Mistake

Template = Literal["starter", "demo", "empty"]
Named = Literal["sources", "topics", "rivals"]

_TEMPLATES: Final = {"starter": "starter.toml", "demo": "demo/project.toml", "empty": "empty.toml"}


def create(folder: Path, template: Template = "empty", **values: Any) -> Settings:
    """A new project in this folder, from a template with ``values`` for its ``[project]`` table.

    ``ConfigError`` if there is a project already or a value cannot be.
    """
    file = folder / FILE
    text = (Path(__file__).parent / _TEMPLATES[template]).read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        if file.exists():
            raise _refusal(file, "", "", "there is a project here already")

        def change(document: tomlkit.TOMLDocument) -> None:
            for key, value in values.items():
                _put(document, ("project", key), value)

        return _write(file, text, change)


def add_source(folder: Path, source: Source) -> Settings:
    """The settings with one more source; ``ConfigError`` if its name is taken."""
    return _change(folder, lambda document: _append(document, "sources", source))


def add_rival(folder: Path, rival: Brand) -> Settings:
    """The settings with one more rival."""
    return _change(folder, lambda document: _append(document, "rivals", rival))


def add_topic(folder: Path, topic: Topic) -> Settings:
    """The settings with one more topic."""
    return _change(folder, lambda document: _append(document, "topics", topic))


def change_source(folder: Path, name: str, **changes: Any) -> Settings:
    """The settings with these keys of a source changed; ``None`` takes a key out."""
    return change(folder, "sources", name, **changes)


def change_sources(folder: Path, **changes: Any) -> Settings:
    """The settings with these keys changed in every source: ``paused=False`` starts them all."""

    def each(document: tomlkit.TOMLDocument) -> None:
        for table in document.get("sources", ()):
            for key, value in changes.items():
                _assign(table, key, value)

    return _change(folder, each)


def remove_source(folder: Path, name: str) -> Settings:
    """The settings without this source; its posts stay."""
    return remove(folder, "sources", name)


def change(folder: Path, section: Named, name: str, **changes: Any) -> Settings:
    """The settings with these keys of a source, topic or rival changed; ``None`` takes a key out."""

    def one(document: tomlkit.TOMLDocument) -> None:
        table = document[section][_place(document, folder / FILE, section, name)]
        for key, value in changes.items():
            _assign(table, key, value)

    return _change(folder, one)


def remove(folder: Path, section: Named, name: str) -> Settings:
    """The settings without this source, topic or rival."""

    def one(document: tomlkit.TOMLDocument) -> None:
        tables: Any = document[section]
        del tables[_place(document, folder / FILE, section, name)]
        if not len(tables):
            del document[section]

    return _change(folder, one)


def mend_tags(folder: Path, *, same: Sequence[Sequence[str]], apart: Sequence[str]) -> Settings:
    """The settings with these families joined and these spellings apart, in place of those that were."""

    def both(document: tomlkit.TOMLDocument) -> None:
        _put(document, ("reading", "same_tags"), [list(tags) for tags in same] or None)
        _put(document, ("reading", "apart_tags"), list(apart) or None)

    return _change(folder, both)


def set_value(folder: Path, key: str, value: Any) -> Settings:
    """The settings with one value set, such as ``project.contact``; ``None`` unsets it."""
    section, _, name = key.partition(".")
    return _change(folder, lambda document: _put(document, (section, name), value))


def _change(folder: Path, edit: Callable[[tomlkit.TOMLDocument], None]) -> Settings:
    file = folder / FILE
    with _lock(folder):
        text = text_of(file)
        read(text, folder=folder, environ={})
        return _write(file, text, edit)


def _write(file: Path, text: str, edit: Callable[[tomlkit.TOMLDocument], None]) -> Settings:
    try:
        document = tomlkit.parse(text)
        edit(document)
        result = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, RecursionError) as error:
        raise _refusal(file, "", "", f"cannot be changed so: {error}") from error
    result = _ended(result)
    settings = read(result, folder=file.parent, environ={})
    _replace(file, result)
    return settings


def _ended(text: str) -> str:
    """The text with the line that says it is whole as its last one, if its first line asks for it."""
    text = text.rstrip("\n") + "\n"
    if not text.startswith(FIRST_LINE):
        return text
    lines = [line for line in text.split("\n") if line.strip() != LAST_LINE]
    ended = "\n".join(lines).rstrip("\n") + f"\n\n{LAST_LINE}\n"
    # A line of a longer text may look like the mark: then the file stays as it was.
    return ended if parse(ended) == parse(text) else text


def _replace(file: Path, text: str) -> None:
    """Puts the text in place of the file in one step that survives a power cut."""
    target = file.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    handle, temporary = tempfile.mkstemp(prefix=".project-", suffix=".toml", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fchmod(opened.fileno(), mode)
            os.fsync(opened.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Holds the folder's settings, so that two writers do not each keep only their own change."""
    try:
        handle = os.open(folder / "settings.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _refusal(folder / FILE, "", "", f"cannot be changed: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _append(document: tomlkit.TOMLDocument, section: Named, record: Section) -> None:
    values = record.model_dump(mode="json", exclude_defaults=True)
    tables: Any = document.get(section)
    if tables is None:
        tables = tomlkit.aot()
        document.append(section, tables)
    table = tomlkit.table() if isinstance(tables, AoT) else tomlkit.inline_table()
    for key, value in values.items():
        table.append(key, value)
    tables.append(table)


def _put(document: tomlkit.TOMLDocument, place: tuple[str, str], value: Any) -> None:
    section, key = place
    if section not in document:
        if value is None:
            return
        document.append(section, tomlkit.table())
    _assign(document[section], key, value)


def _assign(table: Any, key: str, value: Any) -> None:
    if value is None:
        if key in table:
            del table[key]
        return
    # Whatever type a caller holds (a path, a length of time), the file gets what the field writes.
    table[key] = _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return written(value)
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _place(document: tomlkit.TOMLDocument, file: Path, section: Named, name: str) -> int:
    names = [str(table.get("name")) for table in document.get(section, ())]
    if name not in names:
        raise _refusal(file, section, f"'{name}'", "is not there", nearest(name, names))
    return names.index(name)


def _refusal(file: Path, key: str, value: str, message: str, meant: str | None = None) -> ConfigError:
    mistake = Mistake(file=str(file), key=key, value=value, message=message, nearest=meant)
    return ConfigError((mistake,), subject=str(file))
