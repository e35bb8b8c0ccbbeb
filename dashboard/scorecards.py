"""How well texts are read: the score cards that come with the models, as they were measured."""

from __future__ import annotations
