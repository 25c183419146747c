import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.alerts import read_messengers
from daemon.domain.errors import Retryable
from daemon.ports import Messenger
from tests.fixtures.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "alert-urls"


def messenger(file: Path, url: str, timeout_seconds: float = 10) -> Messenger:
    file.write_text(f"# the office's group\n\n{url}\n")
    reading = read_messengers(file, timeout_seconds=timeout_seconds)
    assert reading.problems == ()
    (only,) = reading.messengers
    return only


def test_a_message_arrives_as_it_was_sent(file: Path, receiver: Receiver) -> None:
    messenger(file, receiver.url).send("Giliran: Kantor Contoh", "…1234: did a card come out? <b> & \\n\nsecond line")
    assert receiver.taken == [("Giliran: Kantor Contoh", "…1234: did a card come out? <b> & \\n\nsecond line")]


def test_a_refused_message_may_be_sent_again_and_no_address_is_told(file: Path, receiver: Receiver) -> None:
    receiver.refuses = True
    with pytest.raises(Retryable, match=r"alert-urls:3$") as failure:
        messenger(file, receiver.url).send("t", "x")
    assert "sesame" not in str(failure.value)
    receiver.refuses = False
    messenger(file, receiver.url).send("t", "x")
    assert receiver.lines == ["x"]


def test_a_receiver_that_is_not_there_is_retryable(file: Path) -> None:
    with receiving() as gone:
        url = gone.url
    with pytest.raises(Retryable):
        messenger(file, url).send("t", "x")


def test_a_receiver_that_never_comes_to_an_end_is_given_up(file: Path, receiver: Receiver) -> None:
    receiver.drips = True
    start = time.monotonic()  # noqa: TID251
    with pytest.raises(Retryable):
        messenger(file, receiver.url, timeout_seconds=1).send("t", "x")
    assert time.monotonic() - start < 8  # noqa: TID251


def test_lines_that_are_no_url_are_told_by_their_number_alone(file: Path, receiver: Receiver) -> None:
    file.write_text(f"not a url sesame\n{receiver.url}\nfoo://user:sesame@host\njson://\n")
    reading = read_messengers(file)
    assert [m.name for m in reading.messengers] == [f"{file}:2"]
    assert reading.problems == tuple(f"{file}:{number}: no URL that apprise knows" for number in (1, 3, 4))


@pytest.mark.parametrize("content", [b"", b"# nothing\n\n"])
def test_a_file_without_a_url_is_a_problem(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert read_messengers(file).problems == (f"{file}: holds no URL",)


def test_a_file_that_cannot_be_read_is_a_problem(file: Path) -> None:
    assert read_messengers(file).problems == (f"{file}: No such file or directory",)
    file.write_bytes(b"\xff\xfe")
    assert read_messengers(file).problems == (f"{file}: is not UTF-8 text",)


def test_more_urls_than_are_used_are_told(file: Path, receiver: Receiver) -> None:
    file.write_text(f"{receiver.url}\n" * 11)
    reading = read_messengers(file)
    assert len(reading.messengers) == 10
    assert reading.problems == (f"{file}:11: more than 10 URLs; this one is not used",)
