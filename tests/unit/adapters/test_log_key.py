"""The key of the log, in its file and in signatures."""

import stat
from pathlib import Path

import pytest

from adapters.log_key import Ed25519LogKey, create_log_key, load_log_key, log_key_file
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.note import VerifierKey, head, parts, signed

EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
"""Of the specification, as its key."""
EXAMPLES_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "giliran/1205\n3\n" + "A" * 43 + "=\n"


def test_keys_and_notes_look_as_in_the_specification() -> None:
    public = bytes.fromhex("e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4")
    key = VerifierKey("example.com/foo", public)
    assert str(key) == EXAMPLES_KEY
    text, [(name, identity, signature)] = parts(EXAMPLE)
    assert (name, identity) == (key.name, key.id)
    assert signed(text, key, signature) == EXAMPLE


def test_every_key_that_is_made_can_be_read_again_and_verifies(tmp_path: Path) -> None:
    for number in range(50):
        path = tmp_path / str(number)
        assert create_log_key(path, "giliran/1205")
        key = load_log_key(path, "giliran/1205")
        note = key.sign(TEXT)
        assert load_log_key(path, "giliran/1205").has_signed(note)
        assert head(parts(note)[0]).size == 3
        assert not key.has_signed(note.replace("\n3\n", "\n4\n"))
    assert not create_log_key(tmp_path / "0", "giliran/1205"), "one that is there stays"
    assert stat.S_IMODE((tmp_path / "0").stat().st_mode) == 0o600


def test_another_s_signature_is_not_ours() -> None:
    ours, theirs = Ed25519LogKey("giliran/1205", bytes(32)), Ed25519LogKey("giliran/1205", bytes([1] * 32))
    assert not ours.has_signed(theirs.sign(TEXT))
    line = theirs.sign(TEXT).splitlines()[-1]
    assert ours.has_signed(ours.sign(TEXT) + line + "\n"), "others may sign beside us"


@pytest.mark.parametrize(
    "content", ["", "nothing", "PRIVATE+KEY+giliran/1206+00000000+AAAA", "PRIVATE+KEY+giliran/1205+00000000+?"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(Fatal, match="the log's key"):
        load_log_key(tmp_path / "key", "giliran/1205")


def test_a_key_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    create_log_key(path, "giliran/1205")
    text = path.read_text()
    place = len("PRIVATE+KEY+giliran/1205+")
    path.write_text(text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :])
    with pytest.raises(Fatal, match="damaged"):
        load_log_key(path, "giliran/1205")


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="giliran migrate"):
        load_log_key(tmp_path / "key", "giliran/1205")


def test_it_lies_where_the_configuration_says_or_beside_the_database_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "giliran.db.key"
    assert log_key_file(beside) == tmp_path / "giliran.db.log-key"
    assert log_key_file(beside, tmp_path / "named") == tmp_path / "named"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert log_key_file(beside) == tmp_path / "giliran.db.log-key"
    (tmp_path / "log-key").touch()
    assert log_key_file(beside) == tmp_path / "log-key"


@pytest.mark.parametrize(
    "note",
    ["", "text", "text\n\n", "text\n\n— name\n", "text\n\nname AAAA\n", "text\n\n— a AAAA\nmore\n", "a\n\n— a A\n"],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(Rejected, match="this is no checkpoint"):
        parts(note)


@pytest.mark.parametrize(
    "text", ["", "a\n", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\nAAAA\n", "a\n1\n!\n", "\n1\nAAAA\n"]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="this is no checkpoint"):
        head(text)
