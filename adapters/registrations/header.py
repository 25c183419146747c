"""The first line of registrations: which column is which."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.registrations.lines import UNREADABLE, Lines
from daemon.domain.errors import Rejected

COLUMNS = ("record_id", "nik", "name", "recorded_at", "district", "village", "request_class")
REQUIRED = COLUMNS[:4]
UNNAMED = ""
"""A column that a spreadsheet left over: nothing may stand in it."""

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
    "nik": ("no_nik", "nomor_nik", "nomor_induk_kependudukan"),
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
    "district": ("kecamatan", "nama_kecamatan", "nama_kec"),
    "village": ("desa", "kelurahan", "desa_kelurahan", "kelurahan_desa", "nama_desa", "nama_kelurahan", "nama_kel"),
    "request_class": ("jenis_permohonan", "jenis_permintaan", "jenis_pengajuan", "kelas_permohonan"),
}
_COLUMN_OF = {name: name for name in COLUMNS} | {
    theirs: ours for ours, names in _INDONESIAN.items() for theirs in names
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How the rows below it are to be read."""

    columns: tuple[str, ...]
    """Of COLUMNS, or UNNAMED."""
    delimiter: str


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
    delimiter = delimiter or max(_DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Rejected(f"{source}: is not CSV; {_EXPECTED}") from error
    return Header(columns=_columns([_plain(name) for name in names], source), delimiter=delimiter)


def _plain(name: str) -> str:
    """In small letters, words joined by _, as in `Nama Lengkap` or `DESA/KELURAHAN`."""
    return re.sub(r"[\s/_.\-]+", "_", name.strip().lower()).strip("_")


def _columns(names: list[str], source: object) -> tuple[str, ...]:
    columns = tuple(_COLUMN_OF.get(name, name) for name in names)
    if not set(columns) & set(COLUMNS):
        raise Rejected(f"{source}: has no header; {_EXPECTED}")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise Rejected(f"{source}: has no column {', '.join(missing)}; {_EXPECTED}")
    unknown = [str(index) for index, name in enumerate(columns, 1) if name not in (*COLUMNS, UNNAMED)]
    if unknown:
        raise Rejected(f"{source}: column {', '.join(unknown)} of the header is not known; {_EXPECTED}")
    named = [name for name in columns if name != UNNAMED]
    if len(set(named)) < len(named):
        raise Rejected(f"{source}: has a column twice; {_EXPECTED}")
    return columns
