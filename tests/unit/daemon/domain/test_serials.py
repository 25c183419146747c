import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.errors import Rejected
from daemon.domain.serials import delivered, serial


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["A1"], ("A1",)),
        ([" a1 ", "B-2"], ("A1", "B-2")),
        (["A0099-A0101"], ("A0099", "A0100", "A0101")),
        (["7-9", "KTP/26/01-KTP/26/02"], ("7", "8", "9", "KTP/26/01", "KTP/26/02")),
        (["KTP-000101"], ("KTP-000101",)),
        (["A1-B2"], ("A1-B2",)),
        ([], ()),
    ],
)
def test_ranges_and_single_ones(parts: list[str], found: tuple[str, ...]) -> None:
    assert delivered(parts, len(found)) == found


@pytest.mark.parametrize(
    ("parts", "quantity", "words"),
    [
        (["A1", "A1"], 2, "A1 stands in the list twice"),
        (["A1-A3", "A2"], 4, "A2 stands in the list twice"),
        (["A1-A3"], 4, "3 serials, the delivery 4 blanks"),
        (["A9-A1"], 9, "ends before it begins"),
        (["A000001-A900000"], 900_000, "more than 100,000 serials"),
        (["A 1"], 1, "is no serial number"),
        (["A" * 33], 1, "is no serial number"),
        (["é"], 1, "is no serial number"),
    ],
)
def test_what_is_no_list_of_a_delivery_is_refused(parts: list[str], quantity: int, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        delivered(parts, quantity)


@given(st.lists(st.text(max_size=60), max_size=6), st.integers(0, 10))
def test_whatever_is_given_is_a_list_of_that_many_or_refused(parts: list[str], quantity: int) -> None:
    try:
        found = delivered(parts, quantity)
    except Rejected:
        return
    assert len(found) == len(set(found)) == quantity
    assert all(serial(each) == each for each in found)
