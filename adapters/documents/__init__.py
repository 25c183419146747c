from adapters.documents.typst_cards import TypstCards

__all__ = ["TypstCards"]
