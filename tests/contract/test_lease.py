"""One daemon on a database at a time."""

import subprocess
import sys

from adapters.database import open_lease
from tests.waiting import eventually

HOLDER = """
import sys
from adapters.database import open_lease
lease = open_lease(sys.argv[1])
print(lease.take(), flush=True)
sys.stdin.read()
"""


def test_one_at_a_time_has_it(url: str) -> None:
    first, second = open_lease(url), open_lease(url)
    assert not first.is_taken()
    assert first.take()
    assert first.take()
    assert first.is_taken()
    assert second.is_taken()
    assert not second.take()
    first.give_back()
    first.give_back()
    assert not second.is_taken()
    assert second.take()
    second.give_back()


def test_it_is_free_again_when_the_daemon_dies(url: str) -> None:
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lease = open_lease(url)
        assert lease.is_taken()
        assert not lease.take()
        holder.kill()
    eventually(lease.take, what="the lease of a dead daemon")
    lease.give_back()
