"""The card printers: the machine, and the real backend that drives it. The tape is the witness of what was made."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.simulation.clock import Timeline
from tests.simulation.trace import Trace

DOCUMENT_BYTES = 4096
_LAST_WORDS = ("aborted", "canceled", "pending-held", "processing", "unknown", None)
"""Of a printer on its own job, when a backend ends well without a card; None: it is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a guard sees of a backend that is over."""

    status: int
    """Or minus the signal."""
    reasons: frozenset[str]
    before: frozenset[str]
    """Those that it said before it read anything."""
    took: int
    """None of it where the backend says that it never got to the device."""
    job_state: str | None


Ended = Callable[[End], None]


class CardFault(StrEnum):
    """What goes wrong with one card."""

    JAM_EARLY = "jam before the data"
    JAM = "jam in mid-card"
    FAILURE = "failure without a reason"
    HANG = "printer hangs"
    CRASH = "backend crashes"
    WARNING = "a warning on the way"
    COMPLAINT = "a complaint after the card was made"
    NO_SUCCESS = "the printer aborts the job, breaks off or does not say what became of it, and the backend ends well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A line of the tape: a card that came out, good or ruined."""

    token: str
    good: bool


@dataclass(slots=True, eq=False)
class Backend:
    """One run of the real backend. Ends once: by itself, or killed."""

    token: str
    on_end: Ended
    alive: bool = True
    took: int = 0
    reasons: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    job_state: str | None = None


@dataclass(slots=True, eq=False)
class Card:
    """A card in the machine."""

    token: str
    backend: Backend
    fault: CardFault | None
    hung: bool = False


