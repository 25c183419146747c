"""What a daemon has for itself on a database."""

import subprocess
import sys

from adapters.database import open_lease
from tests.waiting import eventually

HOLDER = """
import sys
from adapters.database import open_lease
lease = open_lease(sys.argv[1], "1205")
print(not lease.acquire("lead", "printer card-1"), flush=True)
sys.stdin.read()
"""


def test_one_daemon_at_a_time_has_it(url: str) -> None:
    first, second = open_lease(url, "1205"), open_lease(url, "1205")
    assert not first.held("lead")
    assert not first.acquire("lead", "printer card-1")
    assert not first.acquire("printer card-1")
    assert first.held("lead") == second.held("lead") == {"lead"}
    assert second.acquire("printer card-1") == {"printer card-1"}
    assert not first.renew()
    first.close()
    first.close()
    assert not second.held("lead", "printer card-1")
    assert not second.acquire("printer card-1")
    second.close()


def test_it_is_free_again_when_the_daemon_dies(url: str) -> None:
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lease = open_lease(url, "1205")
        assert lease.held("lead", "printer card-1") == {"lead", "printer card-1"}
        assert lease.acquire("lead") == {"lead"}
        holder.kill()
    eventually(lambda: not lease.acquire("lead"), what="what a dead daemon had")
    lease.close()
