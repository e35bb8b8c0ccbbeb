"""Score cards: how well readers read, on posts whose reading is known; made by ``python -m nlp.scores``."""
