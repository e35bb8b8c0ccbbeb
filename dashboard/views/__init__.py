"""Views, one file a question."""
