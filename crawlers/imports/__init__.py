"""Files of posts that a person already has."""
