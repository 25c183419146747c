"""Cards as PDF, by Typst. Personal data go from memory to memory: no temporary file ever holds them."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from adapters.coprocess import IDLE_SECONDS, Coprocess, Declined, Died, Failed
from adapters.documents import pdf
from adapters.documents.recent import Recent
from daemon.domain.errors import Fatal
from daemon.domain.flaw import Flaw
from daemon.ports import BadCard, Card, RendererFailed

MOST_CHARACTERS = 300
"""In one field."""

MOST_DOCUMENT_BYTES = 8 << 20

_TYPESETTER = "adapters.typesetter"
"""Run and not imported: Typst and its fonts would be a quarter of the daemon's memory, also while nothing is made."""

_NIK = re.compile(r"[0-9]{16}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INVENTED: Mapping[str, str] = {
    "nik": "1205010101900001",
    "name": "SITI CONTOH",
    "birth_place": "STABAT",
    "birth_date": "1990-01-01",
    "sex": "F",
    "village": "CONTOH",
    "district": "STABAT",
}


class TypstCards:
    """The CardRenderer port on Typst templates. Safe to use from several threads: one document is made at a time."""

    def __init__(
        self,
        templates: Path,
        *,
        office: str,
        used: Iterable[str] = ("card",),
        sides: int = 1,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """The folder of templates and the office's name. Each template in `used` is tried; Fatal if one is broken.

        `sides`: pages that make one card, and not two.
        """
        self._examiner = pdf.Examiner(most_pages=sides)
        self._templates = templates
        self.typesetter = Coprocess(_TYPESETTER, str(templates), str(idle_seconds))
        self._office = office
        self._recent = Recent()
        try:
            for template in used:
                self.check(template)
        except BaseException:
            self.close()
            raise

    def check(self, template: str) -> None:
        """Make one card with invented data. Fatal, with Typst's own words, if it cannot be made."""
        file = self._templates / f"{template}.typ"
        if not file.is_file():
            raise Fatal(f"there is no template {file}")
        try:
            self._typeset(template, _INVENTED, None)
        except Declined as error:
            raise Fatal(f"template {file}: {json.loads(str(error))['diagnostic'].strip()}") from error
        except Failed as error:
            raise Fatal(f"template {file}: {error}") from error

    def admit(self, card: Card) -> Card:
        """Before a blank is committed to it: the card with what is to be printed of the centre's document.

        BadCard, RendererFailed.
        """
        if card.document is None:
            return card
        came = _plausible(card.record_id, card.document)
        try:
            document = self._examiner.examine(came)
        except pdf.BadPdf as error:
            raise _bad_document(card.record_id, str(error)) from error
        except Failed as failure:
            raise RendererFailed(f"{card.record_id}: {failure}") from failure
        return replace(card, document=_plausible(card.record_id, document))

    def close(self) -> None:
        """End what makes cards and what looks into the centre's PDFs. More than once is fine."""
        self._examiner.close()
        self.typesetter.close()

    def render(self, card: Card, template: str) -> bytes:
        """PDF of ISO ID-1 size, or the centre's own as admitted. The same card gives the same bytes.

        BadCard, RendererFailed.
        """
        if card.document is not None:
            return _plausible(card.record_id, card.document)
        return self._recent.get(card, template, lambda: self._made(card, template))

    def _made(self, card: Card, template: str) -> bytes:
        fields = _printable(card.record_id, card.fields)
        try:
            return self._typeset(template, fields, card.photo)
        except Declined as error:
            # Typst's message may quote the person's data: it goes no further, not even as a cause.
            wrong: dict[str, str] = json.loads(str(error))
        except Failed as failure:
            if failure.is_over_question:
                raise _unmade(card, template, _flaw(failure)) from None
            raise RendererFailed(f"{card.record_id}: {failure}") from None
        if "photo" in wrong:
            raise BadCard(f"{card.record_id}: {Flaw.OF_PHOTO.format(flaw=wrong['photo'])}")
        no_glyph = "could not be displayed with font" in wrong["message"]
        raise _unmade(card, template, Flaw.NO_GLYPH if no_glyph else Flaw.TEMPLATE_FAILS)

    def _typeset(self, template: str, fields: Mapping[str, str], photo: bytes | None) -> bytes:
        picture = None if photo is None else base64.b64encode(photo).decode()
        asked = {"template": template, "office": self._office, "fields": fields, "photo": picture}
        return self.typesetter.ask(json.dumps(asked).encode())


def _unmade(card: Card, template: str, flaw: str) -> BadCard:
    return BadCard(f"{card.record_id}: {Flaw.OF_TEMPLATE.format(template=template, flaw=flaw)}")


def _flaw(failure: Failed) -> str:
    return Flaw.TYPST_DIED.format(status=failure.status) if isinstance(failure, Died) else Flaw.TYPST_SILENT


def _printable(record_id: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with all white space made single spaces. BadCard names the field that cannot be printed."""
    printable = {name: " ".join(value.split()) for name, value in fields.items()}
    for name, value in printable.items():
        if _CONTROL.search(value):
            raise BadCard(f"{record_id}: {Flaw.FIELD_CONTROL_CHARACTERS.format(field=name)}")
        if len(value) > MOST_CHARACTERS:
            raise BadCard(f"{record_id}: {Flaw.FIELD_TOO_LONG.format(field=name, most=MOST_CHARACTERS)}")
    if _NIK.fullmatch(printable.get("nik", "")) is None:
        raise BadCard(f"{record_id}: {Flaw.FIELD_NOT_A_NIK}")
    if not printable.get("name"):
        raise BadCard(f"{record_id}: {Flaw.FIELD_NAME_MISSING}")
    return printable


def _plausible(record_id: str, document: bytes) -> bytes:
    """The centre's PDF, after the cheap checks that catch an error page or a cut transfer."""
    if len(document) > MOST_DOCUMENT_BYTES:
        raise _bad_document(record_id, Flaw.TOO_LARGE.format(most=MOST_DOCUMENT_BYTES >> 20))
    if not document.startswith(b"%PDF-"):
        raise _bad_document(record_id, Flaw.NOT_A_PDF)
    if b"%%EOF" not in document[-1024:]:
        raise _bad_document(record_id, Flaw.CUT_SHORT)
    return document


def _bad_document(record_id: str, flaw: str) -> BadCard:
    return BadCard(f"{record_id}: {Flaw.OF_DOCUMENT.format(flaw=flaw)}")
