"""What do rows about channels look like: addresses, what was heard, links, switches?

Everything personal that must be erasable stands here and in `message`; the chained records
carry only its hash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from store.tables import Row, columns_of

_JSON: Any = sa.JSON
_NULLABLE_JSON: Any = sa.JSON(none_as_null=True)


class AddressRow(Row, table=True):
    """Where a person at a post is reached on a channel, and whether they may be.

    `status`: linked | dead | opted_out | erased. An e-mail address stands in people.yml; here
    only once something was learned about it.
    """

    __tablename__ = "address"
    __table_args__ = (sa.Index("ix_address_channel_address", "channel", "address"),)

    post: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    address: str
    status: str
    evidence: str  # what the consent, the refusal or the fault rests on, in words
    source: str  # code | widget | people | bounce | stop | event | admin
    text_version: str = ""  # of the words a person agreed to
    failures: int = 0
    at: datetime
    heard_at: datetime | None = None  # when the person last wrote or pressed here


class HeardRow(Row, table=True):
    """Something a channel told us, kept as it came before anybody acts on it.

    `state`: new | answering | done | ignored | failed. `heard` and `raw` can be erased; `id` cannot
    come twice.
    """

    __tablename__ = "heard"
    __table_args__ = (sa.Index("ix_heard_state_received_at", "state", "received_at"),)

    id: str = Field(primary_key=True)  # "<channel>:<the channel's own id>"
    channel: str
    kind: str
    address: str
    about: str = Field(index=True)
    received_at: datetime
    heard: dict[str, Any] = Field(sa_type=_JSON)
    raw: str
    state: str = "new"
    attempts: int = 0
    note: str = ""
    done_at: datetime | None = None


class LinkRow(Row, table=True):
    """A door for one answer: what stands behind a signed link or a button.

    Only the hash of the nonce is kept. `purpose`: page | button.
    """

    __tablename__ = "link"

    nonce_hash: str = Field(primary_key=True)
    purpose: str
    response: str  # of a button; "" for a page, where a person chooses
    message_key: str = Field(index=True)
    assignment_id: str = Field(index=True)
    post: str
    person: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    result: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)


class JoinCodeRow(Row, table=True):
    """A code with which a person opens a chat to us, once."""

    __tablename__ = "join_code"

    code_hash: str = Field(primary_key=True)
    post: str
    person: str
    channel: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class AttemptRow(Row, table=True):
    """How often something that can be guessed at was tried, per subject and hour."""

    __tablename__ = "attempt"

    subject: str = Field(primary_key=True)  # "join:telegram:<hash of the chat>", "link:<address>"
    hour: datetime = Field(primary_key=True)
    count: int


class PendingResponseRow(Row, table=True):
    """What was read back to a person and waits for their yes."""

    __tablename__ = "pending_response"

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    response: dict[str, Any] = Field(sa_type=_JSON)
    asked_at: datetime
    expires_at: datetime


class ShortNumberRow(Row, table=True):
    """The number by which an assignment is meant in a chat: OK 0042."""

    __tablename__ = "short_number"

    number: int = Field(primary_key=True)
    assignment_id: str = Field(unique=True)


class CredentialRow(Row, table=True):
    """A secret that changes while the service runs, sealed with the key of the machine.

    `state`: ok | needs_reauth.
    """

    __tablename__ = "credential"

    name: str = Field(primary_key=True)  # "zalo_oa:<app id>"
    sealed: str
    obtained_at: datetime
    expires_at: datetime
    state: str
    note: str = ""


class SwitchRow(Row, table=True):
    """Something that is stopped: all sending ("sending"), or one channel ("channel:<name>").

    A row means stopped; `until` None means until a person says so.
    """

    __tablename__ = "switch"

    name: str = Field(primary_key=True)
    until: datetime | None = None
    why: str
    by: str
    at: datetime
    failures: int = 0


ADDRESS, HEARD, LINK, JOIN_CODE = map(columns_of, (AddressRow, HeardRow, LinkRow, JoinCodeRow))
ATTEMPT, PENDING_RESPONSE = map(columns_of, (AttemptRow, PendingResponseRow))
SHORT_NUMBER, CREDENTIAL, SWITCH = map(columns_of, (ShortNumberRow, CredentialRow, SwitchRow))
