"""The reports of a moment are laid where people find them: one file a format, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from reports import silence
from reports.formats import FORMATS
from usecases.look import report_overdue, report_silence
from usecases.wiring import Office

SUFFIXES = {"text": "txt", "json": "json", "html": "html", "csv": "csv"}


def publish_overdue(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write the report as of a moment in every format; return format → file.

    The same moment gives the same names, so that a repeated run replaces its own files.
    """
    report = report_overdue(office, as_of)
    return _laid(office, "qua-han", as_of, ((name, form(report)) for name, form in FORMATS.items()))


def publish_silence(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write in every format who in the red zone nothing has reached as of a moment; return format → file."""
    report = report_silence(office, as_of)
    forms = silence.FORMATS.items()
    return _laid(office, "chua-ai-nhan", as_of, ((name, form(report)) for name, form in forms))


def _laid(office: Office, name: str, as_of: datetime, texts: Iterable[tuple[str, str]]) -> dict[str, Path]:
    office.reports.mkdir(parents=True, exist_ok=True)
    paths = {}
    for form, text in texts:
        paths[form] = office.reports / f"{name}-{as_of:%Y%m%d-%H%M}.{SUFFIXES[form]}"
        _write(paths[form], text)
    return paths


def _write(path: Path, text: str) -> None:
    """Write beside the file and put it in place in one step: no reader meets half a report."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
