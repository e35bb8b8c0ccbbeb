"""How the data that this room ships is made, from sources that may be shipped."""
