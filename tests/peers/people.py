"""Whom can a channel reach, and in what mood are they?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(slots=True)
class Person:
    """Somebody, or a group, as one channel knows them."""

    id: str  # user id of the OA, "84…", or chat id
    kind: Literal["oa", "phone", "bot", "telegram"]
    name: str = "Trần Thị Mẫu"
    last_interaction: datetime | None = None
    follows: bool = True
    is_blocked: bool = False  # wants nothing from us
    is_restricted: bool = False  # wants nothing of this kind
    is_inactive: bool = False
    is_admin: bool = False
    is_group: bool = False
    has_started: bool = True  # Telegram: pressed Start
    moved_to: int | None = None  # Telegram: the supergroup a group became
    id_by_app: str = ""
    external_id: str = ""
    phone: str = ""
