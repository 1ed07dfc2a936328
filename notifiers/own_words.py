"""Which words of its own may an office put under a task, and what may they speak of?

A paragraph an administrator writes for a step. It knows a few facts about the task and
nothing else: no loops, no calls, no reach into anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.digest import DigestRow
from engine.masking import masked
from engine.model import Recipient
from notifiers.words import addressed, in_words, listed, plain, shortened

MOST_CHARACTERS = 600  # of one paragraph in a letter
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Variable:
    """A fact the words may name; `meaning` and `example` are its line in the manual.

    `also` is what people write instead, for advice.
    """

    name: str
    meaning: str
    example: str
    value: Callable[[DigestRow, Recipient], str | int]
    also: tuple[str, ...] = ()
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be done to a value; with `most`, it takes one number from 10 to that."""

    name: str
    meaning: str
    example: str
    apply: Callable[..., str]
    also: tuple[str, ...] = ()
    most: int = 0


VARIABLES = (
    Variable(
        "title",
        "tên nhiệm vụ",
        "Báo cáo tình hình giải ngân",
        lambda row, _: row.title,
        ("task", "name", "ten", "tên", "tieu_de", "tiêu_đề", "nhiem_vu", "nhiệm_vụ"),
    ),
    Variable(
        "code",
        "mã nhiệm vụ trong sổ",
        "KH-UBND-2025-10/26",
        lambda row, _: row.task_code,
        ("task_code", "ma", "mã", "id"),
    ),
    Variable(
        "document",
        "văn bản giao việc và số thứ tự trong đó",
        "Kế hoạch số 12/KH-UBND ngày 01/07/2025, STT 15",
        lambda row, _: row.document,
        ("van_ban", "văn_bản", "plan"),
    ),
    Variable(
        "unit",
        "đơn vị chủ trì; từ hai đơn vị trở lên thì số lượng và năm tên đầu",
        "Sở Y tế",
        lambda row, _: listed(row.units),
        ("units", "don_vi", "đơn_vị", "lead_unit"),
    ),
    Variable(
        "due",
        "thời hạn hiện hành, sau gia hạn",
        "30/09/2025",
        lambda row, _: in_words(row.due_on),
        ("due_on", "deadline", "due_date", "han", "hạn", "thoi_han", "thời_hạn"),
    ),
    Variable(
        "days_left",
        "số ngày làm việc còn lại; 0 khi đến hạn hoặc đã quá hạn",
        "3",
        lambda row, _: row.days_left,
        ("con_lai", "còn_lại", "working_days_left"),
        is_number=True,
    ),
    Variable(
        "days_late",
        "số ngày quá hạn, tính cả ngày nghỉ; 0 khi chưa quá hạn",
        "12",
        lambda row, _: row.days_late,
        ("qua_han", "quá_hạn", "days_overdue", "overdue"),
        is_number=True,
    ),
    Variable(
        "expected",
        "sản phẩm phải nộp; trống khi kế hoạch không ghi",
        "Kế hoạch của UBND tỉnh",
        lambda row, _: row.expected,
        ("san_pham", "sản_phẩm", "product", "result"),
    ),
    Variable(
        "recipient",
        "người nhận tin: họ tên, chức danh, đơn vị",
        "Lê Thị Ví Dụ, Phó Chánh Văn phòng, Sở Y tế",
        lambda _, recipient: addressed(recipient),
        ("nguoi_nhan", "người_nhận", "to", "person"),
    ),
)

FILTERS = (
    Filter("upper", "viết hoa mọi chữ", "{{ unit|upper }}", lambda v: str(v).upper(), ("uppercase", "hoa")),
    Filter("lower", "viết thường mọi chữ", "{{ title|lower }}", lambda v: str(v).lower(), ("lowercase",)),
    Filter(
        "shorten",
        "cắt ở ranh giới từ còn nhiều nhất chừng này ký tự, thêm dấu “…”",
        "{{ title|shorten(60) }}",
        lambda value, room: shortened(str(value), room),
        ("truncate", "cut", "wordwrap", "rut_gon"),
        most=LONGEST_VALUE,
    ),
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that were read without a mistake; only the reader makes them."""

    template: Template

    def about(self, row: DigestRow, recipient: Recipient) -> str:
        """Return the words about one task for one reader, line by line; "" when there is nothing to say.

        What they say of the task is cleaned and without private numbers, and cannot add a line.
        """
        said = self.template.render({one.name: _shown(one.value(row, recipient)) for one in VARIABLES})
        lines = filter(None, map(plain, said.split("\n")))
        return shortened("\n".join(lines), MOST_CHARACTERS)


def sandbox() -> ImmutableSandboxedEnvironment:
    """Return the environment of the words: no files to load, no globals, the filters above alone."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    for table in (environment.globals, environment.tests, environment.filters):
        table.clear()
    environment.filters.update({one.name: one.apply for one in FILTERS})
    return environment


def _shown(value: str | int) -> str | int:
    return value if isinstance(value, int) else shortened(plain(masked(value)), LONGEST_VALUE)
