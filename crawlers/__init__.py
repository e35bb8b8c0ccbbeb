"""How posts come in: spiders say where to go, pages what is written there, imports read files."""
