"""`audit`: whether the books are as they were written, and the log for whoever wants to see for himself."""

import json
import re
from functools import partial
from pathlib import Path
from string import hexdigits
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output, witness
from daemon.cli.digits import number
from daemon.cli.handing_over import Print, sheet
from daemon.cli.invocation import AsJson, Lang, invocation, language, now
from daemon.cli.reading import read_text
from daemon.cli.sealing import checkpoint_for_paper, key_of, newest_checkpoint
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.note import MOST_BYTES, origin

if TYPE_CHECKING:
    from daemon.cli.invocation import Invocation
    from daemon.ports import LogKey
    from daemon.queries.audit import AuditResult
    from daemon.settings import Settings

app = typer.Typer(name="audit", no_args_is_help=True, help="The tamper-evident log, and the sums of the ledger.")
app.add_typer(witness.app)

MOST_FAULTS = 20
HASH = re.compile("[0-9A-Fa-f]{64}")


@app.command()
def verify(
    context: typer.Context,
    entry: Annotated[
        int | None, typer.Option(metavar="N", parser=number(), help="The entry that a paper names, with its --hash.")
    ] = None,
    digest: Annotated[str | None, typer.Option("--hash", metavar="HASH", help="As it stands on that paper.")] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="FILE|-", help="A signed head of the log that others hold.", allow_dash=True),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold log, tree, checkpoints, jobs and blanks against each other, from the first entry on."""
    from daemon.main import open_store
    from daemon.queries.audit import STEP, Outside, of_checkpoint
    from daemon.queries.audit import verify as verify_books

    if (entry is None) != (digest is None):
        raise typer.BadParameter("--entry and --hash go together", param_hint="--entry")
    if entry is not None and checkpoint is not None:
        raise typer.BadParameter("not together with --entry", param_hint="--checkpoint")
    if digest is not None and HASH.fullmatch(digest) is None:
        raise typer.BadParameter(
            f"a hash is 64 of 0-9 a-f; this one has {len(digest)} characters"
            + ("" if set(digest) <= set(hexdigits) else ", not all of them those"),
            param_hint="--hash",
        )
    asked = invocation(context)
    settings = asked.settings()
    key = _key_if_there(settings) if checkpoint is None else key_of(settings)
    known = None if entry is None or digest is None else Outside(sequence=entry, hash=digest)
    if checkpoint is not None and key is not None:
        known = of_checkpoint(read_text(checkpoint, "checkpoint", MOST_BYTES), key, origin(settings.office.code))
    with asked.store(settings) as store:
        newest = store.log.last()
        with output.progress("audit", newest.sequence // STEP if newest else 0) as advance:
            found = verify_books(store, key, known=known, advance=advance, reopen=partial(open_store, settings))
    last = found.last
    if as_json:
        output.say_json(
            {
                "entries": found.entries,
                "last": None if last is None else {"sequence": last.sequence, "hash": last.hash},
                "checkpoints": found.checkpoints,
                "faults": [*found.faults, *([found.paper] if found.paper else [])],
            }
        )
    else:
        _say(found)
    if found.faults:
        raise Fatal(
            f"the books were changed by other hands ({len(found.faults):,} faults); restore a backup, or ask who did"
        )
    if found.paper and checkpoint is None:
        raise Rejected(
            f"the log itself is whole, but entry #{entry} is not as on the paper; compare number and hash with the"
            " paper once more. If both are typed correctly, this is another log, or the whole of it was rewritten"
        )
    if found.paper:
        raise Fatal(
            "the log itself is whole, but it is not the one whose head was signed: it was rewritten, or goes on from an"
            " older copy; ask who did"
        )


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Write the tree there, for any web server or stick.")
    ] = None,
) -> None:
    """The log for whoever wants to see for himself.

    With DIR: the tree in the public formats, tiles, entries and signed head (docs/log-format.md), without any name, NIK
    or record. Without: every entry as JSON, one a line, with its record, and without any name or NIK.
    """
    asked = invocation(context)
    if folder is None:
        _export_entries(asked)
        return
    from daemon.queries.tree import files, number_of_files

    settings = asked.settings()
    with asked.store(settings) as store:
        kept = newest_checkpoint(settings, store)
        try:
            with output.progress("audit", number_of_files(kept)) as advance:
                for path, content in files(store, kept, advance):
                    file = folder / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
        except OSError as error:
            raise Rejected(f"{error.filename}: {error.strerror}; the tree there is not whole") from error
    output.say(f"{kept.size:,} entries are in {folder}; whoever has this key can verify them:")
    output.say(key_of(settings).verifier_key)


@app.command()
def prove(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(metavar="RECORD")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Write each proof to a file of its own, too.")
    ] = None,
) -> None:
    """One person's proof: every decision about them, and that it is in the log. It verifies without us and offline."""
    from daemon.queries.tree import proofs

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        salt = store.tree.salt(record_id)
        if salt is None:
            raise Rejected(
                f"the log holds nothing about {record_id}, or this person was erased: then the entries are still in the"
                " tree, and nobody can tell any more whose they are"
            )
        kept = newest_checkpoint(settings, store)
        found = list(proofs(store, record_id, kept))
    output.say(f"{settings.office.name}: the log about {record_id}")
    output.say(f"key: {key_of(settings).verifier_key}")
    output.say(f"salt: {salt.hex()}")
    output.say("Each entry below is about this record if its subject is SHA-256 of the salt's bytes and the record id.")
    for each in found:
        output.write(f"\n{each.leaf}\n\n{each.text}")
        if folder is not None:
            _write(folder / f"{each.entry.sequence}.json", each.leaf)
            _write(folder / f"{each.entry.sequence}.tlog-proof", each.text)


