"""What can stop a command, and with which exit code?

0 ok · 1 our fault · 2 usage · 3 invalid rules or configuration · 4 input rejected ·
5 delivery failed or partial · 6 log broken. Messages are Vietnamese and say the way out.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.problems import Problem, printed


class Refused(Exception):
    """A command that stops with one clear sentence, or with every problem of a file."""

    exit_code = 1

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join((*filter(None, (message,)), *map(printed, problems))))


class UsageMistake(Refused):
    """The words of the command are off."""

    exit_code = 2


class ConfigurationRejected(Refused):
    """Rules, calendar, units, posts or channels cannot be used as written."""

    exit_code = 3


class InputRejected(Refused):
    """A document, or a name given by the user, cannot be taken."""

    exit_code = 4


class DeliveryIncomplete(Refused):
    """Something that should have left did not."""

    exit_code = 5


class LogBroken(Refused):
    """The compliance log does not verify."""

    exit_code = 6
