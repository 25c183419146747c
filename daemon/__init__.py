"""Giliran: the service around the domain: settings, ports, dispatch, supervision, command line."""
