"""The reports of a moment are laid where people find them: one file a format, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from engine.masking import masked
from engine.model import HANOI, Recipient
from reports.formats import FORMATS
from store.addresses import KeptAddress
from usecases.look import report_silence
from usecases.printing import printed_as
from usecases.reach import CHANNEL_NAMES, dead_since, said_of
from usecases.whole_files import put_in_place
from usecases.wiring import Office

SILENCE = "silence"
STEMS = {SILENCE: "chua-ai-nhan", "overdue": "qua-han", "scorecard": "tong-hop-don-vi"}


def publish_silence(office: Office, as_of: datetime) -> dict[str, Path]:
    """Write in every format who in the red zone nothing has reached as of a moment; return format → file.

    Text and JSON also name the addresses found dead since the last publication: whose they are and on
    what that rests, never the address itself.
    """
    report = report_silence(office, as_of)
    since = _last_before(office, STEMS[SILENCE], as_of)
    dead = dead_since(office, since, as_of)
    files = {form: printed_as(office, form, SILENCE, report) for form in FORMATS}
    files["text"] += _told(dead, since).encode()
    files["json"] = _with_dead(files["json"].decode(), dead).encode()
    return _laid(office, STEMS[SILENCE], as_of, files.items())


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


def _laid(office: Office, name: str, as_of: datetime, files: Iterable[tuple[str, bytes]]) -> dict[str, Path]:
    paths = {}
    for form, content in files:
        paths[form] = office.reports / f"{name}-{as_of:%Y%m%d-%H%M}.{FORMATS[form].suffix}"
        put_in_place(paths[form], content)
    return paths
