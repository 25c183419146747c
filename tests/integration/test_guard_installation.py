"""Putting the guard in front of a queue, and taking it away."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.cups import GuardProblem, guard_complaints, install_guard, remove_guard
from daemon.demo.cups import PrivateCups
from daemon.domain.dispatch import UNFIT_ADVICE, Unfit
from daemon.domain.recovery import SpoolState
from daemon.domain.token import Token
from daemon.ports import SpoolerRefused
from tests.fixtures.cups import CardQueue, make_card_queue


@pytest.fixture
def bare_queue(new_cups: Callable[..., PrivateCups]) -> CardQueue:
    """One without guard, on a server without any."""
    return make_card_queue(new_cups(), guarded=False)


def install(queue: CardQueue) -> tuple[str, ...]:
    return install_guard(queue.cups.server, queue.name, queue.cups.journal, queue.cups.backend_dir)


def remove(queue: CardQueue) -> tuple[str, ...]:
    return remove_guard(queue.cups.server, queue.name, queue.cups.backend_dir)


def test_installing_says_what_was_done_and_twice_does_nothing(bare_queue: CardQueue) -> None:
    done = install(bare_queue)

    assert len(done) == 3
    assert bare_queue.spooler.queue(bare_queue.name).guarded
    assert install(bare_queue) == ()


def test_removing_gives_the_device_back(bare_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    install(bare_queue)

    remove(bare_queue)

    assert bare_queue.spooler.queue(bare_queue.name).device_uri == bare_queue.printer.device_uri
    assert not (bare_queue.cups.backend_dir / "giliran").exists()
    bare_queue.start(token, card_pdf)
    assert bare_queue.ended(token).state is SpoolState.COMPLETED


def test_the_file_stays_while_another_queue_needs_it(bare_queue: CardQueue) -> None:
    other = make_card_queue(bare_queue.cups)
    install(bare_queue)

    remove(bare_queue)

    assert (bare_queue.cups.backend_dir / "giliran").exists()
    assert other.spooler.queue(other.name).guarded


def test_an_older_guard_is_updated(bare_queue: CardQueue) -> None:
    install(bare_queue)
    guard = bare_queue.cups.backend_dir / "giliran"
    current = guard.read_text()
    guard.write_text(current + "# an older version\n")

    assert install(bare_queue) == (f"updated {guard}",)
    assert guard.read_text() == current


def test_a_guard_with_another_journal_is_refused(bare_queue: CardQueue, tmp_path: Path) -> None:
    install(bare_queue)

    with pytest.raises(GuardProblem, match=str(bare_queue.cups.journal)):
        install_guard(bare_queue.cups.server, bare_queue.name, tmp_path / "elsewhere", bare_queue.cups.backend_dir)


def test_somebody_elses_backend_of_that_name_is_refused(bare_queue: CardQueue) -> None:
    (bare_queue.cups.backend_dir / "giliran").write_text("#!/bin/sh\n")

    with pytest.raises(GuardProblem, match="not Giliran's guard"):
        install(bare_queue)


def test_an_unknown_queue_is_refused(bare_queue: CardQueue) -> None:
    with pytest.raises(SpoolerRefused):
        install_guard(bare_queue.cups.server, "nowhere", bare_queue.cups.journal, bare_queue.cups.backend_dir)


def test_a_missing_backend_folder_is_named(bare_queue: CardQueue, tmp_path: Path) -> None:
    with pytest.raises(GuardProblem, match=str(tmp_path / "none")):
        install_guard(bare_queue.cups.server, bare_queue.name, bare_queue.cups.journal, tmp_path / "none")


def test_a_missing_real_backend_is_named(bare_queue: CardQueue) -> None:
    (bare_queue.cups.backend_dir / "cardsim").unlink()

    with pytest.raises(GuardProblem, match="cardsim"):
        install(bare_queue)
    assert not bare_queue.spooler.queue(bare_queue.name).guarded


def test_a_file_in_place_of_the_journal_is_refused(bare_queue: CardQueue) -> None:
    bare_queue.cups.journal.write_text("")

    with pytest.raises(GuardProblem, match="not a folder"):
        install(bare_queue)


def test_a_busy_queue_is_left_alone(bare_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    bare_queue.printer.set_speed(0.5)
    bare_queue.start(token, card_pdf)

    with pytest.raises(GuardProblem, match="printing"):
        install(bare_queue)
    assert bare_queue.ended(token).state is SpoolState.COMPLETED
    assert len(bare_queue.printer.tape()) == 1


@pytest.mark.parametrize(("real_mode", "guard_mode"), [(0o755, 0o755), (0o700, 0o700), (0o744, 0o700)])
def test_the_guard_runs_as_root_where_the_real_backend_does(
    bare_queue: CardQueue, token: Token, card_pdf: bytes, real_mode: int, guard_mode: int
) -> None:
    (bare_queue.cups.backend_dir / "cardsim").chmod(real_mode)

    install(bare_queue)

    assert stat.S_IMODE((bare_queue.cups.backend_dir / "giliran").stat().st_mode) == guard_mode
    bare_queue.start(token, card_pdf)
    assert bare_queue.ended(token).state is SpoolState.COMPLETED
    made_by = bare_queue.printer.tape()[0].picture.stat().st_uid
    if os.geteuid() == 0:
        assert (made_by == 0) == (guard_mode == 0o700)


def test_a_guard_that_needs_root_for_one_queue_keeps_it_for_the_next(bare_queue: CardQueue) -> None:
    backends = bare_queue.cups.backend_dir
    (backends / "cardsim").chmod(0o700)
    install(bare_queue)
    (backends / "cardsim").chmod(0o755)

    assert install(bare_queue) == ()
    assert stat.S_IMODE((backends / "giliran").stat().st_mode) == 0o700


def test_the_error_policy_becomes_abort_job(bare_queue: CardQueue) -> None:
    bare_queue.set_default("printer-error-policy", "retry-job")

    assert any("abort-job" in line for line in install(bare_queue))


def test_device_discovery_is_undisturbed(bare_queue: CardQueue) -> None:
    install(bare_queue)

    listed = subprocess.run(
        ["lpinfo", "-h", bare_queue.cups.server, "-v"], capture_output=True, text=True, timeout=60, check=False
    )

    assert "giliran" not in listed.stdout
    assert "giliran" not in listed.stderr


@pytest.mark.parametrize("what", ["missing", "changed", "open to all"])
def test_a_guard_that_is_not_as_it_was_installed_is_found(bare_queue: CardQueue, what: str) -> None:
    install(bare_queue)
    assert guard_complaints(bare_queue.cups.journal) == ()
    guard = bare_queue.cups.backend_dir / "giliran"

    match what:
        case "missing":
            guard.unlink()
        case "changed":
            guard.write_text(guard.read_text().replace("VERSION = 2", "VERSION = 1"))
        case "open to all":
            guard.chmod(0o777)

    (complaint,) = guard_complaints(bare_queue.cups.journal)
    assert str(guard) in complaint


def test_a_queue_that_shares_its_device_is_refused(bare_queue: CardQueue) -> None:
    bare_queue.cups.add_queue("copy", bare_queue.printer.device_uri, bare_queue.cups.card_ppd)

    with pytest.raises(GuardProblem, match="another queue prints to the device"):
        install(bare_queue)
    assert bare_queue.spooler.unfit(bare_queue.name) == {Unfit.SHARED_DEVICE}


@pytest.mark.parametrize("scheme", ["beh", "implicitclass"])
def test_a_device_behind_a_backend_that_sends_again_is_refused(bare_queue: CardQueue, scheme: str) -> None:
    real = bare_queue.cups.backend_dir / "cardsim"
    (bare_queue.cups.backend_dir / scheme).symlink_to(real)
    device = f"{scheme}:/1/3/1/{bare_queue.printer.device_uri}"
    command = ["lpadmin", "-h", bare_queue.cups.server, "-p", bare_queue.name, "-v", device]
    subprocess.run(command, check=True, timeout=30)

    with pytest.raises(GuardProblem, match="sends a card again or elsewhere"):
        install(bare_queue)


def test_a_class_is_refused(bare_queue: CardQueue) -> None:
    command = ["lpadmin", "-h", bare_queue.cups.server, "-p", bare_queue.name, "-c", "cards"]
    subprocess.run(command, check=True, timeout=30)

    with pytest.raises(GuardProblem, match="class of printers"):
        install_guard(bare_queue.cups.server, "cards", bare_queue.cups.journal, bare_queue.cups.backend_dir)


@pytest.mark.parametrize(
    ("option", "value", "unfit"),
    [
        ("printer-error-policy", "retry-job", Unfit.ERROR_POLICY),
        ("printer-error-policy", "stop-printer", Unfit.ERROR_POLICY),
    ],
)
def test_what_makes_a_queue_unfit_is_found(bare_queue: CardQueue, option: str, value: str, unfit: Unfit) -> None:
    install(bare_queue)
    assert bare_queue.spooler.unfit(bare_queue.name) == frozenset()

    bare_queue.set_default(option, value)

    assert bare_queue.spooler.unfit(bare_queue.name) == {unfit}


@pytest.mark.parametrize("limit", ["job-k-limit=1", "job-page-limit=5"])
def test_the_command_that_is_named_lifts_a_quota(bare_queue: CardQueue, limit: str) -> None:
    install(bare_queue)
    bare_queue.set_option(limit)
    assert bare_queue.spooler.unfit(bare_queue.name) == {Unfit.QUOTA}, "with or without a period"
    bare_queue.set_option("job-quota-period=86400")
    assert bare_queue.spooler.unfit(bare_queue.name) == {Unfit.QUOTA}

    command = UNFIT_ADVICE[Unfit.QUOTA].format(queue=bare_queue.name).partition("; ")[2].split()
    subprocess.run([command[0], "-h", bare_queue.cups.server, *command[1:]], check=True, timeout=30)

    assert bare_queue.spooler.unfit(bare_queue.name) == frozenset()


def test_a_period_without_a_limit_is_no_quota(bare_queue: CardQueue) -> None:
    install(bare_queue)

    bare_queue.set_option("job-quota-period=86400")

    assert bare_queue.spooler.unfit(bare_queue.name) == frozenset()


def test_a_queue_with_a_quota_is_refused(bare_queue: CardQueue) -> None:
    bare_queue.set_option("job-page-limit=5")

    with pytest.raises(GuardProblem, match="job-page-limit=0"):
        install(bare_queue)
