"""What may stand in the configuration, with its defaults. config/giliran.yaml explains each key to people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from daemon.domain import rules
from daemon.domain.card_options import option_fault
from daemon.domain.ledger import MOST_AT_ONCE
from daemon.domain.note import COSIGNATURE, ED25519, VerifierKey, verifier_key
from daemon.domain.rules import Rules
from daemon.settings.values import (
    AbsolutePath,
    CentralUrl,
    ClassName,
    CupsServer,
    DatabaseUrl,
    Day,
    Duration,
    FilePath,
    HostAndPort,
    LaneName,
    LogVerifierKey,
    Nip,
    OfficeCode,
    OptionName,
    OptionValue,
    PrinterName,
    QueueName,
    SupplyName,
    TemplateName,
    Text,
    WitnessKey,
    Zone,
)

Count = Annotated[int, Field(ge=1, le=100)]
PrinterKind = Literal["card", "paper"]


class _Section(BaseModel):
    # Deferred: what validates a section is part of what validates the whole, and hardly ever needed by itself.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Office(_Section):
    """The office that prints."""

    code: OfficeCode
    name: Text
    address: Text | None = None
    """One line under the name, on letters and reports."""
    town: Text | None = None
    """Where papers are signed."""
    head: Text | None = None
    """Who signs them."""
    head_nip: Nip | None = None
    timezone: Zone = Field(default="Asia/Jakarta", validate_default=True)
    language: Literal["id", "en"] = "id"


class Database(_Section):
    """Where jobs, blanks and log are kept."""

    url: DatabaseUrl
    """For SQLAlchemy. Never holds a password."""
    key_file: Annotated[FilePath | None, Field(validate_default=True)] = None
    """What personal data are sealed with; None: beside the SQLite file, or with PostgreSQL in /var/lib/giliran."""


class Probing(_Section):
    """How the link is watched."""

    interval: Duration = timedelta(seconds=15)
    timeout: Duration = timedelta(seconds=5)
    down_after: Count = 3
    up_after: Count = 2


class Syncing(_Section):
    """How changes are pulled."""

    interval: Duration = timedelta(seconds=60)
    page_size: Annotated[int, Field(ge=1, le=5000)] = 500


class Central(_Section):
    """The central server."""

    adapter: Literal["http", "folder"] = "http"
    """How it is reached: over the network, or by courier."""
    url: CentralUrl | None = Field(default=None, validate_default=True)
    """Without a slash at its end; None by courier."""
    folder: AbsolutePath | None = Field(default=None, validate_default=True)
    """Where a carrier's stick is mounted."""
    key_file: Annotated[FilePath | None, Field(validate_default=True)] = None
    """What is carried is sealed with."""
    spool: AbsolutePath = Path("/var/lib/giliran/courier")
    """Where what was carried lies, sealed, until it is used."""
    token_file: FilePath | None = None
    """None: the client certificate alone tells who we are."""
    ca_file: FilePath | None = None
    """None: the machine's own authorities."""
    client_cert_file: FilePath | None = None
    client_key_file: Annotated[FilePath | None, Field(validate_default=True)] = None
    timeout: Duration = timedelta(seconds=10)
    """For one whole call."""
    pull_ahead: Annotated[int, Field(ge=1, le=1000)] = 4
    """Documents that lie here for each card printer."""
    connections: Annotated[int, Field(ge=1, le=16)] = 6
    """Documents that are pulled at once."""
    probe: Probing = Probing()
    sync: Syncing = Syncing()

    @field_validator("url", "folder", "key_file")
    @classmethod
    def _goes_with_the_adapter(cls, value: object, info: ValidationInfo) -> object:
        by_courier = info.data.get("adapter") == "folder"
        if value is None and (info.field_name == "url") is not by_courier:
            raise PydanticCustomError("missing", "is required")
        return value

    @field_validator("client_key_file")
    @classmethod
    def _goes_with_its_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "client_cert_file" in info.data and (key is None) != (info.data["client_cert_file"] is None):
            raise ValueError("client_cert_file and client_key_file go together: set both, or neither")
        return key


