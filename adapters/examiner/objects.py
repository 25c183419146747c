"""Objects of a document, whether they stand where they are used or elsewhere."""

from pypdf.generic import ArrayObject, NullObject, PdfObject


def resolved(value: PdfObject | None) -> object:
    """What it refers to; None for null and for what is not there."""
    found: object = None if value is None else value.get_object()
    return None if isinstance(found, NullObject) else found


def numbers(value: PdfObject | None) -> list[float]:
    """TypeError, ValueError when it is no list of them."""
    found = resolved(value)
    if not isinstance(found, ArrayObject):
        raise TypeError("no list")
    return [float(number) for number in found]
