import os
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.digest import Group
from engine.model import PostRole, UnitKind
from engine.responses import LABELS
from notifiers.words import plain

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
LATE = {"group": Group.OVERDUE, "days_late": 12, "days_left": 0, "due_on": date(2025, 9, 13)}
EXTENDED = {"due_on": date(2025, 9, 30), "original_due_on": date(2025, 8, 31), "extensions": 2}
COMMUNES = tuple(f"Xã Ví Dụ {n}" for n in range(1, 8))


class Visible(HTMLParser):
    """The words of a page that a reader sees, and the tags with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self._hidden = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag in {"style", "title"} or "display:none" in attributes.get("style", ""):
            self._hidden = tag

    def handle_endtag(self, tag):
        if tag == self._hidden:
            self._hidden = 0

    def handle_data(self, data):
        if not self._hidden:
            self.words += data.split()


def told(letter):
    """The words of both parts, without the letterhead, the marks of lists and the links."""
    html = Visible(letter.html).words
    html = html[html.index("Kính") :]
    marks = {"-", "–", "--"}
    text = [w for w in letter.text.split() if w not in marks and not w.startswith("https://")]
    return text, [w for w in html if w not in marks]


# --- the same facts ---------------------------------------------------------------------


words = st.text(max_size=40)
rows = st.fixed_dictionaries(
    {
        "title": words.filter(plain),
        "text": words,
        "document": words,
        "expected": words,
        "reason": words,
        "warning": words,
        "own_words": words,
        "units": st.lists(words.filter(plain), min_size=1, max_size=8).map(tuple),
        "due_on": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        "original_due_on": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        "days_late": st.integers(0, 900),
        "days_left": st.integers(0, 300),
        "extensions": st.integers(0, 3),
        "group": st.sampled_from(Group),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=5), st.integers(0, 4), st.integers(0, 9))
def test_text_and_html_tell_the_same_words_in_the_same_order(
    letter_of, row_of, doors_of, drawn, level, hidden
):
    rows = [row_of(assignment_ids=(f"{n}@so-y-te",), **row) for n, row in enumerate(drawn)]
    letter = letter_of(*rows, level=level, hidden=hidden, doors=doors_of(*rows[:3]))
    text, html = told(letter)

    assert text == html


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_both_parts_show_every_fact_of_a_row(letter_of, row_of, level):
    row = row_of(units=("Sở Tài chính", "Sở Nội vụ"), level=level, **EXTENDED)
    shown = [row.title, *row.units, "30/09/2025", "31/08/2025", "đã gia hạn 2 lần", "Còn 3 ngày làm việc"]
    shown += [row.document, row.reason, row.warning, "b3c41f", "bộ phận Theo dõi nhiệm vụ"]
    shown += [row.expected, row.text] if level < 3 else []

    for part in told(letter_of(row, level=level)):
        assert [fact for fact in shown if fact not in " ".join(part)] == []


def test_what_a_person_typed_is_text_in_the_html_and_one_line_in_the_text(letter_of, row_of):
    letter = letter_of(row_of(title="<script>x</script> & {{ 7*7 }}\nHạn: 01/01/2099"))

    assert "<script" not in letter.html
    assert "&lt;script&gt;x&lt;/script&gt; &amp; {{ 7*7 }} Hạn: 01/01/2099" in letter.html
    assert "\nHạn: 01/01/2099" not in letter.text


# --- how it is answered ------------------------------------------------------------------


def pages(letter):
    """The lines of the text that are links, and where the links of the page lead, without their places."""
    text = [line.strip() for line in letter.text.splitlines() if line.strip().startswith("https://")]
    links = [a["href"].partition("#")[0] for tag, a in Visible(letter.html).tags if tag == "a"]
    return text, list(dict.fromkeys(links))


@pytest.mark.parametrize("number", [1, 2, 20])
def test_every_link_stands_in_both_parts_alone_on_its_line_in_the_text(letter_of, many, doors_of, number):
    rows = many(number)
    doors = doors_of(*rows)
    expected = [doors[row.assignment_ids[0]].page for row in rows]

    assert pages(letter_of(*rows, doors=doors)) == (expected, expected)


@pytest.mark.parametrize(
    ("kinds", "button"),
    [
        (tuple(LABELS), "Tôi đã nhận"),
        (tuple(LABELS)[1:], "Báo cáo kết quả"),  # it was acknowledged
    ],
)
def test_one_task_has_one_button_by_its_state_and_the_other_answers_as_links(
    letter_of, row_of, doors_of, kinds, button
):
    letter = letter_of(row_of(), doors=doors_of(row_of(), kinds=kinds))
    html = letter.html[letter.html.index("<body") :]

    assert html.count('class="button"') == 1
    assert html.index(f">{button}</a></td>") < html.index(">Xin gia hạn</a>") < html.index("Tiếp theo:")
    assert letter.text.index(button) < letter.text.index("Xin gia hạn ·") < letter.text.index("Tiếp theo:")
    assert html.count('class="way"') == len(kinds) - 1


def test_without_links_a_letter_says_how_to_answer_by_mail_and_telephone(letter_of):
    letter = letter_of()

    assert "https://" not in letter.text + letter.html
    assert "xin trả lời thư này hoặc liên hệ bộ phận Theo dõi nhiệm vụ." in letter.text


def test_nothing_is_fetched_and_nobody_is_watched(letter_of, row_of, doors_of):
    letter = letter_of(row_of(), doors=doors_of(row_of()))

    assert [
        tag for tag, _ in Visible(letter.html).tags if tag in {"img", "script", "link", "iframe", "form"}
    ] == []
    assert "url(" not in letter.html


@pytest.mark.parametrize("title", ["Việc", "Rất dài " * 625])
def test_61_a_thousand_tasks_are_one_bounded_letter_that_says_how_many_it_leaves_out(
    letter_of, many, doors_of, title
):
    rows = many(1000, title=title)
    letter = letter_of(*rows, doors=doors_of(*rows[:20]))

    assert letter.text.count("Tình trạng:") == 20
    assert "1000 nhiệm vụ" in letter.subject
    assert "…và 980 việc khác, thư này không nêu hết" in letter.text
    assert len(letter.html.encode()) < 100_000  # what a mail programme shows without cutting
    assert len(letter.ics) == 20


def test_upper_levels_read_every_task_their_limit_allows(letter_of, many):
    text = letter_of(*many(30), level=3).text

    assert text.count("Còn 3 ngày làm việc ·") == 30
    assert "việc khác" not in text


# --- what is said ------------------------------------------------------------------------


def test_groups_stand_under_vietnamese_headings_with_their_numbers(letter_of, row_of):
    groups = [Group.OVERDUE, Group.OVERDUE, Group.TODAY, Group.WEEK, Group.LATER]
    groups += [Group.DUTY, Group.INFORMED, Group.FAULT]
    text = letter_of(*(row_of(group=group) for group in groups)).text

    headings = [line for line in text.splitlines() if line[:1] in "■▲●○" and line]
    assert headings == [
        "■ Quá hạn (2)",
        "▲ Hôm nay (1)",
        "● 7 ngày tới (1)",
        "○ Sắp tới (1)",
        "○ Việc định kỳ (1)",
        "○ Để phối hợp (1)",
        "▲ Cần sửa đầu mối (1)",
    ]
    assert [line[:2] for line in text.splitlines() if line[:1].isdigit()] == [f"{n}." for n in range(1, 9)]


def test_upper_levels_read_one_line_a_task_with_the_number_of_units_and_five_names(letter_of, row_of):
    row = row_of(units=COMMUNES, level=4, **LATE)
    lines = letter_of(row, row, level=4).text.splitlines()

    assert lines[lines.index("1. Kế hoạch hỗ trợ PPP") + 1].strip() == (
        "Quá hạn 12 ngày · hạn 13/09/2025 · 7 đơn vị: Xã Ví Dụ 1, Xã Ví Dụ 2, Xã Ví Dụ 3, Xã Ví Dụ 4,"
        " Xã Ví Dụ 5 và 2 đơn vị khác · Kế hoạch số 12/KH-UBND ngày 01/07/2025, STT 15"
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Hạn: 30/09/2025"),
        (EXTENDED, "Hạn: 30/09/2025 (hạn gốc 31/08/2025, đã gia hạn 2 lần)"),
        (EXTENDED | {"extensions": 0}, "Hạn: 30/09/2025 (hạn gốc 31/08/2025)"),
    ],
)
def test_the_first_deadline_stays_visible_beside_the_one_in_force(letter_of, row_of, changes, line):
    assert line in [shown.strip() for shown in letter_of(row_of(**changes)).text.splitlines()]


def test_rows_left_out_are_said_to_come(letter_of, row_of):
    assert "…và 9 việc khác sẽ báo trong các ngày sau." in letter_of(row_of(), row_of(), hidden=9).text
    assert "việc khác sẽ báo" not in letter_of(row_of(), row_of()).text


def test_a_reason_shared_by_rows_is_given_once_with_their_numbers(letter_of, row_of):
    reasons = ["bậc A", "bậc A", "bậc B", "bậc A"]
    text = letter_of(*(row_of(reason=reason) for reason in reasons)).text

    assert "- Việc 1–2, 4: bậc A\n- Việc 3: bậc B\n" in text


@pytest.mark.parametrize(
    ("kind", "level", "courteous"),
    [
        (UnitKind.PARTY, 1, True),
        (UnitKind.BODY, 1, True),
        (UnitKind.BODY, 2, True),
        (UnitKind.DEPARTMENT, 1, False),
        (UnitKind.COMMUNE, 2, False),
    ],
)
def test_bodies_outside_the_ubnd_are_asked_courteously(letter_of, recipient_of, kind, level, courteous):
    text = letter_of(recipient=recipient_of(kind=kind), level=level).text

    assert ("Kính đề nghị" in text) is courteous
    assert "yêu cầu" not in text.lower()


@pytest.mark.parametrize(
    ("changes", "level", "opening"),
    [
        ({}, 1, "Nhiệm vụ dưới đây của Sở Y tế còn 3 ngày làm việc là đến hạn 30/09/2025."),
        (LATE, 1, "Nhiệm vụ dưới đây của Sở Y tế đã quá hạn 12 ngày (hạn 13/09/2025)."),
        (LATE | {"units": COMMUNES}, 4, "Kính báo cáo: nhiệm vụ dưới đây của 7 đơn vị đã quá hạn 12 ngày"),
        ({"group": Group.INFORMED}, 0, "Sở Y tế là đơn vị phối hợp của nhiệm vụ dưới đây; nhiệm vụ còn 3"),
        ({"group": Group.FAULT}, 3, "Lời nhắc về nhiệm vụ dưới đây chưa đến được Sở Y tế."),
    ],
)
def test_the_opening_says_who_by_when_and_how_late(letter_of, row_of, changes, level, opening):
    assert opening in letter_of(row_of(**changes), level=level).text


@pytest.mark.parametrize(
    ("title", "unit", "greeting"),
    [
        ("Giám đốc", "Sở Y tế", "Kính gửi: Lê Thị Ví Dụ, Giám đốc, Sở Y tế"),
        ("Giám đốc Sở Y tế", "Sở Y tế", "Kính gửi: Lê Thị Ví Dụ, Giám đốc Sở Y tế"),
    ],
)
def test_the_addressee_is_named_once(letter_of, recipient_of, title, unit, greeting):
    assert letter_of(recipient=recipient_of(unit=unit, title=title)).text.splitlines()[0] == greeting


# --- how it is made ----------------------------------------------------------------------


def test_the_page_fetches_nothing_and_suits_small_screens_readers_and_the_dark(letter_of, row_of):
    page = letter_of(row_of(), row_of(**LATE)).html
    tags = Visible(page).tags

    assert not {tag for tag, _ in tags} & {"img", "script", "link", "iframe", "a"}
    assert "url(" not in page
    assert "http" not in page
    assert ("html", {"lang": "vi"}) in tags
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in tags
    assert {a.get("role") for tag, a in tags if tag == "table"} == {"presentation"}
    assert "max-width:600px" in page


def test_the_same_digest_gives_the_same_letter_and_another_key_another_message_id(letter_of):
    assert letter_of() == letter_of()
    assert letter_of(key="khác").message_id != letter_of().message_id


def test_letters_about_one_task_to_one_post_share_a_thread(letter_of, row_of, recipient_of):
    first = letter_of(row_of())
    second = letter_of(row_of(**LATE), key="another day")
    head = letter_of(recipient=recipient_of(role=PostRole.HEAD))
    other = letter_of(row_of(assignment_ids=("KH-12/16@so-y-te",)))
    digest = letter_of(row_of(), row_of(task_code="KH-12/16"))

    assert first.thread == second.thread
    assert len({first.thread, head.thread, other.thread, digest.thread}) == 4


def test_calendar_entries_keep_their_uid_when_the_deadline_moves(letter_of, row_of):
    (before,), (after,) = letter_of(row_of()).ics, letter_of(row_of(**EXTENDED)).ics

    assert (before.uid, before.sequence, after.sequence) == (after.uid, 0, 2)
    assert after.due_on == date(2025, 9, 30)


def test_at_most_twenty_entries_coming_deadlines_first_and_none_for_leaders(letter_of, row_of):
    rows = [row_of(**LATE)] * 5 + [row_of(due_on=date(2025, 10, 1) + timedelta(days=n)) for n in range(18)]
    letter = letter_of(*rows)

    assert [e.due_on for e in letter.ics] == [r.due_on for r in rows[5:]] + [LATE["due_on"]] * 2
    assert letter_of(*rows, level=3).ics == ()


# --- what a Vietnamese reader can review -------------------------------------------------


@pytest.fixture(scope="module")
def reviewed(letter_of, row_of, recipient_of, doors_of):
    helping = {"group": Group.INFORMED, "units": ("Sở Tài chính",), "due_on": date(2025, 10, 31)}
    police = recipient_of("Công an tỉnh", UnitKind.BODY, "cong-an-tinh", title="Phó Trưởng phòng Tham mưu")
    own = {"units": ("Công an tỉnh",)}
    chairman = recipient_of(
        "UBND tỉnh", UnitKind.LEADERSHIP, "ubnd-tinh", PostRole.CHAIRMAN, title="Chủ tịch", person=""
    )
    leader = "báo cáo Chủ tịch UBND tỉnh, bậc qua-han-10-ngay (rules/ke-hoach.yml:31)"
    return {
        "thu-mot-nhiem-vu": letter_of(row_of(**EXTENDED)),
        "thu-co-lien-ket": letter_of(row_of(**EXTENDED), doors=doors_of(row_of())),
        "thu-tong-hop": letter_of(
            row_of(title="Quy chế bảo vệ dữ liệu", text="Ban hành quy chế", **LATE, **own),
            row_of(title="Diễn tập ứng cứu sự cố mạng", warning="", **EXTENDED, **own),
            row_of(title="Kế hoạch tuyên truyền chuyển đổi số", days_left=26, **helping),
            recipient=police,
            hidden=2,
        ),
        "thu-bao-cao-cap-tren": letter_of(
            row_of(
                title="Báo cáo rà soát thủ tục hành chính", units=COMMUNES, warning="", reason=leader, **LATE
            ),
            row_of(warning="", reason=leader, **(LATE | {"days_late": 3, "due_on": date(2025, 9, 22)})),
            recipient=chairman,
            level=4,
        ),
    }


@pytest.mark.parametrize(
    "name", ["thu-mot-nhiem-vu", "thu-co-lien-ket", "thu-tong-hop", "thu-bao-cao-cap-tren"]
)
def test_letters_read_as_a_vietnamese_reader_reviewed_them(reviewed, name):
    letter, path = reviewed[name], SNAPSHOTS / f"{name}.txt"
    shown = f"Tiêu đề: {letter.subject}\n\n{letter.text}"
    if os.environ.get("DONDOC_UPDATE_SNAPSHOTS") == "1":
        path.write_text(shown, encoding="utf-8")

    assert shown == path.read_text(encoding="utf-8")


def test_no_part_of_a_letter_shows_how_to_reach_somebody_named_in_a_plan(row_of, letter_of):
    said = "liên hệ 0905.123.456 hoặc an@so-y-te.example"
    letter = letter_of(
        row_of(title=f"Họp; {said}", text=f"Tổ chức họp, {said}", expected=said, document=said)
    )

    whole = " ".join((letter.subject, letter.text, letter.html, *map(str, letter.ics)))

    assert "0905" not in whole
    assert "an@so-y-te.example" not in whole
    assert "[số điện thoại]" in letter.text
