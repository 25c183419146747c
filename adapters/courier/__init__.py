"""The centre by courier: the same contract as sealed files on a stick that somebody carries (docs/courier.md)."""

from adapters.courier.pack import Damaged, Item, ItemKind, Key, Pack, packs, read_key
from adapters.courier.server import FolderCentralServer
from adapters.courier.witnesses import StickOfWitnesses

__all__ = ["Damaged", "FolderCentralServer", "Item", "ItemKind", "Key", "Pack", "StickOfWitnesses", "packs", "read_key"]
