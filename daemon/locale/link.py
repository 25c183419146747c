"""What to do about a link that fails: one sentence for each cause, in both languages. docs/link.md says more."""

from daemon.domain.link import Cause

_EN = {
    Cause.RESOLVE: "the centre's name is not found: look at the name server, and at the internet connection",
    Cause.CONNECT: "nobody answers at the centre's address: look at the connection, the modem, the firewall",
    Cause.TLS: "the encrypted connection fails: another server answers, or central.ca_file does not fit",
    Cause.ANSWER: "the centre answers, but not as it should: it is in trouble; tell it if this lasts",
    Cause.LOGIN: "the centre does not accept our token, it may have expired: put a new one into central.token_file, "
    "then systemctl restart giliran",
    Cause.CERTIFICATE_EXPIRED: "the centre's certificate has expired: tell the centre, nothing can be done here",
    Cause.CLOCK_WRONG: "the clock of this machine is wrong: set it (timedatectl), look at its battery and time server",
    Cause.CAPTIVE_PORTAL: "a login page answers in the centre's place: log in to the network (Wi-Fi, modem) "
    "with a browser",
    Cause.BUSY: "the centre asks to wait: nothing to do, it is asked again by itself",
    Cause.NO_CARRIER: "nothing was carried here so far: put the stick from the centre in",
    Cause.CARRIER_REFUSED: "what was carried cannot be used: copy the pack anew, look at central.key_file, or ask the "
    "centre for another",
}

_ID = {
    Cause.RESOLVE: "nama server pusat tidak ditemukan: periksa server nama (DNS) dan jalur internet",
    Cause.CONNECT: "alamat server pusat tidak menjawab: periksa jalur, modem, firewall",
    Cause.TLS: "sambungan terenkripsi gagal: server lain yang menjawab, atau central.ca_file tidak cocok",
    Cause.ANSWER: "server pusat menjawab, tetapi tidak semestinya: ada gangguan di pusat; laporkan bila berlanjut",
    Cause.LOGIN: "token kami tidak diterima pusat, mungkin sudah kedaluwarsa: isi token baru di central.token_file, "
    "lalu systemctl restart giliran",
    Cause.CERTIFICATE_EXPIRED: "sertifikat server pusat kedaluwarsa: laporkan ke pusat, di sini tidak ada yang bisa "
    "dilakukan",
    Cause.CLOCK_WRONG: "jam mesin ini salah: setel (timedatectl), periksa baterai dan server waktunya",
    Cause.CAPTIVE_PORTAL: "halaman login menjawab sebagai ganti pusat: masuk ke jaringan (Wi-Fi, modem) lewat peramban",
    Cause.BUSY: "pusat meminta menunggu: tidak perlu apa-apa, akan dicoba lagi sendiri",
    Cause.NO_CARRIER: "belum ada kiriman kurir: pasang flash disk dari pusat",
    Cause.CARRIER_REFUSED: "kiriman kurir tidak dapat dipakai: salin ulang, periksa central.key_file, atau minta "
    "kiriman baru ke pusat",
}

_NAMES = {
    Cause.RESOLVE: "Nama server tidak ditemukan (DNS)",
    Cause.CONNECT: "Server pusat tidak menjawab",
    Cause.TLS: "Sambungan terenkripsi gagal",
    Cause.ANSWER: "Jawaban pusat tidak semestinya",
    Cause.LOGIN: "Token ditolak pusat",
    Cause.CERTIFICATE_EXPIRED: "Sertifikat server pusat kedaluwarsa",
    Cause.CLOCK_WRONG: "Jam mesin ini salah",
    Cause.CAPTIVE_PORTAL: "Halaman login jaringan",
    Cause.BUSY: "Pusat sibuk",
    Cause.NO_CARRIER: "Belum ada kiriman kurir",
    Cause.CARRIER_REFUSED: "Kiriman kurir tidak dapat dipakai",
}

_TABLES = {"en": _EN, "id": _ID}


def advice(cause: str | None, language: str = "en") -> str | None:
    """For a cause as it is kept; None for one that is not known."""
    return next((text for known, text in _TABLES[language].items() if known == cause), None)


def name_of(cause: str) -> str:
    """A cause as a report has it, in Indonesian; one that is not known as it is kept."""
    return next((text for known, text in _NAMES.items() if known == cause), cause)
