"""Letters for the tests of this folder: one task, one post, changed where a test needs it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.digest import Digest, DigestRow, Group
from engine.model import HANOI, PostRole, Recipient, Unit, UnitKind
from engine.responses import LABELS, shown, typed
from notifiers.answering import NO_DOORS, Doors
from notifiers.base import Choice
from notifiers.letters import OfficeNames, written
from notifiers.mime import Sender

TODAY = date(2025, 9, 25)  # a Thursday


@pytest.fixture(scope="session")
def office():
    return OfficeNames(
        name="Văn phòng UBND tỉnh Quảng Ngãi",
        reply_to="van-phong@dondoc.example",
        domain="dondoc.example",
        contact="bộ phận Theo dõi nhiệm vụ",
    )


@pytest.fixture(scope="session")
def sender():
    return Sender("Đôn đốc tỉnh Quảng Ngãi", "don-doc@dondoc.example", "van-phong@dondoc.example")


@pytest.fixture(scope="session")
def recipient_of():
    def build(unit="Sở Y tế", kind=UnitKind.DEPARTMENT, code="so-y-te", role=PostRole.CONTACT, **changes):
        values = {
            "post": f"{code}/{role.value}",
            "person": "Lê Thị Ví Dụ",
            "title": "Phó Chánh Văn phòng",
            "unit": Unit(code, unit, kind),
            "role": role,
            "addresses": {"email": f"dau-moi@{code}.example"},
        }
        return Recipient(**(values | changes))

    return build


@pytest.fixture(scope="session")
def row_of():
    def build(**changes):
        values = {
            "group": Group.WEEK,
            "task_code": "KH-12/15",
            "title": "Kế hoạch hỗ trợ PPP",
            "text": "Tham mưu UBND tỉnh ban hành kế hoạch hỗ trợ đối tác công tư",
            "document": "Kế hoạch số 12/KH-UBND ngày 01/07/2025, STT 15",
            "expected": "Kế hoạch của UBND tỉnh",
            "units": ("Sở Y tế",),
            "due_on": date(2025, 9, 30),
            "days_left": 3,
            "days_late": 0,
            "level": 1,
            "step": "truoc-3-ngay",
            "reason": "đầu mối của đơn vị chủ trì, bậc truoc-3-ngay (rules/ke-hoach.yml:14)",
            "warning": "Nếu chưa có phản hồi, 08:00 ngày 01/10/2025 báo Giám đốc Sở.",
            "assignment_ids": ("KH-12/15@so-y-te",),
        } | changes
        return DigestRow(**({"original_due_on": values["due_on"]} | values))

    return build


@pytest.fixture(scope="session")
def digest_of(row_of, recipient_of):
    def build(*rows, **changes):
        values = {
            "key": "2025-09-25/so-y-te/contact",
            "recipient": recipient_of(),
            "level": 1,
            "at": datetime(2025, 9, 25, 8, 0, tzinfo=HANOI),
            "rows": rows or (row_of(),),
            "rulebook": "b3c41f",
        }
        return Digest(**(values | changes))

    return build


@pytest.fixture(scope="session")
def letter_of(digest_of, office):
    def build(*rows, doors=NO_DOORS, **changes):
        return written(digest_of(*rows, **changes), office, doors)

    return build


@pytest.fixture(scope="session")
def doors_of():
    """Doors for some rows as the service gives them to a contact, numbered from 42 on."""

    def build(*rows, kinds=tuple(LABELS), has_buttons=True):
        found = {}
        for n, row in enumerate(rows, start=42):
            page = f"https://don-doc.dondoc.example/v/{n:091}"
            choices = (
                Choice(k.value, LABELS[k], f"{k.value:.3}{n:019}" if has_buttons else "", page, typed(k, n))
                for k in kinds
            )
            found[row.assignment_ids[0]] = Doors(tuple(choices), shown(n), page)
        return found

    return build


@pytest.fixture(scope="session")
def many(row_of):
    """Rows of different tasks, the numbers as their titles end."""

    def build(number, **changes):
        return [
            row_of(**{"title": f"Việc thứ {n}", "assignment_ids": (f"KH-12/{n}@so-y-te",)} | changes)
            for n in range(number)
        ]

    return build
