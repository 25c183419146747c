"""The words of an alert: one line that says when, what is wrong and what to do. docs/runbook.md says more."""

from datetime import datetime
from zoneinfo import ZoneInfo

from daemon.domain.alarm import Announcement, Kind, Trouble
from daemon.link_advice import advice

_ID = {
    Kind.UNCONFIRMED: "{printer}, {record}, NIK berakhiran …{nik_ending}: apakah kartunya keluar?"
    " Periksa pencetak, lalu: giliran job confirm {record} --printed | --not-printed --reason …",
    Kind.LINE_DOWN: "jalur ke server pusat terputus sejak {begun} ({cause}): {advice}",
    Kind.PRINTER_STOPPED: "{printer} tidak mencetak sejak {begun}: {reasons}",
    Kind.HOPPERS_EMPTY: "tidak ada blangko lagi di pencetak; di gudang {store}. Setelah diisi: giliran blanks load",
    Kind.BLANKS_LOW: "blangko tinggal {left} (batas {low})",
    Kind.BLANKS_END_SOON: "blangko tinggal {left}, cukup untuk {days} hari kerja ({per_day} sehari); mintalah ke pusat",
    Kind.CONSUMABLE_LOW: "{printer}: {consumable} tinggal {percent} %, habis dalam sehari; siapkan gantinya",
    Kind.HOPPER_OFF: "{printer} melapor kehabisan blangko, padahal menurut buku masih {blanks} di dalamnya: selisih"
    " {blanks}? Hitung, lalu: giliran blanks count hopper:{printer} JUMLAH --reason …",
    Kind.SERIAL_WRONG: "kartu {record} bernomor seri {serial}, yang {trouble}; periksa: giliran blanks serial {serial}",
    Kind.CARD_REJECTED: "pusat menolak kartu {record} yang sudah tercetak; alasannya: giliran status",
    Kind.FOREIGN_CARD: "pekerjaan cetak lain (CUPS {job}) memakai satu blangko di {printer}; siapa:"
    " lpstat -W completed. Larang: cups.foreign_jobs: refuse",
    Kind.CENTRE_FAULTY: "{record} menunggu karena kiriman pusat tidak dapat dipakai ({reason}); mintalah pusat"
    " memperbaikinya, setelah itu berlanjut sendiri",
    Kind.CENTRE_GOES_ROUND: "sejak {begun} pusat selalu mengatakan masih ada data, padahal tidak ada yang baru:"
    " daftarnya berputar-putar; beri tahu pusat. Pencetakan berjalan dengan yang sudah diketahui",
    Kind.SAME_NIK: "{record}, NIK berakhiran …{nik_ending}: rekaman lain dengan NIK yang sama mendapat kartu pertama"
    " ({reason}); bila keduanya benar: giliran job release {record}, jika tidak:"
    " giliran job cancel {record} --reason …",
    Kind.DAMAGED: "simpanan {record} ({kept}) rusak, ditemukan {begun}; selama kartunya belum dicetak diminta lagi"
    " dari pusat. Periksa disk dan memori mesin ini: smartctl, memtester",
    Kind.NOT_RUNNING: "giliran tidak berjalan sejak {begun}: systemctl start giliran; journalctl -u giliran -p err",
    Kind.SILENT: "giliran (pid {pid}) tidak memberi tanda sejak {begun}; langkah terlama: {loop}."
    " systemctl restart giliran",
    Kind.LOOP_HUNG: "{loop} macet pada {begun} dan giliran dimulai ulang; bila berulang: journalctl -u giliran -p err",
    Kind.CRASH_LOOP: "giliran di {machine} dimulai {starts} kali dalam 10 menit: journalctl -u giliran -p err",
    Kind.DISK_LOW: "ruang disk untuk {what} ({folder}) tinggal {megabytes} MB; kosongkan: du -xh {folder} | sort -h",
    Kind.DISK_FULL: "disk untuk {what} ({folder}) penuh, tinggal {megabytes} MB; kosongkan: du -xh {folder} | sort -h",
    Kind.DATABASE_FAILS: "basis data tidak dapat ditulis sejak {begun}: {error}; pencetakan menunggu dan"
    " berlanjut sendiri. Yang menghalanginya: journalctl -u giliran -p warning",
    Kind.CLOCK_JUMP: "jam {way} {minutes} menit pada {begun}, atau mesin sempat tidur; periksa: timedatectl",
}
_ID_OVER = {Kind.LINE_DOWN: "jalur ke server pusat pulih; terputus sejak {begun}"}

