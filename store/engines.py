"""Opens the engine that the settings or the environment name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from store.protocol import Store, StoreSettings

_MADE_BY_RASAD = frozenset({"demo", "starter"})


def open_store(settings: StoreSettings | None = None) -> Store:
    """The store of the settings: in their folder, or in an Elasticsearch when they have a URL.

    Without settings the environment says: ``RASAD_STORE_URL``, ``RASAD_STORE_API_KEY``,
    ``RASAD_STORE_CA``, ``RASAD_HOME`` and ``RASAD_PROJECT`` (else the project that the command line takes
    without a name).
    """
    if settings is None:
        settings = settings_from(os.environ)
    # Only one of the engines is loaded, and only when a store is opened.
    if settings.url is None:
        from store.embedded import EmbeddedStore

        return EmbeddedStore(settings)
    from store.elasticsearch import ElasticsearchStore

    return ElasticsearchStore(settings)


def settings_from(environ: Mapping[str, str]) -> StoreSettings:
    """The settings that the environment gives."""
    home = environ.get("RASAD_HOME") or platformdirs.user_data_dir("rasad")
    project = environ.get("RASAD_PROJECT") or _project(Path(home) / "projects")
    folder = Path(project) if "/" in project else Path(home) / "projects" / project
    ca = environ.get("RASAD_STORE_CA")
    return StoreSettings(
        folder=folder / "index",
        url=environ.get("RASAD_STORE_URL") or None,
        api_key=environ.get("RASAD_STORE_API_KEY") or None,
        prefix=f"rasad-{folder.name}",
        ca=Path(ca).expanduser() if ca else None,
    )


def _project(folder: Path) -> str:
    """The only project, the only one that Rasad did not make itself, else the demo, be it there or not."""
    names = sorted(file.parent.name for file in folder.glob("*/project.toml"))
    own = [name for name in names if name not in _MADE_BY_RASAD]
    return next((choice[0] for choice in (names, own) if len(choice) == 1), "demo")
