"""Do an office's own words say what they say, and nothing that harms?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.own_words import FILTERS, LONGEST_VALUE, MOST_CHARACTERS, VARIABLES
from notifiers.own_words_reader import LARGEST_FILE, read_own_words
from notifiers.words import plain


@pytest.fixture(scope="session")
def said(row_of, recipient_of):
    """What words say about the one task, changed where a test needs it."""

    def say(text, **changes):
        words, problems = read_own_words(text, "config/templates/x.txt.j2")
        assert words is not None, problems
        return words.about(row_of(**changes), recipient_of())

    return say


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Gửi bản giấy về Phòng Tổng hợp.", "Gửi bản giấy về Phòng Tổng hợp."),
        ("{{ title }} ({{ code }})", "Kế hoạch hỗ trợ PPP (KH-12/15)"),
        ("Theo {{ document }}", "Theo Kế hoạch số 12/KH-UBND ngày 01/07/2025, STT 15"),
        ("{{unit}}: {{ expected }}, {{ due }}", "Sở Y tế: Kế hoạch của UBND tỉnh, 30/09/2025"),
        ("Còn {{ days_left }}, chậm {{ days_late }}", "Còn 3, chậm 0"),
        ("Kính gửi {{ recipient }}", "Kính gửi Lê Thị Ví Dụ, Phó Chánh Văn phòng, Sở Y tế"),
        ("{{ unit|upper }} {{ title|lower }}", "SỞ Y TẾ kế hoạch hỗ trợ ppp"),
        ("{{ title|shorten(12) }}", "Kế hoạch hỗ…"),
        ("{% if days_late > 5 %}Chậm.{% elif days_left <= 3 %}Sắp.{% else %}Còn lâu.{% endif %}", "Sắp."),
        ('{% if "Y tế" in unit and not days_late %}Ngành y tế.{% endif %}', "Ngành y tế."),
        ('{% if unit == "Sở Xây dựng" or expected %}Có.{% endif %}', "Có."),
        ("{% if days_late %}Chậm.{% endif %}", ""),
        ("Dòng một.\n\n   Dòng   hai.\n", "Dòng một.\nDòng hai."),
        ("{# chỉ người soạn đọc #}Gửi sớm.", "Gửi sớm."),
        ("Gửi\r\nsớm", "Gửi\nsớm"),
    ],
)
def test_words_speak_of_the_task_they_stand_under(said, text, read):
    assert said(text) == read


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("{{ code }} {% if %}", "Việc: {{ code }} {% if %}"),  # words of a plan are never run
        ("Một\nVì sao có thư này: không", "Việc: Một Vì sao có thư này: không"),
        ("\u202egiả\u200b mạo", "Việc: giả mạo"),
        ("Gọi 0912 345 678", "Việc: Gọi [số điện thoại]"),
        ("<b>đậm</b>", "Việc: <b>đậm</b>"),  # escaped where it becomes a page
    ],
)
def test_what_a_plan_says_stays_a_value(said, title, read):
    assert said("Việc: {{ title }}", title=title) == read


def test_the_words_stay_a_paragraph_however_long_the_task(said):
    text = "{{ title }} {{ document }} {{ expected }} {{ title }} {{ document }}"
    long = "dài dòng " * 400
    read = said(text, title=long, document=long, expected=long)

    assert len(read) <= MOST_CHARACTERS
    assert read.endswith("…")
    assert len(said("{{ title }}", title=long)) <= LONGEST_VALUE


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}",
        "{{ title|attr('__class__') }}",
        "{{ 'a' * 10**9 }}",
        "{{ title|center(1000000000) }}",
        "{{ '%1000000000d' % days_left }}",
        "{{ '{:>1000000000}'.format(days_left) }}",
        "{{ 'a' ~ 'b' }}",
        "{% for a in title %}{% for b in title %}x{% endfor %}{% endfor %}",
        "{% set a = title %}{{ a }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'letter.txt.j2' %}",
        "{% extends 'base.html.j2' %}",
        "{% import 'x' as x %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% call title() %}x{% endcall %}",
        "{% autoescape false %}x{% endautoescape %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{{ range(10) }} {{ lipsum() }} {{ cycler(1) }}",
        "{{ self }} {{ loop }} {{ varargs }} {{ caller }}",
        "{{ title is string }}",
        "{{ 0x" + "f" * 2000 + " }}",
        "{{ 1e308 }}",
        "{{ [title] }}{{ {'a': 1} }}{{ (title, code) }}",
        "{{ title|shorten(days_left) }}",
        "{{ title|shorten(room=20) }}",
        "{{ title|shorten(*code) }}",
        "{{ title|shorten(true) }}",
        "{{ none }}",
        "{% if title is defined %}x{% endif %}",
    ],
)
def test_what_is_not_known_to_be_harmless_is_refused_before_it_runs(text):
    words, problems = read_own_words(text, "x")

    assert words is None
    assert {p.code for p in problems} <= {
        "forbidden-expression", "unknown-variable", "unknown-filter", "bad-argument", "bad-comparison",
    }  # fmt: skip
    assert all(problem.line == 1 and problem.column > 0 and problem.hint for problem in problems)


@pytest.mark.parametrize(("written", "meant"), [(a, v.name) for v in VARIABLES for a in v.also])
def test_a_name_people_write_instead_leads_to_the_variable(written, meant):
    _, problems = read_own_words(f"Xin {{{{ {written} }}}}", "x")

    assert [(p.line, p.column, p.code) for p in problems] == [(1, 8, "unknown-variable")]
    assert problems[0].hint.endswith(f"— ý bạn là '{meant}'?")


pieces = st.sampled_from(
    [f"{{{{ {v.name} }}}}" for v in VARIABLES]
    + [f.example for f in FILTERS]
    + [f"{{% if {test} %}}" for test in ("days_late > 5", "expected", "'x' in unit", "not days_left == 0")]
    + ["{% else %}", "{% elif days_left <= 2 %}", "{% endif %}", "{% endif %}", "\n"]
    + ["{{", "}}", "{%", "%}", "{#", "*", "~", "[0]", "Gửi sớm. "]
    + [" and ", "|", ".", "(", ")", "'", "5", "title", "if", "for", "in", "is", "-"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces | st.text(max_size=5), max_size=12).map("".join), st.text(), st.integers(0, 900))
def test_words_that_pass_never_fail_and_words_that_do_not_say_where(row_of, recipient_of, text, title, days):
    words, problems = read_own_words(text, "x")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    assert (words is None) == any(problem.code != "not-nfc" for problem in problems)
    assert all(0 <= p.line <= len(lines) and len(p.message) > 5 for p in problems)
    if words:
        row = row_of(title=title, days_late=days, due_on=date(2025, 9, 30), units=(title, "Sở Y tế"))
        read = words.about(row, recipient_of())
        assert len(read) <= MOST_CHARACTERS
        assert all(line == plain(line) != "" for line in read.split("\n")) or read == ""


@pytest.mark.parametrize(
    "text", ["{{ " + "(" * 1400 + "title", "{% if title %}" * 200, "{{ " + "not " * 700 + "title }}"]
)
def test_a_bomb_of_braces_is_told_and_breaks_nothing(text):
    assert len(text) <= LARGEST_FILE
    words, problems = read_own_words(text, "x")

    assert words is None
    assert {problem.code for problem in problems} <= {"too-deep", "broken-template", "forbidden-expression"}


def test_own_words_stand_under_their_task_in_text_and_page(letter_of, row_of):
    own = "Gửi bản giấy về <Phòng> Tổng hợp.\nKèm tệp điện tử."
    letter = letter_of(row_of(own_words=own), row_of(title="Việc khác"), level=3)

    text = letter.text
    assert text.index("PPP") < text.index("\n   Gửi bản giấy về <Phòng> Tổng hợp.\n   Kèm tệp điện tử.\n")
    assert text.index("Kèm tệp điện tử.") < text.index("Việc khác")
    assert "Gửi bản giấy về &lt;Phòng&gt; Tổng hợp.<br>" in letter.html
    assert letter.html.count("Kèm tệp điện tử.") == text.count("Kèm tệp điện tử.") == 1
