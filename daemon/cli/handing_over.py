"""A paper into a file, or to whatever stdout goes into."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.domain.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOR_OTHERS_TO_READ = 0o644
"""As far as the umask lets them: somebody else may have to print it."""

Print = Annotated[
    Path | None,
    typer.Option(
        "--print",
        metavar="FILE|-",
        allow_dash=True,
        help="A PDF page to print, there or on stdout. A file that is there stays.",
    ),
]


def sheet(content: "Mapping[str, object]", file: Path) -> None:
    """Made and handed over; `-`: to stdout."""
    from daemon.main import report_renderer

    hand_over(report_renderer().render("sheet", content), None if str(file) == "-" else file)


def hand_over(content: bytes, file: Path | None) -> None:
    """Rejected when there is a file, or when a terminal would get a PDF."""
    if file is not None:
        from adapters.folder import folder

        with folder(file.parent) as place:
            place.create(file.name, content, mode=_FOR_OTHERS_TO_READ)
        output.warn(f"{file}: {len(content):,} bytes")
        return
    if content.startswith(b"%PDF") and sys.stdout.isatty():
        raise Rejected("a PDF is not for a terminal; say where it goes: --output FILE")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
