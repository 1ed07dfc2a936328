"""What do the rules say once for everybody: limits, hours, digests, lead times, thresholds?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from engine.rulebook_fields import several, value_of
from engine.rulebook_types import Audience, DigestDays, Limit, SendingHours, Thresholds
from engine.rulebook_values import (
    AGEING_EXPECTED,
    AUDIENCE_WORDS,
    EVERY_DAY,
    WEEKDAY_WORDS,
    WEEKDAYS,
    WEEKEND,
    Days,
    advice_on_days,
    advice_on_span,
    advice_on_time,
    advice_on_times,
    advice_on_working_days,
    days_late_of,
    days_of,
    span_of,
    time_of,
    times_of,
    working_days_of,
)
from engine.yaml_words import value_meant
from engine.yamltext import Section

# The unit's own contact is told on the days of the steps: a digest would keep it from acting in time.
GATHERED = (Audience.HEAD, Audience.COORDINATOR, Audience.CHAIRMAN)


def limit_of(section: Section) -> Limit:
    """Return how many tasks a day a level gets."""
    to = Audience(section.choice("to", [str(a) for a in Audience], "chairman", AUDIENCE_WORDS))
    _demand(section, "giới hạn", "to", "tasks_per_day")
    tasks = value_of(section, "tasks_per_day", times_of, advice_on_times, 10)
    section.report_blank()
    section.finish()
    return Limit(to, tasks, f"{section.source}:{section.line}")


def sending_of(section: Section) -> SendingHours:
    """Return the hours in which messages may leave."""
    spans: list[tuple[time, time]] = []
    if not section.items("hours"):
        section.report("missing-key", "khung giờ gửi thiếu khóa 'hours'", "thêm 'hours: [\"07:00-17:00\"]'")
    for node in section.items("hours"):
        span = span_of(node.value) if isinstance(node.value, str) else None
        if span is None:
            message = f"khung giờ '{node.value if isinstance(node.value, str) else '…'}' không hợp lệ"
            written = node.value if isinstance(node.value, str) else ""
            section.report("bad-value", message, advice_on_span(written), node)
        elif any(span[0] < closes and opens < span[1] for opens, closes in spans):
            section.report(
                "bad-value", f"khung giờ '{node.value}' chồng lên khung khác", "gộp hai khung làm một", node
            )
        else:
            spans.append(span)
    section.report_blank()
    section.finish()
    return SendingHours(tuple(sorted(spans))) if spans else SendingHours()


def digest_of(section: Section) -> DigestDays:
    """Return on which days a level gets its overdue page."""
    to = Audience(section.choice("to", [str(a) for a in Audience], str(GATHERED[-1]), AUDIENCE_WORDS))
    if to not in GATHERED:
        hint = f"bỏ mục này, hoặc chọn cấp trên: {', '.join(GATHERED)}"
        message = f"cấp '{to}' luôn được nhắc đúng ngày của bậc, không gom thành tin tổng hợp"
        section.report("bad-value", message, hint, section.get("to"))
    _demand(section, "tin tổng hợp", "to", "on")
    weekdays = frozenset(_weekdays(section))
    at = value_of(section, "at", time_of, advice_on_time, time(8))
    section.report_blank()
    section.finish()
    return DigestDays(to, weekdays, at, f"{section.source}:{section.line}")


def open_before_of(section: Section) -> Days:
    """Return how long before its due date an occurrence of a duty opens."""
    if section.get("open_before") is None:
        hint = "thêm dòng 'open_before: …', ví dụ 20 ngày; hoặc bỏ mục này để kỳ mở vào đầu tháng của hạn"
        section.report("missing-key", "mục 'duties' thiếu khóa 'open_before'", hint)
    days = value_of(section, "open_before", days_of, advice_on_days, (0, 0))
    section.report_blank()
    section.finish()
    return days


def thresholds_of(section: Section) -> Thresholds:
    """Return from which days on the reports count work as pressing, and as how late."""
    known = Thresholds()
    red_zone = value_of(section, "red_zone", working_days_of, advice_on_working_days, known.red_zone)
    bounds: list[int] = []
    if section.get("ageing") is not None and not section.items("ageing"):
        section.report("bad-value", "'ageing' để trống", f"ghi {AGEING_EXPECTED}", section.get("ageing"))
    for node in section.items("ageing"):
        days = days_late_of(node.value) if isinstance(node.value, str) else None
        written = node.value if isinstance(node.value, str) else "…"
        if days is None or len(bounds) == _MOST_BOUNDS:
            listed = several(written, lambda part: part if days_late_of(part) else "")
            hint = (
                f"nhiều giá trị thì đặt trong ngoặc vuông: {listed}" if listed else f"ghi {AGEING_EXPECTED}"
            )
            section.report("bad-value", f"'ageing' không nhận giá trị '{written}'", hint, node)
        elif bounds and days <= bounds[-1]:
            message = f"ngưỡng quá hạn '{written}' không lớn hơn ngưỡng trước nó ({bounds[-1]})"
            section.report("bad-value", message, "xếp các ngưỡng từ nhỏ đến lớn, mỗi số một lần", node)
        else:
            bounds.append(days)
    section.report_blank()
    section.finish()
    return Thresholds(red_zone, tuple(bounds) or known.ageing)


_MOST_BOUNDS = 8


def _weekdays(section: Section) -> Iterator[int]:
    for node in section.items("on"):
        written = node.value.strip() if isinstance(node.value, str) else "…"
        listed = several(written, lambda part: value_meant(part, WEEKDAYS, WEEKDAY_WORDS))
        if written in WEEKDAYS:
            yield WEEKDAYS.index(written)
        elif listed or written.casefold() in WEEKEND + EVERY_DAY:
            hint = (
                f"nhiều ngày thì đặt trong ngoặc vuông: {listed}"
                if listed
                else _ON_THESE[written.casefold() in EVERY_DAY]
            )
            section.report("bad-value", f"'on' không nhận giá trị '{written}'", hint, node)
        else:
            section.report_unknown("bad-value", "on", written, WEEKDAYS, node, meant=WEEKDAY_WORDS)


_ON_THESE = {
    False: f"không gửi tin vào ngày nghỉ; dùng được: {', '.join(WEEKDAYS)}",
    True: f"nhận tin mỗi ngày thì bỏ mục này; dùng được: {', '.join(WEEKDAYS)}",
}


def _demand(section: Section, what: str, *keys: str) -> None:
    for key in keys:
        if not section.items(key):
            section.report("missing-key", f"{what} thiếu khóa '{key}'", f"thêm dòng '{key}: …'")
