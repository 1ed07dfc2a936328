"""Content of a PDF page is cut into operators as the library does it, only faster."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import PSKeyword, keyword_name

from intake.pdf_operators import Unusual, operations_of

PIECES = (
    rb"0.5 -12 .25 +3 7. (a) (a\)b) (a(b)c) (\101\7\n) <4142> /F1 /Name-x [ ] << >> Tj T* ' re true q "
    rb"( ) \ BI 5-3 / < { %"
).split()


def by_the_library(data):
    parser = PDFContentParser([PDFStream({}, data + b" ")])
    found, operands = [], []
    while True:
        try:
            _, item = parser.nextobject()
        except PSEOF:
            return found
        if isinstance(item, PSKeyword):
            found.append((keyword_name(item), operands))
            operands = []
        else:
            operands.append(item)


@pytest.mark.parametrize(
    ("data", "operations"),
    [
        (b"q 1 0 0 1 5.5 -3 cm", [("q", []), ("cm", [1, 0, 0, 1, 5.5, -3])]),
        (b"[(a)-20(b\\)c)]TJ T*", [("TJ", [[b"a", -20, b"b)c"]]), ("T*", [])]),
        (b"(a(b)\\050) ' % what follows is a remark\n<4142>Tj", [("'", [b"a(b)("]), ("Tj", [b"AB"])]),
    ],
)
def test_operators_come_with_their_operands(data, operations):
    assert list(operations_of(data)) == operations


@pytest.mark.parametrize(
    "data", [b"(a", b"[1 2", b"BI /W 1 ID x EI", b"1 -- 2 m", b">> q", b"<<0.5 0.5>> x", b"null x"]
)
def test_what_is_unusual_is_left_to_the_library(data):
    with pytest.raises(Unusual):
        list(operations_of(data))


@given(
    st.lists(st.sampled_from(PIECES[:-8]), max_size=12),
    st.sampled_from(PIECES),
    st.sampled_from([b" ", b"\n"]),
)
def test_what_is_read_is_what_the_library_reads(pieces, odd, between):
    data = between.join([*pieces, odd, b"Tj"])
    try:
        found = list(operations_of(data))
    except Unusual:
        assume(False)

    assert found == by_the_library(data)
