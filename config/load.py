"""A project's settings: defaults, then ``project.toml``, then ``RASAD_*`` of the environment.

Everything that is wrong is told at once; a file with a mistake gives no settings at all, never a guess.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import platformdirs
from pydantic import ValidationError

from config import environment, mistakes
from config.fields import nearest
from config.project import Sections, Settings
from posts.errors import ConfigError, Mistake

FILE: Final = "project.toml"
_LARGEST: Final = 1024 * 1024
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """Where projects and data live: ``RASAD_HOME``, else the user's data folder."""
    given = environ.get("RASAD_HOME", "")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("rasad", appauthor=False))


def projects(home: Path) -> list[str]:
    """The names of the projects in this home, sorted."""
    folder = home / "projects"
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if (entry / FILE).is_file())


def project_folder(project: str | Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of a project, given by its name or as a path; ``ConfigError`` if there is none."""
    known = home(environ) / "projects"
    if isinstance(project, str) and _NAME.fullmatch(project) and (known / project / FILE).is_file():
        return known / project
    try:
        path = Path(project).expanduser()
        path = path.parent if path.name == FILE else path
        if str(project) and (path / FILE).is_file():
            return path
    except (OSError, ValueError, RuntimeError):
        pass  # not a path that can be: told below with the names that are
    names = projects(home(environ))
    have = f"there are: {', '.join(names)}" if names else "there is none yet; rasad init makes one"
    mistake = Mistake(
        file=str(known),
        key="project",
        value=mistakes.shown(str(project)),
        message=f"no such project; {have}",
        nearest=nearest(str(project), names),
    )
    raise ConfigError((mistake,), subject=str(project))


def load(project: str | Path, *, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a project; ``ConfigError`` lists every mistake of its file and the environment."""
    folder = project_folder(project, environ)
    return read(text_of(folder / FILE), folder=folder, environ=environ)


def read(text: str, *, folder: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that this text of a project file gives in this folder and environment."""
    file = str(folder / FILE)
    data = _tables(text, file)
    found = mistakes.secrets(data, text, file)
    found += mistakes.doubles(data, text, file)
    above, origins, wrong = environment.read(environ)
    found += wrong
    merged = _merged(data, above)
    try:
        sections = Sections.model_validate(merged)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found += mistakes.refused(details, text, file, origins)
    if found:
        found.sort(key=lambda mistake: (mistake.line is None, mistake.line or 0))
        raise ConfigError(tuple(found), subject=file)
    values: dict[str, Any] = {name: getattr(sections, name) for name in Sections.model_fields}
    journal = sections.intake.journal
    if journal is not None:
        values["intake"] = sections.intake.model_copy(update={"journal": folder / journal.expanduser()})
    origin = dict.fromkeys(_keys(data), FILE) | origins
    return Settings(**values, folder=folder, origin=origin)


def text_of(file: Path) -> str:
    """The text of a project file; ``ConfigError`` if it cannot be read or is no text."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(file, f"cannot be read: {error.strerror}") from error
    if len(raw) > _LARGEST:
        raise _unreadable(file, "is larger than 1 MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(file, "is not UTF-8 text", line) from error


def store_settings(settings: Settings) -> dict[str, Any]:
    """What the store is opened with: folder, url, api_key, prefix, ca; the outer rooms hand it on."""
    key = settings.store.api_key
    return {
        "folder": settings.index,
        "url": settings.store.url,
        "api_key": key.get_secret_value() if key else None,
        "prefix": settings.store.prefix or f"rasad-{settings.project.name}",
        "ca": settings.folder / settings.store.ca.expanduser() if settings.store.ca else None,
    }


def _unreadable(file: Path, message: str, line: int | None = None) -> ConfigError:
    key = "" if line is None else f"line {line}"
    return ConfigError(
        (Mistake(file=str(file), key=key, value="", message=message, line=line),), subject=str(file)
    )


def _tables(text: str, file: str) -> dict[str, Any]:
    try:
        data = mistakes.parse(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError((mistakes.syntax(error, text, file),), subject=file) from error
    half = mistakes.cut(text, file)
    if half is not None:
        raise ConfigError((half,), subject=file)
    return data


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _keys(data: Any, prefix: mistakes.Place = ()) -> list[str]:
    if isinstance(data, dict):
        return [found for key, value in data.items() for found in _keys(value, (*prefix, key))]
    if isinstance(data, list) and data and all(isinstance(part, dict) for part in data):
        return [found for at, part in enumerate(data) for found in _keys(part, (*prefix, at))]
    return [mistakes.dotted(prefix)]
