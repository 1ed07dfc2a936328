"""How is Prefect set up before it is imported for the first time?

Measured choices: nothing is reported to its makers, no hidden server is ever started, a
dead API is noticed in a second, and its history is small and short-lived. The record is ours.
"""

from __future__ import annotations

import os

from pydantic_settings import BaseSettings, SettingsConfigDict

from usecases.settings import Settings

HOST = "127.0.0.1"

ALWAYS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
}

# What an administrator may choose differently.
USUAL = {
    "PREFECT_LOGGING_TO_API_ENABLED": "true",
    "PREFECT_CLIENT_MAX_RETRIES": "5",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "30d",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "2d",
}


class PrefectSettings(BaseSettings):
    """Settings of Prefect's own API inside the service; 0 takes any free port."""

    model_config = SettingsConfigDict(env_prefix="DONDOC_PREFECT_", extra="ignore")

    port: int = 4200


def prepare_environment(settings: Settings, port: int | None = None) -> None:
    """Set PREFECT_* in the environment; call before Prefect is imported.

    With `port` Prefect lives inside this process and keeps everything under the data
    folder. Without, it is somebody else's server, named by PREFECT_API_URL.
    """
    os.environ.update(ALWAYS)
    folder = settings.home.resolve() / "prefect"
    if port is not None:
        os.environ.update(
            {
                "PREFECT_HOME": str(folder),
                "PREFECT_API_URL": f"http://{HOST}:{port}/api",
                "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder / 'prefect.db'}",
                "PREFECT_UI_STATIC_DIRECTORY": str(folder / "ui"),
                "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",  # plain http: spares certificates
                "PREFECT_CLIENT_MAX_RETRIES": "1",
                "PREFECT_API_REQUEST_TIMEOUT": "10",
                "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
            }
        )
        folder.mkdir(parents=True, exist_ok=True)
    for name, value in {"PREFECT_HOME": str(folder), **USUAL}.items():
        os.environ.setdefault(name, value)
