"""Any paper at all, as hypothesis draws it: for every format to print and be read back."""

from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import strategies as st

from engine.model import HANOI
from reports.paper import Band, Chart, ChartKind, Column, Kind, Paper, Section, Table, Words, cleaned

HOSTILE = (
    '=HYPERLINK("http://x.invalid")', "@SUM(1)", "-2+3", "＝1", "'=1", "\u202e=1", "a\x00b", "một\nhai",
    "<script>alert(1)</script>", '"', "_x0041_", " = ", "'", ",;", "\ud800", "&amp;", "#set", "$x$", "*đậm*",
    "{{ 7*7 }}", "{% raw %}", "]]>", "\\", "01 hai", "👍🏽", "e\u0301", "\u0338/",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@")  # nothing to mask
WORDS = st.lists(st.sampled_from(HOSTILE) | st.text(LETTERS, max_size=12), max_size=3).map("".join)
PLAIN_WORDS = st.sampled_from(
    [
        "Sở Tài chính",
        "UBND xã Đăk Rơ Ông",
        "Báo cáo tháng của đơn vị sự nghiệp công lập",
        "Quá hạn",
        "Đúng hạn",
    ]
)
NAMES = WORDS | PLAIN_WORDS
SIZES = st.integers(0, 999)
VALUES = {
    Kind.TEXT: NAMES,
    Kind.NUMBER: st.none() | st.integers(0, 20_000) | st.integers(0, 10**9),
    Kind.DATE: st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    Kind.RATE: st.none() | st.builds(lambda part, more: Fraction(part, part + more or 1), SIZES, SIZES),
}
COLUMNS = st.builds(
    Column,
    PLAIN_WORDS,
    st.sampled_from(Kind),
    st.sampled_from([5, 12, 30]),
    st.sampled_from([False, False, True]),
)
CODES = st.sampled_from(["rows", "matrix", "units", "Mã lạ", ""])
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, HANOI]))


def _rows(columns: tuple[Column, ...]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(*(VALUES[column.kind] for column in columns))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table that begins with words and ends with a number, with or without groups and a total."""
    first, last = Column(draw(PLAIN_WORDS), width=30), Column("Phần việc", Kind.NUMBER)
    columns = (first, *draw(st.lists(COLUMNS, max_size=3)), last)
    lines = draw(st.lists(_rows(columns) | st.builds(Band, NAMES), max_size=6))
    total = draw(st.none() | _rows(columns))
    return Table(draw(CODES), draw(NAMES), columns, lines, total, draw(PLAIN_WORDS))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """A chart of any kind whose table has a label and figures."""
    kind = draw(st.sampled_from(ChartKind))
    figures = draw(st.sampled_from([Kind.NUMBER, Kind.RATE]))
    count = 1 if kind is ChartKind.BARS else draw(st.integers(1, 4))
    columns = (Column("Đơn vị"), *(Column(draw(PLAIN_WORDS), figures) for _ in range(count)))
    rows = draw(st.lists(_rows(columns), max_size=4))
    table = Table(draw(CODES), draw(NAMES), columns, rows)
    return Chart(draw(CODES), draw(NAMES), kind, table, draw(NAMES))


SECTIONS = st.builds(
    Section,
    code=CODES,
    title=NAMES,
    blocks=st.lists(tables() | charts() | st.builds(Words, NAMES), max_size=3).map(tuple),
    is_annex=st.booleans(),
    is_folded=st.booleans(),
)


def papers() -> st.SearchStrategy[Paper]:
    """Any paper, cleaned as every paper is before a format prints it."""
    return st.builds(
        Paper,
        code=st.just("overdue"),
        title=PLAIN_WORDS,
        subject=NAMES,
        as_of=MOMENTS,
        lines=st.lists(NAMES, max_size=2).map(tuple),
        sections=st.lists(SECTIONS, max_size=3).map(tuple),
        notes=st.lists(NAMES, max_size=2).map(tuple),
        basis=st.just((("Bộ quy tắc", "sha256:ab12"), ("Đầu nhật ký", "cd34"))),
    ).map(cleaned)
