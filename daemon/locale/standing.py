"""The phrases of `why`, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.domain.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The phrases of one language."""

    place: str
    no_place: str
    no_date: str
    """Of one of whom no usable date of recording is known."""
    times: str
    office_counts: str
    centre_counts: str
    state: str
    states: Mapping[State, str]
    awaits_person: str
    awaits_mending: str
    awaits_us: str
    """Waiting, though the centre says print-ready."""
    because: str
    central: str
    central_silent: str
    reasons: Mapping[str, str]
    same_nik: str
    tells_details: bool
    """Of a fault; they are English."""
    nobody_passed: str
    passed: str
    passed_by: str
    more_passed: str
    moved_ahead: str
    expected: str
    cannot_tell: str
    not_in_line: str
    many: str
    months: tuple[str, ...]
    separator: str


ENGLISH = Words(
    place="{record}, recorded {recorded}: place {place} of {ready} in line.",
    no_place="{record}, recorded {recorded}: has no place among those ready to be printed.",
    no_date="{record}: no usable date of recording is known, so it has no place yet; it was heard of on {heard}.",
    times="Recorded by this office's registration {office}, by the central server {centre}.",
    office_counts="The office's time counts, under its paper {document}.",
    centre_counts="The central server's time counts.",
    state="State since {since}: {meaning}.",
    states={
        State.WAITING: "waiting, not print-ready at the central server",
        State.READY: "print-ready, in line by recording time",
        State.PRINTING: "being printed now",
        State.UNCONFIRMED: "the office is checking whether the card came out of the printer",
        State.PRINTED: "the card is made and can be collected",
        State.HANDED_OVER: "the card was handed over",
        State.HELD: "set aside by the office; the place in line is kept",
        State.CANCELLED: "withdrawn",
    },
    awaits_person="waiting for the office to decide",
    awaits_mending="waiting for the central server to mend what it sent",
    awaits_us="waiting, though print-ready at the central server",
    because=" Reason: {reason}.",
    central="The central server says: {status}.",
    central_silent="The central server has said nothing about this record.",
    reasons={
        "PRINT_READY_RECORD": "ready to be printed",
        "SENT_FOR_ENROLLMENT": "sent for enrolment, not finished yet",
        "DUPLICATE_RECORD": "the fingerprints or iris match another record; the centre has to decide",
        "ENROLL_FAILURE_AT_CENTRAL": "enrolment failed at the centre; it may have to be recorded again",
        "BIO_CAPTURED": "recorded, not sent to the centre yet",
        "PROCESSING": "the centre is working on it",
        "SEARCH_FAILURE_AT_CENTRAL": "the search at the centre failed; it has to be repeated there",
        "absent_at_centre": "recorded at this office, but absent at the central server",
        "not_print_ready_any_more": "the central server took back that it is print-ready",
        "withdrawn_at_centre": "the central server has withdrawn the record",
        "bad_card": "what the central server sent for the card cannot be printed",
        "bad_record": "what the central server sent about this record is faulty",
        "same_nik": "another record with the same NIK gets the first card; the office has to decide",
        "try_again": "the card could not be delivered or taken for printing; it is tried again by itself",
    },
    same_nik="another record with the same NIK, {other}, gets the first card; the office has to decide",
    tells_details=True,
    nobody_passed="Nobody who was recorded later was started earlier.",
    passed="Recorded later, but started earlier: {count}.",
    passed_by="- {record}, recorded {recorded}, was started {started}, because then this record was: {why}.",
    more_passed="- and {count} more.",
    moved_ahead="Papers of this office put {people} people before the time that the central server says: {papers}.",
    expected="Expected: about {day}, at {per_day} cards on a working day, as in the last four weeks.",
    cannot_tell=(
        "When it will be printed cannot be told yet: that takes {enough} working days of cards, and there were {days}."
    ),
    not_in_line="When it will be printed cannot be told before it is in line.",
    many="at least {count}",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    separator=",",
)

