"""A card as PDF: the renderer over Typst itself with the same template and input, cold (in a new process) and warm."""

import json
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import cache, partial
from time import perf_counter

import typst

from adapters.documents import TypstCards
from adapters.typesetter.photo import as_svg
from daemon.demo.centre.portrait import portrait
from daemon.main import TEMPLATES
from daemon.ports import Card
from tests.benchmarks.figures import Figure, alternate, compare
from tests.benchmarks.plan import Plan

OFFICE = "Disdukcapil Kabupaten Contoh"
FIELDS = {
    "nik": "1205010101900001",
    "name": "SITI CONTOH",
    "birth_place": "STABAT",
    "birth_date": "1990-01-01",
    "sex": "F",
    "village": "CONTOH",
    "district": "STABAT",
}
WARM_CARDS = 20
BARE, OURS = "bare Typst", "giliran"


def measure(plan: Plan) -> list[Figure]:
    cold = alternate({OURS: partial(_apart, _ours, 1), BARE: partial(_apart, _bare, 1)}, plan.repetitions)
    cards = 1 + WARM_CARDS
    warm = alternate({OURS: partial(_apart, _ours, cards), BARE: partial(_apart, _bare, cards)}, plan.repetitions)
    warm_and_cold = {"warm": warm[OURS], "cold": cold[OURS]}
    return [
        compare("card rendered, cold", cold, OURS, BARE, unit="ms"),
        compare("card rendered, warm", warm, OURS, BARE, unit="ms"),
        compare("card rendered, warm", warm_and_cold, "warm", "cold", unit="ms"),
    ]


def _apart(render: Callable[[int], float], cards: int) -> float:
    """In a process of its own: Typst keeps what it read and laid out for the whole process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(render, cards).result()


def _ours(cards: int) -> float:
    """Milliseconds of the first card, or of each after it when there are more."""
    photos = _photos()
    started = perf_counter()
    with closing(TypstCards(TEMPLATES, office=OFFICE, used=())) as documents:
        for number in range(cards):
            if number == 1:
                started = perf_counter()
            card = Card(record_id="1205-1", fields=_fields(number), photo=photos[number], document=None)
            documents.render(card, "card")
    return (perf_counter() - started) * 1000 / max(cards - 1, 1)


def _bare(cards: int) -> float:
    """The same without our checks, and with the photos in Typst's form already."""
    drawings = [as_svg(photo) for photo in _photos()]
    started = perf_counter()
    compiler = typst.Compiler(TEMPLATES / "card.typ", root=TEMPLATES, ignore_system_fonts=True)
    for number in range(cards):
        if number == 1:
            started = perf_counter()
        inputs = {"card": json.dumps({"office": OFFICE, "fields": _fields(number), "photo": drawings[number]})}
        compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="a-2b", pdf_tags=False, timestamp=0)
    return (perf_counter() - started) * 1000 / max(cards - 1, 1)


def _fields(number: int) -> dict[str, str]:
    return {**FIELDS, "nik": f"12050101019{number:05}"}


@cache
def _photos() -> list[bytes]:
    return [portrait(f"1205-{number}") for number in range(1 + WARM_CARDS)]
