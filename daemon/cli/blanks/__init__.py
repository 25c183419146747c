"""`blanks`: every movement of blank cards that a person makes, and where they are (docs/blanks.md)."""

import typer

from daemon.cli.blanks import counting, listing, offices, reversing, stock

app = typer.Typer(name="blanks", no_args_is_help=True, help="The ledger of blank cards.")

for _commands in (stock, counting, offices, reversing, listing):
    app.add_typer(_commands.app)
