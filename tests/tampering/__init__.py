"""Whoever owns the machine changes the books, in every way that we know of: `python -m tests.tampering 10000`."""
