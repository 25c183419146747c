"""The installed guard and virtual printer, as they are, with cut points pasted in before they run."""

from pathlib import Path

from tests.chaos import cut

_MARK = "_cut = Cut("
_RUN = 'if __name__ == "__main__":\n'

_GUARD = """
_cut = Cut({folder!r})
_real_create_entry, _real_link, _real_write_line = create_entry, link, write_line
_real_fetch, _real_filtered = fetch, filtered

def fetch(journal, question, more=b""):
    if "next" in question:
        return _real_fetch(journal, question, more)
    _cut.reach("before guard.fetch")
    answer = _real_fetch(journal, question)
    _cut.reach("after guard.fetch")
    return answer

def filtered(pdf, options, driver, began=None):
    result = _real_filtered(pdf, options, driver, began)
    if began is None:
        _cut.reach("after guard.filtered")
    return result

def create_entry(folder, token, line, secret):
    _cut.reach("before guard.entry")
    entry = _real_create_entry(folder, token, line, secret)
    _cut.reach("after guard.entry")
    return entry

def link(descriptor, folder, name):
    linked = _real_link(descriptor, folder, name)
    _cut.reach("after guard.link")
    return linked

def write_line(descriptor, line, secret):
    if line.get("state") == "ended":
        _cut.reach("before guard.end_mark")
    _real_write_line(descriptor, line, secret)
    if line.get("state") == "ended":
        _cut.reach("after guard.end_mark")
"""

_PRINTER = """
_cut = Cut({folder!r})
_real_say, _real_take, _real_record = say, _Printer.feed, _Printer.record

def say(line):
    _real_say(line)
    if line == "INFO: has the data":
        _cut.reach("after printer.data")

def _take(self):
    _real_take(self)
    _cut.reach("after printer.feed")

def _record(self, entry, png):
    _cut.reach("before printer.card")
    _real_record(self, entry, png)
    _cut.reach("after printer.card")

_Printer.feed, _Printer.record = _take, _record
"""


def make_mortal(backend_dir: Path, folder: Path) -> None:
    """Rewrite what is installed of both, unless it is mortal already: nothing is rewritten while it runs."""
    for name, points in (("giliran", _GUARD), ("cardsim", _PRINTER)):
        file = backend_dir / name
        if not file.exists() or _MARK in file.read_text(encoding="utf-8"):
            continue
        body, run, rest = file.read_text(encoding="utf-8").partition(_RUN)
        assert run, f"{file} does not end as expected"
        shared = Path(cut.__file__).read_text(encoding="utf-8")
        file.write_text(body + shared + points.format(folder=str(folder)) + "\n\n" + run + rest, encoding="utf-8")
