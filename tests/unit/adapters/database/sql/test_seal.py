from datetime import date
from pathlib import Path

import pytest

from adapters.database.sql.seal import KEY_BYTES, Seal, create_key, key_file, load_seal
from daemon.domain.errors import Fatal
from daemon.ports import Card, Person

SITI = Person(nik="1205010101900001", name="SITI CONTOH", birth_place="STABAT", birth_date=date(1990, 1, 1), sex="F")
SEAL = Seal(b"k" * KEY_BYTES, Path("the.key"))


def test_a_person_comes_back_whole() -> None:
    sealed = SEAL.seal_person("A", SITI)
    assert b"CONTOH" not in sealed
    assert SEAL.open_person("A", sealed) == SITI
    assert SEAL.open_person("B", SEAL.seal_person("B", Person(nik=SITI.nik, name="S"))) == Person(
        nik=SITI.nik, name="S"
    )


def test_a_card_comes_back_whole() -> None:
    card = Card(record_id="A", fields={"name": "SITI CONTOH"}, photo=b"\xff\xd8\x00", document=None)
    sealed = SEAL.seal_card(card)
    assert b"CONTOH" not in sealed
    assert SEAL.open_card("A", sealed) == card


@pytest.mark.parametrize("record_id", ["A", "B"])
def test_what_was_sealed_for_another_record_key_or_purpose_is_not_opened(record_id: str) -> None:
    other = Seal(b"o" * KEY_BYTES, Path("other.key"))
    sealed = other.seal_person("A", SITI) if record_id == "A" else SEAL.seal_person("A", SITI)
    with pytest.raises(Fatal, match=rf"the person of {record_id} cannot be opened with the key in the\.key"):
        SEAL.open_person(record_id, sealed)
    with pytest.raises(Fatal, match="the card of A"):
        SEAL.open_card("A", SEAL.seal_person("A", SITI))


def test_a_blob_cut_short_is_not_opened() -> None:
    with pytest.raises(Fatal):
        SEAL.open_person("A", SEAL.seal_person("A", SITI)[:20])
    with pytest.raises(Fatal):
        SEAL.open_person("A", b"")


def test_a_nik_is_found_by_its_digest_and_only_with_the_key() -> None:
    other = Seal(b"o" * KEY_BYTES, Path("other.key"))
    assert SEAL.nik_digest(SITI.nik) == SEAL.nik_digest(SITI.nik)
    assert SEAL.nik_digest(SITI.nik) != other.nik_digest(SITI.nik)
    assert SEAL.fingerprint != other.fingerprint


def test_the_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "giliran.db.key"
    create_key(path)
    key = path.read_bytes()
    create_key(path)
    assert path.read_bytes() == key
    assert len(key) == KEY_BYTES
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_systemd_credential_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = f"sqlite:///{tmp_path}/giliran.db"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert key_file(database) == tmp_path / "giliran.db.key"
    (tmp_path / "database-key").write_bytes(b"k" * KEY_BYTES)
    assert key_file(database) == tmp_path / "database-key"
    assert key_file("postgresql+psycopg://db.example/giliran") == tmp_path / "database-key"
    assert key_file(database, tmp_path / "named") == tmp_path / "named"
    assert load_seal(key_file(database)).fingerprint == SEAL.fingerprint


def test_without_a_file_of_its_own_the_database_has_its_key_in_the_daemons_folder() -> None:
    assert key_file("postgresql+psycopg://db.example/giliran") == Path("/var/lib/giliran/giliran.key")


@pytest.mark.parametrize("content", [b"", b"short", b"k" * (KEY_BYTES + 1)])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "database-key"
    path.write_bytes(content)
    with pytest.raises(Fatal, match=r"database-key has \d+ bytes"):
        load_seal(path)
