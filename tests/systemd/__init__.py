"""Giliran as a service on a booted Debian, as README.md says that it is installed."""
