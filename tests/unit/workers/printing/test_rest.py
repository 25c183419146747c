from workers.printing.rest import FIRST_SECONDS, LONGEST_SECONDS, Rest


def test_a_printer_rests_longer_each_time_up_to_a_limit() -> None:
    rest, now, lengths = Rest(), 0.0, []
    for _ in range(10):
        lengths.append(rest.begin(now, ("media-empty",)))
        now += lengths[-1]
        assert rest.is_over(now)
    assert lengths[:3] == [FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS]
    assert lengths[-1] == LONGEST_SECONDS


def test_an_operator_ends_the_rest_at_once() -> None:
    rest = Rest()
    rest.begin(100.0, ("cover-open",))
    assert not rest.is_over(101.0)
    rest.end()
    assert rest.is_over(101.0)
    assert rest.begin(101.0, ("cover-open",)) == FIRST_SECONDS


def test_a_card_that_came_out_ends_the_story() -> None:
    rest = Rest()
    rest.begin(0.0, ("media-empty",))
    rest.begin(5.0, ("media-empty",))
    rest.well()
    assert rest.reasons == ()
    assert rest.begin(20.0, ("media-jam",)) == FIRST_SECONDS
