"""Settings and projects as typed values, the demo world, and the one writer of project files."""
