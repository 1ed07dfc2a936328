"""Which steps does one piece of a policy stand for, and what is wrong in it?

A step that repeats, or tells more than one level, is a step for each turn and level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from itertools import product

from engine.rulebook_fields import acknowledged, among, id_of, value_of
from engine.rulebook_types import CHANNELS, Anchor, Audience, Step
from engine.rulebook_values import (
    AUDIENCE_WORDS,
    CHANNEL_WORDS,
    DAYS_EXPECTED,
    ON_WORDS,
    TIMES_EXPECTED,
    YES_NO,
    YES_NO_WORDS,
    Days,
    advice_on_days,
    advice_on_moment,
    advice_on_time,
    advice_on_times,
    days_of,
    time_of,
    times_of,
)
from engine.yaml_words import key_meant
from engine.yamltext import Section

RESERVED_STEP = "loi-dau-moi"  # the notice that a post cannot be reached


def steps_in(section: Section, policy: str) -> Iterator[Step]:
    """Yield the step written in `section` for each level it tells, with its repetitions."""
    anchor, (working, calendar) = _moment(section)
    step_id = id_of(section)
    if step_id == RESERVED_STEP:
        section.report("bad-id", f"'{step_id}' là tên dành riêng", "đổi tên bậc", section.get("id"))
    at = value_of(section, "at", time_of, advice_on_time, time(8))
    audiences = _audiences(section)
    via = among(section, "via", CHANNELS, "unknown-channel", CHANNEL_WORDS) or ("email", "mailbox")
    _report_twice_in(section, "via")
    unless = acknowledged(section, "unless")
    template = id_of(section, "template")
    place = f"{section.source}:{section.line}"
    warns = section.choice("warn", list(YES_NO), "có", YES_NO_WORDS) == "có"
    (every_working, every_calendar), times, until_acknowledged = _repeat(section)
    section.report_blank()
    section.finish()
    for to, turn in product(audiences, range(times + 1)):
        name = step_id if to is audiences[0] else f"{step_id}+{to}"
        name += f"#{turn + 1}" if turn else ""
        days = (working + turn * every_working, calendar + turn * every_calendar)
        is_quiet = unless or (until_acknowledged and turn > 0)
        yield Step(
            name, policy, anchor, days[0], at, to, via, is_quiet, place, days[1], template, warns
        )  # fmt: skip


def _audiences(section: Section) -> tuple[Audience, ...]:
    """Return whom a step tells; what is no level is told with what to write for a post or a person."""
    known = [str(audience) for audience in Audience]
    before = len(section.problems)
    found = among(section, "to", known, meant=AUDIENCE_WORDS)
    for index, told in enumerate(section.problems[before:], start=before):
        if told.hint.startswith("dùng được") and "ý bạn là" not in told.hint:
            section.problems[index] = replace(told, hint=f"{told.hint}; {_TO_A_POST}")
    _report_twice_in(section, "to")
    return tuple(Audience(name) for name in dict.fromkeys(found)) or (Audience.CONTACT,)


_TO_A_POST = "bậc gửi theo cấp, người giữ vị trí của cấp ấy ghi trong people.yml"


def _report_twice_in(section: Section, key: str) -> None:
    seen: set[object] = set()
    for node in section.items(key):
        if isinstance(node.value, str) and node.value in seen:
            section.report("duplicate-value", f"'{key}' ghi '{node.value}' hai lần", "giữ một lần", node)
        seen.add(node.value if isinstance(node.value, str) else None)


_ANCHORS = frozenset(map(str, Anchor))
_STEP_KEYS = {
    "id", "before", "on", "after", "at", "to", "via", "unless", "repeat", "template", "warn",
}  # fmt: skip


def _moment(section: Section) -> tuple[Anchor, Days]:
    written = [anchor for anchor in Anchor if section.get(anchor) is not None]
    if len(written) != 1:
        strangers = [key for key in section.node.value if key not in _STEP_KEYS]
        is_misspelt = any(key_meant(key, sorted(_STEP_KEYS)) in _ANCHORS for key in strangers)
        is_blank = any(anchor in section.node.value for anchor in Anchor) and not written
        if written or not (is_misspelt or is_blank):  # reported as an unknown key, as an empty value
            hint = (
                "ghi đúng một trong: 'before: 3 ngày làm việc', 'on: ngày hết hạn', 'after: 1 ngày làm việc'"
            )
            place = section.node.keys.get(written[1]) if written else None
            section.report("no-moment", f"{section.what} phải có đúng một mốc thời gian", hint, place)
        return Anchor.ON, (0, 0)
    anchor = written[0]
    if anchor is Anchor.ON:
        section.choice("on", ["ngày hết hạn"], meant=ON_WORDS)
        return Anchor.ON, (0, 0)
    return anchor, value_of(section, anchor, days_of, advice_on_moment, (1, 0))


def _repeat(section: Section) -> tuple[Days, int, bool]:
    """Return after how many days a step repeats, how often, and whether only until acknowledged."""
    if section.get("repeat") is None:
        return (0, 0), 0, False
    repeat = section.section(section.get("repeat"), "'repeat'", "repeat: {every: 5 ngày làm việc, times: 4}")
    every = value_of(repeat, "every", days_of, advice_on_days, (5, 0))
    times = value_of(repeat, "times", times_of, advice_on_times, 1)
    until = acknowledged(repeat, "until")
    for key, expected in (("every", DAYS_EXPECTED), ("times", TIMES_EXPECTED)):
        if repeat.get(key) is None:
            repeat.report("missing-key", f"'repeat' thiếu khóa '{key}'", f"thêm '{key}: …' ({expected})")
    repeat.report_blank()
    repeat.finish()
    if section.get("after") is None:
        section.report(
            "repeat-before", "chỉ bậc sau hạn ('after') mới lặp lại được", "bỏ 'repeat' hoặc đổi sang 'after'"
        )
        return (0, 0), 0, False
    return every, times, until
