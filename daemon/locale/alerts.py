"""The words of an alert: one line that says when, what is wrong and what to do. docs/runbook.md says more.

Whoever adds a trouble writes its English sentence here; `make fmt` puts it into the catalogs of the other languages.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.alarm import Announcement
from daemon.domain.dispatch import UNFIT_ADVICE
from daemon.domain.message import N_
from daemon.domain.needs import Help, Kind, Trouble
from daemon.locale.language import SOURCE, Language, Message, Plural, in_language
from daemon.locale.link import advice
from daemon.locale.reasons import detail_in_words, in_words

_SENTENCES: Mapping[Kind, Message] = {
    Kind.BEHIND: N_(
        "the database is behind{since}: there may be cards that it does not know ({why}). Nobody is printed"
        " until: giliran restore --reconcile"
    ),
    Kind.UNCONFIRMED: N_(
        "{printer}, {record}, NIK ending …{nik_ending}: did a card come out?"
        " Look at the printer, then: giliran job confirm {record} --printed --reason … | --not-printed [--spoiled]"
        " --reason …"
    ),
    Kind.LINE_DOWN: N_("the link to the central server has been down since {begun} ({cause}): {advice}"),
    Kind.PRINTER_STOPPED: N_("{printer} does not print{since}: {reasons}; {help}"),
    Kind.PRINTER_LEFT: N_(
        "{printer} is not in the configuration, and no giliran serves it. If it is gone for good, empty its"
        " hopper, then it is forgotten: giliran blanks unload {printer} {blanks}"
    ),
    Kind.HOPPER_EMPTY: N_("{printer}: its hopper is empty; fill it, then giliran blanks load {printer} QTY"),
    Kind.HOPPERS_EMPTY: N_("no blank is left in any printer; {store:,} in store. After filling: giliran blanks load"),
    Kind.BLANKS_LOW: Plural(
        "{left:,} blank is left (the limit is {low:,})", "{left:,} blanks are left (the limit is {low:,})", by="left"
    ),
    Kind.BLANKS_END_SOON: Plural(
        "{left:,} blank is left, enough for {lasts} at {per_day:,} a day; order more",
        "{left:,} blanks are left, enough for {lasts} at {per_day:,} a day; order more",
        by="left",
    ),
    Kind.CONSUMABLE_LOW: N_("{printer}: {consumable} is down to {percent} % and ends within a day; have another ready"),
    Kind.HOPPER_OFF: N_(
        "{printer} says that it is out of blanks, the ledger says {blanks:,} in its hopper: off by {blanks:,}?"
        " Count them, then: giliran blanks count hopper:{printer} QTY --reason …"
    ),
    Kind.SERIAL_WRONG: N_(
        "the card of {record} bears serial {serial}, which {trouble}; if it was misread: giliran job serial {record} …"
    ),
    Kind.CARD_REJECTED: N_(
        "{record}: printed, but the central server rejected the issuance: {reason}; clear it up there,"
        " then giliran job report {record} --again | --settled --reason …"
    ),
    Kind.UNREPORTED: Plural(
        "{cards:,} card is printed and not reported, {record}: nobody knows whether the centre was told of it."
        " giliran restore --reconcile asks it; where it cannot tell: giliran job report RECORD --again | --settled",
        "{cards:,} cards are printed and not reported, {record} the first of them: nobody knows whether the centre was"
        " told of them. giliran restore --reconcile asks it; where it cannot tell: giliran job report RECORD"
        " --again | --settled",
        by="cards",
    ),
    Kind.FOREIGN_CARD: N_(
        "somebody else's job (CUPS {job}) took a blank of {printer}; by whom: lpstat -W completed."
        " To allow none: cups.foreign_jobs: refuse"
    ),
    Kind.CENTRE_FAULTY: N_(
        "{record} waits because what the centre sent cannot be used ({reason}); ask the centre to mend it, then it"
        " goes on by itself"
    ),
    Kind.CENTRE_GOES_ROUND: N_(
        "the centre has said since {begun} that there is more, and nothing new comes: its list goes round; tell the"
        " centre. Printing goes on with what is known"
    ),
    Kind.UNCOSIGNED: N_(
        "no witness has cosigned the log since {begun}: until one does, only this office vouches for it. Why:"
        " journalctl -u giliran -p warning, giliran audit witness list"
    ),
    Kind.SAME_NIK: N_(
        "{record}, NIK ending …{nik_ending}: another record of the same NIK gets the first card ({reason});"
        " if both are right: giliran job release {record}, else: giliran job cancel {record} --reason …"
    ),
    Kind.DAMAGED: N_(
        "what is kept of {record} ({kept}) was found damaged at {begun}; while its card is not made it is asked for"
        " again from the centre. Look at this machine's disk and memory: smartctl, memtester"
    ),
    Kind.MENDED: Plural(
        "{rows:,} row of personal data was damaged here within the last 7 days and came anew from the centre:"
        " look at this machine's disk and memory (smartctl, memtester)",
        "{rows:,} rows of personal data were damaged here within the last 7 days and came anew from the centre:"
        " look at this machine's disk and memory (smartctl, memtester)",
        by="rows",
    ),
    Kind.NOT_RUNNING: N_(
        "the daemon has not run since {begun}: systemctl start giliran; why it ended: journalctl -u giliran -p err"
    ),
    Kind.SILENT: N_(
        "the daemon (pid {pid}) has given no sign of life since {begun}, the longest silent is {loop}:"
        " systemctl restart giliran; if it does so again, report it"
    ),
    Kind.LOOP_HUNG: N_(
        "{loop} hung at {begun}, and the daemon was started anew; if it does so again, report it:"
        " journalctl -u giliran -p err"
    ),
    Kind.CRASH_LOOP: N_(
        "the daemon on {machine} was started {starts} times within 10 minutes: journalctl -u giliran -p err"
    ),
    Kind.DISK_LOW: N_(
        "the disk of the {what} ({folder}) is nearly full, {megabytes:,} MB are left; make room:"
        " du -xh {folder} | sort -h"
    ),
    Kind.DISK_FULL: N_(
        "the disk of the {what} ({folder}) is full, {megabytes:,} MB are left; make room: du -xh {folder} | sort -h"
    ),
    Kind.DATABASE_FAILS: N_(
        "the database has not been written since {begun}: {error}; printing waits for it and goes on by itself. What"
        " stands in its way: journalctl -u giliran -p warning"
    ),
    Kind.CLOCK_JUMP: Plural(
        "the clock went {way} by {minutes:,} minute at {begun}, or the machine slept; see: timedatectl",
        "the clock went {way} by {minutes:,} minutes at {begun}, or the machine slept; see: timedatectl",
        by="minutes",
    ),
}
_OVER: Mapping[Kind, Message] = {
    Kind.LINE_DOWN: N_("the link to the central server is back; it had been down since {begun}"),
}

_HELP: Mapping[str, str] = {
    Help.RESUME: N_("put it right, then giliran printer resume {printer}"),
    Help.GUARD: N_("look at giliran check; sudo giliran printer guard {printer} puts it back"),
    Help.CUPS: N_(
        "giliran check says whether CUPS answers and takes our cards; put it right, then giliran printer"
        " resume {printer}"
    ),
    Help.ANSWER: N_(
        "two cards in a row are in doubt: look into it, then giliran job confirm … or giliran printer resume {printer}"
    ),
    Help.NO_ANSWER: N_("CUPS does not answer for queue {queue}"),
    Help.NO_QUEUE: N_("{absent}; put its name in printers[].queue, or make the queue"),
    Help.START: N_("its giliran does not run; start it"),
    Help.START_AND_CONCLUDE: N_(
        "its giliran does not run; start it, and it concludes the card of {record} (if it never will:"
        " giliran job confirm …)"
    ),
    **{str(unfit): words for unfit, words in UNFIT_ADVICE.items()},
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "trouble": {"unknown": N_("was never received"), "twice": N_("another card bears too")},
    "way": {"forward": N_("forward"), "back": N_("back")},
    "what": {
        "database": N_("database"),
        "guard's journal": N_("guard's journal"),
        "log": N_("log"),
        "print server": N_("print server"),
    },
}
"""What stable words among a trouble's details are for people; one that is not here stays."""

