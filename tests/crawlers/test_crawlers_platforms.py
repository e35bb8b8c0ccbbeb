"""A platform is whole: what docs/new-platform.md asks for is there for each that has a spider."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from answers.names import _CRAWLED
from config.platforms import PLATFORMS
from crawlers.crawl import SPIDERS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"feed": "feeds"}
"""Where the recorded answers of a platform lie, if not under its name."""


@pytest.fixture(scope="module", params=sorted(SPIDERS))
def platform(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_it_stands_in_the_table(platform: str) -> None:
    """Step 1: an entry in config/platforms.py, and its name in answers/names.py."""
    assert platform in PLATFORMS
    assert platform in _CRAWLED


def test_it_has_six_recorded_cases_and_their_licence(platform: str) -> None:
    """Step 4: cases in folders of their own, and a row that says where they are from."""
    folder = FOLDERS.get(platform, platform)

    assert len(list((ROOT / "tests" / "fixtures" / folder).glob("*/input.*"))) >= 6
    assert f"{folder}/" in (ROOT / "tests" / "fixtures" / "LICENCES.md").read_text("utf-8")


def test_people_are_told(platform: str) -> None:
    """Step 5: its name in both languages, and what it gives."""
    words = tomllib.loads((ROOT / "words" / "common.toml").read_text("utf-8"))

    assert set(words["common"]["platform"][platform]) == {"en", "fa"}
    assert f'platform = "{platform}"' in (ROOT / "README.md").read_text("utf-8")
