"""The store in a folder among processes: one writer, any readers, a full disk, another version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from posts.errors import SchemaChanged, StoreBusy, StoreReadOnly
from store import open_store
from store.engines import settings_from
from store.protocol import Document, Store, StoreSettings

EVERY = {"match_all": {}}
CHILD = """
import resource, sys
from pathlib import Path
from posts.errors import StoreError
from store import open_store
from store.protocol import StoreSettings

folder, action = Path(sys.argv[1]), sys.argv[2]
store = open_store(StoreSettings(folder=folder))
use = lambda i: {"id": f"c{i}", "tag": "ai", "created_at": "2026-11-01T00:00:00Z"}
if action == "write":
    store.write("uses", [use(i) for i in range(5)])
    store.close()
elif action == "hold":
    store.write("uses", [use(0)])
    print("held", flush=True)
    sys.stdin.read()
"""


def _use(i: int) -> Document:
    return {"id": f"u{i}", "tag": "ai", "created_at": "2026-11-01T00:00:00Z"}


def _child(folder: Path, action: str) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), action],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_reader_sees_what_another_process_wrote(embedded_settings: StoreSettings) -> None:
    """A reader that was opened before the first write sees the next commit of another process."""
    reader = open_store(embedded_settings)
    before = reader.count("uses", EVERY)
    for _ in range(2):
        with _child(embedded_settings.folder, "write") as child:
            child.communicate(timeout=120)

    assert (before, child.returncode) == (0, 0)
    assert reader.count("uses", EVERY) == 5


def test_second_writer_is_told_at_once(embedded_settings: StoreSettings) -> None:
    """While one process writes another gets StoreBusy, and may write as soon as the first was killed."""
    store = open_store(embedded_settings)
    with _child(embedded_settings.folder, "hold") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy):
            store.write("uses", [_use(1)])
        with pytest.raises(StoreBusy):
            store.delete("uses", EVERY)
        held = store.count("uses", EVERY)
        child.kill()
    store.write("uses", [_use(1)])
    store.close()

    assert held == 1
    assert store.count("uses", EVERY) == 2


def test_closed_store_lets_the_next_one_write(embedded_settings: StoreSettings) -> None:
    """Closing gives the lock back; the store may be used again."""
    first, second = open_store(embedded_settings), open_store(embedded_settings)
    for i, store in enumerate((first, second, first)):
        store.write("uses", [_use(i)])
        store.close()

    assert second.count("uses", EVERY) == 3


def test_replaced_folder_is_noticed(embedded_settings: StoreSettings) -> None:
    """A reader goes over to an index that was put in the place of the one it read."""
    import shutil

    reader = open_store(embedded_settings)
    reader.write("uses", [_use(1), _use(2)])
    reader.close()
    assert reader.count("uses", EVERY) == 2
    shutil.rmtree(embedded_settings.folder)
    assert reader.count("uses", EVERY) == 0
    writer = open_store(embedded_settings)
    writer.write("uses", [_use(3)])
    writer.close()

    assert set(reader.get("uses", ["u1", "u3"])) == {"u3"}


def test_another_version_is_refused(embedded_store: Store, embedded_settings: StoreSettings) -> None:
    """An index of another schema is neither read nor written."""
    (embedded_settings.folder / "schema.json").write_text(json.dumps({"schema": 0}))
    other = open_store(embedded_settings)

    for ask in (
        other.ensure,
        lambda: other.count("uses", EVERY),
        lambda: other.write("uses", [_use(1)]),
    ):
        with pytest.raises(SchemaChanged) as caught:
            ask()
    assert "schema" in str(caught.value)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Where no folder can be made the store is read-only, with the folder's name."""
    (tmp_path / "file").write_text("")
    store = open_store(StoreSettings(folder=tmp_path / "file" / "index"))

    with pytest.raises(StoreReadOnly) as caught:
        store.write("uses", [_use(1)])
    assert "file" in caught.value.subject


def test_full_disk_loses_nothing_that_was_committed(embedded_settings: StoreSettings) -> None:
    """Files that cannot grow raise StoreReadOnly; what was committed stays, and writing goes on later."""
    script = f"""
import resource, signal
from pathlib import Path
from posts.errors import StoreReadOnly
from store import open_store
from store.protocol import StoreSettings

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(StoreSettings(folder=Path({str(embedded_settings.folder)!r})))
use = lambda i: {{"id": f"d{{i}}", "tag": f"t{{i}}" * 9, "created_at": "2026-11-01T00:00:00Z"}}
store.write("uses", [use(i) for i in range(100)])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    store.write("uses", [use(i) for i in range(100, 20_000)])
except StoreReadOnly as error:
    print("read only")
print(store.count("uses", {{"match_all": {{}}}}))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.write("uses", [use(i) for i in range(100, 200)])
print(store.count("uses", {{"match_all": {{}}}}))
store.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.stdout.split("\n")[:3] == ["read only", "100", "200"], done.stderr
    assert open_store(embedded_settings).count("uses", EVERY) == 200


def test_environment_names_the_store(tmp_path: Path) -> None:
    """Without settings the home, the project and the address come from the environment."""
    plain = settings_from({"RASAD_HOME": str(tmp_path)})
    full = settings_from(
        {
            "RASAD_HOME": str(tmp_path),
            "RASAD_PROJECT": "mine",
            "RASAD_STORE_URL": "http://localhost:9200",
            "RASAD_STORE_API_KEY": "secret",
        }
    )

    for name in ("demo", "starter", "tea"):
        (tmp_path / "projects" / name).mkdir(parents=True)
        (tmp_path / "projects" / name / "project.toml").touch()
    own = settings_from({"RASAD_HOME": str(tmp_path)})

    assert plain.folder == tmp_path / "projects" / "demo" / "index"
    assert (own.folder, own.prefix) == (tmp_path / "projects" / "tea" / "index", "rasad-tea")
    assert plain.url is None
    assert (full.url, full.api_key, full.prefix) == ("http://localhost:9200", "secret", "rasad-mine")
    assert "secret" not in repr(full)
