"""Whether a run kept its promises. The witness is the printers' own tape, not our database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from daemon.domain.log import LogEntry
from daemon.domain.states import State
from daemon.domain.token import parse_token
from daemon.queries.fairness import order_violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise, what was found, and whether it was kept."""

    promise: str
    found: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a run left behind."""

    tape: Sequence[str]
    """The job names of all good cards that the printers made, in order."""
    spoiled: int
    """Cards that the printers ruined."""
    states: Mapping[str, State]
    """Every record here, by id."""
    print_ready: frozenset[str]
    """What the centre has print-ready now."""
    everybody: frozenset[str]
    """Who was recorded, by the office or at the centre."""
    log: Sequence[LogEntry]
    balances: Mapping[str, int]
    blanks_received: int
    reported: frozenset[str]
    """Records whose card the centre was told of."""


def judge(evidence: Evidence) -> list[Check]:
    """Every promise, in the order in which people ask."""
    made = _cards(evidence.tape)
    finished = {record_id for record_id, state in evidence.states.items() if state is State.PRINTED}
    return [
        Check(
            promise="cards made, by the printers' tape",
            found=f"{sum(made.values())} of {len(evidence.print_ready)} print-ready",
            kept=set(made) == evidence.print_ready,
        ),
        _none("printed twice", [record_id for record_id, cards in made.items() if cards > 1]),
        _none("lost (recorded, not known here)", evidence.everybody - set(evidence.states)),
        _none("print-ready and not printed", evidence.print_ready - finished),
        _none("said to be printed, not on the tape", finished - set(made)),
        _none("passed over in line", order_violations(evidence.log)),
        _none("cards the centre was not told of", set(made) - evidence.reported),
        _blanks(evidence, made),
    ]


def _cards(tape: Iterable[str]) -> Counter[str]:
    tokens = [parse_token(name) for name in tape]
    return Counter(token.record_id for token in tokens if token is not None)


def _none(promise: str, wrong: Iterable[object]) -> Check:
    found = list(wrong)
    return Check(promise=promise, found=str(len(found)), kept=not found)


def _blanks(evidence: Evidence, made: Counter[str]) -> Check:
    balances = evidence.balances
    in_hand = sum(quantity for account, quantity in balances.items() if account not in ("centre", "issued", "spoiled"))
    issued, spoiled = balances.get("issued", 0), balances.get("spoiled", 0)
    kept = (
        sum(balances.values()) == 0
        and issued == sum(made.values())
        and spoiled == evidence.spoiled
        and in_hand == evidence.blanks_received - issued - spoiled
        and balances.get("in_process", 0) == 0
    )
    found = f"{evidence.blanks_received} received = {issued} issued + {spoiled} spoiled + {in_hand} in hand"
    return Check(promise="blanks balanced", found=found, kept=kept)
