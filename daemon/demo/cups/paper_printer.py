"""The virtual paper printer: a folder of the PDF files that it was sent."""

from pathlib import Path


class VirtualPaperPrinter:
    """One machine. Its folder must be one that the backend's user can reach (PrivateCups.printer_folder)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # the backend is another user when CUPS was started by root

    @property
    def device_uri(self) -> str:
        """For a queue."""
        return f"papersim:{self.folder}"

    def printed(self) -> list[Path]:
        """Its jobs, one PDF each, in order."""
        return sorted(self.folder.glob("*.pdf"))
