import io
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.decoding import MAX_BYTES
from intake.source import Refused
from intake.zipped import MAX_ENTRIES, kind_of, main_part, open_package

TYPES = "[Content_Types].xml"
TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PAPER = b"<a>K\xe1\xba\xbf ho\xe1\xba\xa1ch</a>"


def content_types(*types):
    overrides = "".join(f'<Override PartName="/p{n}" ContentType="{t}"/>' for n, t in enumerate(types))
    return f'<Types xmlns="{TYPES_NS}">{overrides}</Types>'


def zipped(entries, how=zipfile.ZIP_DEFLATED):
    """Return a zip of `entries`, given as a dict or as pairs when a name is to stand twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return made.getvalue()


def refusal(data):
    with pytest.raises(Refused) as caught:
        open_package(data)
    assert caught.value.hint
    return caught.value


def noise(size):
    return random.Random(7).randbytes(size)


GOOD = zipped({TYPES: content_types(WORD), "word/document.xml": PAPER, "word/media/a.png": noise(5000)})


def test_parts_are_read_by_name_in_any_letter_case():
    package = open_package(GOOD)

    assert package.names == (TYPES, "word/document.xml", "word/media/a.png")
    assert package.read("Word/Document.XML") == PAPER
    assert package.xml("word/document.xml").text == "Kế hoạch"
    assert package.xml("word/styles.xml") is None
    assert "word/styles.xml" not in package


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ({TYPES: content_types(WORD), "doc.xml": "<a/>"}, "docx"),
        ({TYPES: content_types(WORD.replace("document", "template")), "word/document.xml": "<a/>"}, "docx"),
        ({TYPES: content_types(EXCEL), "xl/workbook.xml": "<a/>"}, "xlsx"),
        ({TYPES: content_types("text/xml"), "word/document.xml": "<a/>"}, "docx"),
        ({TYPES: content_types("text/xml"), "xl/workbook.xml": "<a/>"}, "xlsx"),
        ({TYPES: content_types("text/xml"), "ppt/presentation.xml": "<a/>"}, "other"),
        ({"word/document.xml": "<a/>"}, "other"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}, "other"),
    ],
)
def test_the_kind_of_a_file_is_what_it_holds(entries, kind):
    assert kind_of(open_package(zipped(entries))) == kind


def test_the_main_part_is_the_one_the_file_points_to():
    relation = '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="{}"/></Relationships>'
    elsewhere = {"_rels/.rels": relation.format("/word/document2.xml"), "word/document2.xml": "<a/>"}
    lost = {"_rels/.rels": relation.format("word/gone.xml"), "word/document.xml": "<a/>"}

    assert main_part(open_package(zipped(elsewhere)), "word/document.xml") == "word/document2.xml"
    assert main_part(open_package(zipped(lost)), "word/document.xml") == "word/document.xml"


def test_links_that_lead_out_of_the_file_are_left_out_and_harmless():
    links = "".join(
        f'<Relationship Id="r{n}" Type="http://x/{kind}" Target="{target}" {mode}/>'
        for n, (kind, target, mode) in enumerate(
            [
                ("hyperlink", "mailto:vp@tinh.example", 'TargetMode="External"'),
                ("attachedTemplate", "file:///C:/Users/a/Normal.dotm", 'TargetMode="External"'),
                ("image", "http://xa.example/theo-doi.png", 'TargetMode="External"'),
                ("styles", "styles.xml", ""),
                ("header", "/word/../../header1.xml", ""),
            ]
        )
    )
    package = open_package(zipped({"word/_rels/d.xml.rels": f"<Relationships>{links}</Relationships>"}))

    assert [(r.kind, r.target) for r in package.relations("word/d.xml")] == [
        ("styles", "word/styles.xml"),
        ("header", "header1.xml"),
    ]


def test_the_strict_variety_is_read_under_the_usual_names():
    strict = '<w:a xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main" w:val="1"><w:b/></w:a>'
    root = open_package(zipped({"a.xml": strict})).xml("a.xml")

    usual = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert [element.tag for element in root.iter()] == [usual + "a", usual + "b"]
    assert root.get(usual + "val") == "1"


# --- bombs: what counts is what comes out ------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"word/document.xml": b"\0" * 8 * 2**20}, "zip-bomb"),
        ({"word/media/a.bin": b"\0" * 60 * 2**20}, "zip-bomb"),
        ({f"{n}.bin": b"\0" * 900_000 for n in range(3)}, "zip-bomb"),
        ({f"{n}.xml": "<a/>" for n in range(MAX_ENTRIES + 1)}, "zip-bomb"),
        ({"a.bin": (noise(2**12) + b"\0" * 3 * 2**16) * 300}, "too-large"),
    ],
    ids=["one part", "an image", "many parts", "many names", "one part of 58 MiB"],
)
def test_a_file_that_unpacks_beyond_a_limit_is_refused(entries, code):
    assert refusal(zipped(entries)).code == code


def test_many_parts_are_added_up():
    piece = (noise(2**12) + b"\0" * 3 * 2**16) * 230

    assert refusal(zipped({f"{n}.bin": piece for n in range(5)})).code == "too-large"


def test_a_well_packed_file_below_a_mebibyte_is_no_bomb():
    assert open_package(zipped({"a.xml": "<a>" + " " * 900_000 + "</a>"})).read("a.xml").endswith(b"</a>")


def test_a_file_above_the_limit_is_refused_unopened():
    assert refusal(b"PK\x03\x04" + bytes(MAX_BYTES)).code == "too-large"


def test_a_header_that_tells_a_small_size_is_not_believed():
    bomb = zipped({"a.bin": b"\0" * 8 * 2**20})
    size = (8 * 2**20).to_bytes(4, "little")
    assert bomb.count(size) == 2

    assert refusal(bomb.replace(size, (100).to_bytes(4, "little"))).code == "damaged-file"


# --- what Office never writes ------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../x.xml", "word/../../x.xml", "/etc/passwd", "C:x.xml", "word\\document.xml", "a\0.xml"]
)
def test_a_part_whose_name_leads_elsewhere_is_refused(name):
    plain = "n" * len(name)
    data = zipped({plain: "<a/>"}, zipfile.ZIP_STORED).replace(plain.encode(), name.encode())

    assert "tên bất thường" in refusal(data).message


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["word/document.xml", "Word/DOCUMENT.xml"])
def test_two_parts_of_one_name_are_refused(twin):
    found = refusal(zipped([("word/document.xml", "<a/>"), (twin, "<b/>")]))

    assert (found.code, "cùng tên" in found.message) == ("damaged-file", True)


@pytest.mark.parametrize(
    "entries",
    [
        {"word/vbaProject.bin": "x"},
        {"word/vbaData.xml": "<a/>"},
        {"xl/macrosheets/sheet1.xml": "<a/>"},
        {TYPES: content_types("application/vnd.ms-word.document.macroEnabled.main+xml")},
        {TYPES: content_types("application/vnd.ms-office.vbaProject"), "word/harmless.bin": "x"},
    ],
)
def test_a_file_with_macros_is_refused_whatever_it_is_called(entries):
    assert refusal(zipped(entries)).code == "macro-file"


def test_a_binary_workbook_is_not_taken_for_macros():
    binary = content_types("application/vnd.ms-excel.sheet.binary.macroEnabled.main")

    assert kind_of(open_package(zipped({TYPES: binary, "xl/workbook.bin": "x"}))) == "other"


def test_a_locked_part_is_refused_with_the_way_out():
    data = bytearray(zipped({"a.xml": "<a/>"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    found = refusal(bytes(data))

    assert found.code == "encrypted-file"
    assert "bỏ mật khẩu" in found.hint


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_whose_size_cannot_be_limited_is_refused(how):
    assert refusal(zipped({"a.xml": "<a/>"}, how)).code == "damaged-file"


BOMB = "<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>"


@pytest.mark.parametrize(
    "content",
    [
        BOMB.encode(),
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        BOMB.encode("utf-16"),
        BOMB.replace("DOCTYPE", "doctype").encode(),
    ],
)
@pytest.mark.parametrize("name", ["word/document.xml", "docProps/app.xml", "_rels/.rels", "word/drawing.vml"])
def test_entities_are_refused_in_every_part_even_one_that_is_never_read(content, name):
    assert refusal(zipped({name: content})).code == "hostile-xml"


def test_a_declaration_in_a_part_of_another_name_is_refused_when_it_is_read():
    with pytest.raises(Refused) as caught:
        open_package(zipped({"word/document": BOMB})).xml("word/document")

    assert caught.value.code == "hostile-xml"


@pytest.mark.parametrize("content", [b"", b"<a>", b"<a></b>", b"\xff\xfe\x00", b"<a>" * 300 + b"</a>" * 300])
def test_a_part_that_is_no_xml_is_refused_by_name(content):
    with pytest.raises(Refused) as caught:
        open_package(zipped({"word/styles.xml": content})).xml("word/styles.xml")

    assert (caught.value.code, "'word/styles.xml'" in caught.value.message) == ("damaged-file", True)


# --- damage ------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", GOOD[: len(GOOD) // 2], GOOD[:-1]])
def test_a_file_cut_off_is_refused(data):
    assert refusal(data).code == "damaged-file"


def test_a_part_that_changed_on_the_way_is_refused():
    data = zipped({"a.xml": PAPER}, zipfile.ZIP_STORED)

    assert refusal(data.replace(PAPER, PAPER.replace(b"ho", b"xo"))).code == "damaged-file"


@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 20))
def test_damage_of_any_kind_opens_or_is_refused(junk, at, cut):
    assert outcome(GOOD[:at] + junk + GOOD[at + cut :]) in {"", "damaged-file", "encrypted-file", "zip-bomb"}


def outcome(data):
    """Return the code of the refusal, or nothing for a file whose every part is read."""
    try:
        package = open_package(data)
    except Refused as refused:
        return refused.code
    assert all(isinstance(package.read(name), bytes) for name in package.names)
    return ""
