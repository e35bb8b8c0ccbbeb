"""Where posts are kept: two engines behind one door, the spool before them, and the state of a project."""

from store.engines import open_store

__all__ = ["open_store"]
