"""The door: the command line and the service. It puts the rooms together and decides nothing."""

__version__ = "0.1.0"
