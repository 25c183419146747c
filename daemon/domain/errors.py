"""One error root; the classes below it are named by what the caller does about them."""


class GiliranError(Exception):
    """Giliran could not do what was asked."""


class Retryable(GiliranError):
    """Nothing was done; the same call may succeed later."""


class Rejected(GiliranError):
    """The request itself cannot be carried out; repeating it is useless until something else changes."""


class Fatal(GiliranError):
    """Going on would be wrong; stop and tell a person."""


class Damaged(Fatal):
    """What is kept of one record cannot be opened any more; it is set aside, and the others go on."""


class IllegalMove(Rejected):
    """The job's state does not allow this."""


class LostRace(Rejected):
    """Somebody else changed the job first; nothing was changed by us."""


class Overdrawn(Rejected):
    """There are fewer blanks in that account."""


class UnknownRecord(Rejected):
    """No such record here."""
