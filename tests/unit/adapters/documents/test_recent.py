from adapters.documents.recent import MOST, Recent
from daemon.ports import Card


def card(record_id: str, name: str = "SITI CONTOH", photo: bytes | None = None) -> Card:
    return Card(record_id=record_id, fields={"name": name}, photo=photo, document=None)


def test_the_same_card_is_made_once_and_any_other_anew() -> None:
    recent, made = Recent(), []

    def make() -> bytes:
        made.append(b"%PDF")
        return b"%d" % len(made)

    assert recent.get(card("A"), "card", make) == b"1"
    assert recent.get(card("A"), "card", make) == b"1"
    assert recent.get(card("A", name="BUDI CONTOH"), "card", make) == b"2"
    assert recent.get(card("A", photo=b"jpeg"), "card", make) == b"3"
    assert recent.get(card("A"), "letter", make) == b"4"
    assert recent.get(card("B"), "card", make) == b"5"


def test_only_so_many_are_kept() -> None:
    recent = Recent()
    for number in range(MOST + 1):
        recent.get(card(str(number)), "card", lambda: b"first")
    assert recent.get(card("0"), "card", lambda: b"again") == b"again"
    assert recent.get(card(str(MOST)), "card", lambda: b"again") == b"first"