class Machine:
    """One card printer. A card that it has all the data of comes out whether or not a backend lives."""

    def __init__(self, name: str, timeline: Timeline, rng: Random, trace: Trace) -> None:
        self.name = name
        self.hopper = 0
        self.condition: str | None = None
        """A state reason for which it refuses: cover open, ribbon empty, switched off, jammed."""
        self.faults: deque[CardFault] = deque()
        """One for each of the next cards."""
        self.card_seconds = rng.uniform(1.0, 6.0)
        self.talks_of_connecting = rng.random() < 0.5
        """As CUPS's own socket and ipp backends do at each start: they say it and take it back."""
        self.waits_when_off = rng.random() < 0.3
        """As CUPS's own ipp backend does: it reads ahead, waits for the printer, and ends well when stopped."""
        self.says_what_it_sends = self.card_seconds < 3.5
        """As CUPS's own backends do, so that the guard knows that what was read ahead went nowhere."""
        self.tape: list[Made] = []
        self.card: Card | None = None
        self.on_data: Callable[[str], None] = lambda token: None
        self.on_made: Callable[[Made], None] = lambda made: None
        self._timeline, self._rng, self._trace = timeline, rng, trace
        self._running: Backend | None = None
        self._waiting: deque[Backend] = deque()

    # --- the backend ---

    def run(self, token: str, on_end: Ended) -> Backend:
        """Start the real backend; it waits while another one has the device."""
        backend = Backend(token, on_end)
        if self._running is None:
            self._admit(backend)
        else:
            self._waiting.append(backend)
        return backend

    def terminate(self, backend: Backend) -> None:
        """SIGTERM: before the data it stops; later some see the card through and some leave it to the machine."""
        if self.waits_when_off and "connecting-to-device" in backend.reasons:
            if self.says_what_it_sends:
                backend.took = 0
            self._end(backend, 0)
        elif self.card is None or self.card.backend is not backend or self.card.hung or self._rng.random() < 0.4:
            self._end(backend, self._rng.choice((-15, 1)))

    def kill(self, backend: Backend) -> None:
        """SIGKILL."""
        self._end(backend, -9)

    def kill_running(self) -> None:
        """SIGKILL to whichever has the device."""
        if self._running is not None:
            self.kill(self._running)

    def kill_all(self) -> None:
        """SIGKILL to every backend, those that wait included."""
        for backend in (*self._waiting, *([self._running] if self._running else [])):
            self.kill(backend)

    def _admit(self, backend: Backend) -> None:
        self._running = backend
        self._timeline.after(self._rng.uniform(0.02, 0.3), lambda: self._open(backend))

    def _open(self, backend: Backend) -> None:
        if not backend.alive:
            return
        if self.card is not None:  # of a backend that died: the machine is not free yet
            self._timeline.after(0.5, lambda: self._open(backend))
            return
        if self.waits_when_off and self.condition == "offline":
            backend.took = DOCUMENT_BYTES
            backend.reasons.add("connecting-to-device")
            self._timeline.after(1.0, lambda: self._open(backend))
            return
        backend.reasons.discard("connecting-to-device")
        refusal = self.condition or ("media-empty" if self.hopper == 0 else None)
        fault = self.faults.popleft() if self.faults and refusal is None else None
        if fault is CardFault.JAM_EARLY:
            refusal = self.condition = "media-jam"
        if refusal is not None:
            backend.reasons.add(refusal)
            if refusal != "media-jam" and (backend.took or self._rng.random() < 0.3):
                backend.took = DOCUMENT_BYTES
                if self._rng.random() < 0.5:
                    backend.before.add(refusal)  # the others read the document first
            status = 4 if refusal == "offline" else 1
            self._timeline.after(self._rng.uniform(0.1, 1.0), lambda: self._end(backend, status))
            return
        self._timeline.after(self._rng.uniform(0.02, 0.3), lambda: self._take(backend, fault))

    def _take(self, backend: Backend, fault: CardFault | None) -> None:
        if not backend.alive:
            return
        self.on_data(backend.token)
        backend.took = DOCUMENT_BYTES
        self.hopper -= 1
        self.card = card = Card(backend.token, backend, fault, hung=fault is CardFault.HANG)
        if fault is CardFault.CRASH:
            self._timeline.after(self._rng.uniform(0, self.card_seconds), lambda: self._end(backend, -11))
        if not card.hung:
            self._timeline.after(self.card_seconds, lambda: self._out(card))

    def _end(self, backend: Backend, status: int) -> None:
        if not backend.alive:
            return
        backend.alive = False
        if backend is self._running:
            self._running = None
            if self._waiting:
                self._admit(self._waiting.popleft())
        elif backend in self._waiting:
            self._waiting.remove(backend)
        end = End(
            status=status,
            reasons=frozenset(backend.reasons),
            before=frozenset(backend.before),
            took=backend.took,
            job_state=backend.job_state,
        )
        backend.on_end(end)

    # --- the machine ---

    def _out(self, card: Card) -> None:
        if self.card is not card:
            return
        self.card = None
        status, chances = 0, (1.0, 0.0)
        match card.fault:
            case CardFault.JAM:
                status, chances = 1, (0.3, 0.7)
                self.condition = "media-jam"
                card.backend.reasons.add("media-jam")
            case CardFault.FAILURE:
                status, chances = 1, (0.4, 0.4)
            case CardFault.WARNING:
                card.backend.reasons.add("media-low")
            case CardFault.COMPLAINT:
                status = 1
                card.backend.reasons.add("marker-supply-empty")
            case CardFault.NO_SUCCESS:
                chances = (0.0, 0.2)
                card.backend.job_state = _LAST_WORDS[len(self.tape) % len(_LAST_WORDS)]
                if card.backend.job_state is None:
                    card.backend.reasons.add("connection-broken-off")
        self._eject(card, *chances)
        self._timeline.after(self._rng.uniform(0.01, 0.4), lambda: self._end(card.backend, status))

    def _eject(self, card: Card, good: float, ruined: float) -> None:
        """With these chances; otherwise the blank goes back to where it came from."""
        chance = self._rng.random()
        if chance >= good + ruined:
            self.hopper += 1
            self._trace.note(f"{self.name}: the blank of {card.token} came back unprinted")
            return
        made = Made(token=card.token, good=chance < good)
        self.tape.append(made)
        self._trace.note(f"{self.name}: {'CARD' if made.good else 'ruined card'} {card.token}")
        self.on_made(made)

    def power_cut(self) -> None:
        """The card that is in it, if any, may be lost, finished or untouched. Backends are killed by their owner."""
        card, self.card = self.card, None
        if card is not None:
            self._eject(card, 0.2, 0.5)

    def clear(self) -> None:
        """A person sees to it: a card that hangs is pulled out."""
        self.condition = None
        if self.card is not None and self.card.hung:
            card, self.card = self.card, None
            self._eject(card, 0.0, 0.7)
            self._end(card.backend, 1)

    @property
    def needs_a_person(self) -> bool:
        """Whether anybody can see that something is wrong with it."""
        return self.condition is not None or self.hopper == 0 or (self.card is not None and self.card.hung)
