from adapters.documents.typst_cards import TypstCards
from adapters.documents.typst_reports import TypstReports

__all__ = ["TypstCards", "TypstReports"]
