"""Opens the engine that the settings or the environment name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from store.protocol import Store, StoreSettings


def open_store(settings: StoreSettings | None = None) -> Store:
    """The store of the settings: in their folder, or in an Elasticsearch when they have a URL.

    Without settings the environment says: ``RASAD_STORE_URL``, ``RASAD_STORE_API_KEY``,
    ``RASAD_HOME`` and ``RASAD_PROJECT`` (else ``demo``).
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
    project = environ.get("RASAD_PROJECT") or "demo"
    folder = Path(project) if "/" in project else Path(home) / "projects" / project
    return StoreSettings(
        folder=folder / "index",
        url=environ.get("RASAD_STORE_URL") or None,
        api_key=environ.get("RASAD_STORE_API_KEY") or None,
        prefix=f"rasad-{folder.name}",
    )
