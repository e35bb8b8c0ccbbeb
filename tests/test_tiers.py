"""The tests themselves: what may be left out, and what each tier holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LEFT_OUT = """
import pytest
{above}
@pytest.fixture
def engine():
    pytest.skip("no engine")

{mark}
def test_it({fixture}):
    {inside}
"""


@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"inside": "pytest.skip('no engine')"}, id="inside"),
        pytest.param({"fixture": "engine"}, id="fixture"),
        pytest.param({"mark": "@pytest.mark.skipif(True, reason='no engine')"}, id="mark"),
        pytest.param({"above": "pytest.importorskip('no_engine')"}, id="whole file"),
    ],
)
@pytest.mark.parametrize(("ci", "code", "word"), [("true", 1, "With CI=true nothing"), ("", 0, "1 skipped")])
def test_nothing_is_left_out_in_ci(
    tmp_path: Path, way: dict[str, str], ci: str, code: int, word: str
) -> None:
    """However a test is left out: with CI=true it has failed, else it is told with its reason."""
    parts = {"above": "", "mark": "", "fixture": "", "inside": "pass", **way}
    file = tmp_path / "test_left_out.py"
    file.write_text(LEFT_OUT.format(**parts))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rfs", "-p", "conftest", "-p", "no:cacheprovider", str(file)],
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}", "CI": ci},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert word in done.stdout
    assert "no_engine" in done.stdout.replace("no engine", "no_engine")
    # A whole file that is left out leaves no test, which has a code of its own.
    assert done.returncode == code or (code, done.returncode) in {(0, 5), (1, 2)}, done.stdout
