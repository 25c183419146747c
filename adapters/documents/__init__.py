from adapters.documents.typst_documents import TypstDocuments

__all__ = ["TypstDocuments"]
