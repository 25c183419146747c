"""MOST_PAGES IDLE_SECONDS PROCESSOR_SECONDS. On stdin each document after its length (8 bytes, big-endian).

On stdout for each one line: what is wrong with it. When it can be printed the line is empty, and then comes, in the
same form, the document as it is to be printed. It ends with its input, or when nothing comes for so long.
"""

import io
import logging
import resource
import select
import sys

from adapters.examiner.reading import printable
from adapters.examiner.verdict import Unprintable

MOST_MEMORY_BYTES = 512 << 20
_LENGTH_BYTES = 8


def main() -> int:
    """Always 0: the verdicts are what is said."""
    logging.disable(logging.CRITICAL)  # it could quote what is in the document
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    most_pages, idle_seconds, most_processor_seconds = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    with open(0, "rb", buffering=0) as documents:  # so that what select says holds
        while select.select([documents], [], [], idle_seconds)[0]:
            length = documents.read(_LENGTH_BYTES)
            if not length:
                break
            used = resource.getrusage(resource.RUSAGE_SELF)
            limit = int(used.ru_utime + used.ru_stime) + most_processor_seconds
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
            document = _read(documents, int.from_bytes(length))
            sys.stdout.buffer.write(_answer(document, most_pages))
            sys.stdout.buffer.flush()
    return 0


def _answer(document: bytes, most_pages: int) -> bytes:
    try:
        cleaned = printable(document, most_pages)
    except Unprintable as wrong:
        return f"{wrong}\n".encode()
    return b"\n" + len(cleaned).to_bytes(_LENGTH_BYTES) + cleaned


def _read(documents: io.RawIOBase, length: int) -> bytes:
    document = bytearray()
    while len(document) < length:
        part = documents.read(length - len(document))
        if not part:
            break
        document += part
    return bytes(document)


if __name__ == "__main__":
    sys.exit(main())
