"""A program that is asked through pipes, and all the ways in which it can fail its caller."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from adapters.blame import MOST_FAILURES, MOST_REMEMBERED, Blame
from adapters.coprocess import Coprocess, Declined, Died, Failed, GaveNoAnswer

LARGE = 1 << 20
"""Bytes, many times what a pipe holds."""

ECHO = """
import os, signal
from adapters.coprocess import Declined, serve
def answer(question):
    if question.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if question.startswith(b"fail"):
        os._exit(3)
    if question.startswith(b"decline"):
        raise Declined("it is not liked")
    return question
serve(answer, 30.0)
"""
HALF_AN_ANSWER = r"""
import os, time
os.read(0, 1)
os.write(1, b"\n" + (1 << 20).to_bytes(8, "big") + b"x" * 1000)
time.sleep(600)
"""
DRIPPING = r"""
import os, time
os.write(1, b"\n" + (1 << 20).to_bytes(8, "big"))
while True:
    os.write(1, b"x")
    time.sleep(0.01)
"""
CUT = r"""
import os
os.read(0, 1)
os.write(1, b"\n" + (1 << 20).to_bytes(8, "big") + b"x" * 1000)
os._exit(0)
"""


@contextmanager
def asked(code: str, patience_seconds: float = 30.0) -> Iterator[Coprocess]:
    """`timeit` is the standard library's way to run code given as an argument with -m."""
    with closing(Coprocess("timeit", "-n", "1", "-r", "1", code, patience_seconds=patience_seconds)) as coprocess:
        yield coprocess


def test_it_answers_whatever_the_size() -> None:
    with asked(ECHO) as echo:
        for question in (b"a", os.urandom(8 * LARGE), b"b"):
            assert echo.ask(question) == question


def test_it_may_decline_and_goes_on() -> None:
    with asked(ECHO) as echo:
        with pytest.raises(Declined, match=r"^it is not liked$"):
            echo.ask(b"decline")
        pid = echo.pid
        assert echo.ask(b"a") == b"a"
        assert echo.pid == pid


@pytest.mark.parametrize("size", [1, LARGE])
def test_one_that_stops_before_it_has_read_is_ended_in_time(size: int) -> None:
    with asked(ECHO, patience_seconds=2) as echo:
        assert echo.ask(b"a") == b"a"
        assert echo.pid is not None
        os.kill(echo.pid, signal.SIGSTOP)
        with pytest.raises(GaveNoAnswer, match=r"^the timeit gave no answer in 2 s$"):
            echo.ask(b"x" * size)
        assert echo.ask(b"b") == b"b"


@pytest.mark.parametrize("code", [HALF_AN_ANSWER, DRIPPING])
def test_one_that_stops_or_drips_in_its_answer_is_ended_in_time(code: str) -> None:
    with asked(code, patience_seconds=1) as stuck, pytest.raises(GaveNoAnswer):
        stuck.ask(b"a")


def test_nobody_waits_long_for_one_that_others_hang_in() -> None:
    failures: list[Failed] = []
    with asked(DRIPPING, patience_seconds=1) as stuck:

        def ask() -> None:
            try:
                stuck.ask(b"a")
            except Failed as failure:
                failures.append(failure)

        asking = [threading.Thread(target=ask) for _ in range(10)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert len(failures) == 10
    assert 1 <= sum(isinstance(failure, GaveNoAnswer) for failure in failures) <= 3
    assert "the timeit was busy for 1 s" in map(str, failures)


def test_close_ends_one_that_was_stopped_in_a_large_question() -> None:
    with asked(ECHO, patience_seconds=2) as echo:
        echo.ask(b"a")
        pid = echo.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)

        def ask() -> None:
            with suppress(GaveNoAnswer):
                echo.ask(b"x" * LARGE)

        asking = threading.Thread(target=ask)
        asking.start()
        echo.close()
        asking.join()
        echo.close()
        assert echo.pid is None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    ("question", "says"),
    [(b"die", "the timeit was ended by SIGKILL"), (b"fail" + bytes(LARGE), "the timeit ended with status 3")],
)
def test_one_that_dies_is_replaced_for_the_next_question(question: bytes, says: str) -> None:
    with asked(ECHO) as echo:
        with pytest.raises(Died, match=f"^{says}$"):
            echo.ask(question)
        assert echo.ask(b"a") == b"a"


def test_an_answer_that_is_cut_is_none() -> None:
    with asked(CUT) as cut, pytest.raises(Died, match="ended with status 0"):
        cut.ask(b"a")


def test_one_that_ends_before_it_is_asked_is_told_in_one_line() -> None:
    with asked("import os; os._exit(0)") as hasty, pytest.raises(Failed, match=r"^the timeit ends before it is asked$"):
        hasty.ask(b"a")


WITHOUT_FILE_DESCRIPTORS = """
import os, resource
from adapters.coprocess import Coprocess, Failed
resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, 4096))
try:
    Coprocess("adapters.typesetter").ask(b"a")
except Failed as failure:
    assert str(failure) == "the typesetter cannot be started: Too many open files", failure
else:
    raise AssertionError("it was started")
"""


def test_one_that_cannot_be_started_is_told_in_one_line() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_FILE_DESCRIPTORS], check=True, timeout=60)


# --- who is at fault -----------------------------------------------------------------------------------------


def is_at_fault(echo: Coprocess, question: bytes) -> bool:
    with pytest.raises(Failed) as caught:
        echo.ask(question)
    return caught.value.is_over_question


def test_a_question_is_at_fault_when_others_are_answered_and_it_never_is() -> None:
    with asked(ECHO) as echo:
        found = []
        for _ in range(MOST_FAILURES):
            found.append(is_at_fault(echo, b"die"))
            echo.ask(b"a")
        assert found == [False] * (MOST_FAILURES - 1) + [True]


def test_a_program_that_fails_over_everything_blames_nobody() -> None:
    with asked(ECHO) as echo:
        assert not any(is_at_fault(echo, question) for question in (b"die", b"die too") * 5)


def test_a_question_that_was_answered_begins_anew() -> None:
    blame = Blame()
    for _ in range(MOST_FAILURES - 1):
        assert not blame.failed(b"a")
        blame.answered(b"b")
    blame.answered(b"a")
    assert not blame.failed(b"a")


def test_of_failures_no_more_are_remembered_than_they_may() -> None:
    blame = Blame()
    for _ in range(MOST_FAILURES - 1):
        assert not blame.failed(b"a")
        blame.answered(b"b")
    for number in range(MOST_REMEMBERED):
        blame.failed(str(number).encode())
    assert not blame.failed(b"a")
