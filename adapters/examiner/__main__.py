"""MOST_PAGES IDLE_SECONDS PROCESSOR_SECONDS. Asked about one document after another (adapters/coprocess.py).

It answers with the document as it is to be printed, or with what is wrong with it.
"""

import logging
import resource
import sys

from adapters.coprocess import Declined, serve
from adapters.examiner.reading import printable
from adapters.examiner.verdict import BadDocument

MOST_MEMORY_BYTES = 512 << 20


def main() -> int:
    """Always 0: the verdicts are what is said."""
    logging.disable(logging.CRITICAL)  # it could quote what is in the document
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    most_pages, idle_seconds, most_processor_seconds = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])

    def examined(document: bytes) -> bytes:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + most_processor_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            return printable(document, most_pages)
        except BadDocument as wrong:
            raise Declined(str(wrong)) from wrong

    serve(examined, idle_seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
