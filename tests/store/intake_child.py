"""Takes a spool into a store, to be killed by the test that started it: see test_store_intake_kills.py.

python intake_child.py FOLDER INDEX [URL PREFIX]
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from posts.post import Annotations, Post, Tag
from store import open_store
from store.intake import Intake, writer_lock
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State


class Words:
    """Splits at spaces, which is all that these posts need."""

    def extract(self, posts: Iterable[Post]) -> Iterator[Post]:
        for post in posts:
            words = tuple(post.text.split())
            tags = tuple(Tag(word[1:], word[1:], 0, 0) for word in words if word.startswith("#"))
            yield replace(post, annotations=Annotations(tokens=words, hashtags=tags, language="en"))


def main(folder: Path, index: Path, url: str | None = None, prefix: str = "rasad") -> None:
    store = open_store(StoreSettings(folder=index, url=url, prefix=prefix))
    with writer_lock(folder), State(folder / "state.sqlite") as state:
        store.ensure()
        intake = Intake(
            store,
            state,
            Spool(folder / "spool"),
            Words(),
            journal=folder / "journal",
            now=lambda: datetime(2026, 11, 20, tzinfo=UTC),
            batch_posts=500,
        )
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        report = intake.run()
        sys.stdout.write(f"done {report.stopped}\n")
    store.close()


if __name__ == "__main__":
    folder, index, *engine = sys.argv[1:]
    main(Path(folder), Path(index), *engine)
