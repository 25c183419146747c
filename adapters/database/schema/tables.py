"""The tables. What made them stands in migrations/; a test holds the two together.

They are one office's: a file in SQLite, a schema of its own in PostgreSQL (sql/connections.py).

Personal data are in `person.sealed` and `document.sealed` alone, encrypted (seal.py).
"""

from collections.abc import Iterable

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.sql.schema import SchemaItem

from adapters.database.sql.columns import Day, Flag, Long, Moment, Names, RecordId, Word
from daemon.domain.dispatch import PrinterState
from daemon.domain.health import Ending
from daemon.domain.job import Fault, Verdict, WaitsFor
from daemon.domain.ledger import MAY_GO_BELOW_ZERO
from daemon.domain.link import Cause, LinkState
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.ports import Kept, Phase

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *items: SchemaItem, clustered: bool = False) -> Table:
    """`clustered`: its rows lie in the order of the key, by which alone they are looked up."""
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=not clustered)


def _only_row() -> tuple[SchemaItem, ...]:
    """The key of a table that has one row at most."""
    column = Column("id", Integer, primary_key=True, autoincrement=False, server_default="1")
    return column, CheckConstraint("id = 1", name="only")


def _refers(*columns: str, to: str) -> ForeignKeyConstraint:
    """To the row of the same names there, unless the other name stands in `to`."""
    table_name, _, other = to.partition(".")
    there = [other] if other else columns
    return ForeignKeyConstraint(columns, [f"{table_name}.{column}" for column in there])


