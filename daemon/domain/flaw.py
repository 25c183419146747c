"""What can be wrong with what the centre sent of somebody, or the office registered: never a word of the content.

A reason has it in English, behind the fault: `bad_record: nik: must be 16 digits, as text; name: is missing`,
`bad_card: the photo has too many pixels`. The locale knows it again there and says it in another language.
"""

from enum import StrEnum

from daemon.domain.message import N_


class Flaw(StrEnum):
    """A rule that is broken, as a message with values; it fits behind a field's name, or in one of the last."""

    MISSING = N_("is missing")
    EMPTY = N_("must not be empty")
    WRONG_TYPE = N_("has the wrong type")
    NOT_TEXT = N_("must be text")
    NOT_TEXT_OR_NUMBER = N_("must be text or a number")
    NOT_AN_OBJECT = N_("must be an object")
    TOO_LONG = N_("must not be longer than {most} characters")
    TOO_MANY = N_("must not be more than {most}")
    CONTROL_CHARACTERS = N_("must not have control characters")
    NOT_AN_ID = N_("must be 1 to 64 of A-Z a-z 0-9 . _ -")
    NOT_A_FIELD_NAME = N_("a field's name must be 1 to 64 of A-Z a-z 0-9 . _ -")
    NOT_BASE64_TEXT = N_("must be base64 text")
    NOT_BASE64 = N_("must be base64")
    MUST_BE_JPEG = N_("must be a JPEG")
    MUST_BE_PDF = N_("must be a PDF")

    NOT_A_NIK = N_("must be 16 digits")
    NOT_A_NIK_AS_TEXT = N_("must be 16 digits, as text")
    NO_SERIAL = N_("ends in 0000, as no NIK does")

    LOST_LETTERS = N_("has letters that were lost on the way (U+FFFD)")
    MISREAD = N_("was read in another encoding than it was written in (UTF-8 as Windows-1252)")
    NO_SIGN_OF_NAMES = N_("has a sign that is in no name (number {place})")
    NO_LETTER = N_("has no letter")
    SEVERAL_SCRIPTS = N_("has letters of several scripts in one word")
    LOOSE_MARKS = N_("has marks without a letter of their own")

    NOT_A_TIME = N_("must be an RFC 3339 time with an offset")
    NO_SUCH_TIME = N_("must be a time that exists")
    NOT_A_DATE = N_("must be a date, YYYY-MM-DD")
    NO_SUCH_DATE = N_("must be a date that exists")
    IN_FUTURE = N_("lies in the future")
    TOO_EARLY = N_("lies before the year 2000")

    OTHERS_CARD = N_("the centre sent the card of another record")
    NOT_CARRIED = N_("the carrier brought no card for it")
    ANSWER_TOO_LARGE = N_("an answer of more than {most} MiB")
    FIELD_CONTROL_CHARACTERS = N_("field {field} holds control characters")
    FIELD_TOO_LONG = N_("field {field} is longer than {most} characters")
    FIELD_NOT_A_NIK = N_("field nik is not 16 digits")
    FIELD_NAME_MISSING = N_("field name is missing")
    AS_BEFORE = N_("as before it was set aside")

    TOO_LARGE = N_("is larger than {most} MiB")
    TOO_MANY_PIXELS = N_("has too many pixels")
    NOT_A_JPEG = N_("is not a JPEG that can be opened")
    NO_GLYPH = N_("no font has one of its letters")
    TEMPLATE_FAILS = N_("it fails with what the centre sent")
    TYPST_SILENT = N_("Typst gives no answer over it")
    TYPST_DIED = N_("Typst ended with {status} over it")

    NOT_A_PDF = N_("is not a PDF")
    CUT_SHORT = N_("is cut short")
    BROKEN = N_("is broken")
    BROKEN_CATALOG = N_("is broken: its catalog is none")
    BROKEN_RESOURCES = N_("is broken: resources that are a stream")
    ENCRYPTED = N_("is encrypted")
    UNPACKED_TOO_LARGE = N_("is too large when it is unpacked")
    UNREADABLE = N_("cannot be read")
    UNDRAWABLE = N_("cannot be drawn")
    SLOW_TO_EXAMINE = N_("takes longer than {seconds} s to look into")
    SLOW_TO_READ = N_("takes more than {seconds} s of processor time to read")
    SLOW_TO_DRAW = N_("takes more than {seconds} s of processor time to draw")
    NO_PAGE = N_("has no page")
    TOO_MANY_PAGES = N_("has {pages} pages, a card {most}")
    PAGE_TURNED = N_("has a page that is turned by no right angle")
    PAGE_WITHOUT_SIZE = N_("has a page of no size")
    PAGE_SIZE_NO_NUMBER = N_("has a page whose size or turn is no number")
    PAGE_OF_OTHER_SIZE = N_("has a page of {width} × {height} mm, a card is {card_width} × {card_height} mm")
    PAGE_EMPTY = N_("has a page on which nothing is drawn")
    PAGE_UNDRAWABLE = N_("has a page that cannot be drawn")
    PAGE_AMBIGUOUS = N_("has a page that is drawn in one way or another (Q without q)")
    LAYERS = N_("has layers that are drawn or not as whoever shows it decides")
    PICTURE_BROKEN = N_("has a broken picture")
    PICTURE_TOO_LARGE = N_("has a picture of too many pixels")
    XFA_FORM = N_("has an XFA form, which is not printed")
    FORM_UNFINISHED = N_("has form fields whose appearance is left to whoever shows them (NeedAppearances)")
    TOO_MANY_MARKS = N_("has more than {most} form fields and annotations on a page")
    FORM_FIELD_OFF = N_("has a form field that would not be printed: its state is off")
    FORM_FIELD_NOT_FOR_PRINT = N_("has a form field that would not be printed: it is not marked for print")
    FORM_FIELD_WITHOUT_APPEARANCE = N_("has a form field that would not be printed: it has no appearance")
    ANNOTATION_OFF = N_("has an annotation that would not be printed: its state is off")
    ANNOTATION_NOT_FOR_PRINT = N_("has an annotation that would not be printed: it is not marked for print")
    ANNOTATION_WITHOUT_APPEARANCE = N_("has an annotation that would not be printed: it has no appearance")

    FILTERS_SLOW = N_("CUPS's filters were not done after {seconds} s")
    FILTERS_FAILED = N_("CUPS's filters failed with status {status}")
    FILTERS_MADE_NOTHING = N_("CUPS's filters made no page of it")
    """The guard's words: it can import nothing of ours."""

    OF_DOCUMENT = N_("the document {flaw}")
    OF_PHOTO = N_("the photo {flaw}")
    OF_TEMPLATE = N_("template {template}: {flaw}")