_EN = {
    Kind.UNCONFIRMED: "{printer}, {record}, NIK ending …{nik_ending}: did a card come out?"
    " Look at the printer, then: giliran job confirm {record} --printed | --not-printed --reason …",
    Kind.LINE_DOWN: "the link to the central server has been down since {begun} ({cause}): {advice}",
    Kind.PRINTER_STOPPED: "{printer} has not printed since {begun}: {reasons}",
    Kind.HOPPERS_EMPTY: "no blank is left in any printer; {store} in store. After filling: giliran blanks load",
    Kind.BLANKS_LOW: "{left} blanks are left (the limit is {low})",
    Kind.BLANKS_END_SOON: "{left} blanks are left, enough for {days} working days at {per_day} a day; order more",
    Kind.CONSUMABLE_LOW: "{printer}: {consumable} is down to {percent} % and ends within a day; have another ready",
    Kind.HOPPER_OFF: "{printer} says that it is out of blanks, the ledger says {blanks} in its hopper: off by {blanks}?"
    " Count them, then: giliran blanks count hopper:{printer} QTY --reason …",
    Kind.SERIAL_WRONG: "the card of {record} bears serial {serial}, which {trouble}; giliran blanks serial {serial}",
    Kind.CARD_REJECTED: "the centre rejects the card made for {record}; giliran status tells its reason",
    Kind.FOREIGN_CARD: "somebody else's job (CUPS {job}) took a blank of {printer}; by whom: lpstat -W completed."
    " To allow none: cups.foreign_jobs: refuse",
    Kind.CENTRE_FAULTY: "{record} waits because what the centre sent cannot be used ({reason}); ask the centre to mend"
    " it, then it goes on by itself",
    Kind.CENTRE_GOES_ROUND: "the centre has said since {begun} that there is more, and nothing new comes: its list goes"
    " round; tell the centre. Printing goes on with what is known",
    Kind.SAME_NIK: "{record}, NIK ending …{nik_ending}: another record of the same NIK gets the first card ({reason});"
    " if both are right: giliran job release {record}, else: giliran job cancel {record} --reason …",
    Kind.DAMAGED: "what is kept of {record} ({kept}) was found damaged at {begun}; while its card is not made it is"
    " asked for again from the centre. Look at this machine's disk and memory: smartctl, memtester",
    Kind.NOT_RUNNING: "the daemon has not run since {begun}: systemctl start giliran; why it ended:"
    " journalctl -u giliran -p err",
    Kind.SILENT: "the daemon (pid {pid}) has given no sign of life since {begun}, the longest silent is {loop}:"
    " systemctl restart giliran; if it does so again, report it",
    Kind.LOOP_HUNG: "{loop} hung at {begun}, and the daemon was started anew; if it does so again, report it:"
    " journalctl -u giliran -p err",
    Kind.CRASH_LOOP: "the daemon on {machine} was started {starts} times within 10 minutes:"
    " journalctl -u giliran -p err",
    Kind.DISK_LOW: "the disk of the {what} ({folder}) is nearly full, {megabytes} MB are left; make room:"
    " du -xh {folder} | sort -h",
    Kind.DISK_FULL: "the disk of the {what} ({folder}) is full, {megabytes} MB are left; make room:"
    " du -xh {folder} | sort -h",
    Kind.DATABASE_FAILS: "the database has not been written since {begun}: {error}; printing waits for it and"
    " goes on by itself. What stands in its way: journalctl -u giliran -p warning",
    Kind.CLOCK_JUMP: "the clock went {way} by {minutes} minutes at {begun}, or the machine slept; see: timedatectl",
}
_EN_OVER = {Kind.LINE_DOWN: "the link to the central server is back; it had been down since {begun}"}

_SERIALS = {
    "id": {"unknown": "tidak pernah diterima", "twice": "ada juga pada kartu lain"},
    "en": {"unknown": "was never received", "twice": "another card bears too"},
}

_WAYS = {"id": {"forward": "maju", "back": "mundur"}, "en": {"forward": "forward", "back": "back"}}

_TABLES = {"id": (_ID, _ID_OVER), "en": (_EN, _EN_OVER)}


def sentence(news: Announcement, *, language: str, timezone: ZoneInfo) -> str:
    """What is wrong, or over, in one line; `language` is office.language."""
    begins, ends = _TABLES[language]
    table = ends if news.over else begins
    details = dict(news.trouble.details)
    if news.trouble.kind is Kind.LINE_DOWN:
        details["advice"] = advice(str(details["cause"]), language) or "giliran link show"
    if news.trouble.kind is Kind.SERIAL_WRONG:
        details["trouble"] = _SERIALS[language][str(details["trouble"])]
    if news.trouble.kind is Kind.CLOCK_JUMP:
        details["way"] = _WAYS[language][str(details["way"])]
    return table[news.trouble.kind].format(begun=_moment(news.begun, timezone), **details)


def line(news: Announcement, *, language: str, timezone: ZoneInfo) -> str:
    """The sentence with its moment before it: it may be read hours later."""
    return f"{_moment(news.at, timezone)}  {sentence(news, language=language, timezone=timezone)}"


def need(trouble: Trouble, at: datetime, timezone: ZoneInfo) -> str:
    """The sentence for whoever looks at `status`."""
    if trouble.kind is Kind.NOT_RUNNING and trouble.since is None:
        return "the daemon does not run: systemctl start giliran"
    news = Announcement(trouble=trouble, begun=trouble.since or at, at=at, over=False)
    return sentence(news, language="en", timezone=timezone)


def rest(more: int, language: str) -> str:
    """The last line when there is more to tell than a message holds."""
    return f"… dan {more} lagi: giliran status" if language == "id" else f"… and {more} more: giliran status"


def _moment(at: datetime, timezone: ZoneInfo) -> str:
    return f"{at.astimezone(timezone):%Y-%m-%d %H:%M}"
