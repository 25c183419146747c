"""A PostgreSQL server that dies, restarts, refuses: each is one clear line, and what was committed stays."""

import os
import pwd
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import exists, migrate, offices, open_lease, open_store, try_writing
from adapters.database.schema.revision import NEWEST
from daemon.domain.errors import Fatal, Retryable
from daemon.domain.states import State
from tests.contract.office import NOON, in_line, print_next, stock
from tests.fixtures.postgresql import PrivatePostgresql, new_database


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "database-key"


def test_a_server_that_is_killed_in_the_middle_loses_nothing_that_was_committed(
    new_postgresql: PrivatePostgresql, key: Path
) -> None:
    url = new_postgresql.url()
    migrate(url, "1205", key)
    store, lease = open_store(url, "1205", SystemClock(), key), open_lease(url, "1205")
    assert not lease.acquire("printer card-1")
    stock(store)
    in_line(store, "A", "B", "C")
    print_next(store)
    new_postgresql.kill()
    with pytest.raises(Retryable, match=r"^database .*(lost|cannot be reached|is being stopped)"):
        store.jobs.claim("card-1", NOON, journal="J-1")
    with pytest.raises(Retryable, match="cannot be reached"):
        store.view.counts()
    with pytest.raises(Retryable):
        lease.renew()
    new_postgresql.start()
    assert store.view.counts()[State.PRINTED] == 1
    assert not lease.renew()
    assert open_lease(url, "1205").acquire("printer card-1") == {"printer card-1"}
    assert [print_next(store).record_id for _ in range(2)] == ["B", "C"]
    lease.close()
    store.close()


def test_what_another_daemon_took_while_the_server_was_away_is_told(
    new_postgresql: PrivatePostgresql, key: Path
) -> None:
    url = new_postgresql.url()
    ours, another = open_lease(url, "1205"), open_lease(url, "1205")
    assert not ours.acquire("lead", "printer card-1")
    new_postgresql.kill()
    new_postgresql.start()
    assert not another.acquire("lead")
    assert ours.renew() == {"lead"}
    assert not ours.renew()
    assert another.acquire("printer card-1") == {"printer card-1"}
    ours.release("printer card-1")
    assert not another.acquire("printer card-1")
    ours.close()
    another.close()


def test_a_server_that_is_not_there_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(Retryable, match="the server cannot be reached") as refusal:
        exists(f"postgresql+psycopg:///giliran?host={tmp_path}")
    assert "\n" not in str(refusal.value)


def test_a_database_or_user_that_is_not_there_is_fatal(postgresql: PrivatePostgresql) -> None:
    with pytest.raises(Fatal, match="there is no such database on the server"):
        exists(postgresql.url("nowhere"))
    with pytest.raises(Fatal, match="does not let this user in"):
        exists(postgresql.url().replace("user=giliran", "user=stranger"))


def test_a_wrong_password_is_fatal_and_not_shown(
    new_postgresql: PrivatePostgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_postgresql.sql("ALTER ROLE giliran PASSWORD 'h4nya-kita'")
    hba = new_postgresql.folder / "data" / "pg_hba.conf"
    hba.write_text("local all all scram-sha-256\n")
    new_postgresql.stop()
    new_postgresql.start()
    passwords = tmp_path / "passwords"
    monkeypatch.setenv("PGPASSFILE", str(passwords))

    def password_is(word: str) -> None:
        passwords.write_text(f"*:*:*:giliran:{word}\n")
        passwords.chmod(0o600)

    password_is("salah-sekali")
    with pytest.raises(Fatal, match="the password is wrong; check the password file") as refusal:
        exists(new_postgresql.url())
    assert "salah" not in str(refusal.value)
    password_is("h4nya-kita")
    assert not exists(new_postgresql.url())


def test_a_server_that_takes_no_changes_is_worth_another_try(postgresql: PrivatePostgresql, key: Path) -> None:
    name = new_database(postgresql)
    migrate(postgresql.url(name), "1205", key)
    postgresql.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store = open_store(postgresql.url(name), "1205", SystemClock(), key)
    with pytest.raises(Retryable, match="it takes no changes"):
        stock(store)
    store.close()


def test_a_connection_that_the_server_cut_is_made_anew(postgresql: PrivatePostgresql, key: Path) -> None:
    name = new_database(postgresql)
    migrate(postgresql.url(name), "1205", key)
    store = open_store(postgresql.url(name), "1205", SystemClock(), key)
    stock(store, quantity=1)
    postgresql.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'giliran'")
    stock(store, quantity=2)
    assert store.ledger.balances()["hopper:card-1"] == 3
    store.close()


def test_a_database_is_made_once_and_by_one_key(postgresql: PrivatePostgresql, key: Path) -> None:
    name = new_database(postgresql)
    assert migrate(postgresql.url(name), "1205", key).before is None
    assert migrate(postgresql.url(name), "1205", key).before == NEWEST
    with pytest.raises(Fatal, match="cannot be read"):
        migrate(postgresql.url(name), "1205", key.with_name("another"))


def test_a_server_that_takes_no_changes_is_told_before_a_card_is_to_be_made(
    new_postgresql: PrivatePostgresql, key: Path
) -> None:
    url = new_postgresql.url()
    migrate(url, "1205", key)
    me = pwd.getpwuid(os.geteuid())
    try_writing(url, "1205", me)
    new_postgresql.sql("ALTER DATABASE postgres SET default_transaction_read_only = on")
    with pytest.raises((Fatal, Retryable), match="it takes no changes"):
        try_writing(url, "1205", me)


def test_the_province_sees_the_offices_that_it_was_granted_and_changes_nothing(
    postgresql: PrivatePostgresql, key: Path
) -> None:
    name = new_database(postgresql)
    url = postgresql.url(name)
    migrate(url, "1204", key)
    postgresql.sql(
        "CREATE ROLE province LOGIN;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE giliran GRANT USAGE ON SCHEMAS TO province;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE giliran GRANT SELECT ON TABLES TO province",
        name,
    )
    migrate(url, "1205", key)
    theirs = url.replace("user=giliran", "user=province")
    before, after = offices(theirs)
    assert (before.code, before.revision, before.is_read) == ("1204", None, False)
    assert (after.code, after.revision, after.counts[State.READY]) == ("1205", NEWEST, 0)
    with pytest.raises(Fatal, match="no permission; the user needs CREATE on the database, or a schema"):
        migrate(theirs, "1206", key)


def test_a_role_that_may_make_no_schema_opens_the_office_in_one_that_was_made_for_it(
    postgresql: PrivatePostgresql, key: Path
) -> None:
    name = new_database(postgresql)
    postgresql.sql('CREATE ROLE langkat LOGIN; CREATE SCHEMA "giliran_12.05" AUTHORIZATION langkat', name)
    url = postgresql.url(name).replace("user=giliran", "user=langkat")
    migrate(url, "12.05", key)
    store = open_store(url, "12.05", SystemClock(), key)
    in_line(store, "A")
    assert store.view.counts()[State.READY] == 1
    store.close()
