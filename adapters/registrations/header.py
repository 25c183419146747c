"""The first line of registrations: which column is which."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.registrations.lines import UNREADABLE, Lines
from daemon.domain.errors import Rejected

COLUMNS = ("record_id", "nik", "name", "recorded_at", "district", "village", "request_class", "lane")
REQUIRED = COLUMNS[:4]
UNNAMED = ""
"""A column that a spreadsheet left over: nothing may stand in it."""
MOST_TITLE_LINES = 20
"""So far above the header the lines of a title may reach, for it to be found."""

_EXPECTED = f"its first line must be {','.join(COLUMNS)}"
_SAVE_AS = "in a spreadsheet choose CSV UTF-8 when saving"
_DELIMITERS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r"sep=(.)[\s,;]*", re.IGNORECASE | re.DOTALL)
"""What Excel reads and writes before the header."""
_INDONESIAN: Mapping[str, tuple[str, ...]] = {
    "record_id": (
        "id_rekaman",
        "id_perekaman",
        "no_rekaman",
        "no_perekaman",
        "nomor_rekaman",
        "nomor_perekaman",
    ),
    "nik": ("n_i_k", "no_nik", "nomor_nik", "no_ktp", "nomor_ktp", "nomor_induk_kependudukan"),
    "name": ("nama", "nama_lengkap", "nama_lgkp"),
    "recorded_at": (
        "waktu_rekam",
        "waktu_perekaman",
        "tanggal_rekam",
        "tanggal_perekaman",
        "tgl_rekam",
        "tgl_perekaman",
        "direkam_pada",
    ),
    "district": ("kecamatan", "kec", "nama_kecamatan", "nama_kec"),
    "village": (
        "desa",
        "kelurahan",
        "kel",
        "desa_kelurahan",
        "kelurahan_desa",
        "desa_kel",
        "kel_desa",
        "nama_desa",
        "nama_kelurahan",
        "nama_kel",
    ),
    "request_class": ("jenis_permohonan", "jenis_permintaan", "jenis_pengajuan", "kelas_permohonan"),
    "lane": ("jalur", "jalur_khusus", "jalur_antrean"),
}
_COLUMN_OF = {name: name for name in COLUMNS} | {
    theirs: ours for ours, names in _INDONESIAN.items() for theirs in names
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How the rows below it are to be read."""

    columns: tuple[str, ...]
    """Of COLUMNS, or UNNAMED, or what nobody asks for and is passed over."""
    delimiter: str

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that are passed over."""
        return tuple(dict.fromkeys(name for name in self.columns if name not in (*COLUMNS, UNNAMED)))


def read_header(lines: Lines, source: object) -> Header:
    """Pass over a `sep=` line and read the header. Rejected: it is none, names the file (`source`) and the problem."""
    first = lines.filled()
    said = _SEPARATOR_LINE.fullmatch(first)
    if said is None:
        return _header(lines, first, None, source)
    if said[1] not in _DELIMITERS:
        raise Rejected(f"{source}: its sep= line must say comma, semicolon or tab")
    return _header(lines, lines.filled(), said[1], source)


def _header(lines: Lines, line: str, delimiter: str | None, source: object) -> Header:
    if lines.is_workbook:
        raise Rejected(f"{source}: is not UTF-8 text but a spreadsheet's own file; {_SAVE_AS}")
    if not line:
        raise Rejected(f"{source}: is empty; {_EXPECTED}")
    if UNREADABLE.search(line) or "\x00" in line:
        raise Rejected(f"{source}: is not UTF-8 text; {_SAVE_AS}")
    number = lines.number
    columns = _columns(line, delimiter)
    missing = [name for name in REQUIRED if name not in columns]
    if missing and (below := _header_below(lines, delimiter)) is not None:
        raise Rejected(f"{source}:{number}: is a title; the header is in line {below}. Delete the lines above it")
    if not columns:
        raise Rejected(f"{source}:{number}: is not CSV; {_EXPECTED}")
    if not set(columns) & set(COLUMNS):
        raise Rejected(f"{source}:{number}: is not a header; {_EXPECTED}")
    if missing:
        raise Rejected(f"{source}:{number}: the header has no column {', '.join(missing)}; {_EXPECTED}")
    named = [name for name in columns if name in COLUMNS]
    if len(set(named)) < len(named):
        raise Rejected(f"{source}:{number}: the header has a column twice; {_EXPECTED}")
    return Header(columns=columns, delimiter=delimiter or _delimiter(line))


def _header_below(lines: Lines, delimiter: str | None) -> int | None:
    """The number of a line further down that has all columns that are needed."""
    for _ in range(MOST_TITLE_LINES):
        if not set(REQUIRED) - set(_columns(lines.filled(), delimiter)):
            return lines.number
    return None


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _plain(name: str) -> str:
    """In small letters, words joined by _, as in `Nama Lengkap` or `DESA/KELURAHAN`."""
    return re.sub(r"[\s/_.\-]+", "_", name.strip().lower()).strip("_")


def _columns(line: str, delimiter: str | None) -> tuple[str, ...]:
    """Of a line that may be the header; none where it is no CSV."""
    try:
        names = next(csv.reader([line], delimiter=delimiter or _delimiter(line), strict=True), [])
    except csv.Error:
        return ()
    return tuple(_COLUMN_OF.get(name, name) for name in map(_plain, names))