INDONESIAN = Words(
    place="{record}, direkam {recorded}: urutan ke-{place} dari {ready} dalam antrean.",
    no_place="{record}, direkam {recorded}: belum atau tidak lagi berada dalam antrean siap cetak.",
    no_date="{record}: tanggal perekaman yang benar belum diketahui, jadi belum ada urutannya; diterima {heard}.",
    times="Direkam menurut pendaftaran kantor ini {office}, menurut server pusat {centre}.",
    office_counts="Yang berlaku waktu kantor, berdasarkan surat {document}.",
    centre_counts="Yang berlaku waktu server pusat.",
    state="Keadaan sejak {since}: {meaning}.",
    states={
        State.WAITING: "menunggu, belum siap cetak di server pusat",
        State.READY: "siap cetak, dalam antrean menurut waktu perekaman",
        State.PRINTING: "sedang dicetak",
        State.UNCONFIRMED: "petugas sedang memastikan apakah kartunya sudah keluar dari mesin cetak",
        State.PRINTED: "kartu sudah dicetak dan dapat diambil",
        State.HANDED_OVER: "kartu sudah diserahkan",
        State.HELD: "ditahan oleh petugas; urutannya tetap",
        State.CANCELLED: "dibatalkan",
    },
    awaits_person="menunggu keputusan petugas",
    awaits_mending="menunggu perbaikan data dari server pusat",
    awaits_us="menunggu, walaupun sudah siap cetak di server pusat",
    because=" Alasan: {reason}.",
    central="Menurut server pusat: {status}.",
    central_silent="Server pusat belum menyampaikan apa pun tentang rekaman ini.",
    reasons={
        "PRINT_READY_RECORD": "siap cetak",
        "SENT_FOR_ENROLLMENT": "sudah dikirim ke pusat, belum selesai diproses",
        "DUPLICATE_RECORD": "terdeteksi ganda dengan rekaman lain; menunggu keputusan pusat",
        "ENROLL_FAILURE_AT_CENTRAL": "gagal diproses di pusat; mungkin perlu perekaman ulang",
        "BIO_CAPTURED": "sudah direkam, belum terkirim ke pusat",
        "PROCESSING": "sedang diproses di pusat",
        "SEARCH_FAILURE_AT_CENTRAL": "pencarian di pusat gagal; harus diulang di pusat",
        "absent_at_centre": "sudah direkam di kantor ini, tetapi tidak ada di server pusat",
        "not_print_ready_any_more": "server pusat menarik kembali status siap cetak",
        "withdrawn_at_centre": "rekaman ditarik oleh server pusat",
        "bad_card": "data kartu dari server pusat tidak dapat dicetak",
        "bad_record": "data rekaman dari server pusat keliru",
        "same_nik": "rekaman lain dengan NIK yang sama mendapat kartu pertama; petugas harus memutuskan",
        "try_again": "kartunya belum dapat dikirim atau dicetak; dicoba lagi dengan sendirinya",
    },
    same_nik="rekaman lain dengan NIK yang sama, {other}, mendapat kartu pertama; petugas harus memutuskan",
    tells_details=False,
    nobody_passed="Tidak ada yang direkam lebih akhir yang dicetak lebih dahulu.",
    passed="Direkam lebih akhir tetapi dicetak lebih dahulu: {count}.",
    passed_by="- {record}, direkam {recorded}, mulai dicetak {started}, karena saat itu rekaman ini: {why}.",
    more_passed="- dan {count} lagi.",
    moved_ahead="Surat kantor ini mendahulukan {people} orang dari waktu menurut server pusat: {papers}.",
    expected="Perkiraan: sekitar {day}, dengan {per_day} kartu per hari kerja seperti empat minggu terakhir.",
    cannot_tell=("Belum dapat diperkirakan kapan dicetak: perlu {enough} hari kerja pencetakan, baru ada {days}."),
    not_in_line="Belum dapat diperkirakan kapan dicetak sebelum masuk antrean siap cetak.",
    many="sedikitnya {count}",
    months=(
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    separator=".",
)
