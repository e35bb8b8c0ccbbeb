"""Who passes on, answers and names whom: networks and influence, as pure functions on numbers."""
