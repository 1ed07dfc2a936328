"""How are the parts joined? The only place that knows them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from engine.contacts import ContactBook
from engine.paperwork import Paperwork
from engine.planning import World
from engine.rulebook import Rulebook
from engine.units import UnitDirectory
from notifiers.base import Notifier
from store import rulebooks
from store.database import Database, DatabaseUnavailable, open_database
from usecases.channels import Channels, load_channels, notifiers_of
from usecases.configuration import (
    load_calendar,
    load_contacts,
    load_directory,
    load_paperwork,
    texts_of,
)
from usecases.errors import ConfigurationRejected, Refused
from usecases.rulefiles import rulebook_of
from usecases.settings import Settings
from usecases.texts import OwnTexts

OUTGROWN = (
    "Bộ quy tắc đang có hiệu lực không còn đọc được bằng phiên bản phần mềm này; "
    "sửa tệp quy tắc trong thư mục cấu hình rồi chạy 'dondoc apply':"
)


@dataclass(frozen=True)
class Office:
    """The service as wired from one set of settings; parts are read when first used.

    `kept` is a folder whose files are read in place of the configuration folder's.
    """

    settings: Settings
    kept: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the files lie that the parts are read from."""
        return self.kept or self.settings.config

    @cached_property
    def database(self) -> Database:
        """The registry and ledger, at the schema of this code."""
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True)
            database = open_database(self.settings.database)
            database.migrate()
        except DatabaseUnavailable as unavailable:
            raise Refused(str(unavailable)) from unavailable
        except OSError as error:
            hint = "đặt DONDOC_HOME vào nơi ghi được"
            raise Refused(f"không ghi được vào {self.settings.home} ({error.strerror}); {hint}") from error
        return database

    @cached_property
    def directory(self) -> UnitDirectory:
        """All units."""
        return load_directory(self.folder)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in force: those applied last, or while none ever were, those of the folder."""
        files = self.rules_in_force
        if files is None:
            return rulebook_of(texts_of(self.folder, "rules"))
        try:
            return rulebook_of(files)
        except ConfigurationRejected as rejected:
            raise ConfigurationRejected(OUTGROWN, rejected.problems) from rejected

    @property
    def rules_in_force(self) -> Mapping[str, str] | None:
        """The rule files in force as the database keeps them, asked anew; None while none ever were.

        Where no database was ever made, none is made to find that out.
        """
        if "database" not in vars(self) and not self.settings.has_database:
            return None
        with self.database.reading() as session:
            kept = rulebooks.in_force(session)
        return kept.files if kept else None

    @cached_property
    def contacts(self) -> ContactBook:
        """The posts and who holds them."""
        return load_contacts(self.folder, self.directory)

    @cached_property
    def channels(self) -> Channels:
        """The open channels."""
        channels = load_channels(self.folder)
        if self.settings.mailbox_only:
            return channels.only_mailbox
        return channels

    @cached_property
    def paperwork(self) -> Paperwork:
        """The office's own paper and who reads its reports."""
        return load_paperwork(self.folder)

    @cached_property
    def world(self) -> World:
        """What every decision rests on."""
        calendar = load_calendar(self.folder)
        return World(self.rulebook, calendar, self.contacts, self.channels.names)

    @cached_property
    def texts(self) -> OwnTexts:
        """The office's own words, read anew for every letter."""
        return OwnTexts(self.folder)

    @cached_property
    def notifiers(self) -> dict[str, Notifier]:
        """One notifier for each open channel."""
        from usecases.zalo import zalo_notifiers  # slow to import, and most commands send nothing

        own = notifiers_of(self.channels, self.settings.mailbox, self.settings.home)
        channels, home = self.channels, self.settings.home
        return own | zalo_notifiers(channels.zalo, channels.allow_private, home, lambda: self.database)

    def under(self, rulebook: Rulebook) -> Office:
        """Return the same office by another rulebook, for a preview or from now on."""
        other = Office(self.settings, self.kept)
        vars(other).update(vars(self), rulebook=rulebook, world=replace(self.world, rulebook=rulebook))
        return other

    @property
    def reports(self) -> Path:
        """The folder in which the service leaves its reports."""
        return self.settings.home / "reports"


def open_office(settings: Settings | None = None) -> Office:
    """Return the service wired from `settings`, by default those of the environment."""
    return Office(settings or Settings())
