"""The peers of the store's benchmark: DuckDB and SQLite with FTS5, holding the same posts."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from benchmarks.made_posts import Chunk, chunks
from benchmarks.store_queries import Dialect
from store.mapping import epoch

Rows = list[tuple[Any, ...]]
_POSTS: Final = ("n", "id", "platform", "language", "author", "s", "likes", "text")
_USES: Final = ("n", "s", "tag")


def _tables(chunk: Chunk) -> tuple[Rows, Rows]:
    posts, tags = [], []
    for post in chunk.posts:
        n, at = int(post["id"].rpartition(":")[2]), epoch(post["created_at"])
        posts.append((n, *(post[name] for name in _POSTS[1:5]), at, post["likes"], post["text"]))
        tags += [(n, at, tag) for tag in post.get("hashtags", ())]
    return posts, tags


def _arrow(names: tuple[str, ...], rows: Rows) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})


class DuckDB:
    """Columns, with the words of each post as a list."""

    name = "duckdb"
    dialect = Dialect(
        div="//",
        search=lambda has, lacks: (
            "FROM posts WHERE "
            + " AND ".join(
                [f"list_contains(tokens, '{w}')" for w in has]
                + [f"NOT list_contains(tokens, '{w}')" for w in lacks]
            )
        ),
        phrase=lambda words: f"FROM posts WHERE contains(' ' || text || ' ', ' {words} ')",
    )

    def __init__(self, folder: Path) -> None:
        self._path = folder / "peer.duckdb"
        self._db = duckdb.connect(str(self._path))
        self._db.execute("SET threads = 2")
        self._db.execute(
            "CREATE TABLE posts (n BIGINT PRIMARY KEY, id VARCHAR, platform VARCHAR, language VARCHAR,"
            " author VARCHAR, s BIGINT, likes BIGINT, text VARCHAR, tokens VARCHAR[]);"
            "CREATE TABLE tags (n BIGINT, s BIGINT, tag VARCHAR)"
        )

    def fill(self, count: int) -> float:
        """Write all posts; the seconds inside the database."""
        spent = 0.0
        for chunk in chunks(count):
            posts, tags = _tables(chunk)
            begun = time.perf_counter()
            self._db.register("made", _arrow(_POSTS, posts))
            self._db.register("used", _arrow(_USES, tags))
            self._db.execute("INSERT INTO posts SELECT *, string_split(text, ' ') FROM made")
            self._db.execute("INSERT INTO tags SELECT * FROM used")
            spent += time.perf_counter() - begun
        self._db.execute("CHECKPOINT")
        return spent

    def megabytes(self) -> float:
        return self._path.stat().st_size / 1e6

    def ask(self, sql: str) -> Rows:
        return self._db.execute(sql).fetchall()

    def close(self) -> None:
        self._db.close()


class SQLite:
    """Rows with indices, and FTS5 for the words."""

    name = "sqlite"
    dialect = Dialect(
        div="/",
        search=lambda has, lacks: _matching(" ".join([*has, *(f"NOT {w}" for w in lacks)])),
        phrase=lambda words: _matching(f'"{words}"'),
    )

    def __init__(self, folder: Path) -> None:
        self._path = folder / "peer.sqlite"
        self._db = sqlite3.connect(self._path)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE TABLE posts (n INTEGER PRIMARY KEY, id TEXT, platform TEXT, language TEXT, author TEXT,"
            " s INTEGER, likes INTEGER, text TEXT);"
            "CREATE TABLE tags (n INTEGER, s INTEGER, tag TEXT);"
            "CREATE INDEX by_at ON posts (s); CREATE INDEX by_tag ON tags (tag, s, n);"
            "CREATE INDEX by_author ON posts (author); CREATE INDEX by_post ON tags (n, tag);"
            "CREATE VIRTUAL TABLE words USING fts5"
            " (text, content='', tokenize=\"unicode61 tokenchars '#'\");"
        )

    def fill(self, count: int) -> float:
        """Write all posts; the seconds inside the database."""
        spent = 0.0
        for chunk in chunks(count):
            posts, tags = _tables(chunk)
            begun = time.perf_counter()
            with self._db:
                self._db.executemany(f"INSERT INTO posts VALUES ({','.join('?' * len(_POSTS))})", posts)
                self._db.executemany("INSERT INTO tags VALUES (?, ?, ?)", tags)
                words = [(post[0], post[-1]) for post in posts]
                self._db.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", words)
            spent += time.perf_counter() - begun
        return spent

    def megabytes(self) -> float:
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._path.stat().st_size / 1e6

    def ask(self, sql: str) -> Rows:
        return self._db.execute(sql).fetchall()

    def close(self) -> None:
        self._db.close()


def _matching(expression: str) -> str:
    return f"FROM posts JOIN words ON words.rowid = posts.n WHERE words MATCH '{expression}'"


PEERS: Final[tuple[Callable[[Path], DuckDB | SQLite], ...]] = (DuckDB, SQLite)
