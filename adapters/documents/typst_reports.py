"""Reports of the office as PDF, by Typst."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from adapters.documents.codes import qr
from adapters.typesetter.templates import Templates
from daemon.domain.errors import Fatal


class TypstReports:
    """The ReportRenderer port on Typst templates."""

    def __init__(self, templates: Path) -> None:
        self._templates = Templates(templates)

    def render(self, template: str, content: Mapping[str, object]) -> bytes:
        """PDF. Fatal, with Typst's own words, when the template fails: a paper of the office holds nobody's data."""
        try:
            return self._templates.compile(template, {"paper": json.dumps(_with_codes(content))})
        except typst.TypstError as error:
            raise Fatal(f"template {self._templates.folder / template}.typ: {error.diagnostic.strip()}") from error


def _with_codes(content: Mapping[str, object]) -> Mapping[str, object]:
    """Texts that are to be read by a camera, drawn."""
    codes = content.get("codes")
    if not isinstance(codes, dict):
        return content
    return {**content, "codes": {name: qr(str(text)) for name, text in codes.items()}}
