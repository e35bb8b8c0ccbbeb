"""What is tried with random inputs, tried much longer than `make test` has time for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOMS = sorted(
    {path.parent.name for path in HERE.glob("*/test_*.py") if "@given" in path.read_text(encoding="utf-8")}
)


@pytest.mark.soak
@pytest.mark.timeout(7_000)
@pytest.mark.parametrize("room", ROOMS)
def test_random_inputs_for_long(room: str) -> None:
    """Each property of a room holds for 5,000 examples; one that falsifies it can be tried again as told."""
    profile = os.environ.get("RASAD_TEST_EXAMPLES", "soak")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis and not es", "--timeout", "6000",
         "--hypothesis-profile", profile, str(HERE / room)],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        timeout=6_900,
        check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-10_000:]
    assert " passed" in done.stdout
