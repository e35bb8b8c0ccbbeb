"""The records everyone passes on, the language of search, and the tree of errors. No input or output."""
