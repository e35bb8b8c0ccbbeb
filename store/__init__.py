"""Where posts are kept: two engines behind one door, the spool before them, and the state of a project."""
