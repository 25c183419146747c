"""What a document is told by whoever looked at it."""


class BadDocument(Exception):
    """What is wrong with it, without its content."""
