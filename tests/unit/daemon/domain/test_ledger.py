import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.ledger import Movement, post
from tests.ledger_fold import fold

ACCOUNTS = [*sorted(ledger.PLAIN_ACCOUNTS), "hopper:card-1", "hopper:card-2"]


@st.composite
def movements(draw: st.DrawFn) -> Movement:
    credit, debit = draw(st.permutations(ACCOUNTS).map(lambda accounts: accounts[:2]))
    return Movement(quantity=draw(st.integers(1, 500)), credit=credit, debit=debit, reason="test")


@given(st.lists(movements(), max_size=80))
def test_the_sum_stays_zero_and_no_stock_goes_below_zero(wanted: list[Movement]) -> None:
    balances: dict[str, int] = {}
    booked: list[Movement] = []
    for movement in wanted:
        try:
            balances = post(balances, movement)
        except Overdrawn:
            assert balances.get(movement.credit, 0) < movement.quantity
            continue
        booked.append(movement)
        assert sum(balances.values()) == 0
        assert all(left >= 0 for account, left in balances.items() if account not in ledger.MAY_GO_BELOW_ZERO)
    assert fold(booked) == balances


@pytest.mark.parametrize("quantity", [0, -1, ledger.MOST_AT_ONCE + 1])
def test_a_quantity_is_positive_and_bounded(quantity: int) -> None:
    with pytest.raises(Rejected, match="quantity"):
        Movement(quantity=quantity, credit="centre", debit="store", reason="receive")


@pytest.mark.parametrize("account", ["", "hopper", "hopper:", "stores", "hopper:a b", "Store"])
def test_there_are_no_other_accounts(account: str) -> None:
    with pytest.raises(Rejected, match="no account"):
        Movement(quantity=1, credit="centre", debit=account, reason="receive")


def test_blanks_do_not_move_to_where_they_are() -> None:
    with pytest.raises(Rejected, match="itself"):
        Movement(quantity=1, credit="store", debit="store", reason="x")
