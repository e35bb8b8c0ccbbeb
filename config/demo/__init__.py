"""The demo: an invented world of three tea brands, made from a seed."""
