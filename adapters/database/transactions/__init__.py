"""Transactions: snapshots that read, and changes that one at a time writes."""
