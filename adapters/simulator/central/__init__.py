"""A central server that speaks the contract, behind a link that can be made to fail. For demos and tests."""

from adapters.simulator.central.people import Inhabitant, make_people, registrations_csv
from adapters.simulator.central.server import CentralSimulator

__all__ = ["CentralSimulator", "Inhabitant", "make_people", "registrations_csv"]
