"""What is written on a page of each platform: pure functions from an answer to posts."""
