"""A central server that speaks the contract, behind a link that can be made to fail. For demos and tests."""

from daemon.demo.centre.people import Inhabitant, make_people, registrations_csv
from daemon.demo.centre.server import CentralSimulator

__all__ = ["CentralSimulator", "Inhabitant", "make_people", "registrations_csv"]
