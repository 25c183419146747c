"""The contract's four calls over the centre's memory."""

import base64
import functools
import hmac
import json
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from daemon.demo.centre.people import Inhabitant
from daemon.demo.centre.portrait import portrait
from daemon.demo.centre.state import CentralState, KeyUsedTwice, UnknownCursor

MOST_RECORDS = 1000

_ERRORS = {404: "unknown record", 409: "not print-ready", 410: "withdrawn"}


def make_app(state: CentralState, token: str | None) -> Starlette:
    """The server; without a token everybody is let in."""

    def records(request: Request) -> Response:
        limit = request.query_params.get("limit", str(MOST_RECORDS))
        if not (limit.isascii() and limit.isdigit() and int(limit) > 0):
            return _error(400, "limit is not a number above 0")
        try:
            return JSONResponse(state.page(request.query_params.get("after"), min(int(limit), MOST_RECORDS)))
        except UnknownCursor:
            return _error(400, "unknown cursor")

    def card(request: Request) -> Response:
        person = state.card_of(request.path_params["record_id"])
        if isinstance(person, int):
            return _error(person, _ERRORS[person])
        return JSONResponse(card_to_json(person, state.documents.get(person.record_id)))

    async def issuances(request: Request) -> Response:
        if request.method != "POST":
            return issued(request)
        key = request.headers.get("idempotency-key", "")
        report = _reported(await request.body())
        if not key or report is None:
            return _error(400, "not a report of issuances under an idempotency key")
        try:
            return JSONResponse(await run_in_threadpool(state.accept, report, key))
        except KeyUsedTwice:
            return _error(422, "this key was used for another report")

    def issued(request: Request) -> Response:
        limit = request.query_params.get("limit", str(MOST_RECORDS))
        if not (limit.isascii() and limit.isdigit() and int(limit) > 0):
            return _error(400, "limit is not a number above 0")
        try:
            return JSONResponse(state.reported(request.query_params.get("after"), min(int(limit), MOST_RECORDS)))
        except UnknownCursor:
            return _error(400, "unknown cursor")

    def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/records", records),
            Route("/records/{record_id}/card", card),
            Route("/issuances", issuances, methods=["GET", "POST"]),
        ],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
            Middleware(_TokenCheck, token=token),
        ],
    )


class _TokenCheck:
    """Nobody gets an answer without the token."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._expected = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._expected is not None:
            shown = Headers(scope=scope).get("authorization", "").encode()
            if not hmac.compare_digest(shown, self._expected):
                await _error(401, "who are you?")(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _error(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status)


def card_to_json(person: Inhabitant, document: bytes | None) -> dict[str, Any]:
    """A card as the contract has it."""
    return {
        "record_id": person.record_id,
        "fields": {
            "nik": person.nik,
            "name": person.name,
            "birth_place": person.birth_place,
            "birth_date": person.birth_date.isoformat(),
            "sex": person.sex,
            "district": person.district,
            "village": person.village,
            **person.also_on_the_card,
        },
        "photo": _portrait(person.record_id),
        "document": None if document is None else base64.b64encode(document).decode(),
    }


@functools.lru_cache(maxsize=256)
def _portrait(record_id: str) -> str:
    return base64.b64encode(portrait(record_id)).decode()


def _reported(body: bytes) -> list[dict[str, Any]] | None:
    """The issuances in a report's body; None when it is no report."""
    try:
        issuances = json.loads(body)["issuances"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(issuances, list) or not all(_is_issuance(issuance) for issuance in issuances):
        return None
    return issuances


def _is_issuance(issuance: object) -> bool:
    return isinstance(issuance, dict) and all(
        isinstance(issuance.get(name), str) for name in ("record_id", "printed_at", "printer")
    )
