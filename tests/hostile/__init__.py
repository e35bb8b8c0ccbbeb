"""A hostile HTTP server of the project's own: named behaviours, each with the end that a crawl of it has.

By hand: ``python -m tests.hostile --port 8000`` gives every behaviour a port of its own and lists them.
A new behaviour is a few lines in `transport`, `packing`, `addresses`, `robots` or `bodies`.
"""
