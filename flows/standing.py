"""Which configuration does a process that runs for months work by?

The rules are those in force in the database: an edited rule file counts once somebody has
applied it. Everything else is that of the folder as it stands: a changed file is in force
from the next run on. A file with mistakes never replaces a good one, not even when the process
starts over it; what is not in force is told.
"""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from flows.telling import tell
from store.database import DatabaseUnavailable
from usecases.errors import ConfigurationRejected, Refused
from usecases.kept_configuration import opened, opened_or_kept
from usecases.on_disk import Stamps, stamps_of
from usecases.ruling import fingerprint_in_force, unapplied_edit
from usecases.wiring import Office

AWAY = (Refused, DatabaseUnavailable, SQLAlchemyError)


class StandingOffice:
    """The office of a long-lived process, and whether the process is asked to stop."""

    def __init__(self, office: Office) -> None:
        self.stopping = asyncio.Event()
        self._office = office
        self._refused = ""  # the fingerprint of rules in force that this process cannot read
        self._seen = stamps_of(office.settings.config)
        self._is_open = False
        try:
            self._office = opened_or_kept(office, tell)
            self._is_open = True
            self._tell_unapplied()
        except ConfigurationRejected:
            raise
        except AWAY:
            self._seen = {}  # opened at the next look

    @property
    def latest(self) -> Office:
        """The office as it was at the last look; may be asked from any thread."""
        return self._office

    def current(self) -> Office:
        """Return the office by what is in force now; while the database is away, by what was."""
        found = stamps_of(self._office.settings.config)
        try:
            self._follow_rules()
            if found != self._seen:
                self._reload(found)
                self._tell_unapplied()
                self._seen = found
        except AWAY:
            pass  # the run itself meets the same fault, says so and comes again
        return self._office

    def _follow_rules(self) -> None:
        """Take up rules that were put in force since the last look."""
        in_force = fingerprint_in_force(self._office)
        if in_force in {"", self._refused, self._office.rulebook.fingerprint}:
            return
        try:
            self._office = self._office.under(self._fresh().rulebook)
        except ConfigurationRejected as rejected:
            self._refused = in_force
            tell(str(rejected))
        else:
            tell(f"Đã dùng bộ quy tắc {in_force} vừa được đưa vào hiệu lực.")
            self._tell_unapplied()

    def _reload(self, found: Stamps) -> None:
        """Take up edited files; rule files only while nobody ever put rules in force."""
        rules = self._office.settings.config / "rules"
        edited = {file for file, _ in found.items() ^ self._seen.items()}
        if fingerprint_in_force(self._office) and all(rules in file.parents for file in edited):
            return
        try:
            read = opened if self._is_open else opened_or_kept
            self._office = read(self._fresh(), tell)
            self._is_open = True
        except ConfigurationRejected as rejected:
            tell("Cấu hình vừa sửa có lỗi nên chưa dùng; bản đang chạy vẫn có hiệu lực:", str(rejected))
            return
        if self._office.kept is None:
            tell("Đã dùng cấu hình vừa sửa.")

    def _fresh(self) -> Office:
        """Return an office that has read nothing yet, on the same database."""
        fresh = Office(self._office.settings)
        vars(fresh)["database"] = self._office.database
        return fresh

    def _tell_unapplied(self) -> None:
        """Say that the rule files on disk are not what is in force."""
        said = unapplied_edit(self._office)
        if said:
            tell(said)
