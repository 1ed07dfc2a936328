"""The overdue report of a moment is laid where people find it: one file a format, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from reports.formats import FORMATS
from usecases.look import report_overdue
from usecases.wiring import Office

SUFFIXES = {"text": "txt", "json": "json", "html": "html"}


def publish_overdue(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write the report as of a moment in every format; return format → file.

    The same moment gives the same names, so that a repeated run replaces its own files.
    """
    report = report_overdue(office, as_of)
    office.reports.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, suffix in SUFFIXES.items():
        path = office.reports / f"qua-han-{as_of:%Y%m%d-%H%M}.{suffix}"
        _write(path, FORMATS[name](report))
        paths[name] = path
    return paths


def _write(path: Path, text: str) -> None:
    """Write beside the file and put it in place in one step: no reader meets half a report."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
