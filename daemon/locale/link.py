"""How the link stands, what to do where it fails, and what a report calls that. docs/link.md says more."""

from daemon.domain.link import Cause, LinkState
from daemon.domain.message import N_
from daemon.locale.language import SOURCE, in_language

_ADVICE = {
    Cause.RESOLVE: N_("the centre's name is not found: look at the name server, and at the internet connection"),
    Cause.CONNECT: N_("nobody answers at the centre's address: look at the connection, the modem, the firewall"),
    Cause.TLS: N_("the encrypted connection fails: another server answers, or central.ca_file does not fit"),
    Cause.ANSWER: N_("the centre answers, but not as it should: it is in trouble; tell it if this lasts"),
    Cause.LOGIN: N_(
        "the centre does not accept our token, it may have expired: put a new one into central.token_file, "
        "then systemctl restart giliran"
    ),
    Cause.CERTIFICATE_EXPIRED: N_("the centre's certificate has expired: tell the centre, nothing can be done here"),
    Cause.CLOCK_WRONG: N_(
        "the clock of this machine is wrong: set it (timedatectl), look at its battery and time server"
    ),
    Cause.CAPTIVE_PORTAL: N_(
        "a login page answers in the centre's place: log in to the network (Wi-Fi, modem) with a browser"
    ),
    Cause.BUSY: N_("the centre asks to wait: nothing to do, it is asked again by itself"),
    Cause.NO_CARRIER: N_("nothing was carried here so far: put the stick from the centre in"),
    Cause.CARRIER_REFUSED: N_(
        "what was carried cannot be used: copy the pack anew, look at central.key_file, or ask the centre for another"
    ),
}

_NAMES = {
    Cause.RESOLVE: N_("Server name not found (DNS)"),
    Cause.CONNECT: N_("Central server does not answer"),
    Cause.TLS: N_("Encrypted connection fails"),
    Cause.ANSWER: N_("Central server answers wrongly"),
    Cause.LOGIN: N_("Token refused by the centre"),
    Cause.CERTIFICATE_EXPIRED: N_("Central server's certificate expired"),
    Cause.CLOCK_WRONG: N_("Clock of this machine is wrong"),
    Cause.CAPTIVE_PORTAL: N_("Login page of the network"),
    Cause.BUSY: N_("Central server is busy"),
    Cause.NO_CARRIER: N_("Nothing brought by courier so far"),
    Cause.CARRIER_REFUSED: N_("What the courier brought cannot be used"),
}

_STATES = {
    LinkState.UP: N_("up since {since}"),
    LinkState.DEGRADED: N_("degraded since {since}"),
    LinkState.DOWN: N_("down since {since}"),
    LinkState.UNKNOWN: N_("unknown since {since}"),
}


def state_since(state: LinkState, since: str, language: str = SOURCE) -> str:
    """Since when it is so; the moment as whoever shows it writes moments."""
    return in_language(language).gettext(_STATES[state], since=since)


def advice(cause: str | None, language: str = SOURCE) -> str | None:
    """For a cause as it is kept; None for one that is not known."""
    found = next((text for known, text in _ADVICE.items() if known == cause), None)
    return None if found is None else in_language(language).gettext(found)


def name_of(cause: str, language: str) -> str:
    """A cause as a report has it; one that is not known as it is kept."""
    return in_language(language).known(next((text for known, text in _NAMES.items() if known == cause), cause))
