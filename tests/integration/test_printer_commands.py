"""The printer commands on a real CUPS: a queue that it has stopped, and one that it does not have."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import daemon_account, groups_of
from adapters.cups.patience import CALL_SECONDS
from daemon.cli import main
from daemon.demo.cups import PrivateCups
from daemon.domain.token import Token
from daemon.ports import SpoolerRefused
from tests.fixtures.cups import CardQueue, hung, make_card_queue


def configure(folder: Path, cups: PrivateCups, queue: str) -> None:
    (folder / "token").write_text("an-invented-token\n")
    (folder / "giliran.yaml").write_text(
        f"""
office: {{code: "1205", name: "Disdukcapil Contoh", language: en}}
database: {{url: "sqlite:///{folder}/giliran.db"}}
central: {{url: "http://127.0.0.1:9", token_file: "{folder}/token"}}
cups: {{server: "{cups.server}", guard_journal: "{cups.journal}"}}
printers:
  - {{name: card-1, kind: card, queue: {queue}, options: {{media: CR80}}}}
"""
    )
    assert giliran(folder, "migrate") == 0


def giliran(folder: Path, *arguments: str) -> int:
    return main(["--config", str(folder / "giliran.yaml"), *arguments])


def stop(queue: CardQueue) -> None:
    for command in ("cupsdisable", "cupsreject"):
        subprocess.run([command, "-h", queue.cups.server, queue.name], check=True)


def test_resume_lets_a_queue_print_that_cups_has_stopped(
    card_queue: CardQueue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, card_queue.cups, card_queue.name)
    stop(card_queue)
    capsys.readouterr()

    assert giliran(tmp_path, "printer", "resume", "card-1") == 0

    status = card_queue.spooler.queue(card_queue.name)
    assert (status.stopped, status.accepting) == (False, True)
    name = card_queue.name
    assert capsys.readouterr().out == f"card-1 may print again (cupsenable {name}, cupsaccept {name})\n"
    assert giliran(tmp_path, "printer", "resume", "card-1") == 0
    assert capsys.readouterr().out == "card-1 may print again\n"


def test_resume_enables_a_queue_on_which_others_alone_may_print(
    card_queue: CardQueue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, card_queue.cups, card_queue.name)
    lpadmin = ["lpadmin", "-h", card_queue.cups.server, "-p", card_queue.name]
    subprocess.run([*lpadmin, "-u", "allow:somebody-else"], check=True)
    stop(card_queue)

    assert giliran(tmp_path, "printer", "resume", "card-1") == 0, capsys.readouterr().err
    status = card_queue.spooler.queue(card_queue.name)
    assert (status.stopped, status.accepting) == (False, True)


def test_where_resume_may_not_it_names_the_command(
    new_cups: Callable[..., PrivateCups], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cups = new_cups()
    cups.directives["DefaultPolicy"] = (
        "open\n<Policy closed>\n"
        "<Limit Resume-Printer CUPS-Accept-Jobs>\nAuthType Basic\nRequire user nobody\n</Limit>\n"
        "<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>"
    )
    cups.restart()
    queue = make_card_queue(cups)
    stop(queue)
    queue.set_default("printer-op-policy", "closed")
    configure(tmp_path, cups, queue.name)

    assert giliran(tmp_path, "printer", "resume", "card-1") == 1

    assert f"now: sudo cupsenable {queue.name}; sudo cupsaccept {queue.name}" in capsys.readouterr().err
    assert queue.spooler.queue(queue.name).stopped


@pytest.mark.parametrize("command", [("printer", "resume", "card-1"), ("printer", "guard", "card-1"), ("check",)])
def test_a_missing_queue_is_named_with_those_there_are(
    card_queue: CardQueue, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    configure(tmp_path, card_queue.cups, "card-none")

    assert giliran(tmp_path, *command) == 1

    said = capsys.readouterr()
    assert "no CUPS queue card-none; there are: " in said.out + said.err
    assert card_queue.name in said.out + said.err


def let_print(queue: CardQueue, whom: str) -> None:
    subprocess.run(["lpadmin", "-h", queue.cups.server, "-p", queue.name, "-u", whom], check=True)


def is_refused(queue: CardQueue, token: Token, document: bytes) -> bool:
    """By CUPS."""
    try:
        queue.spooler.purge(queue.submit(token, document))
    except SpoolerRefused as refusal:
        return "Not allowed to print" in str(refusal)
    return False


@pytest.mark.parametrize(
    ("whom", "level", "said"),
    [
        ("allow:all", "ok", "everybody may print on CUPS queue {queue}, the guard refuses all jobs but ours; {narrow}"),
        ("allow:{ours}", "ok", "who may print on CUPS queue {queue}: {ours}"),
        ("allow:@{group}", "ok", "who may print on CUPS queue {queue}: @{group}"),
        ("deny:siti", "ok", "who may print on CUPS queue {queue}: everybody but siti"),
        ("allow:siti", "error", "turns the daemon's own user {ours} away, siti may print; {narrow}"),
        ("deny:{ours}", "error", "turns the daemon's own user {ours} away, everybody but {ours} may print; {narrow}"),
        ("allow:none", "error", "turns the daemon's own user {ours} away, none may print; {narrow}"),
    ],
)
def test_check_says_who_may_print_on_a_card_queue_as_cups_decides_it(
    card_queue: CardQueue,
    tmp_path: Path,
    token: Token,
    card_pdf: bytes,
    capsys: pytest.CaptureFixture[str],
    whom: str,
    level: str,
    said: str,
) -> None:
    configure(tmp_path, card_queue.cups, card_queue.name)
    account = daemon_account()
    words = {
        "queue": card_queue.name,
        "ours": account.pw_name,
        "group": groups_of(account)[0],
        "narrow": f"lpadmin -p {card_queue.name} -u allow:{account.pw_name}",
    }
    let_print(card_queue, whom.format(**words))

    giliran(tmp_path, "check")

    lines = [line for line in capsys.readouterr().out.splitlines() if said.format(**words) in line]
    assert [line.split()[0] for line in lines] == [level]
    assert is_refused(card_queue, token, card_pdf) is (level == "error")


def test_check_says_for_each_card_queue_what_a_success_of_its_backend_means(
    card_queue: CardQueue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, card_queue.cups, card_queue.name)
    means = {
        "usb://Evolis/Primacy?serial=1": "took the data; it cannot say whether a card came out",
        "socket://127.0.0.1:9": "took the data and ended the connection; it cannot say whether a card came out",
        "lpd://127.0.0.1:9/card": "took the data and acknowledged it; it cannot say whether a card came out",
        "ipp://127.0.0.1:9/ipp/print": "says that its own job is completed",
        "ipps://127.0.0.1:9/ipp/print?waitjob=false": "says that its own job is completed",
        "dnssd://Card._ipp._tcp.local/": "says that its own job is completed",
    }
    for uri, meaning in means.items():
        device = ["-p", card_queue.name, "-v", f"giliran:/{uri}"]
        subprocess.run(["lpadmin", "-h", card_queue.cups.server, *device], check=True)
        capsys.readouterr()

        giliran(tmp_path, "check")

        said = capsys.readouterr().out
        backend = uri.partition(":")[0]
        assert f"ok       printer card-1: a success of the backend `{backend}` means: the printer {meaning}" in said
        assert ("every card is a question; take it out" in said) == ("waitjob" in uri)


def test_the_command_that_check_names_lets_the_daemon_alone_print(
    card_queue: CardQueue, tmp_path: Path, token: Token, card_pdf: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, card_queue.cups, card_queue.name)
    giliran(tmp_path, "check")
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "everybody may print" in line]
    _, program, arguments = line.partition("lpadmin")

    subprocess.run([program, "-h", card_queue.cups.server, *arguments.split()], check=True)

    with pytest.raises(subprocess.CalledProcessError):
        card_queue.lp("a poster", card_pdf, "-U", "somebody")
    assert not is_refused(card_queue, token, card_pdf)


def test_without_a_guard_a_queue_that_is_open_to_all_is_a_warning(
    private_cups: PrivateCups, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = make_card_queue(private_cups, guarded=False)
    configure(tmp_path, private_cups, queue.name)

    giliran(tmp_path, "check")

    assert f"everybody may print on CUPS queue {queue.name}, and their jobs take blanks" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "status"), [("guard", 1), ("unguard", 1), ("resume", 0)])
def test_a_cups_that_hangs_is_given_up_in_time_and_said(
    new_cups: Callable[..., PrivateCups],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    status: int,
) -> None:
    queue = make_card_queue(new_cups())
    configure(tmp_path, queue.cups, queue.name)
    clock = SystemClock()
    with hung(queue.cups):
        began = clock.monotonic()
        assert giliran(tmp_path, "printer", command, "card-1") == status
        assert clock.monotonic() - began < 3 * CALL_SECONDS
    (line,) = capsys.readouterr().err.splitlines()
    assert "CUPS hangs: a call was given up after" in line
    assert "systemctl status cups" in line
