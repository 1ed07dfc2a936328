import copy
import io
import time
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.docx import read_docx
from intake.docx_numbering import in_style
from intake.source import Grid, Refused, SourceDocument, as_json, from_json
from intake.words import without_footnotes

OFFICE = "http://schemas.openxmlformats.org"
NAMES = (
    f'xmlns:w="{OFFICE}/wordprocessingml/2006/main" xmlns:m="{OFFICE}/officeDocument/2006/math" '
    f'xmlns:r="{OFFICE}/officeDocument/2006/relationships" xmlns:a="{OFFICE}/drawingml/2006/main" '
    f'xmlns:mc="{OFFICE}/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
)


def word(body, extra=(), **parts):
    """Return a .docx of a body and of other parts such as styles=, numbering=, header1=."""
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{name.rstrip("123")}" Target="{name}.xml"/>'
        for n, name in enumerate(parts)
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{links}</Relationships>")
        for name, inner in parts.items():
            kind = name.rstrip("123").replace("header", "hdr").replace("footer", "ftr")
            archive.writestr(f"word/{name}.xml", f"<w:{kind} {NAMES}>{inner}</w:{kind}>")
        for name, content in extra:
            archive.writestr(name, content)
    return made.getvalue()


def r(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(inner="", properties=""):
    """Return a paragraph; plain words are put into a run."""
    runs = inner if inner.startswith("<") else r(inner) if inner else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def numbered(list_id, level=0, text=""):
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def tc(inner="", properties=""):
    content = inner if inner.startswith("<w:p>") or inner.startswith("<w:tbl>") else p(inner)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tr(*cells, properties=""):
    inner = "".join(cell if cell.startswith("<") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def tbl(*rows, widths=()):
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def span(across):
    return f'<w:gridSpan w:val="{across}"/>'


START, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def blocks(data):
    return list(read_docx(data).blocks)


def line(inner, properties="", **parts):
    """Return what one paragraph of the body says."""
    found = blocks(word(p(inner, properties), **parts))
    return found[0] if found else ""


def grid_of(table, **parts):
    (grid,) = [block for block in blocks(word(table, **parts)) if isinstance(block, Grid)]
    return grid


def texts(grid):
    return [[cell.text for cell in row] for row in grid.rows]


def refusal(data):
    with pytest.raises(Refused) as caught:
        read_docx(data)
    return caught.value.code


# --- paragraphs and tables in order ------------------------------------------------------


def test_paragraphs_and_tables_come_in_the_order_of_the_file():
    body = p("Một") + p() + tbl(tr("a", "b")) + p("Hai") + tbl(tr("c", "d"))
    first, table, second, other = blocks(word(body))

    assert (first, second) == ("Một", "Hai")
    assert (texts(table), texts(other)) == ([["a", "b"]], [["c", "d"]])
    assert (table.label, other.label) == ("bảng 1", "bảng 2")


def test_a_file_that_python_docx_wrote_is_read():
    document = docx.Document()
    document.add_heading("KẾ HOẠCH", 1)
    table = document.add_table(2, 3, style="Table Grid")
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Nội dung"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "Hạn\nchót"
    made = io.BytesIO()
    document.save(made)
    head, grid = blocks(made.getvalue())

    assert head == "KẾ HOẠCH"
    assert texts(grid) == [["Nội dung", "Nội dung", "Hạn\nchót"], ["", "", "Hạn\nchót"]]


def test_what_was_read_survives_the_trip_out_of_the_child_process():
    read = read_docx(word(p("a") + tbl(tr("b", tc("c", span(2))), tr("d", "e", "f")), header1=p("g")))

    assert from_json(as_json(read)) == read


def test_the_strict_variety_of_the_format_is_read_too():
    data = word(p("Chào") + tbl(tr("a", tc("b", span(2))), tr("c", "d", "e")), styles="", numbering="")
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            text = (
                old.read(name)
                .decode()
                .replace(f"{OFFICE}/wordprocessingml/2006/", "{strict}wordprocessingml/")
            )
            new.writestr(name, text.replace("{strict}", "http://purl.oclc.org/ooxml/"))

    assert blocks(strict.getvalue()) == blocks(data)


# --- merged cells ------------------------------------------------------------------------


def test_a_section_row_merged_across_is_one_cell_at_every_place():
    grid = grid_of(tbl(tr("I", tc("Về thể chế", span(3))), tr("1", "Một", "Sở Y tế", "1/9")))

    assert texts(grid)[0] == ["I", "Về thể chế", "Về thể chế", "Về thể chế"]
    assert [cell.column for cell in grid.rows[0]] == [0, 1, 1, 1]


def test_a_cell_merged_down_stands_in_every_row_and_hidden_leftovers_do_not():
    lead = [tc("Sở Y tế", START), tc(p("bị che"), ON), tc("", ON), tc("Sở Tài chính", START)]
    grid = grid_of(tbl(*(tr(str(n), cell) for n, cell in enumerate(lead))))

    assert [cell.text for _, cell in grid.rows] == ["Sở Y tế"] * 3 + ["Sở Tài chính"]
    assert [cell.row for _, cell in grid.rows] == [0, 0, 0, 3]


def test_a_cell_merged_both_ways_fills_its_rectangle():
    corner = tc("Cơ quan", span(2) + START)
    grid = grid_of(tbl(tr(corner, "x"), tr(tc("", span(2) + ON), "y"), tr("a", "b", "c")))

    assert texts(grid) == [["Cơ quan", "Cơ quan", "x"], ["Cơ quan", "Cơ quan", "y"], ["a", "b", "c"]]


def test_the_old_way_of_merging_across_is_read():
    cells = (tc("Tiêu đề", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), tc("x"))

    assert texts(grid_of(tbl(tr(*cells), tr("a", "b", "c")))) == [
        ["Tiêu đề", "Tiêu đề", "x"],
        ["a", "b", "c"],
    ]


def test_a_continued_cell_with_nothing_above_is_a_cell_of_its_own():
    assert texts(grid_of(tbl(tr("a", tc("b", ON)), tr("c", tc("", ON))))) == [["a", "b"], ["c", "b"]]


def test_a_merge_ends_where_a_row_between_has_its_own_cell():
    rows = (tr("1", tc("A", START)), tr("2", "B"), tr("3", tc("C", ON)))

    assert [row[1] for row in texts(grid_of(tbl(*rows)))] == ["A", "B", "C"]


def test_rows_that_begin_late_or_end_early_keep_their_columns():
    late = tr("b", "c", properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>')

    assert texts(grid_of(tbl(tr("1", "2", "3", "4"), late, tr("x")))) == [
        ["1", "2", "3", "4"],
        ["", "b", "c", ""],
        ["x", "", "", ""],
    ]


def test_columns_that_no_reader_sees_are_gone():
    rows = (
        tr(tc("STT"), tc("Nội dung", span(2)), tc("Hạn")),
        tr(tc("1", span(2)), tc("Một"), tc("1/9")),
        tr("b", "c", properties='<w:gridBefore w:val="2"/>'),
    )
    grid = grid_of(tbl(*rows, widths=(700, 40, 5000, 1500)))

    assert texts(grid) == [["STT", "Nội dung", "Hạn"], ["1", "Một", "1/9"], ["", "b", "c"]]
    assert [cell.column for cell in grid.rows[0]] == [0, 1, 2]


def test_a_narrow_column_with_words_of_its_own_stays():
    assert texts(grid_of(tbl(tr("1", "x"), tr("2", "y"), widths=(40, 5000)))) == [["1", "x"], ["2", "y"]]
    assert texts(grid_of(tbl(tr(tc("1", span(2))), widths=(40, 40)))) == [["1"]]


@pytest.mark.parametrize(
    "wrapped",
    [
        "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
        "<w:customXml><w:customXmlPr/>{}</w:customXml>",
        "<w:smartTag>{}</w:smartTag>",
        "<mc:AlternateContent><mc:Choice Requires='w14'>{}</mc:Choice></mc:AlternateContent>",
    ],
)
def test_rows_and_cells_are_found_inside_wrappings(wrapped):
    row = tr("a", wrapped.format(tc("b")))

    assert texts(grid_of(wrapped.format(tbl(wrapped.format(row), tr("c", "d"))))) == [["a", "b"], ["c", "d"]]


# --- automatic numbers -------------------------------------------------------------------


def level(number, text, style="decimal", more=""):
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def family(key, *levels):
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def listed(key, family_key, changes=""):
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{family_key}"/>{changes}</w:num>'


LIST_1 = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'


def labels(definitions, *paragraphs):
    return blocks(word("".join(paragraphs), numbering=definitions))


def test_a_number_column_without_text_shows_the_numbers_of_word():
    rows = (tr(tc(numbered(1)), tc(f"Việc {n}")) for n in range(1, 4))
    grid = grid_of(tbl(*rows), numbering=family(0, level(0, "%1.")) + listed(1, 0))

    assert texts(grid) == [["1.", "Việc 1"], ["2.", "Việc 2"], ["3.", "Việc 3"]]


def test_levels_count_within_each_other():
    two = family(0, level(0, "%1", "upperRoman"), level(1, "%1.%2."), level(2, "%3)", "lowerLetter"))
    depths = (0, 1, 1, 2, 2, 1, 2, 0, 1)

    assert labels(two + listed(1, 0), *(numbered(1, depth, "x") for depth in depths)) == [
        *("I x", "I.1. x", "I.2. x", "a) x", "b) x", "I.3. x", "a) x", "II x", "II.1. x")
    ]


def test_legal_numbering_writes_every_level_in_figures():
    legal = family(0, level(0, "%1", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>")) + listed(1, 0)

    assert labels(legal, numbered(1, 0, "x"), numbered(1, 1, "y")) == ["I x", "1.1 y"]


def test_a_level_that_never_restarts_counts_on():
    on = family(0, level(0, "%1."), level(1, "%2)", more='<w:lvlRestart w:val="0"/>')) + listed(1, 0)

    assert labels(on, *(numbered(1, depth, "x") for depth in (0, 1, 0, 1)))[1::2] == ["1) x", "2) x"]


def test_lists_of_one_family_count_on_unless_one_begins_anew():
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    lists = family(0, level(0, "%1.")) + listed(1, 0) + listed(2, 0) + listed(3, 0, anew)

    assert labels(lists, *(numbered(key, 0, "x") for key in (1, 1, 2, 3, 3, 1))) == [
        *("1. x", "2. x", "3. x", "5. x", "6. x", "7. x")
    ]


def test_a_list_may_change_a_level_of_its_family():
    change = f'<w:lvlOverride w:ilvl="0">{level(0, "Điều %1.")}</w:lvlOverride>'

    assert labels(family(0, level(0, "%1.")) + listed(1, 0, change), numbered(1, 0, "x")) == ["Điều 1. x"]


def test_a_number_may_come_from_the_style_of_the_paragraph():
    styles = (
        f'<w:style w:type="paragraph" w:styleId="Goc">{LIST_1}</w:style>'
        '<w:style w:type="paragraph" w:styleId="Con"><w:basedOn w:val="Goc"/></w:style>'
        f'<w:style w:type="paragraph" w:styleId="Hai">{LIST_1}</w:style>'
    )
    lists = family(0, level(0, "%1."), level(1, "%1.%2", more='<w:pStyle w:val="Hai"/>')) + listed(1, 0)
    styled = [p("x", f'<w:pStyle w:val="{name}"/>') for name in ("Goc", "Con", "Hai")]
    none = p("x", '<w:pStyle w:val="Goc"/><w:numPr><w:numId w:val="0"/></w:numPr>')

    assert blocks(word("".join([*styled, none]), styles=styles, numbering=lists)) == [
        *("1. x", "2. x", "2.1 x", "x")
    ]


def test_a_list_may_be_defined_by_a_list_style():
    styles = f'<w:style w:type="numbering" w:styleId="DS">{LIST_1.replace("1", "2")}</w:style>'
    lists = (
        family(0, '<w:numStyleLink w:val="DS"/>') + family(1, level(0, "(%1)")) + listed(1, 0) + listed(2, 1)
    )

    assert blocks(word(numbered(1, 0, "x"), styles=styles, numbering=lists)) == ["(1) x"]


@pytest.mark.parametrize(
    ("text", "font", "shown"),
    [("\uf0b7", "Symbol", "- x"), ("o", "", "- x"), ("+", "", "+ x"), ("–", "", "– x")],
)
def test_a_bullet_is_a_plain_mark_and_none_stands_alone(text, font, shown):
    bullets = family(0, level(0, text, "bullet", f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr>')) + listed(
        1, 0
    )

    assert labels(bullets, numbered(1), numbered(1, 0, "x")) == [shown]


def test_a_number_is_followed_by_a_blank_unless_the_list_has_none():
    tight = family(0, level(0, "%1.", more='<w:suff w:val="nothing"/>')) + listed(1, 0)

    assert labels(tight, numbered(1, 0, "x")) == ["1.x"]


@pytest.mark.parametrize("lists", ["", listed(1, 0), family(0) + listed(1, 0), family(0) + listed(2, 0)])
def test_a_list_that_is_not_described_shows_no_number(lists):
    assert labels(lists, numbered(1, 0, "x")) == ["x"]


@pytest.mark.parametrize(
    ("count", "style", "shown"),
    [
        (4, "decimal", "4"),
        (4, "decimalZero", "04"),
        (14, "decimalZero", "14"),
        (4, "upperRoman", "IV"),
        (49, "lowerRoman", "xlix"),
        (5000, "upperRoman", "5000"),
        (26, "upperLetter", "Z"),
        (28, "lowerLetter", "bb"),
        (0, "upperLetter", "0"),
        (4, "none", ""),
        (4, "chineseCounting", "4"),
    ],
)
def test_numbers_are_written_in_the_style_of_the_list(count, style, shown):
    assert in_style(count, style) == shown


# --- words -------------------------------------------------------------------------------

FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def field(code, result):
    return FIELD.format("begin") + code + FIELD.format("separate") + result + FIELD.format("end")


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t></w:r>", "a\tb\nc\nd"),
        ('<w:r><w:t>a</w:t><w:br w:type="page"/><w:t>b</w:t></w:r>', "a\nb"),
        ("<w:r><w:t>12</w:t><w:noBreakHyphen/><w:t>KH</w:t></w:r>", "12-KH"),
        ("<w:r><w:t>nhiệm</w:t><w:softHyphen/><w:t> vụ</w:t></w:r>", "nhiệm vụ"),
        ("<w:r><w:t>dòng\n  dưới</w:t></w:r>", "dòng   dưới"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t> Đã xong</w:t></w:r>', "☑ Đã xong"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 90%</w:t></w:r>', "≥ 90%"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:t>x</w:t></w:r>', "x"),
        ('<w:r><w:sym w:font="Arial" w:char="0110"/><w:t>ề án</w:t></w:r>', "Đề án"),
        ('<w:r><w:sym w:font="Arial" w:char="quá"/><w:t>x</w:t></w:r>', "x"),
        (f"<w:ins>{r('thêm ')}</w:ins><w:del>{r('bớt')}</w:del>{r('giữ')}", "thêm giữ"),
        (f"<w:moveTo>{r('đến ')}</w:moveTo><w:moveFrom>{r('đi')}</w:moveFrom>{r('giữ')}", "đến giữ"),
        ("<w:del><w:r><w:delText>bớt</w:delText></w:r></w:del><w:r><w:t>giữ</w:t></w:r>", "giữ"),
        (r("thấy") + r("ẩn", "<w:vanish/>"), "thấy"),
        (r("thấy") + r(" rõ", '<w:vanish w:val="0"/>'), "thấy rõ"),
        (field("<w:r><w:instrText>DATE</w:instrText></w:r>", r("30/9/2025")), "30/9/2025"),
        (field(r("mã") + field("", r("trong")), r("kết quả")), "kết quả"),
        (field(r("mã"), r("a ") + field(r("mã"), r("b"))), "a b"),
        (FIELD.format("begin") + r("mã") + FIELD.format("end") + r("x"), "x"),
        (FIELD.format("begin") + r("chữ còn lại của trường hỏng"), "chữ còn lại của trường hỏng"),
        (FIELD.format("end") + r("x") + FIELD.format("separate"), "x"),
        (f'<w:fldSimple w:instr="REF a">{r("kết quả")}</w:fldSimple>', "kết quả"),
        (f'<w:hyperlink r:id="r9">{r("Sở Y tế")}</w:hyperlink>', "Sở Y tế"),
        (f"<w:smartTag>{r('Ba Tơ')}</w:smartTag><w:bookmarkStart w:id='1'/>", "Ba Tơ"),
        (f"<w:r><w:ruby><w:rt>{r('đọc')}</w:rt><w:rubyBase>{r('chữ')}</w:rubyBase></w:ruby></w:r>", "chữ"),
        ("<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>", "x=2"),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
            "1/2",
        ),
        (
            "<w:r><mc:AlternateContent><mc:Choice><w:t>mới</w:t></mc:Choice>"
            "<mc:Fallback><w:t>cũ</w:t></mc:Fallback></mc:AlternateContent></w:r>",
            "mới",
        ),
        (
            "<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice>"
            "<mc:Fallback><w:t>cũ</w:t></mc:Fallback></mc:AlternateContent></w:r>",
            "cũ",
        ),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            f"{r('Bấm để chọn ngày')}</w:sdtContent></w:sdt>{r('x')}",
            "x",
        ),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{r('30/9/2025')}</w:sdtContent></w:sdt>", "30/9/2025"),
        (r("a") + '<w:commentRangeStart w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>', "a"),
    ],
)
def test_a_paragraph_says_what_stands_on_paper(inner, read):
    assert line(inner) == read


HIDING = (
    '<w:style w:type="character" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="AnCon"><w:basedOn w:val="An"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="DoanAn"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Vong"><w:basedOn w:val="Vong"/></w:style>'
)


@pytest.mark.parametrize(
    ("run", "paragraph", "read"),
    [
        ('<w:rStyle w:val="An"/>', "", ""),
        ('<w:rStyle w:val="AnCon"/>', "", ""),
        ('<w:rStyle w:val="An"/><w:vanish w:val="false"/>', "", "chữ"),
        ("", '<w:pStyle w:val="DoanAn"/>', ""),
        ("", '<w:pStyle w:val="Vong"/>', "chữ"),
        ('<w:rStyle w:val="Lạ"/>', "", "chữ"),
    ],
)
def test_words_may_be_hidden_by_their_style(run, paragraph, read):
    assert line(r("chữ", run), paragraph, styles=HIDING) == read


def test_hidden_words_are_mentioned():
    assert [code for code, _ in read_docx(word(p(r("ẩn", "<w:vanish/>")))).notes] == ["hidden-text"]
    assert read_docx(word(p(r(" ", "<w:vanish/>")))).notes == ()


def test_a_hidden_paragraph_takes_no_number():
    hidden = p(
        r("ẩn", "<w:vanish/>"),
        '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/></w:rPr>',
    )
    lists = family(0, level(0, "%1.")) + listed(1, 0)

    assert labels(lists, hidden, numbered(1, 0, "x")) == ["1. x"]


def test_paragraphs_of_a_cell_are_lines():
    assert texts(grid_of(tbl(tr(tc(p("Sở Y tế") + p() + p("Sở Tài chính") + p()), "b")))) == [
        ["Sở Y tế\n\nSở Tài chính", "b"]
    ]


# --- tracked changes ---------------------------------------------------------------------

CHANGED = '<w:ins w:id="1" w:author="A"/>'
STRUCK = '<w:del w:id="1" w:author="A"/>'


def test_a_deleted_row_is_gone_and_cells_with_changes_are_marked():
    grid = grid_of(
        tbl(
            tr("1", tc(p(f"<w:ins>{r('30/9')}</w:ins><w:del>{r('31/8')}</w:del>"))),
            tr("2", "bỏ", properties=STRUCK),
            tr("3", "thêm", properties=CHANGED),
            tr("4", "nguyên"),
        )
    )

    assert texts(grid) == [["1", "30/9"], ["3", "thêm"], ["4", "nguyên"]]
    assert [[cell.is_revised for cell in row] for row in grid.rows] == [
        [False, True],
        [True, True],
        [False, False],
    ]


def test_a_change_of_looks_alone_is_no_change_of_words():
    looks = "<w:r><w:rPr><w:rPrChange><w:rPr><w:ins/></w:rPr></w:rPrChange></w:rPr><w:t>x</w:t></w:r>"
    read = read_docx(word(tbl(tr(tc(p(looks)), "b"))))

    assert not read.blocks[0].rows[0][0].is_revised
    assert read.notes == ()


@pytest.mark.parametrize(
    "body",
    [p(f"<w:del>{r('x')}</w:del>"), tbl(tr("a", properties=STRUCK), tr("b")), p(f"<w:ins>{r('x')}</w:ins>")],
)
def test_tracked_changes_are_mentioned_once(body):
    (note,) = read_docx(word(body + body)).notes

    assert note[0] == "tracked-changes"
    assert "theo dõi sửa đổi" in note[1]


def test_a_paragraph_whose_end_was_deleted_runs_on_and_takes_no_number():
    numbers = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    joined = p("Xây dựng ", numbers + f"<w:rPr>{STRUCK}</w:rPr>") + p("kế hoạch", numbers)
    lists = family(0, level(0, "%1.")) + listed(1, 0)

    assert labels(lists, joined, numbered(1, 0, "x")) == ["1. Xây dựng kế hoạch", "2. x"]
    assert texts(grid_of(tbl(tr(tc(p("a", f"<w:rPr>{STRUCK}</w:rPr>")), "b")))) == [["a", "b"]]


def test_a_deleted_cell_is_gone():
    assert texts(grid_of(tbl(tr("a", tc("bỏ", "<w:cellDel/>"), "b")))) == [["a", "b"]]


# --- tables in tables --------------------------------------------------------------------

INNER = tbl(tr("Đợt 1", "30/6"), tr("Đợt 2", tc(p("30/9") + p("sớm"))), tr("", ""))


def test_a_table_inside_a_cell_becomes_lines_of_that_cell():
    assert texts(grid_of(tbl(tr("1", tc(p("Giao đất") + INNER + p())), tr("2", "b")))) == [
        ["1", "Giao đất\nĐợt 1 - 30/6\nĐợt 2 - 30/9 sớm"],
        ["2", "b"],
    ]


@pytest.mark.parametrize(
    "frame",
    [
        lambda inner: tbl(tr(tc(inner))),
        lambda inner: tbl(tr(tc(tbl(tr(tc(inner)))))),
        lambda inner: tbl(tr("", tc(inner), "")),
        lambda inner: tbl(tr(tc(inner)), tr("")),
    ],
    ids=["one cell", "twice", "empty margins", "an empty row"],
)
def test_a_table_that_only_holds_the_annex_gives_way_to_it(frame):
    annex = tbl(tr("1", "Một"), tr("2", "Hai"))
    head, grid = blocks(word(frame(p("PHỤ LỤC") + annex + p())))

    assert (head, texts(grid)) == ("PHỤ LỤC", [["1", "Một"], ["2", "Hai"]])


def test_a_table_of_one_cell_with_words_alone_stays_a_table():
    assert texts(grid_of(tbl(tr("Khung")))) == [["Khung"]]


# --- footnotes ---------------------------------------------------------------------------


def note(key, text, kind="footnote"):
    return f'<w:{kind} w:id="{key}">{p(f"<w:r><w:{kind}Ref/></w:r>" + r(" " + text))}</w:{kind}>'


def reference(key, kind="footnote", more="", after=""):
    return f'<w:r><w:{kind}Reference w:id="{key}"{more}/>{after}</w:r>'


def test_a_footnote_stands_where_it_is_referred_to():
    line_separator = (
        '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    )
    body = p(r("Một") + reference(2)) + p(r("Hai") + reference(1) + reference(4, "endnote"))
    found = blocks(
        word(
            body,
            footnotes=line_separator + note(1, "theo Luật [sửa đổi]") + note(2, "a) [mở] ]dở"),
            endnotes=note(4, "cuối", "endnote"),
        )
    )

    assert found == ["Một[1: a) (mở) )dở]", "Hai[2: theo Luật [sửa đổi]][3: cuối]"]
    assert without_footnotes(found[1]) == ("Hai", ("theo Luật [sửa đổi]", "cuối"))
    assert without_footnotes(found[0]) == ("Một", ("a) (mở) )dở",))


def test_a_footnote_with_a_mark_of_its_own_leaves_no_mark_behind():
    marked = reference(1, more=' w:customMarkFollows="1"', after="<w:t>*</w:t>")

    assert line(r("Sở Y tế") + marked, footnotes=note(1, "mới")) == "Sở Y tế[1: mới]"


def test_a_reference_to_no_footnote_says_nothing():
    assert line(r("a") + reference(7)) == "a"


# --- margins -----------------------------------------------------------------------------

BOX = f"<w:txbxContent>{p('MẬT')}</w:txbxContent>"


@pytest.mark.parametrize(
    "drawn",
    [
        f"<w:r><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></w:r>",
        f"<w:r><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></w:r>",
        '<w:r><w:pict><v:shape><v:textpath string="MẬT"/></v:shape></w:pict></w:r>',
        "<w:r><w:drawing><a:p><a:r><a:t>M</a:t></a:r><a:r><a:t>ẬT</a:t></a:r></a:p></w:drawing></w:r>",
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing>"
        f"{BOX}</w:drawing></mc:Choice><mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    ],
    ids=["shape", "old shape", "watermark", "drawing", "both"],
)
def test_a_stamp_in_a_box_or_a_watermark_stands_in_the_margins_once(drawn):
    read = read_docx(word(p(r("chữ") + drawn) + tbl(tr(tc(p(r("ô") + drawn)), "b")), header1=p(drawn)))

    assert read.margins == ("MẬT",)
    assert read.blocks[0] == "chữ"
    assert texts(read.blocks[1]) == [["ô", "b"]]


def test_headers_and_footers_stand_in_the_margins():
    parts = {
        "header1": p("TỐI MẬT"),
        "header2": p("TỐI MẬT") + tbl(tr("Sở", "Y tế")),
        "footer1": p("Trang 1"),
    }

    assert read_docx(word(p("chữ"), **parts)).margins == ("TỐI MẬT", "Sở", "Y tế", "Trang 1")


# --- pages -------------------------------------------------------------------------------

BREAK = "<w:r><w:lastRenderedPageBreak/><w:t>x</w:t></w:r>"


def test_rows_that_open_a_page_are_known():
    rows = (
        tr("1", "a"),
        tr(tc(p(BREAK)), "b"),
        tr("3", tc(p(r("đầu") + BREAK))),  # cut in the middle by Word: the row begins on the page before
        tr(tc(p("4", "<w:pageBreakBefore/>")), "d"),
        tr("5", tc(p('<w:r><w:br w:type="page"/><w:t>x</w:t></w:r>'))),
    )

    assert grid_of(tbl(*rows)).page_starts == {1, 3, 4}


@pytest.mark.parametrize(
    ("between", "starts"),
    [
        (p("<w:r><w:br w:type='page'/></w:r>"), {0}),
        (p("", "<w:pageBreakBefore/>"), {0}),
        (p("", "<w:sectPr/>"), {0}),
        (p("", '<w:sectPr><w:type w:val="continuous"/></w:sectPr>'), set()),
        (p(), set()),
    ],
)
def test_a_table_behind_a_page_break_opens_a_page(between, starts):
    table = tbl(tr("a", "b"))
    first, second = blocks(word(table + between + table))

    assert (first.page_starts, second.page_starts) == (set(), starts)


# --- files that cannot be taken ----------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ['<w:altChunk r:id="r1"/>', p('<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>')],
)
def test_an_embedded_file_is_mentioned(body):
    assert [code for code, _ in read_docx(word(body)).notes] == ["embedded-part"]


def test_a_formula_of_old_word_is_no_embedded_file():
    formula = '<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r>'

    assert read_docx(word(p(formula))).notes == ()


def test_hostile_files_are_refused():
    nested = p("trong")
    for _ in range(120):
        nested = tbl(tr(tc(nested), "x"))

    assert refusal(b"") == "damaged-file"
    assert refusal(word(p("a"))[:-40]) == "damaged-file"
    assert refusal(word(p("a"), extra=[("word/vbaProject.bin", b"x")])) == "macro-file"
    assert refusal(word(p("a"), extra=[("customXml/item1.xml", b"<!DOCTYPE a><a/>")])) == "hostile-xml"
    assert refusal(word(p("a") * 60_000)) == "zip-bomb"
    assert refusal(word(nested)) == "damaged-file"


def test_a_file_without_a_word_document_is_refused():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<workbook/>")

    assert refusal(data.getvalue()) == "damaged-file"


@pytest.mark.parametrize(
    "table",
    [
        tbl(tr(tc("a", span(999_999_999)))),
        tbl(tr("a", properties='<w:gridBefore w:val="5000"/>')),
        tbl(*[tr(tc("", span(100)))] * 6000),
        tbl(tr(*["x"] * 90), *[tr(tc("", span(90)))] * 3000) * 2,
    ],
    ids=["span", "before", "places", "several tables"],
)
def test_a_table_wider_or_longer_than_memory_should_hold_is_refused(table):
    assert refusal(word(table)) == "too-large"


@pytest.mark.parametrize("parts", [{"styles": "", "numbering": "", "footnotes": ""}, {}])
def test_missing_and_empty_parts_are_tolerated(parts):
    strange = p("x", '<w:pStyle w:val="Lạ"/><w:numPr><w:ilvl w:val="ba"/><w:numId w:val="9"/></w:numPr>')

    assert blocks(word(strange, **parts)) == ["x"]


GOOD = word(
    p("Kế hoạch") + tbl(tr(tc(numbered(1)), tc("Một", span(2))), tr("2", tc("b", START), "c")),
    numbering=family(0, level(0, "%1.")) + listed(1, 0),
    styles=HIDING,
)


def outcome(data):
    """Return the document that was read, or the refusal; anything else is an error."""
    try:
        return read_docx(data)
    except Refused as refused:
        return refused


@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 60))
def test_a_damaged_file_is_read_or_refused(junk, at, cut):
    assert isinstance(outcome(GOOD[:at] + junk + GOOD[at + cut :]), SourceDocument | Refused)


PIECES = st.recursive(
    st.sampled_from(
        [
            r("a"),
            "<w:pPr/>",
            "<w:t>b</w:t>",
            CHANGED,
            STRUCK,
            START,
            "<w:numPr/>",
            '<w:ilvl w:val="-3"/>',
            BREAK,
        ]
        + [FIELD.format(kind) for kind in ("begin", "separate", "end", "")]
    ),
    lambda inner: st.builds(
        lambda name, pieces: f"<w:{name}>{''.join(pieces)}</w:{name}>",
        st.sampled_from(
            ["p", "tbl", "tr", "tc", "tcPr", "trPr", "pPr", "r", "sdt", "ins", "del", "txbxContent"]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@given(st.lists(PIECES, max_size=5), st.lists(PIECES, max_size=2))
@settings(max_examples=150, deadline=None)
def test_pieces_in_any_order_are_read(body, footnotes):
    read = read_docx(word("".join(body), footnotes="".join(footnotes), numbering="".join(footnotes)))

    assert from_json(as_json(read)) == read


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["", START, ON])), max_size=6), max_size=8)
)
@settings(deadline=None)
def test_every_place_of_a_grid_is_filled_and_no_word_of_a_first_cell_is_lost(rows):
    table = tbl(
        *(tr(*(tc(f"{n}.{m}", span(a) + v) for m, (a, v) in enumerate(row))) for n, row in enumerate(rows))
    )
    grids = [block for block in blocks(word(table)) if isinstance(block, Grid)]
    seen = {cell.text for grid in grids for row in grid.rows for cell in row}

    assert all(len(row) == grid.width for grid in grids for row in grid.rows)
    assert {
        f"{n}.{m}" for n, row in enumerate(rows) for m, (_, merge) in enumerate(row) if merge != ON
    } <= seen


def test_a_thousand_rows_are_read_in_about_a_second():
    document = docx.Document()
    table = document.add_table(1, 6, style="Table Grid")
    for n in range(1000):
        row = copy.deepcopy(table.rows[0]._tr)
        for m, cell in enumerate(row.tc_lst):
            cell.p_lst[0].add_r().text = f"Ô thứ {m} của nhiệm vụ {n * 7919 % 1000}"
        table._tbl.append(row)
    made = io.BytesIO()
    document.save(made)
    began = time.perf_counter()
    (grid,) = blocks(made.getvalue())

    assert len(grid.rows) == 1001
    assert time.perf_counter() - began < 5  # generous: it takes a third of a second on a quiet machine
