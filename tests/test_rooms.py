"""The rooms have common names: nothing else may stand in their place."""

from __future__ import annotations

import configparser
import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "answers", "config", "crawlers", "dashboard", "graph", "nlp", "posts",
    "rasad", "reports", "store", "trends", "watch", "words",
)  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_our_own(room: str) -> None:
    """What is imported under a room's name lies in this checkout."""
    file = importlib.import_module(room).__file__

    assert file is not None
    assert Path(file).resolve() == ROOT / room / "__init__.py"


def test_rooms_are_all_folders_that_can_be_imported() -> None:
    """No package beside the rooms; those that are none of the product are not installed."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert found - {"benchmarks"} == set(ROOMS)


def test_installed_packages_are_the_rooms() -> None:
    """What set-up installs and what the rooms are is the same list."""
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = {name.partition(".")[0] for name in setup["options.packages.find"]["include"].split()}

    assert listed == set(ROOMS)


def test_packages_inside_rooms_are_installed() -> None:
    """A room with packages inside it is listed with them."""
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(setup["options.packages.find"]["include"].split())
    nested = {room for room in ROOMS if list((ROOT / room).glob("*/__init__.py"))}

    assert {f"{room}.*" for room in nested} - listed == set()


def test_views_and_modules_bear_no_rooms_name() -> None:
    """Streamlit puts a view's folder first on the path: a view `graph.py` would hide the room."""
    views = {path.stem for path in (ROOT / "dashboard" / "views").glob("*.py")} - {"__init__"}
    beside_app = {path.stem for path in (ROOT / "dashboard").glob("*.py")} - {"__init__", "__main__"}
    hidden = (views | beside_app) & (set(ROOMS) | sys.stdlib_module_names)

    assert hidden == set()
    assert not (ROOT / "dashboard" / "pages").exists()