_SINCE = N_("since {begun}")
_NO_REASON = N_("no reason given")
_NEVER_RAN = N_("the daemon does not run: systemctl start giliran")
_LASTS = Plural("{days:,} working day", "{days:,} working days", by="days")
_REST = N_("… and {more:,} more: giliran status")
A_MOMENT = timedelta(minutes=1)
"""What began less than this ago is told without since when."""


def sentence(news: Announcement, *, language: str, timezone: ZoneInfo) -> str:
    """What is wrong, or over, in one line."""
    words = in_language(language)
    begun = _moment(news.begun, timezone)
    since = f" {words.gettext(_SINCE, begun=begun)}" if news.at - news.begun >= A_MOMENT else ""
    message = (_OVER if news.over else _SENTENCES)[news.trouble.kind]
    return words.say(message, **_details(news.trouble, words), begun=begun, since=since)


def line(news: Announcement, *, language: str, timezone: ZoneInfo) -> str:
    """The sentence with its moment before it: it may be read hours later."""
    return f"{_moment(news.at, timezone)}  {sentence(news, language=language, timezone=timezone)}"


def need(trouble: Trouble, at: datetime, timezone: ZoneInfo, language: str = SOURCE) -> str:
    """The sentence for whoever looks at `status`."""
    if trouble.kind is Kind.NOT_RUNNING and trouble.since is None:
        return in_language(language).gettext(_NEVER_RAN)
    news = Announcement(trouble=trouble, begun=trouble.since or at, at=at, over=False)
    return sentence(news, language=language, timezone=timezone)


def rest(more: int, language: str) -> str:
    """The last line when there is more to tell than a message holds."""
    return in_language(language).gettext(_REST, more=more)


def _details(trouble: Trouble, words: Language) -> dict[str, object]:
    """What the sentence names, in words."""
    details: dict[str, object] = dict(trouble.details)
    for name, known in _WORDS.items():
        if (word := known.get(str(details.get(name)))) is not None:
            details[name] = words.gettext(word)
    match trouble.kind:
        case Kind.BEHIND:
            details["why"] = in_words(str(details["why"]), words)
        case Kind.CENTRE_FAULTY:
            fault, colon, detail = str(details["reason"]).partition(": ")
            details["reason"] = fault + colon + (detail_in_words(detail, words) or detail)
        case Kind.LINE_DOWN:
            details["advice"] = advice(str(details["cause"]), words.code) or "giliran link show"
        case Kind.PRINTER_STOPPED:
            details["help"] = words.gettext(_HELP[str(details["help"])], **details)
            details["reasons"] = details["reasons"] or words.gettext(_NO_REASON)
        case Kind.BLANKS_END_SOON:
            details["lasts"] = words.say(_LASTS, **details)
    return details


def _moment(at: datetime, timezone: ZoneInfo) -> str:
    return f"{at.astimezone(timezone):%Y-%m-%d %H:%M}"
