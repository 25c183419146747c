"""The centre by courier: both sides for real, with the stick as a folder that comes, goes, and is pulled out."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from adapters.clock import SystemClock
from adapters.courier import Damaged, FolderCentralServer, Item, ItemKind, Pack, read_key
from adapters.courier.pack import MANIFEST, MOST_FILE_BYTES, TO_CENTRE, TO_OFFICE
from daemon.demo.centre import Inhabitant, make_people
from daemon.demo.centre.courier import CentralCourier
from daemon.demo.centre.state import CentralState
from daemon.domain.errors import Rejected
from daemon.domain.link import Cause, Stage
from daemon.domain.token import Token
from daemon.ports import BadCard, Issuance, LinkFailure, Record

OFFICE = "1205"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@dataclass
class Road:
    """The centre, the office, and the stick between them."""

    folder: Path
    people: list[Inhabitant]

    def __post_init__(self) -> None:
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        self.key = Fernet(Fernet.generate_key())
        ready = {person.record_id: 0.0 for person in self.people if person.becomes_ready}
        self.state = CentralState(self.people, ready_schedule=ready, clock=SystemClock())

    def centre(self) -> CentralCourier:
        return CentralCourier(self.state, stick=self.stick, key=self.key, office=OFFICE)

    def office(self) -> FolderCentralServer:
        """As after a restart."""
        return FolderCentralServer(
            stick=self.stick, spool=self.folder / "spool", key=self.key, office=OFFICE, clock=SystemClock()
        )

    @property
    def brought(self) -> Path:
        return self.stick / f"giliran-{OFFICE}" / TO_OFFICE

    def carry(self) -> FolderCentralServer:
        """From the centre to the office, which takes it in."""
        self.centre().exchange()
        office = self.office()
        assert office.probe().ok
        return office


@pytest.fixture
def road(tmp_path: Path) -> Road:
    return Road(tmp_path, make_people(12, seed=3, not_ready=2, missing=1))


def known(office: FolderCentralServer, after: str | None = None) -> tuple[list[Record], str]:
    """All changes since then, and the cursor after them."""
    records: list[Record] = []
    while True:
        page = office.records(after, 500)
        assert page.bad == ()
        records += page.records
        if not page.more and page.next == after:
            return records, page.next
        after = page.next


def issuance(record_id: str) -> Issuance:
    return Issuance(token=Token(record_id, 1), record_id=record_id, printed_at=NOON, printer="card-1", card_serial=None)


def ready(road: Road) -> list[str]:
    return sorted(person.record_id for person in road.people if person.becomes_ready)


def test_before_the_first_carrier_the_line_is_down_with_its_own_cause(road: Road) -> None:
    probe = road.office().probe()
    assert (probe.failed_stage, probe.cause) == (Stage.CONNECT, Cause.NO_CARRIER)
    for call in (lambda: road.office().records(None, 5), lambda: road.office().card("A")):
        with pytest.raises(LinkFailure) as caught:
            call()
        assert caught.value.cause is Cause.NO_CARRIER


def test_the_stick_goes_at_once_and_everything_is_here(road: Road) -> None:
    office = road.carry()
    shutil.rmtree(road.stick)
    assert office.probe().ok
    records, cursor = known(office)
    assert {record.record_id for record in records} == {p.record_id for p in road.people if not p.missing}
    for record_id in ready(road):
        assert office.card(record_id).fields["name"]
    assert known(road.office(), cursor) == ([], cursor), "after a restart nothing comes twice"


def test_a_card_that_nobody_carried_is_refused_and_the_line_stays(road: Road) -> None:
    office = road.carry()
    with pytest.raises(BadCard, match="brought no card"):
        office.card("nobody")
    assert office.probe().ok


def test_reports_go_with_one_carrier_and_come_back_as_receipts_with_the_next(road: Road) -> None:
    office = road.carry()
    known(office)
    cards = [issuance(record_id) for record_id in [*ready(road)[:3], "nobody"]]
    assert office.report(cards[:2], "key-1").accepted == frozenset()
    assert office.report(cards[1:], "key-2").accepted == frozenset(), "in other batches the second time"
    assert office.probe().ok
    road.centre().exchange()
    assert set(road.state.issued) == {card.record_id for card in cards[:3]}
    office = road.office()
    assert office.probe().ok
    receipt = office.report(cards, "key-3")
    assert receipt.accepted == {card.record_id for card in cards[:3]}
    assert receipt.rejected == {"nobody": "unknown record"}
    with pytest.raises(BadCard):
        office.card(cards[0].record_id)  # made and booked: nothing of it stays here
    road.centre().exchange()
    assert road.state.double_issuances == []


def test_only_what_changed_is_carried_next_time(road: Road) -> None:
    office = road.carry()
    _, cursor = known(office)
    office.probe()
    road.state.withdraw(ready(road)[0])
    again = road.carry()
    records, after = known(again, cursor)
    assert [(record.record_id, record.status) for record in records] == [(ready(road)[0], "WITHDRAWN")]
    assert after != cursor


def test_the_same_stick_again_changes_nothing_and_an_older_one_neither(road: Road) -> None:
    road.centre().exchange()
    older = road.folder / "older"
    shutil.copytree(road.stick, older)
    office = road.carry()
    _, cursor = known(office)
    assert office.probe().ok
    shutil.rmtree(road.stick)
    older.rename(road.stick)
    office = road.office()
    assert office.probe().ok
    assert known(office, cursor) == ([], cursor)


def test_a_pack_that_does_not_follow_is_refused_and_the_next_one_brings_it(road: Road) -> None:
    office = road.carry()
    _, cursor = known(office)
    office.probe()
    for record_id in ready(road)[:2]:
        road.state.withdraw(record_id)
    road.centre().exchange()
    pack = Pack(road.brought, key=road.key, office=OFFICE)
    (page,) = [item for item in pack.items((ItemKind.PAGE,)) if item.of == cursor]
    pack.write([Item(kind=ItemKind.PAGE, of="elsewhere", content=page.content.replace(b"v1.", b"v1.f"))], 9)
    office = road.office()
    assert office.probe().ok
    with pytest.raises(LinkFailure, match="a pack is missing"):
        office.records(cursor, 500)
    road.carry()
    assert len(known(road.office(), cursor)[0]) == 2


# --- sticks that are meant to harm, or were harmed -------------------------------------------------------------------


def _another_key(road: Road) -> None:
    Pack(road.brought, key=Fernet(Fernet.generate_key()), office=OFFICE).write([], 99)


def _another_office(road: Road) -> None:
    Pack(road.brought, key=road.key, office="9999").write([], 99)


def _truncated(road: Road) -> None:
    file = next(road.brought.glob("*-0.sealed"))
    file.write_bytes(file.read_bytes()[:-5])


def _missing(road: Road) -> None:
    next(road.brought.glob("*-1.sealed")).unlink()


def _swapped(road: Road) -> None:
    first, second, *_ = sorted(road.brought.glob("*-*.sealed"))
    first.write_bytes(second.read_bytes())


def _no_manifest_but_noise(road: Road) -> None:
    (road.brought / MANIFEST).write_bytes(os.urandom(500))


def _a_link_elsewhere(road: Road) -> None:
    file = next(road.brought.glob("*-0.sealed"))
    file.unlink()
    file.symlink_to("/etc/hostname")


def _a_manifest_elsewhere(road: Road) -> None:
    file = road.brought / MANIFEST
    shutil.copy(file, road.folder / "manifest")
    file.unlink()
    file.symlink_to(road.folder / "manifest")


def _a_folder_elsewhere(road: Road) -> None:
    shutil.copytree(road.brought, road.folder / "elsewhere")
    shutil.rmtree(road.brought)
    road.brought.symlink_to(road.folder / "elsewhere")


def _all_of_it_elsewhere(road: Road) -> None:
    shutil.move(road.brought.parent, road.folder / "elsewhere")
    road.brought.parent.symlink_to(road.folder / "elsewhere")


def _another_name(road: Road) -> None:
    os.link(next(road.brought.glob("*-0.sealed")), road.folder / "another name")


def _a_pipe(road: Road) -> None:
    file = next(road.brought.glob("*-0.sealed"))
    file.unlink()
    os.mkfifo(file)


def _a_pipe_for_a_manifest(road: Road) -> None:
    (road.brought / MANIFEST).unlink()
    os.mkfifo(road.brought / MANIFEST)


def _a_folder_for_a_file(road: Road) -> None:
    file = next(road.brought.glob("*-0.sealed"))
    file.unlink()
    file.mkdir()


def _larger_than_any(road: Road) -> None:
    os.truncate(next(road.brought.glob("*-0.sealed")), MOST_FILE_BYTES + 1)


def _manifest(road: Road, **changes: object) -> None:
    sealed = (road.brought / MANIFEST).read_bytes()
    manifest = {**json.loads(road.key.decrypt(sealed)), **changes}
    (road.brought / MANIFEST).write_bytes(road.key.encrypt(json.dumps(manifest).encode()))


HARM: dict[str, tuple[Callable[[Road], None], str]] = {
    "another key": (_another_key, "another key"),
    "another office's": (_another_office, "another office"),
    "half copied": (_truncated, "not what the manifest says"),
    "a file is missing": (_missing, "cannot be read"),
    "files are swapped": (_swapped, "not what the manifest says"),
    "noise": (_no_manifest_but_noise, "damaged"),
    "a link": (_a_link_elsewhere, "is a link"),
    "a link for a manifest": (_a_manifest_elsewhere, "is a link"),
    "a link for a folder": (_a_folder_elsewhere, "is a link"),
    "a link for all of it": (_all_of_it_elsewhere, "is a link"),
    "a file of two names": (_another_name, "another name"),
    "a pipe": (_a_pipe, "not a plain file"),
    "a pipe for a manifest": (_a_pipe_for_a_manifest, "not a plain file"),
    "a folder for a file": (_a_folder_for_a_file, "not a plain file"),
    "larger than any": (_larger_than_any, "is larger than 32 MiB"),
    "a path": (
        lambda road: _manifest(
            road, entries=[{"kind": "card", "of": "A", "file": "../../../etc/passwd", "sha256": ""}]
        ),
        "none of its own",
    ),
    "a later format": (lambda road: _manifest(road, format=2), "format"),
    "no list": (lambda road: _manifest(road, entries={}), "not complete"),
    "an unknown kind": (
        lambda road: _manifest(road, entries=[{"kind": "x", "of": "", "file": "1-0.sealed", "sha256": ""}]),
        "unknown kind",
    ),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_stick_that_cannot_be_trusted_is_told_by_its_fault_and_nothing_of_it_is_taken(road: Road, harm: str) -> None:
    road.centre().exchange()
    do, words = HARM[harm]
    do(road)
    probe = road.office().probe()
    assert (probe.failed_stage, probe.cause) == (Stage.ANSWER, Cause.CARRIER_REFUSED)
    assert words in (probe.detail or "")


@pytest.mark.parametrize("harm", HARM)
def test_what_was_carried_before_goes_on_being_used(road: Road, harm: str) -> None:
    office = road.carry()
    _, cursor = known(office)
    road.centre().exchange()
    HARM[harm][0](road)
    office = road.office()
    assert office.probe().ok
    assert known(office, cursor) == ([], cursor)
    assert office.card(ready(road)[0]).fields


@pytest.mark.parametrize("cut", range(40))
def test_pulled_out_or_killed_after_any_file_nothing_is_lost_or_taken_by_half(
    road: Road, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th file that is renamed into its place, on the stick or on this machine, is the last one."""
    done = 0
    replace = os.replace

    def until_the_cut(new: str, name: str, **folders: int) -> None:
        nonlocal done
        if done >= cut:
            raise OSError(5, "Input/output error")
        done += 1
        replace(new, name, **folders)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", until_the_cut)
        try:
            road.centre().exchange()
            road.office().probe()
        except OSError:
            pass
    office = road.carry()
    records, _ = known(office)
    assert len(records) == len([person for person in road.people if not person.missing])
    for record_id in ready(road):
        assert office.card(record_id).fields


