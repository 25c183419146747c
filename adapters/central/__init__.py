"""The central server over HTTP/JSON (CONTRACT.md section 4)."""

from adapters.central.server import HttpCentralServer

__all__ = ["HttpCentralServer"]
