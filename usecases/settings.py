"""Where do data and configuration live on this machine?"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings from the environment; each is named DONDOC_<NAME>.

    `home` holds everything the service writes; `config` is only ever read. Without
    `database_url` the registry and ledger live in one SQLite file in `home`. With
    `mailbox_only` nothing leaves the machine whatever the channels file says.
    """

    model_config = SettingsConfigDict(env_prefix="DONDOC_", extra="ignore")

    home: Path = Field(default=PROJECT / "data")
    config: Path = Field(default=PROJECT / "config")
    database_url: str = ""
    prefect: str = "on"
    mailbox_only: bool = False
    heartbeat_url: str = Field(default="", repr=False)  # asked after each good tick; it may hold a token

    @property
    def database(self) -> str:
        """The database to open, as a URL."""
        return self.database_url or f"sqlite:///{self._database_file}"

    @property
    def has_database(self) -> bool:
        """Whether there is a database to ask; an address that was given is taken to lead to one."""
        return bool(self.database_url) or self._database_file.exists()

    @property
    def mailbox(self) -> Path:
        """The folder of the local mailbox."""
        return self.home / "mailbox"

    @property
    def kept_configuration(self) -> Path:
        """The files of the configuration as they were accepted last; see usecases/kept_configuration.py."""
        return self.home / "cau-hinh-dang-dung.zip"

    @property
    def uses_prefect(self) -> bool:
        """Whether runs are shown to Prefect; DONDOC_PREFECT=off turns it off."""
        return self.prefect.strip().lower() not in {"off", "0", "no", "false"}

    @property
    def _database_file(self) -> Path:
        return self.home.resolve() / "dondoc.db"
