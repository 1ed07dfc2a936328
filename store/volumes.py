"""How many messages have left through a channel since a moment, as its plan counts them?"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from engine.ledger import DeliveryState
from store.tables import MESSAGE, MessageRow

_LEFT = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.UNKNOWN)


def left_since(session: Session, channel: str, since: datetime) -> int:
    """Return how many messages left, those nobody is sure of included."""
    of_channel = sa.and_(MESSAGE.channel == channel, MESSAGE.state.in_(_LEFT), MESSAGE.settled_at >= since)
    return session.scalar(sa.select(sa.func.count()).select_from(MessageRow).where(of_channel)) or 0
