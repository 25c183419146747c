"""Who is at fault when a program fails over a question: the question, or the machine."""

import hashlib
from collections import OrderedDict

MOST_FAILURES = 3
MOST_REMEMBERED = 1_000


class Blame:
    """A question is at fault when it failed three times, and another was answered between each two of them.

    A program that is killed over whatever it is asked blames nobody. Questions are remembered by their hash alone.
    """

    def __init__(self) -> None:
        self._answers = 0
        self._failures: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        """How often it failed, and how many answers there were by then."""

    def answered(self, question: bytes) -> None:
        """The program works, and not only for others."""
        self._answers += 1
        if self._failures:
            self._failures.pop(_digest(question), None)

    def failed(self, question: bytes) -> bool:
        """Once more; whether it is at fault."""
        key = _digest(question)
        count, answers = self._failures.pop(key, (0, -1))
        if answers != self._answers:
            count += 1
        self._failures[key] = count, self._answers
        if len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)
        return count >= MOST_FAILURES


def _digest(question: bytes) -> bytes:
    return hashlib.sha256(question).digest()
