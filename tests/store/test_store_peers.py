"""The oldest Elasticsearch client that is promised to work, over a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path(sys.prefix) / "peers"
WITH_IT = """
import sys
import elasticsearch, pytest
told = elasticsearch.__versionstr__, elasticsearch.__file__
assert told[0].startswith("8.19.") and told[1].startswith(sys.argv[1]), told
print("client", *told)
sys.exit(pytest.main(sys.argv[2:]))
"""


@pytest.mark.peer
@pytest.mark.parametrize(
    ("files", "chosen", "least"),
    [
        pytest.param("test_store_contract*.py", "elasticsearch or relevance", 380, id="contract"),
        pytest.param("test_store_leases.py", "elasticsearch", 8, id="leases"),
        pytest.param("test_store_elasticsearch*.py", "", 10, id="servers in trouble"),
        pytest.param("test_store_property.py", "", 10, id="random bodies"),
        pytest.param(
            "test_store_intake*.py", "elasticsearch and not ten_times and not hundred", 15, id="intake"
        ),
    ],
)
def test_client_of_8_19_does_the_same(files: str, chosen: str, least: int, elasticsearch_url: str) -> None:
    """The tests of the store pass with it in the place of the newest client, in a process of their own."""
    if not CLIENT.is_dir():
        pytest.skip(f"no other client in {CLIENT}; `make test-peers` puts it there")
    found = [str(path) for path in sorted(Path(__file__).parent.glob(files))]
    done = subprocess.run(
        [sys.executable, "-c", WITH_IT, str(CLIENT), "-q", "-p", "no:cacheprovider",
         "-m", "not peer and not soak", "-k", chosen, *found],
        env={**os.environ, "PYTHONPATH": str(CLIENT), "RASAD_TEST_ES": elasticsearch_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= least
    assert "skipped" not in done.stdout
