from adapters.documents.typst_documents import TypstDocuments
from adapters.documents.typst_papers import TypstPapers

__all__ = ["TypstDocuments", "TypstPapers"]
