import pytest

from daemon.domain.queue_access import QueueAccess

OURS, OUR_GROUPS = "giliran", ("giliran", "lp")


@pytest.mark.parametrize(
    ("access", "lets", "said"),
    [
        (QueueAccess(), True, "everybody"),
        (QueueAccess(allowed=("giliran",)), True, "giliran"),
        (QueueAccess(allowed=("Giliran", "siti")), True, "Giliran, siti"),
        (QueueAccess(allowed=("@lp",)), True, "@lp"),
        (QueueAccess(allowed=("siti",)), False, "siti"),
        (QueueAccess(allowed=("none",)), False, "none"),
        (QueueAccess(denied=("siti",)), True, "everybody but siti"),
        (QueueAccess(denied=("GILIRAN",)), False, "everybody but GILIRAN"),
        (QueueAccess(denied=("@lp",)), False, "everybody but @lp"),
    ],
)
def test_a_queues_list_lets_print_whom_cups_lets_print(access: QueueAccess, lets: bool, said: str) -> None:
    assert access.lets(OURS, OUR_GROUPS) is lets
    assert str(access) == said