# --- sticks that are meant to make the office write elsewhere --------------------------------------------------------


TREASURE = b"what the daemon has of its own\n"


@pytest.mark.parametrize("name", [".manifest.sealed", "manifest.sealed", ".1-0.sealed", "1-0.sealed", ".1-1.sealed"])
@pytest.mark.parametrize("trap", [os.symlink, os.link])
def test_nothing_is_written_through_a_name_that_the_stick_offers(
    road: Road, name: str, trap: Callable[[Path, Path], None]
) -> None:
    road.centre().exchange()
    treasure = road.folder / "treasure"
    treasure.write_bytes(TREASURE)
    given = road.stick / f"giliran-{OFFICE}" / TO_CENTRE
    given.mkdir()
    trap(treasure, given / name)
    assert road.office().probe().ok
    assert treasure.read_bytes() == TREASURE
    assert Pack(given, key=road.key, office=OFFICE).sequence() == 1, "and the carrier gets his pack all the same"


@pytest.mark.parametrize("depth", [1, 2])
def test_no_folder_elsewhere_is_written_to(road: Road, depth: int) -> None:
    road.centre().exchange()
    own = road.folder / "own"
    given = road.stick / f"giliran-{OFFICE}" / TO_CENTRE
    if depth == 1:
        own.mkdir()
        given.symlink_to(own)
        assert road.office().probe().ok, "what was brought is good"
    else:
        shutil.move(given.parent, own)
        given.parent.symlink_to(own)
        assert road.office().probe().cause is Cause.CARRIER_REFUSED
    assert not (own / MANIFEST).exists()
    assert not (own / TO_CENTRE).exists()