@app.command()
def key(context: typer.Context, file: Print = None, lang: Lang = None) -> None:
    """The key that others verify the log with, as programs for signed notes take it; --print: on paper."""
    asked = invocation(context)
    settings = asked.settings()
    verifier_key = key_of(settings).verifier_key
    if file is None:
        output.say(verifier_key)
        return
    from daemon.locale.language import in_language
    from daemon.queries.sheets import key_sheet
    from daemon.queries.tree import stamp

    with asked.store(settings) as store:
        seal = stamp(store.tree, checkpoint_for_paper(settings, store))
    sheet(key_sheet(verifier_key, settings.office, seal, now(), in_language(language(lang, settings))), file)


def _key_if_there(settings: "Settings") -> "LogKey | None":
    try:
        return key_of(settings)
    except Fatal as error:
        output.warn(f"signatures are not looked at: {error}")
        return None


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Rejected(f"{file}: {error.strerror}") from error


def _export_entries(asked: "Invocation") -> None:
    from daemon.domain.log import leaf_of
    from daemon.queries.fairness import whole_log

    with asked.store() as store:
        for entry in whole_log(store.log):
            line = {
                "sequence": entry.sequence,
                "at": entry.at.isoformat(timespec="microseconds"),
                "actor": entry.actor,
                "event": entry.event,
                "record_id": entry.record_id,
                "details": entry.details,
                "leaf": leaf_of(entry).decode(),
                "hash": entry.hash,
            }
            output.write(json.dumps(line, ensure_ascii=False) + "\n")


def _say(found: "AuditResult") -> None:
    for fault in found.faults[:MOST_FAULTS]:
        output.say(fault)
    if len(found.faults) > MOST_FAULTS:
        output.say(f"and {len(found.faults) - MOST_FAULTS:,} more")
    if not found.faults:
        until = "" if found.last is None else f", up to #{found.last.sequence} {found.last.hash}"
        output.say(f"{found.entries:,} entries of the log are as they were written{until}")
        output.say(f"the tree is theirs; signed heads that it agrees with: {found.checkpoints:,}")
        output.say("every sum of blanks is that of its entries; all accounts together are zero")
    if found.paper:
        output.say(found.paper)
