"""The layer above the project file: variables such as ``RASAD_CRAWL__ALLOW_HOSTS``.

The part before ``__`` is a table of the file, the part behind it a key; lists are written as JSON. Those
of the store have short names that other programs rely on: ``RASAD_STORE_URL``, ``RASAD_STORE_API_KEY`` and
``RASAD_STORE_CA``; what the user has from platforms too: ``RASAD_MASTODON_TOKENS`` (JSON, a token by
server), ``RASAD_BLUESKY_IDENTIFIER``, ``RASAD_BLUESKY_PASSWORD`` and ``RASAD_BLUESKY_PDS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from config.fields import EnvText, nearest
from config.mistakes import MODELS
from config.project import Sections
from posts.errors import Mistake

PREFIX: Final = "RASAD_"
SHORT: Final = {
    "RASAD_STORE_URL": "RASAD_STORE__URL",
    "RASAD_STORE_API_KEY": "RASAD_STORE__API_KEY",
    "RASAD_STORE_CA": "RASAD_STORE__CA",
    "RASAD_MASTODON_TOKENS": "RASAD_TOKENS__MASTODON",
    "RASAD_BLUESKY_IDENTIFIER": "RASAD_TOKENS__BLUESKY_IDENTIFIER",
    "RASAD_BLUESKY_PASSWORD": "RASAD_TOKENS__BLUESKY_PASSWORD",
    "RASAD_BLUESKY_PDS": "RASAD_TOKENS__BLUESKY_PDS",
}
_OWN: Final = (*SHORT, "RASAD_HOME", "RASAD_PROJECT", "RASAD_TEST_ES")

_LIST: Final = '["127.0.0.1:8000"]'
_EXAMPLES: Final = {"RASAD_TOKENS__MASTODON": '{"mastodon.social": "…"}'}


class _Layers(Sections, BaseSettings):
    """The tables of a project, as pydantic-settings wants to see them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid"
    )


class _Given(EnvSettingsSource):
    """Reads the variables that it is handed, not those of the process."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(_Layers)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._variables.items()}


def read(environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str], list[Mistake]]:
    """The tables set by variables, the variable behind each dotted key, and what is wrong with others."""
    good: dict[str, str] = {}
    origins: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for written, value in sorted(environ.items()):
        name = SHORT.get(written.upper(), written.upper())
        if not name.startswith(PREFIX) or not value:
            continue
        wrong = (
            _wrong_name(name) if "__" not in name or name == PREFIX else _wrong_value(name, value, written)
        )
        if wrong is not None:
            mistakes.append(wrong)
        elif "__" in name:
            good[name] = value
            origins[name.removeprefix(PREFIX).lower().replace("__", ".")] = written
    return _marked(_Given(good)()), origins, mistakes


def _wrong_name(name: str) -> Mistake | None:
    """The mistake in a variable without ``__``: a key's name with one underscore, or a slip of the pen."""
    if name in _OWN:
        return None
    for section, model in MODELS.items():
        for key in model.model_fields:
            if name == f"{PREFIX}{section}_{key}".upper():
                meant = f"{PREFIX}{section}__{key}".upper()
                return _mistake(name, "is not known: two underscores stand before the key", meant)
    meant_short = nearest(name, tuple(SHORT))
    near_enough = meant_short is not None and abs(len(meant_short) - len(name)) <= 1
    return _mistake(name, "is not known", meant_short) if near_enough else None


def _wrong_value(name: str, value: str, written: str) -> Mistake | None:
    section = name.removeprefix(PREFIX).split("__")[0].lower()
    if section not in MODELS:
        meant = nearest(section, tuple(MODELS))
        return _mistake(written, "names no table of the project", meant and f"{PREFIX}{meant}__...".upper())
    try:
        _Given({name: value})()
    except (SettingsError, ValueError, RecursionError):
        return _mistake(written, f"must be JSON, such as {_EXAMPLES.get(name, _LIST)}")
    return None


def _mistake(name: str, message: str, meant: str | None = None) -> Mistake:
    return Mistake(file="environment", key=name, value="", message=message, nearest=meant)


def _marked(value: Any) -> Any:
    """The same tables with every text marked as one from the environment."""
    if isinstance(value, dict):
        return {key: _marked(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_marked(part) for part in value]
    return EnvText(value) if isinstance(value, str) else value
