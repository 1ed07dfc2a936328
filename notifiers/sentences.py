"""With which sentences does a letter open and close?

The machine drafts and people sign: it reports and asks, it never orders or criticises.
Towards party bodies and bodies outside the UBND it asks with "Kính đề nghị".
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.digest import Digest, DigestRow, Group
from engine.model import HANOI, UnitKind
from notifiers.subjects import NOT_OWED, counted, is_informed, tallied, totals
from notifiers.words import in_words, listed, plain, state_of

COURTEOUS = {UnitKind.PARTY, UnitKind.BODY}


def opening_of(digest: Digest) -> str:
    """Return who owes what by when and how late it is, and what is asked."""
    return " ".join(filter(None, (_news(digest), _request(digest), *_asked_beside(digest))))


def answer_of(digest: Digest, contact: str, has_page: bool = False) -> str:
    """Return how to answer; only the unit that owes the work is told how to report and to extend."""
    owes = digest.level in {1, 2} and not is_informed(digest) and not _is_all(digest, *NOT_OWED)
    wish = "Để báo kết quả, xin gia hạn hoặc trao đổi" if owes else "Nếu cần trao đổi"
    way = "dùng liên kết trong thư, trả lời thư này hoặc" if has_page else "trả lời thư này hoặc"
    return f"{wish}, xin {way} liên hệ {contact}."


def _news(digest: Digest) -> str:
    if len(digest.rows) == 1 and not digest.hidden:
        return _news_of_one(digest.rows[0], digest)
    tally = tallied(totals(digest.rows, digest.at.astimezone(HANOI).date()))
    told, unit = counted(digest) + tally, plain(digest.recipient.unit.name)
    if _is_all(digest, Group.WAITED):
        return f"Các đơn vị khác đang chờ {unit} để hoàn thành {told}."
    if _is_all(digest, Group.RECEIVED):
        return f"Đã có trả lời qua liên kết trong thư gửi anh/chị: {told}."
    if _is_all(digest, Group.NOTICE):
        return f"Có ý kiến của đơn vị cần xem xét, quyết định: {told}."
    if _is_all(digest, Group.FAULT):
        return f"Lời nhắc chưa đến được người nhận: {told}."
    if is_informed(digest):
        return f"{unit} là đơn vị phối hợp; thư này nêu {told}."
    if digest.level >= 3:
        return f"Kính báo cáo tình hình thực hiện {told}."
    if digest.hidden:
        return f"Thư này nêu {counted(digest)} của {unit}{tally}."
    return f"{unit} có {told}."


def _news_of_one(row: DigestRow, digest: Digest) -> str:
    unit = plain(digest.recipient.unit.name)
    if row.group is Group.FAULT:
        return f"Lời nhắc về nhiệm vụ dưới đây chưa đến được {listed(row.units) or 'đơn vị chủ trì'}."
    standing = _standing(row, digest)
    if row.group is Group.WAITED:
        return f"{listed(row.units)} đang chờ {unit} để hoàn thành nhiệm vụ dưới đây; nhiệm vụ {standing}."
    if row.group is Group.RECEIVED:
        return "Đã có trả lời cho nhiệm vụ dưới đây qua liên kết trong thư gửi anh/chị."
    if row.group is Group.NOTICE:
        return f"Có ý kiến của {listed(row.units)} về nhiệm vụ dưới đây; nhiệm vụ {standing}."
    if row.group is Group.INFORMED:
        return f"{unit} là đơn vị phối hợp của nhiệm vụ dưới đây; nhiệm vụ {standing}."
    owner = f"{len(row.units)} đơn vị" if len(row.units) > 1 else listed(row.units) or unit
    lead = "Kính báo cáo: nhiệm vụ" if digest.level >= 3 else "Nhiệm vụ"
    return f"{lead} dưới đây của {owner} {standing}."


def _standing(row: DigestRow, digest: Digest) -> str:
    state, due_on = state_of(row, digest.at.astimezone(HANOI).date()), in_words(row.due_on)
    if state.tone == "late":
        return f"đã quá hạn {row.days_late} ngày (hạn {due_on})"
    if state.words.startswith("Còn"):
        return f"còn {row.days_left} ngày làm việc là đến hạn {due_on}"
    return f"{state.words.lower()} (hạn {due_on})"


def _request(digest: Digest) -> str:
    if is_informed(digest):
        return "Thư này để quý cơ quan biết và chủ động phối hợp."
    if _is_all(digest, Group.WAITED):
        return "Đề nghị giải quyết phần việc đang được chờ và thông tin cho đơn vị chủ trì."
    if _is_all(digest, Group.RECEIVED):
        return "Nếu không phải anh/chị trả lời, đề nghị báo ngay."
    if _is_all(digest, Group.NOTICE):
        return "Đề nghị xem xét, quyết định."
    if _is_all(digest, Group.FAULT):
        return "Đề nghị cập nhật đầu mối của các đơn vị nêu dưới đây."
    if digest.level == 4:
        return "Kính trình để xem xét, chỉ đạo."
    if digest.level == 3:
        return "Kính chuyển để theo dõi, đôn đốc."
    if digest.recipient.unit.kind in COURTEOUS:
        return "Kính đề nghị quý cơ quan quan tâm hoàn thành và thông tin kết quả để tổng hợp."
    if digest.level == 2:
        return "Đề nghị lãnh đạo đơn vị chỉ đạo hoàn thành và báo kết quả."
    return "Đề nghị đơn vị hoàn thành và báo kết quả."


def _asked_beside(digest: Digest) -> Iterator[str]:
    """Yield what is asked about rows that came in beside work that is owed."""
    groups = {row.group for row in digest.rows}
    if len(groups) > 1 and Group.NOTICE in groups:
        yield "Đề nghị xem xét, quyết định phần cần quyết định."
    if len(groups) > 1 and Group.RECEIVED in groups:
        yield "Nếu phần đã ghi nhận không phải do anh/chị trả lời, đề nghị báo ngay."


def _is_all(digest: Digest, *groups: Group) -> bool:
    return all(row.group in groups for row in digest.rows)
