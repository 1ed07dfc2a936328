"""The reports of a moment are laid where people find them: one file a format, whole or not at all."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.masking import masked
from engine.model import HANOI, Recipient
from engine.paperwork import Letterhead
from reports.formats import OVERDUE as FORMATS
from reports.formats import write
from reports.paper import Paper
from store.addresses import KeptAddress
from usecases.look import report_overdue, report_silence
from usecases.reach import CHANNEL_NAMES, dead_since, said_of
from usecases.reports import KINDS, paper_of
from usecases.wiring import Office

SILENCE = "chua-ai-nhan"

SUFFIXES = {"text": "txt", "json": "json", "html": "html", "csv": "csv"}


def publish_overdue(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write the report as of a moment in every format; return format → file.

    The same moment gives the same names, so that a repeated run replaces its own files.
    """
    report = report_overdue(office, as_of)
    return _laid(office, "qua-han", as_of, ((name, form(report)) for name, form in FORMATS.items()))


def publish_silence(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write in every format who in the red zone nothing has reached as of a moment; return format → file.

    Text and JSON also name the addresses found dead since the last publication: whose they are and on
    what that rests, never the address itself.
    """
    report = report_silence(office, as_of)
    since = _last_before(office, SILENCE, as_of)
    dead = dead_since(office, since, as_of)
    paper, data = paper_of("silence", report), KINDS["silence"].as_json(report)
    texts = {form: _printed(form, paper, data) for form in ("text", "json", "csv")}
    texts["text"] += _told(dead, since)
    texts["json"] = _with_dead(texts["json"], dead)
    return _laid(office, SILENCE, as_of, texts.items())


def _printed(form: str, paper: Paper, data: Mapping[str, Any]) -> str:
    out = io.BytesIO()
    write(form, paper, data, out, Letterhead())
    return out.getvalue().decode()


def _last_before(office: Office, name: str, as_of: datetime) -> datetime | None:
    """Return the moment of the last publication of this name before `as_of`; None when there was none."""
    moments = (_moment_in(path.name, name) for path in office.reports.glob(f"{name}-*.txt"))
    this = as_of.astimezone(HANOI).replace(second=0, microsecond=0)
    return max((moment for moment in moments if moment and moment < this), default=None)


def _moment_in(file: str, name: str) -> datetime | None:
    try:
        return datetime.strptime(file, f"{name}-%Y%m%d-%H%M.txt").replace(tzinfo=HANOI)
    except ValueError:  # a file of somebody else's
        return None


def _told(dead: Sequence[tuple[KeptAddress, Recipient]], since: datetime | None) -> str:
    """Return the paragraph of the text form, "" when no address was found dead."""
    if not dead:
        return ""
    from_when = f", phát hiện từ {since:%H:%M %d/%m/%Y}" if since else ""
    lines = [f"\nĐỊA CHỈ KHÔNG ĐẾN ĐƯỢC{from_when}: {len(dead)}. Cần sửa people.yml hoặc cấp mã nối lại."]
    for kept, holder in dead:
        channel = CHANNEL_NAMES.get(kept.channel, kept.channel)
        whose = f"{holder.title}, {holder.unit.name} ({kept.post})"
        lines.append(f"  {whose}: {channel} {masked(said_of(kept))}")
    return "\n".join(lines) + "\n"


def _with_dead(text: str, dead: Sequence[tuple[KeptAddress, Recipient]]) -> str:
    rows = [
        {
            "post": kept.post,
            "title": holder.title,
            "unit_name": holder.unit.name,
            "channel": kept.channel,
            "at": kept.at.isoformat(timespec="seconds"),
            "evidence": masked(kept.evidence),
        }
        for kept, holder in dead
    ]
    return json.dumps(json.loads(text) | {"dead_addresses": rows}, ensure_ascii=False, indent=2) + "\n"


def _laid(office: Office, name: str, as_of: datetime, texts: Iterable[tuple[str, str]]) -> dict[str, Path]:
    paths = {}
    for form, text in texts:
        paths[form] = office.reports / f"{name}-{as_of:%Y%m%d-%H%M}.{SUFFIXES[form]}"
        put_in_place(paths[form], text.encode())
    return paths


def put_in_place(path: Path, content: bytes) -> None:
    """Write beside the file and put it in place in one step: no reader meets half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
