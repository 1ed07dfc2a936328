"""How are the parts joined? The only place that knows them all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from engine.contacts import ContactBook
from engine.planning import World
from engine.rulebook import Rulebook
from engine.units import UnitDirectory
from notifiers.base import Notifier
from store.database import Database, DatabaseUnavailable, open_database
from usecases.channels import Channels, load_channels, notifiers_of
from usecases.configuration import (
    load_calendar,
    load_contacts,
    load_directory,
    load_rulebook,
)
from usecases.errors import Refused
from usecases.settings import Settings


@dataclass(frozen=True)
class Office:
    """The service as wired from one set of settings; parts are read when first used."""

    settings: Settings

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
        return load_directory(self.settings.config)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in force."""
        return load_rulebook(self.settings.config)

    @cached_property
    def contacts(self) -> ContactBook:
        """The posts and who holds them."""
        return load_contacts(self.settings.config, self.directory)

    @cached_property
    def channels(self) -> Channels:
        """The open channels."""
        channels = load_channels(self.settings.config)
        if self.settings.mailbox_only:
            return replace(channels, mailbox=True, email=None)
        return channels

    @cached_property
    def world(self) -> World:
        """What every decision rests on."""
        calendar = load_calendar(self.settings.config)
        return World(self.rulebook, calendar, self.contacts, self.channels.names)

    @cached_property
    def notifiers(self) -> dict[str, Notifier]:
        """One notifier for each open channel."""
        return notifiers_of(self.channels, self.settings.mailbox)

    @property
    def reports(self) -> Path:
        """The folder in which the service leaves its reports."""
        return self.settings.home / "reports"


def open_office(settings: Settings | None = None) -> Office:
    """Return the service wired from `settings`, by default those of the environment."""
    return Office(settings or Settings())