class Outage(_Section):
    """What happens while the link is down."""

    policy: Literal["pause", "drain"] = "pause"
    drain_for: Duration = timedelta(hours=4)

    @property
    def drains_for(self) -> timedelta | None:
        """None under the policy `pause`."""
        return self.drain_for if self.policy == "drain" else None


class Precedence(_Section):
    """Classes in order while blanks are short, by a written instruction."""

    instruction: Text
    first_day: Annotated[Day | None, Field(alias="from")] = None
    last_day: Annotated[Day | None, Field(alias="to")] = None
    """Included."""
    while_blanks_below: Annotated[int | None, Field(ge=1, le=MOST_AT_ONCE)] = None
    """In store and hoppers together; None: however many there are."""
    classes: tuple[ClassName, ...] = ()
    shut: Annotated[tuple[ClassName, ...], Field(validate_default=True)] = ()

    @field_validator("last_day")
    @classmethod
    def _after_the_first(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("first_day")
        if last is not None and first is not None and last < first:
            raise ValueError(f"must not be before from ({first.isoformat()})")
        return last

    @field_validator("classes", "shut")
    @classmethod
    def _each_once(cls, classes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        seen: list[str] = [*info.data.get("classes", ())]
        for each in classes:
            if each in seen:
                raise ValueError(f"has the class {each} twice; each stands once in classes or in shut")
            seen.append(each)
        if info.field_name == "shut" and not seen and "classes" in info.data:
            raise ValueError("must name a class, or `classes` must: there is nothing to put first or to shut")
        return classes


class Lane(_Section):
    """People who may go ahead of the line, by a written instruction."""

    name: LaneName
    instruction: Text
    one_in: Annotated[int, Field(ge=2, le=1000)]
    """At most one of so many starts in a row."""


class Queue(_Section):
    """The order of turns, and the rules that an instruction puts above it."""

    order: Literal["recorded_at"] = "recorded_at"
    precedence: Precedence | None = None
    lanes: tuple[Lane, ...] = ()
    presence: bool = False
    """Only those who checked in today are printed."""

    @field_validator("lanes")
    @classmethod
    def _leave_room(cls, lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
        names = [lane.name for lane in lanes]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"has the lane {name} twice")
        if sum(Fraction(1, lane.one_in) for lane in lanes) >= 1:
            raise ValueError("take every start together, and nobody else would get one: raise one_in")
        return lanes


class Cups(_Section):
    """The print server."""

    server: CupsServer = "/run/cups/cups.sock"
    """A socket's path or host:port."""
    guard_journal: AbsolutePath = Path("/var/lib/giliran-guard")
    foreign_jobs: Literal["refuse", "pass"] = "refuse"
    """What becomes of jobs that others send to a guarded card queue: `pass` books a spoiled blank for each."""
    drain: Duration = timedelta(minutes=5)
    """How long cards in printers are waited for when the daemon is stopped."""


class Printer(_Section):
    """One printer and its CUPS queue."""

    name: PrinterName
    kind: PrinterKind
    queue: QueueName
    options: Mapping[OptionName, OptionValue] = Field(default_factory=dict)
    supplies: Mapping[SupplyName, Annotated[int, Field(ge=1, le=100_000)]] = Field(default_factory=dict)
    """Cards from a full ribbon, film and the like, by a part of its name."""
    template: TemplateName = Field(default_factory=lambda data: "letter" if data.get("kind") == "paper" else "card")


class Witness(_Section):
    """Somebody elsewhere who vouches that the log only grew."""

    name: Text
    url: CentralUrl | None = None
    """For `add-checkpoint`, without that; None: requests and cosignatures are carried."""
    key: WitnessKey

    @property
    def verifier(self) -> VerifierKey:
        """The key, read."""
        return verifier_key(self.key, COSIGNATURE)


class Neighbour(_Section):
    """Another log that this office vouches for."""

    key: LogVerifierKey
    origin: Text | None = None
    """The first line of its checkpoints; None: its key's name."""

    @property
    def verifier(self) -> VerifierKey:
        """The key, read."""
        return verifier_key(self.key, ED25519)


class Log(_Section):
    """The log that others can verify."""

    key_file: FilePath | None = None
    """What its heads are signed with; None: beside the database's key."""
    witnesses: Annotated[tuple[Witness, ...], Field(max_length=16)] = ()
    neighbours: Annotated[tuple[Neighbour, ...], Field(max_length=1000)] = ()
    neighbours_folder: AbsolutePath = Path("/var/lib/giliran/neighbours")
    """Where their heads lie that were cosigned last."""

    @field_validator("witnesses")
    @classmethod
    def _each_witness_once(cls, witnesses: tuple[Witness, ...]) -> tuple[Witness, ...]:
        for what, all_ in (("name", [each.name for each in witnesses]), ("key", [each.key for each in witnesses])):
            for each in all_:
                if all_.count(each) > 1:
                    raise ValueError(f"has the {what} {each} twice")
        return witnesses

    @field_validator("neighbours")
    @classmethod
    def _each_log_once(cls, neighbours: tuple[Neighbour, ...]) -> tuple[Neighbour, ...]:
        logs = [each.origin or each.verifier.name for each in neighbours]
        for each in logs:
            if logs.count(each) > 1:
                raise ValueError(f"has the log {each} twice")
        return neighbours


class Blanks(_Section):
    """The stock of blank cards."""

    low: Annotated[int, Field(ge=0, le=MOST_AT_ONCE)] = 500
    low_days: Annotated[int, Field(ge=0, le=365)] = 10
    """Working days; 0: nobody is told."""
    serials: bool = False
    """Whether the office keeps the serial numbers of its blanks."""


class Board(_Section):
    """The public board."""

    listen: HostAndPort = "127.0.0.1:8080"


class Alerts(_Section):
    """Who is told."""

    urls_file: FilePath | None = None


class Settings(_Section):
    """The whole configuration. model_fields_set of each section tells which keys were given."""

    office: Office
    database: Database
    central: Central
    outage: Outage = Outage()
    queue: Queue = Queue()
    cups: Cups = Cups()
    printers: Annotated[tuple[Printer, ...], Field(min_length=1)]
    blanks: Blanks = Blanks()
    log: Log = Log()
    board: Board = Board()
    alerts: Alerts = Alerts()

    @field_validator("printers")
    @classmethod
    def _fit_together(cls, printers: tuple[Printer, ...]) -> tuple[Printer, ...]:
        for _, message in conflicts([printer.model_dump() for printer in printers]):
            raise PydanticCustomError("conflict", "{message}", {"message": message})
        return printers

    @property
    def rules(self) -> Rules:
        """Those of the order of turns, as the domain has them."""
        queue, ranks = self.queue, self.queue.precedence
        precedence = (
            None
            if ranks is None
            else rules.Precedence(
                instruction=ranks.instruction,
                first_day=ranks.first_day,
                last_day=ranks.last_day,
                while_blanks_below=ranks.while_blanks_below,
                classes=ranks.classes,
                shut=ranks.shut,
            )
        )
        lanes = tuple(
            rules.Lane(name=lane.name, instruction=lane.instruction, one_in=lane.one_in) for lane in queue.lanes
        )
        if precedence is None and not lanes and not queue.presence:
            return Rules()
        zone = str(self.office.timezone)
        return Rules(precedence=precedence, lanes=lanes, presence=queue.presence, timezone=zone)

    @property
    def card_printers(self) -> tuple[Printer, ...]:
        """Those that print cards."""
        return tuple(printer for printer in self.printers if printer.kind == "card")


def conflicts(printers: Sequence[object]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """What is wrong with the printers together, or with the options of one, each with its place below `printers`.

    They need not be valid.
    """
    mappings = [printer if isinstance(printer, Mapping) else {} for printer in printers]
    for key, message in (
        ("name", "another printer has this name already"),
        ("queue", "another printer uses this CUPS queue already"),
    ):
        seen: set[str] = set()
        for index, printer in enumerate(mappings):
            value = printer.get(key)
            if not isinstance(value, str):
                continue
            if value in seen:
                yield (index, key), message
            seen.add(value)
    for index, printer in enumerate(mappings):
        options = printer.get("options")
        if printer.get("kind") == "card" and isinstance(options, Mapping):
            for name, value in options.items():
                if (fault := option_fault(str(name), value)) is not None:
                    yield (index, "options", name), fault
    if mappings and all(printer.get("kind") == "paper" for printer in mappings):
        yield (), "must hold at least one printer of kind card"
