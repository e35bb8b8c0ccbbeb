"""The tables of a project's state file."""

from __future__ import annotations

from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS cursors (
  source TEXT, key TEXT, value TEXT NOT NULL, moved_at TEXT NOT NULL, PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
  run_id TEXT PRIMARY KEY, job TEXT NOT NULL, due_at TEXT NOT NULL, started_at TEXT NOT NULL,
  ended_at TEXT, state TEXT NOT NULL, outcome TEXT, reason TEXT NOT NULL DEFAULT '',
  asked INTEGER NOT NULL DEFAULT 0, got INTEGER NOT NULL DEFAULT 0, new INTEGER,
  refused INTEGER NOT NULL DEFAULT 0, details TEXT NOT NULL DEFAULT '{}', UNIQUE (job, due_at)
);
CREATE INDEX IF NOT EXISTS runs_by_job ON runs (job, started_at);
CREATE TABLE IF NOT EXISTS sources (
  source TEXT PRIMARY KEY, paused INTEGER NOT NULL DEFAULT 0, put_off_until TEXT, put_off_reason TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letters (
  number INTEGER PRIMARY KEY, source TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
  at TEXT NOT NULL, payload TEXT, UNIQUE (source, subject, reason)
);
CREATE TABLE IF NOT EXISTS tombstones (digest TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rereads (
  source TEXT, post TEXT, ref TEXT NOT NULL, created_at TEXT NOT NULL, due_at TEXT NOT NULL,
  PRIMARY KEY (source, post)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rereads_due ON rereads (source, due_at);
CREATE TABLE IF NOT EXISTS heard (
  source TEXT, query TEXT, what TEXT, since TEXT, until TEXT, posts INTEGER, why TEXT, run_id TEXT,
  PRIMARY KEY (source, query, what, since, until, why, run_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS labels (
  post TEXT, kind TEXT, value TEXT NOT NULL, at TEXT NOT NULL, how TEXT NOT NULL,
  draw TEXT NOT NULL DEFAULT '', weight REAL NOT NULL DEFAULT 1, said TEXT,
  reader TEXT NOT NULL DEFAULT '', waits INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (post, kind)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS labels_waiting ON labels (waits);
CREATE TABLE IF NOT EXISTS unlabelled (post TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
