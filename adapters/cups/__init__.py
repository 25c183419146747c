"""CUPS: the spooler, its events, and the guard with its journal."""

from adapters.cups.bounded import BoundedEvents, BoundedQueues, BoundedSpooler
from adapters.cups.document_server import DocumentServer
from adapters.cups.events import CupsEvents
from adapters.cups.guard_entries import read_identity
from adapters.cups.installation import GuardProblem, guard_complaints, install_guard, remove_guard
from adapters.cups.ipp import daemon_account, groups_of
from adapters.cups.journal import FileGuardJournal
from adapters.cups.memory import FolderMemory
from adapters.cups.patience import Patience
from adapters.cups.queues import CupsQueues
from adapters.cups.spooler import CupsSpooler
from adapters.cups.success import success_of

__all__ = [
    "BoundedEvents",
    "BoundedQueues",
    "BoundedSpooler",
    "CupsEvents",
    "CupsQueues",
    "CupsSpooler",
    "DocumentServer",
    "FileGuardJournal",
    "FolderMemory",
    "GuardProblem",
    "Patience",
    "daemon_account",
    "groups_of",
    "guard_complaints",
    "install_guard",
    "read_identity",
    "remove_guard",
    "success_of",
]
