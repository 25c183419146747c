"""A folder of Typst templates, compiled from data in memory to PDF in memory."""

import threading
from collections.abc import Mapping
from pathlib import Path

import typst

from daemon.domain.errors import Fatal


class Templates:
    """Safe to use from several threads: one document is made at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._compilers: dict[str, typst.Compiler] = {}

    def compile(self, template: str, inputs: Mapping[str, str]) -> bytes:
        """PDF/A-2b; the same inputs give the same bytes. Fatal without such a template, typst.TypstError."""
        with self._lock:
            compiler = self._compiler(template)
            pdf = compiler.compile(
                format="pdf", sys_inputs=dict(inputs), pdf_standards="a-2b", pdf_tags=False, timestamp=0
            )
        assert isinstance(pdf, bytes), "a PDF is one file"
        return pdf

    def _compiler(self, template: str) -> typst.Compiler:
        """Kept: fonts are read once, and a warm compiler needs a few ms for a card. It sees a changed template."""
        if template not in self._compilers:
            file = self.folder / f"{template}.typ"
            if not file.is_file():
                raise Fatal(f"there is no template {file}")
            self._compilers[template] = typst.Compiler(file, root=self.folder, ignore_system_fonts=True)
        return self._compilers[template]
