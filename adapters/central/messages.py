"""What the centre sends, checked where it comes in.

Unknown fields are ignored. A problem names the field and the rule that it breaks, never its content.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from adapters.central import text
from daemon.domain.flaw import Flaw
from daemon.domain.link import Stage
from daemon.domain.records import CLOCKS_DIFFER, as_class, name_fault, nik_fault, text_fault
from daemon.ports import (
    BadCard,
    BadRecord,
    Card,
    Issuance,
    Issued,
    IssuedCard,
    LinkFailure,
    Page,
    Person,
    Receipt,
    Record,
)

T = TypeVar("T")

LONGEST_CURSOR = 1024
LONGEST_REASON = 200
MOST_FIELDS = 100
_LIKE_A_NIK = re.compile(r"[0-9]{8,}")
_PROBLEMS_TOLD = 3


def _or_none(rule: Callable[[object], object]) -> Callable[[object], object]:
    """Null, and the empty text that many systems write for it, mean that nothing is known."""
    return lambda value: None if value is None or value == "" else rule(value)


_Id = Annotated[str, BeforeValidator(text.record_id)]
_Status = Annotated[str, BeforeValidator(partial(text.text, longest=64))]
_Name = Annotated[str, BeforeValidator(text.name)]
_SomeText = Annotated[str | None, BeforeValidator(_or_none(partial(text.text, longest=200)))]
_SomeDate = Annotated[date | None, BeforeValidator(_or_none(text.day))]
_RecordedAt = Annotated[datetime, BeforeValidator(lambda value, info: text.recorded_at(value, _latest(info)))]
_SomeTime = Annotated[datetime | None, BeforeValidator(_or_none(text.moment))]


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)


class _Record(_Message):
    record_id: _Id
    nik: Annotated[str, BeforeValidator(text.nik)]
    name: _Name
    recorded_at: _RecordedAt
    status: _Status
    birth_place: _SomeText = None
    birth_date: _SomeDate = None
    sex: _SomeText = None
    district: _SomeText = None
    village: _SomeText = None
    request_class: _SomeText = None
    updated_at: _SomeTime = None


class _Rejection(_Message):
    record_id: str
    reason: Any = None


class _Receipt(_Message):
    accepted: list[str]
    rejected: list[_Rejection]


class _IssuedCard(_Message):
    record_id: str
    printed_at: _SomeTime = None
    printer: _SomeText = None


class _Issued(_Message):
    issuances: list[_IssuedCard]
    next: str
    more: bool


def page(message: object, *, after: str | None, limit: int, now: datetime | None = None) -> Page:
    """A page of changes; a record that cannot be taken does not spoil the others. LinkFailure.

    `now`: nobody was recorded later than that; None where no clock can tell.
    """
    envelope = _object(message)
    records, following, more = envelope.get("records"), envelope.get("next"), envelope.get("more")
    if not isinstance(records, list):
        raise _other_shape("records is not a list")
    if len(records) > 2 * limit:
        raise _other_shape(f"{len(records):,} records where {limit:,} were asked for")
    if not isinstance(following, str) or len(following) > LONGEST_CURSOR or not text.is_clean(following):
        raise _other_shape("next is not a cursor")
    if not isinstance(more, bool):
        raise _other_shape("more is not true or false")
    if more and following == after:
        raise _other_shape("the cursor stands still while there is more")
    latest = None if now is None else now + CLOCKS_DIFFER
    taken = [_record(item, latest) for item in records]
    return Page(
        records=tuple(record for record in taken if isinstance(record, Record)),
        bad=tuple(record for record in taken if isinstance(record, BadRecord)),
        next=following,
        more=more,
    )


def card(message: object, record_id: str) -> Card:
    """What to print for this record. BadCard; LinkFailure when it is no card at all."""
    parts = _object(message)
    if "record_id" not in parts:
        raise _other_shape("no record_id")
    if parts["record_id"] != record_id:
        raise BadCard(f"{record_id}: {Flaw.OTHERS_CARD}")
    try:
        return Card(
            record_id=record_id,
            fields=_fields(parts.get("fields")),
            photo=_binary(parts.get("photo"), "photo", b"\xff\xd8\xff", Flaw.MUST_BE_JPEG),
            document=_binary(parts.get("document"), "document", b"%PDF-", Flaw.MUST_BE_PDF),
        )
    except PydanticCustomError as error:
        raise BadCard(f"{record_id}: {error.message()}") from None


def receipt(message: object, sent: frozenset[str]) -> Receipt:
    """What the centre says of the records that we sent; others are none of our business. LinkFailure."""
    try:
        answer = _Receipt.model_validate(_object(message))
    except ValidationError as error:
        raise _other_shape(_problem(error)) from None
    rejected = {
        rejection.record_id: reason(rejection.reason) for rejection in answer.rejected if rejection.record_id in sent
    }
    return Receipt(accepted=(sent & frozenset(answer.accepted)) - rejected.keys(), rejected=rejected)


def issued(message: object, *, after: str | None) -> Issued:
    """A page of cards that the centre knows of. LinkFailure when it is anything else, or goes round."""
    try:
        answer = _Issued.model_validate(_object(message))
    except ValidationError as error:
        raise _other_shape(_problem(error)) from None
    if answer.more and answer.next == after:
        raise _other_shape("issuances: there is more, and the cursor stays where it was")
    cards = (
        IssuedCard(record_id=card.record_id, printed_at=card.printed_at, printer=card.printer)
        for card in answer.issuances
    )
    return Issued(cards=tuple(cards), next=answer.next, more=answer.more)


def issuance(made: Issuance) -> dict[str, str | None]:
    """A card that was made, as the centre is told of it."""
    return {
        "record_id": made.record_id,
        "printed_at": made.printed_at.isoformat(),
        "printer": made.printer,
        "card_serial": made.card_serial,
    }


def reason(value: object) -> str:
    """It ends in the log: one line, nothing that could be a NIK. A strange one is no reason to report again."""
    if not isinstance(value, str) or not value.strip():
        return "no reason given"
    line = "".join(sign if text.is_clean(sign) else " " for sign in value[:LONGEST_REASON])
    return _LIKE_A_NIK.sub("…", " ".join(line.split()))


def _object(message: object) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise _other_shape("not an object")
    return message


def _other_shape(problem: str) -> LinkFailure:
    return LinkFailure(Stage.ANSWER, f"an answer of another shape: {problem}")


def _latest(info: ValidationInfo) -> datetime | None:
    latest: datetime | None = (info.context or {}).get("latest")
    return latest


def _record(item: object, latest: datetime | None) -> Record | BadRecord:
    if not isinstance(item, dict):
        return BadRecord(record_id=None, recorded_at=None, problem=f"record: {Flaw.NOT_AN_OBJECT}")
    try:
        known = _Record.model_validate(item, context={"latest": latest})
    except ValidationError as error:
        return BadRecord(
            record_id=_if_valid(text.record_id, item.get("record_id")),
            recorded_at=_if_valid(partial(text.recorded_at, latest=latest), item.get("recorded_at")),
            problem=_problem(error),
            person=_as_far_as_readable(item),
            status=_if_valid(partial(text.text, longest=64), item.get("status")),
        )
    return Record(
        record_id=known.record_id,
        recorded_at=known.recorded_at,
        person=Person(
            nik=known.nik,
            name=known.name,
            birth_place=known.birth_place,
            birth_date=known.birth_date,
            sex=known.sex,
        ),
        district=known.district,
        village=known.village,
        request_class=known.request_class and as_class(known.request_class),
        status=known.status,
        updated_at=known.updated_at,
    )


def _as_far_as_readable(item: dict[str, Any]) -> Person | None:
    """Enough to find somebody by whose record is bad; nothing is printed from it."""
    nik, name = item.get("nik"), item.get("name")
    if not isinstance(nik, str) or nik_fault(nik) not in (None, Flaw.NO_SERIAL):
        return None
    if not isinstance(name, str) or not name.strip() or len(name) > 200 or not text.is_clean(name):
        return None
    return Person(nik=nik, name=name.strip())


def _if_valid(rule: Callable[[object], T], value: object) -> T | None:
    try:
        return rule(value)
    except PydanticCustomError:
        return None


def _problem(error: ValidationError) -> str:
    """The first few problems; of what pydantic says, only what cannot hold content."""
    told = []
    for detail in error.errors(include_url=False, include_input=False)[:_PROBLEMS_TOLD]:
        field = str(detail["loc"][0]) if detail["loc"] else "record"
        rule = {"rule": detail["msg"], "missing": Flaw.MISSING}.get(detail["type"], Flaw.WRONG_TYPE)
        told.append(f"{field}: {rule}")
    return "; ".join(dict.fromkeys(told))


def _fields(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        text.broken(f"fields: {Flaw.NOT_AN_OBJECT}")
    if len(value) > MOST_FIELDS:
        text.broken(f"fields: {Flaw.TOO_MANY.format(most=MOST_FIELDS)}")
    fields = {}
    for name, content in value.items():
        if _if_valid(text.record_id, name) is None:
            text.broken(f"fields: {Flaw.NOT_A_FIELD_NAME}")
        if content is not None:
            fields[name] = _scalar(name, content)
    if "nik" in fields and (fault := nik_fault(fields["nik"])) is not None:
        text.broken(f"fields.nik: {fault}")
    if "name" in fields and (fault := name_fault(fields["name"])) is not None:
        text.broken(f"fields.name: {fault}")
    return fields


def _scalar(name: str, content: object) -> str:
    if isinstance(content, bool) or not isinstance(content, str | int | float):
        text.broken(f"fields.{name}: {Flaw.NOT_TEXT_OR_NUMBER}")
    if isinstance(content, str) and not text.is_clean(content):
        text.broken(f"fields.{name}: {Flaw.CONTROL_CHARACTERS}")
    if (fault := text_fault(str(content))) is not None:
        text.broken(f"fields.{name}: {fault}")
    return str(content)


def _binary(value: object, field: str, magic: bytes, otherwise: Flaw) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, str):
        text.broken(f"{field}: {Flaw.NOT_BASE64_TEXT}")
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        text.broken(f"{field}: {Flaw.NOT_BASE64}")
    if not content.startswith(magic):
        text.broken(f"{field}: {otherwise}")
    return content