def _one_of(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index on some rows alone."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


@event.listens_for(metadata, "before_create")
def _partial_in_postgresql(target: MetaData, connection: Connection, **_: object) -> None:
    """The same rows. Said only where tables are made: an option of a dialect loads it, and SQLite needs no other."""
    if connection.dialect.name == "postgresql":
        for table in target.tables.values():
            for index in table.indexes:
                index.kwargs["postgresql_where"] = index.dialect_options["sqlite"]["where"]


FAULTY = "fault IS NOT NULL"
"""Of whom the centre sent what cannot be used: in words that both planners know again from the index."""

MOVED_AHEAD = "office_document IS NOT NULL AND office_recorded_at < centre_recorded_at"
"""Whom a paper of the office puts before the time that the centre says (domain/order.py)."""

AWAITS_PERSON = "waits_for = 'person'"
"""Who waits for a person's word, in words that both planners know again from the index."""

AWAITS_RETRY = "waits_for = 'retry'"
"""Who is ready again by himself, in such words."""

ELSEWHERE = "waits_for = 'elsewhere'"
"""Whose card was made elsewhere."""

IS_READY = "state = 'ready'"
IS_PRESENT = f"{IS_READY} AND present_on IS NOT NULL"
IN_LANE = f"{IS_READY} AND lane IS NOT NULL"
BOTH = f"{IN_LANE} AND present_on IS NOT NULL"

job = _table(
    "job",
    Column("record_id", RecordId, primary_key=True),
    Column("state", Word(State), nullable=False),
    Column("reason", Text),
    Column("since", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("printer", Text),
    Column("central_status", Text),
    Column("request_class", Text),
    Column("district", Text),
    Column("village", Text),
    Column("nik_ending", Text),
    # In the office's own registrations.
    Column("registered", Flag, nullable=False),
    # The centre's time of its latest change.
    Column("updated_at", Moment),
    # When it was recorded, as the office and the centre say: `recorded_at` is the one that counts for the order.
    Column("office_recorded_at", Moment),
    # The paper that the office's time comes from.
    Column("office_document", Text),
    Column("centre_recorded_at", Moment),
    # What ends its waiting; of a withdrawal, that the centre made it.
    Column("waits_for", Word(WaitsFor)),
    # What the centre sent last and cannot be used, while it waits or is set aside.
    Column("fault", Word(Fault)),
    # The import of the office's registrations that brought it.
    Column("import_number", Long),
    # The import that the office's paper came with, and how it was then: what the office had said before, without a
    # paper; how many cards had been started. Null where no paper counts, or counted, for the order.
    Column("paper_import", Long),
    Column("office_recorded_at_before", Moment),
    Column("attempt_before", Integer),
    # The lane that the person is in; the day on which the person checked in last.
    Column("lane", Text),
    Column("present_on", Day),
    CheckConstraint(_one_of("state", State), name="state"),
    CheckConstraint("attempt >= 0", name="attempt"),
    # The order, within each state: the head of the queue is one look-up however many jobs there are. (With one
    # more index on ready rows alone, SQLite would still take this one.)
    Index("ix_job_turn", "state", "recorded_at", "record_id"),
    _partial("ix_job_import_number", "import_number", "record_id", where="import_number IS NOT NULL"),
    _partial("ix_job_paper_import", "paper_import", "record_id", where="paper_import IS NOT NULL"),
    _partial("ix_job_fault", "state", "recorded_at", "record_id", where=FAULTY),
    _partial("ix_job_moved_ahead", "office_document", where=MOVED_AHEAD),
    _partial("ix_job_awaits_person", "recorded_at", "record_id", where=AWAITS_PERSON),
    _partial("ix_job_awaits_retry", "since", where=AWAITS_RETRY),
    _partial("ix_job_elsewhere", "recorded_at", "record_id", where=ELSEWHERE),
    # Under rules (domain/rules.py): the first of each class, in the line and in each lane, of those who checked in.
    _partial("ix_job_class", "state", "request_class", "recorded_at", "record_id", where=IS_READY),
    _partial("ix_job_present", "state", "present_on", "request_class", "recorded_at", "record_id", where=IS_PRESENT),
    _partial("ix_job_lane", "state", "lane", "request_class", "recorded_at", "record_id", where=IN_LANE),
    _partial(
        "ix_job_lane_present", "state", "lane", "present_on", "request_class", "recorded_at", "record_id", where=BOTH
    ),
)

# What stands above the recording time, as it was adopted from the configuration; no row: nothing ever did.
order_rules = _table(
    "order_rules",
    *_only_row(),
    # JSON.
    Column("rules", Text, nullable=False),
    # Starts while there were lanes, and by lane the number of the last that went to it ahead of the line (JSON).
    Column("starts", Long, nullable=False),
    Column("used", Text, nullable=False),
)

registration_import = _table(
    "registration_import",
    Column("number", Long, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", Text),
)

person = _table(
    "person",
    Column("record_id", RecordId, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("nik_digest", LargeBinary, nullable=False),
    _refers("record_id", to="job"),
    Index("ix_person_nik_digest", "nik_digest"),
)

# Sealed rows of `person` and `document` that did not open any more.
damage = _table(
    "damage",
    Column("record_id", RecordId, primary_key=True),
    Column("kept", Word(Kept), primary_key=True),
    Column("found_at", Moment, nullable=False),
    Column("mended_at", Moment),
    _refers("record_id", to="job"),
)

attempt = _table(
    "attempt",
    Column("record_id", RecordId, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("printer", Text, nullable=False),
    # Identity of the guard's journal that it was started in: no other one can tell of it. Null: without a guard.
    Column("journal", Text),
    Column("phase", Word(Phase), nullable=False),
    Column("spool_number", Long),
    Column("spool_uuid", Text),
    Column("started_at", Moment, nullable=False),
    # The log entry of its start: earlier and later by this, never by a clock.
    Column("start_sequence", Long, nullable=False),
    Column("ended_at", Moment),
    Column("verdict", Word(Verdict)),
    Column("reason", Text),
    _refers("record_id", to="job"),
    CheckConstraint(_one_of("phase", Phase), name="phase"),
    Index("ix_attempt_start_sequence", "start_sequence"),
    # One card at most is on its way for a person.
    _partial("uq_attempt_open", "record_id", unique=True, where="ended_at IS NULL"),
    clustered=True,
)

document = _table(
    "document",
    Column("record_id", RecordId, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
    _refers("record_id", to="job"),
)

ledger_entry = _table(
    "ledger_entry",
    Column("id", Long, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("record_id", RecordId),
    Column("attempt", Integer),
    Column("batch", Text),
    Column("document", Text),
    # The other office of a transfer.
    Column("office", Text),
    # Who saw a destruction: a JSON list of names.
    Column("witnesses", Names),
    # What the person who booked it said.
    Column("note", Text),
    # The paper's date, where it is not the day of booking.
    Column("happened_on", Day),
    # The entry that this one takes back.
    Column("reverses", Long),
    _refers("record_id", to="job"),
    _refers("document", to="paper.number"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("debit <> credit", name="accounts"),
    _partial("ix_ledger_entry_used", "at", where="credit = 'in_process' AND debit IN ('issued', 'spoiled')"),
    _partial("ix_ledger_entry_batch", "batch", where="batch IS NOT NULL"),
    _partial("ix_ledger_entry_office", "office", where="office IS NOT NULL"),
    _partial("ix_ledger_entry_document", "document", where="document IS NOT NULL"),
    # Once.
    _partial("uq_ledger_entry_reverses", "reverses", unique=True, where="reverses IS NOT NULL"),
    clustered=True,
)

paper = _table(
    "paper",
    Column("number", Text, primary_key=True),
    # What was booked under it, JSON: who gives the number again must mean the same.
    Column("content", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    # When all that was booked under it had been reversed: the number may be booked once more. Null: it is taken.
    Column("freed_at", Moment),
)

balance = _table(
    "balance",
    Column("account", Text, primary_key=True),
    Column("quantity", Long, nullable=False),
    CheckConstraint(f"quantity >= 0 OR {_one_of('account', sorted(MAY_GO_BELOW_ZERO))}", name="not_below_zero"),
    clustered=True,
)

job_count = _table(
    "job_count",
    Column("state", Word(State), primary_key=True),
    Column("n", Long, nullable=False),
    CheckConstraint("n >= 0", name="n"),
    clustered=True,
)

log = _table(
    "log",
    Column("sequence", Long, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("record_id", RecordId),
    # JSON.
    Column("details", Text, nullable=False),
    # Of the commitment; null: what it is to was erased.
    Column("salt", LargeBinary),
    # The commitment to the record, as log_subject has it.
    Column("subject", LargeBinary),
    # To actor and details.
    Column("commitment", LargeBinary, nullable=False),
    # Of the leaf, in hex.
    Column("hash", Text, nullable=False),
    _partial("ix_log_record_id_sequence", "record_id", "sequence", where="record_id IS NOT NULL"),
    clustered=True,
)

# What stands for a record in the leaves of the log, and the sealed salt of that commitment (docs/log-format.md). It
# outlives the job: entries about it do, too.
log_subject = _table(
    "log_subject",
    Column("record_id", RecordId, primary_key=True),
    Column("subject", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    clustered=True,
)

# The tree's first leaf.
log_opening = _table("log_opening", *_only_row(), Column("leaf", Text, nullable=False))

# Tiles above level 0, which is the log itself.
log_tile = _table(
    "log_tile",
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Long, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

# Signed heads of the tree.
log_checkpoint = _table(
    "log_checkpoint",
    Column("size", Long, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("root", LargeBinary, nullable=False),
    # As it was signed.
    Column("note", Text, nullable=False),
)

link = _table(
    "link",
    *_only_row(),
    Column("state", Word(LinkState), nullable=False),
    Column("since", Moment, nullable=False),
    Column("cause", Word(Cause)),
    Column("detail", Text),
    Column("failures", Integer, nullable=False),
    Column("successes", Integer, nullable=False),
    Column("failing_since", Moment),
)

outage = _table(
    "outage",
    Column("id", Long, primary_key=True, autoincrement=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("cause", Text, nullable=False),
    Column("detail", Text),
)

cursor = _table(
    "cursor",
    *_only_row(),
    Column("after", Text, nullable=False),
    # Whether the centre had more; how many records came in the run of pages that goes on, or went on last.
    Column("more", Flag, nullable=False),
    Column("records", Long, nullable=False),
    Column("at", Moment, nullable=False),
    # Since when there is always more, and nothing new comes.
    Column("round_since", Moment),
)

issuance = _table(
    "issuance",
    Column("record_id", RecordId, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("printed_at", Moment, nullable=False),
    Column("printer", Text, nullable=False),
    Column("card_serial", Text),
    Column("serial_trouble", Word(SerialTrouble)),
    Column("batch_key", Text),
    Column("acknowledged_at", Moment),
    # The centre's reason.
    Column("rejected", Text),
    _refers("record_id", "attempt", to="attempt"),
    Index("ix_issuance_printed_at", "printed_at"),
    _partial("ix_issuance_due", "printed_at", "record_id", where="acknowledged_at IS NULL AND rejected IS NULL"),
    _partial("ix_issuance_rejected", "printed_at", where="rejected IS NOT NULL"),
    _partial("ix_issuance_card_serial", "card_serial", where="card_serial IS NOT NULL"),
    _partial("ix_issuance_serial_trouble", "printed_at", where="serial_trouble IS NOT NULL"),
    clustered=True,
)

blank_serial = _table(
    "blank_serial",
    Column("serial", Text, primary_key=True),
    Column("batch", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_blank_serial_batch", "batch"),
)

printer = _table(
    "printer",
    Column("name", Text, primary_key=True),
    # Its queue in CUPS, as the daemon that served it last knew it.
    Column("queue", Text),
    # Identity of the guard's journal on that daemon's machine; null without a guard.
    Column("journal", Text),
    # Of its queue (printer-make-and-model), when a guard was put in front of it; null: none was, or it was taken away.
    Column("guarded_driver", Text),
    # Null until it first reports.
    Column("state", Word(PrinterState)),
    # JSON.
    Column("reasons", Text, nullable=False),
    Column("paused", Flag, nullable=False),
    # In the words of whoever paused it.
    Column("pause_reason", Text),
    Column("nudges", Integer, nullable=False),
    # Cards in a row of which nobody can tell whether they came out, since a person last saw to it.
    Column("doubts", Integer, nullable=False, server_default="0"),
    # What is left of ribbon and film: JSON, a list of {name, percent, full}.
    Column("consumables", Text, nullable=False, server_default="[]"),
    # When each was put in new, microseconds by name: JSON.
    Column("renewed", Text, nullable=False, server_default="{}"),
)

daemon_run = _table(
    "daemon_run",
    Column("id", Long, primary_key=True, autoincrement=False),
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    # When it last said that it lives.
    Column("beat_at", Moment, nullable=False),
    Column("ended_at", Moment),
    # Null while it runs, and where it could not say why it ended.
    Column("ending", Word(Ending)),
    # JSON: when each loop finished its latest step; what is wrong with its machine.
    Column("loops", Text, nullable=False),
    Column("troubles", Text, nullable=False),
    # How often it was told to reload; what the last one failed for.
    Column("reloads", Integer, nullable=False),
    Column("reload_error", Text),
)

office = _table(
    "office",
    # Its code: in another office's hands, a file is refused.
    Column("office_code", Text, primary_key=True),
    # Of the key that everything of this office is sealed with.
    Column("fingerprint", LargeBinary, nullable=False),
    # That it is behind what outlives it (daemon/domain/continuity.py); null when it is not.
    Column("behind_why", Text),
    Column("behind_since", Moment),
    Column("behind_journal_lost", Flag),
)
