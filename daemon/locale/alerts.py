"""The words of an alert: one line that says when, what is wrong and what to do. docs/runbook.md says more."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.alarm import Announcement
from daemon.domain.dispatch import UNFIT_ADVICE, Unfit
from daemon.domain.needs import Help, Kind, Trouble
from daemon.locale.link import advice

_ID = {
    Kind.BEHIND: "basis data tertinggal{since}: mungkin ada kartu yang tidak dikenalnya ({why}). Tidak ada yang dicetak"
    " sampai: giliran restore --reconcile",
    Kind.UNCONFIRMED: "{printer}, {record}, NIK berakhiran …{nik_ending}: apakah kartunya keluar?"
    " Periksa pencetak, lalu: giliran job confirm {record} --printed --reason … | --not-printed [--spoiled] --reason …",
    Kind.LINE_DOWN: "jalur ke server pusat terputus sejak {begun} ({cause}): {advice}",
    Kind.PRINTER_STOPPED: "{printer} tidak mencetak{since}: {reasons}; {help}",
    Kind.PRINTER_LEFT: "{printer} tidak ada dalam konfigurasi dan tidak dilayani giliran mana pun. Bila sudah tidak"
    " dipakai, kosongkan wadahnya: giliran blanks unload {printer} {blanks}",
    Kind.HOPPER_EMPTY: "{printer}: wadah blangkonya kosong; isilah, lalu: giliran blanks load {printer} JUMLAH",
    Kind.HOPPERS_EMPTY: "tidak ada blangko lagi di pencetak; di gudang {store}. Setelah diisi: giliran blanks load",
    Kind.BLANKS_LOW: "blangko tinggal {left} (batas {low})",
    Kind.BLANKS_END_SOON: "blangko tinggal {left}, cukup untuk {days} hari kerja ({per_day} sehari); mintalah ke pusat",
    Kind.CONSUMABLE_LOW: "{printer}: {consumable} tinggal {percent} %, habis dalam sehari; siapkan gantinya",
    Kind.HOPPER_OFF: "{printer} melapor kehabisan blangko, padahal menurut buku masih {blanks} di dalamnya: selisih"
    " {blanks}? Hitung, lalu: giliran blanks count hopper:{printer} JUMLAH --reason …",
    Kind.SERIAL_WRONG: "kartu {record} bernomor seri {serial}, yang {trouble}; bila salah baca: giliran job serial"
    " {record} …",
    Kind.CARD_REJECTED: "{record}: sudah tercetak, tetapi pusat menolak laporannya: {reason}; selesaikan di sana, lalu:"
    " giliran job report {record} --again | --settled --reason …",
    Kind.UNREPORTED: "{cards} kartu tercetak belum dilaporkan, {record} yang pertama: tidak diketahui apakah pusat"
    " sudah"
    " diberi tahu. giliran restore --reconcile menanyakannya; bila pusat tidak dapat menjawab: giliran job report"
    " RECORD --again | --settled",
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
    Kind.MENDED: "{rows} baris data pribadi rusak di sini dalam 7 hari terakhir dan sudah diminta lagi dari pusat:"
    " periksa disk dan memori mesin ini (smartctl, memtester)",
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
    Kind.BEHIND: "the database is behind{since}: there may be cards that it does not know ({why}). Nobody is printed"
    " until: giliran restore --reconcile",
    Kind.UNCONFIRMED: "{printer}, {record}, NIK ending …{nik_ending}: did a card come out?"
    " Look at the printer, then: giliran job confirm {record} --printed --reason … | --not-printed [--spoiled]"
    " --reason …",
    Kind.LINE_DOWN: "the link to the central server has been down since {begun} ({cause}): {advice}",
    Kind.PRINTER_STOPPED: "{printer} does not print{since}: {reasons}; {help}",
    Kind.PRINTER_LEFT: "{printer} is not in the configuration, and no giliran serves it. If it is gone for good,"
    " empty its"
    " hopper, then it is forgotten: giliran blanks unload {printer} {blanks}",
    Kind.HOPPER_EMPTY: "{printer}: its hopper is empty; fill it, then giliran blanks load {printer} QTY",
    Kind.HOPPERS_EMPTY: "no blank is left in any printer; {store} in store. After filling: giliran blanks load",
    Kind.BLANKS_LOW: "{left} blanks are left (the limit is {low})",
    Kind.BLANKS_END_SOON: "{left} blanks are left, enough for {days} working days at {per_day} a day; order more",
    Kind.CONSUMABLE_LOW: "{printer}: {consumable} is down to {percent} % and ends within a day; have another ready",
    Kind.HOPPER_OFF: "{printer} says that it is out of blanks, the ledger says {blanks} in its hopper: off by {blanks}?"
    " Count them, then: giliran blanks count hopper:{printer} QTY --reason …",
    Kind.SERIAL_WRONG: "the card of {record} bears serial {serial}, which {trouble}; if it was misread: giliran job"
    " serial {record} …",
    Kind.CARD_REJECTED: "{record}: printed, but the central server rejected the issuance: {reason}; clear it up there,"
    " then giliran job report {record} --again | --settled --reason …",
    Kind.UNREPORTED: "{cards} cards are printed and not reported, {record} the first of them: nobody knows whether the"
    " centre was told of them. giliran restore --reconcile asks it; where it cannot tell: giliran job report RECORD"
    " --again | --settled",
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
    Kind.MENDED: "{rows} rows of personal data were damaged here within the last 7 days and came anew from the centre:"
    " look at this machine's disk and memory (smartctl, memtester)",
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

_HELP: Mapping[str, Mapping[str, str]] = {
    "id": {
        Help.RESUME: "perbaiki, lalu: giliran printer resume {printer}",
        Help.GUARD: "periksa giliran check; sudo giliran printer guard {printer} memasangnya kembali",
        Help.CUPS: "giliran check menunjukkan apakah CUPS menerima kartu; perbaiki, lalu: giliran printer resume"
        " {printer}",
        Help.ANSWER: "dua kartu berturut-turut diragukan: periksa pencetak, lalu giliran job confirm … atau giliran"
        " printer resume {printer}",
        Help.NO_ANSWER: "CUPS tidak menjawab untuk antrean {queue}",
        Help.NO_QUEUE: "{absent}; tulis namanya di printers[].queue, atau buat antreannya",
        Help.START: "giliran yang melayaninya tidak berjalan; jalankan",
        Help.START_AND_CONCLUDE: "giliran yang melayaninya tidak berjalan; jalankan, maka kartu {record}"
        " diselesaikannya"
        " (bila tidak akan pernah: giliran job confirm …)",
        **dict.fromkeys(map(str, Unfit), "giliran check menunjukkan apa yang salah pada antrean {queue}"),
    },
    "en": {
        Help.RESUME: "put it right, then giliran printer resume {printer}",
        Help.GUARD: "look at giliran check; sudo giliran printer guard {printer} puts it back",
        Help.CUPS: "giliran check says whether CUPS answers and takes our cards; put it right, then giliran printer"
        " resume {printer}",
        Help.ANSWER: "two cards in a row are in doubt: look into it, then giliran job confirm … or giliran printer"
        " resume {printer}",
        Help.NO_ANSWER: "CUPS does not answer for queue {queue}",
        Help.NO_QUEUE: "{absent}; put its name in printers[].queue, or make the queue",
        Help.START: "its giliran does not run; start it",
        Help.START_AND_CONCLUDE: "its giliran does not run; start it, and it concludes the card of {record} (if it"
        " never"
        " will: giliran job confirm …)",
        **{str(unfit): words for unfit, words in UNFIT_ADVICE.items()},
    },
}

_SINCE = {"id": "sejak", "en": "since"}
A_MOMENT = timedelta(minutes=1)
"""What began less than this ago is told without since when."""

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
    if news.trouble.kind is Kind.PRINTER_STOPPED:
        details["help"] = _HELP[language][str(details["help"])].format(**details)
        details["reasons"] = details["reasons"] or {"id": "tanpa alasan", "en": "no reason given"}[language]
    if news.trouble.kind is Kind.CLOCK_JUMP:
        details["way"] = _WAYS[language][str(details["way"])]
    begun = _moment(news.begun, timezone)
    since = f" {_SINCE[language]} {begun}" if news.at - news.begun >= A_MOMENT else ""
    return table[news.trouble.kind].format(begun=begun, since=since, **details)


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
