from itertools import product

from daemon.domain.recovery import Mark, MarkKind, SpoolState, judge, recover
from daemon.locale.language import in_language
from daemon.locale.reasons import in_words

MARKS = [
    *(Mark(kind=kind) for kind in MarkKind if kind is not MarkKind.ENDED),
    *(
        Mark(
            kind=MarkKind.ENDED,
            exit_status=status,
            took=took,
            size=9,
            stopped=stopped,
            job_state=state,
            reasons=reasons,
        )
        for status, took, stopped, state, reasons in product(
            (None, 0, 1, -9),
            (0, 3, 9),
            (False, True),
            (None, "unknown", "aborted"),
            (frozenset[str](), frozenset({"timed-out", "connection-broken-off", "cups-ipp-missing-job-history"})),
        )
    ),
]
PRINTERS_OWN = {"timed-out", "connection-broken-off", "cups-ipp-missing-job-history"}


def test_every_reason_that_a_judgement_gives_is_translated_but_for_the_printers_own_words() -> None:
    told = {
        judgement.reason
        for mark, spool, absent in product(MARKS, SpoolState, (False, True))
        for judgement in (judge(mark, spool), recover(mark, spool, cups_was_absent=absent))
        if judgement.reason is not None
    }
    assert len(told) > 20
    words = in_language("id")
    for reason in told:
        if in_words(reason, words) == reason:
            assert set(reason.split(", ")) <= PRINTERS_OWN
        for part in in_words(reason, words).split(", "):
            assert part in PRINTERS_OWN or part not in reason.split(", ")
        assert in_words(reason, in_language("en")) == reason