def test_a_link_that_leads_nowhere_makes_no_file_there(road: Road) -> None:
    road.centre().exchange()
    given = road.stick / f"giliran-{OFFICE}" / TO_CENTRE
    given.mkdir()
    (given / ".manifest.sealed").symlink_to(road.folder / "new")
    assert road.office().probe().ok
    assert not (road.folder / "new").exists()


# --- the stick and the key -------------------------------------------------------------------------------------------


def test_a_stick_that_cannot_be_written_to_is_read_all_the_same(road: Road) -> None:
    road.centre().exchange()
    (road.stick / f"giliran-{OFFICE}" / TO_CENTRE).write_text("in the way")
    office = road.office()
    assert office.probe().ok
    assert known(office)[0]


def test_nothing_on_the_stick_or_in_the_spool_can_be_read_without_the_key(road: Road) -> None:
    office = road.carry()
    office.report([issuance(ready(road)[0])], "key-1")
    office.probe()
    for file in [*road.stick.rglob("*"), *(road.folder / "spool").rglob("*")]:
        if file.is_file():
            content = file.read_bytes() + str(file).encode()
            assert not any(secret.encode() in content for person in road.people for secret in (person.nik, person.name))
            assert file.name == "state.json" or not any(p.record_id.encode() in content for p in road.people)


@pytest.mark.parametrize("content", ["", "short", "é" * 44, "x" * 44])
def test_a_key_that_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Rejected, match="courier's key"):
        read_key(file)


def test_a_pack_is_a_folder_of_its_own_files_alone(road: Road) -> None:
    road.centre().exchange()
    road.centre().exchange()
    names = {file.name.split("-")[0] for file in road.brought.glob("*-*.sealed")}
    assert names == {"2"}
    with pytest.raises(Damaged):
        list(Pack(road.folder / "nowhere", key=road.key, office=OFFICE).items((ItemKind.PAGE,)))
