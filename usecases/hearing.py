"""What channels tell us is kept first and worked off after: once, in order, whatever crashes.

Each thing heard is settled in the transaction of the fact it causes. What is said back is kept with
it until it left: killed in between, we may say a thing twice and never do it twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.ledger import DeliveryState
from engine.model import HANOI
from engine.responses import Response, ResponseKind, read_response
from notifiers.base import DeliveryFailed, Heard
from store import addresses, heard, receipts, responses
from store.heard import ANSWERING, DONE, FAILED, IGNORED, NEW, KeptHeard
from usecases import bouncing, consent, guards, joining
from usecases.answerers import answerer_at
from usecases.joining import Reply
from usecases.responding import STRANGER, respond
from usecases.wiring import Office

_log = logging.getLogger(__name__)

Say = Callable[[str, str, str], Awaitable[None]]  # channel, address, words

RECEIPT_WAITS = timedelta(days=1)  # for the message it is about, which may not be settled yet
ANSWER_WAITS = timedelta(days=1)  # for what is stopped to go on; later an answer is no answer any more
MOST_ATTEMPTS = 5
MOST_TO_STRANGERS = 3  # answers an hour to an address nobody is known at
_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "failed": DeliveryState.FAILED_PERMANENT,
}


def keep(office: Office, told: Iterable[Heard], raw: str, now: datetime) -> int:
    """Keep what a channel told us, as it came, in one transaction; return how much of it is new."""
    rows = [
        KeptHeard(
            one.id if one.id.startswith(f"{one.channel}:") else f"{one.channel}:{one.id}",
            one.channel, one.kind, one.address, one.about, now, asdict(one) | {"at": one.at.isoformat()}, raw,
        )
        for one in told
    ]  # fmt: skip
    with office.database.writing() as session:
        return heard.keep(session, rows)


async def work_off(office: Office, now: datetime, say: Say) -> Counter[str]:
    """Act on everything heard and not settled, oldest first; return how many rows reached each state."""
    outcome: Counter[str] = Counter()
    with office.database.reading() as session:
        waiting = heard.unsettled(session)
    for id_ in waiting:
        state = _worked(office, id_, now)
        if state == ANSWERING:
            state = await _answered(office, id_, now, say)
        outcome[state] += 1
    return outcome


def _worked(office: Office, id_: str, now: datetime) -> str:
    """Act on one row in a transaction of its own; return its state after it."""
    try:
        with office.database.writing() as session:
            one = heard.read(session, id_)
            if one is None or one.state != NEW:
                return one.state if one else IGNORED
            return _acted(session, office, one, now)
    except Exception as error:  # one row that trips us must not keep the others back
        _log.exception("heard %s", id_)
        return _tripped(office, id_, type(error).__name__, now)


def _acted(session: Session, office: Office, one: KeptHeard, now: datetime) -> str:
    said = Heard(**one.heard | {"at": datetime.fromisoformat(one.heard["at"])})
    match said.kind:
        case "receipt":
            return _receipt(session, office, one, said, now)
        case "said" | "joined" | "left" if said.address:
            replies, note = _spoken(session, office, said, now)
        case _:
            replies, note = [], "không có gì phải làm"
    if not replies:
        heard.settle(session, one, DONE if not note else IGNORED, now, note)
        return DONE if not note else IGNORED
    heard.answer(session, one, replies, now, note)
    return ANSWERING


def _spoken(session: Session, office: Office, said: Heard, now: datetime) -> tuple[list[Reply], str]:
    """Act on what a person did; return what to say to whom, or why nothing is done."""
    if not said.is_private:
        return [], "trong nhóm: không ghi gì"
    read = read_response(said.text, now.astimezone(HANOI).date()) if said.text else None
    code = read.code if isinstance(read, Response) and read.kind is ResponseKind.JOIN else ""
    if said.kind == "left":
        who = answerer_at(session, office, said.channel, said.address, now)
        consent.stopped(session, office, who, "đóng cuộc trò chuyện trên kênh", now, "event")
        return [], ""
    if said.kind == "joined" and not code:
        code = said.token
    if code:
        return joining.join(session, office, said, code, now), ""
    addresses.heard(session, said.channel, said.address, now)
    reply = respond(session, office, said, now)
    if reply == STRANGER:
        subject = f"stranger:{said.channel}:{responses.hashed(said.address)[:32]}"
        if responses.count_attempt(session, subject, now) > MOST_TO_STRANGERS:
            return [], "người lạ nhắn quá nhiều"
    return [(said.channel, said.address, reply)], ""


def _receipt(session: Session, office: Office, one: KeptHeard, said: Heard, now: datetime) -> str:
    """Move the message a receipt is about; it may come before our own settlement and then waits."""
    state = _STATES.get(said.state)
    why = bouncing.why_failed(said) if said.state == "failed" else ""
    told = receipts.receipt(session, said.channel, said.about, state, said.at, why) if state else None
    if told is not None:
        heard.settle(session, one, DONE, now, bouncing.learned(session, office, said, told, now))
        return DONE
    if state is not None and now - one.received_at < RECEIPT_WAITS:
        heard.try_later(session, one, "chưa thấy tin mà biên nhận này nói tới")
        return NEW
    heard.settle(session, one, IGNORED, now, "không tin nào ứng với biên nhận này")
    return IGNORED


async def _answered(office: Office, id_: str, now: datetime, say: Say) -> str:
    """Say back what is still to be said, and note that it left.

    What is stopped holds answers back as it does reminders, and a trial those to who is not listed.
    """
    with office.database.reading() as session:
        one = heard.read(session, id_)
        if one is None or one.state != ANSWERING:
            return one.state if one else IGNORED
        stop = guards.stopping(session, office, one.channel, now)
        unsaid = [guards.why_unsaid(session, office, *reply[:2], now) for reply in one.replies]
    if stop is not None and now - one.received_at < ANSWER_WAITS:
        return ANSWERING
    if stop is not None:
        unsaid = [stop.why for _ in one.replies]
    why = ""
    for (channel, address, text), kept_back in zip(one.replies, unsaid, strict=True):
        if kept_back:
            why = kept_back
            continue
        try:
            await say(channel, address, text)
        except DeliveryFailed as failure:
            why = failure.reason
            if not failure.permanent and one.attempts < MOST_ATTEMPTS:
                with office.database.writing() as session:
                    heard.try_later(session, one, failure.reason)
                return ANSWERING
        except Exception as error:
            _log.exception("answer to %s", id_)
            why = type(error).__name__
    with office.database.writing() as session:
        heard.settle(session, one, DONE, now, f"không trả lời được: {why}" if why else one.note)
    return DONE


def _tripped(office: Office, id_: str, what: str, now: datetime) -> str:
    """Note that a row led to a fault of ours; after some attempts it is left for a person."""
    with office.database.writing() as session:
        one = heard.read(session, id_)
        if one is None or one.state != NEW:
            return one.state if one else IGNORED
        if one.attempts + 1 >= MOST_ATTEMPTS:
            heard.settle(session, one, FAILED, now, f"lỗi của phần mềm: {what}")
            return FAILED
        heard.try_later(session, one, f"lỗi của phần mềm: {what}")
        return NEW
