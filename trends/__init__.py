"""Pure numbers: what is rising, against what was to be expected."""
