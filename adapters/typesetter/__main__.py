"""FOLDER IDLE_SECONDS. Asked for one card after another (adapters/coprocess.py), each as JSON:

{"template": of the folder, "office": its name, "fields": {name: text}, "photo": JPEG in Base64, or null}

It answers with the PDF, or with a JSON object of what is wrong: "photo", or "message" and "diagnostic" in Typst's own
words, which may quote the person's data.
"""

import base64
import json
import sys
from pathlib import Path

import typst

from adapters.coprocess import Declined, serve
from adapters.typesetter import photo
from adapters.typesetter.templates import Templates


def main() -> int:
    """Always 0: what is wrong is said."""
    templates, idle_seconds = Templates(Path(sys.argv[1])), float(sys.argv[2])
    serve(lambda question: _made(templates, json.loads(question)), idle_seconds)
    return 0


def _made(templates: Templates, asked: dict[str, object]) -> bytes:
    try:
        picture = None if asked["photo"] is None else photo.as_svg(base64.b64decode(str(asked["photo"])))
        card = {"office": asked["office"], "fields": asked["fields"], "photo": picture}
        return templates.compile(str(asked["template"]), {"card": json.dumps(card)})
    except photo.BadPhoto as error:
        raise Declined(json.dumps({"photo": str(error)})) from error
    except typst.TypstError as error:
        raise Declined(json.dumps({"message": error.message, "diagnostic": error.diagnostic})) from error


if __name__ == "__main__":
    sys.exit(main())
