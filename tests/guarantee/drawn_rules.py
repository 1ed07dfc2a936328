"""Any rules without a mistake, as the text an administrator would write.

They are read as the product reads them; what is not drawn here no promise was tried on.
"""

from __future__ import annotations

from hypothesis import strategies as st

from engine.rulebook_values import WEEKDAYS

HOURS = ('["07:00-11:30", "13:30-17:00"]', '["07:00-17:00"]', '["08:30-10:00"]')
AT = ("08:00", "08:00", "08:00", "14:00", "06:00", "12:00", "18:30")  # some out of hours
VIA = ("[mailbox]", "[mailbox]", "[email, mailbox]", "[zalo, email]", "[email, zalo, mailbox]")
GATHERED = ("head", "coordinator", "chairman")
SHARED_OUT = (  # the conditions of the rules of a book; "" takes everything
    ("",),
    ("duty: có", ""),
    ("unit: SYT", "unit: [STC, SXD]"),  # in which case some have no rule at all
    ("unit: STC", "duty: có", ""),
    ("tag: gấp", "unit_kind: commune", ""),
    ('words: ["số 1", "số 2"]', "tag: [gấp, trọng điểm]", ""),
    ("plan: KH-HAI", 'number: ["1", "3"]', ""),
    ("deadline_kind: [recurring, ongoing]", "plan: KH-THỬ", "unit: [STC, SXD]"),
)


@st.composite
def rulebooks(draw: st.DrawFn, gathering: bool = False) -> str:
    """Any rules: one to three policies, shared out by all that a rule may ask.

    With `gathering` some level is told on some weekdays alone, else it may be.
    """
    rules = draw(st.sampled_from(SHARED_OUT))
    lines = ["policies:"]
    for n in range(len(rules)):
        lines += [f"  - id: p{n}", "    steps:", *draw(ladders())]
    lines.append("rules:")
    for n, condition in enumerate(rules):
        lines += [
            f"  - id: r{n}",
            f"    policy: p{n}",
            *([f"    priority: {len(rules) - n}"] if n < len(rules) - 1 else []),
            *([f"    when: {{{condition}}}"] if condition else []),
        ]
    lines += _limits(draw)
    lines += ["sending:", f"  hours: {draw(st.sampled_from(HOURS))}"]
    if draw(st.booleans()):
        lines += ["duties:", f"  open_before: {draw(_days())}"]
    if gathering or draw(st.integers(0, 3)) == 0:
        lines += draw(digests())
    return "\n".join(lines) + "\n"


@st.composite
def ladders(draw: st.DrawFn) -> list[str]:
    """Any steps that can be climbed: supporting units, the contact, and some of the levels above."""
    steps = []
    if draw(st.booleans()):
        steps += _step(draw, "phoi-hop", f"before: {draw(_days())}", "supporting")
    notice = draw(st.integers(1, 15))
    for n in range(draw(st.integers(0, 3))):
        more = ["unless: acknowledged"] if draw(st.booleans()) else []
        steps += _step(draw, f"truoc-{n}", f"before: {draw(_days())}", "contact", *more)
    gives_notice = draw(st.integers(0, 3)) == 0
    if gives_notice:  # to the head, never before that to the contact
        steps += _step(draw, "truoc-xa", f"before: {notice + 1} ngày làm việc", "contact")
        steps += _step(draw, "bao-truoc", f"before: {notice} ngày làm việc", "head")
    if draw(st.booleans()):
        steps += _step(draw, "den-han", "on: ngày hết hạn", "contact")
    first = draw(st.integers(1, 3))
    steps += _step(draw, "qua-han", f"after: {first} {draw(_KINDS)}", "contact", *_repeat(draw))
    for level in GATHERED:
        first += draw(st.integers(1, 5))
        if draw(st.integers(0, 4)) or (gives_notice and level == "head"):
            steps += _step(draw, f"bao-{level}", f"after: {first} ngày làm việc", level, *_repeat(draw))
    return steps


@st.composite
def digests(draw: st.DrawFn) -> list[str]:
    """Any weekdays on which some upper levels get their page; the last section of the rules."""
    lines = ["digests:"]
    for level in draw(st.lists(st.sampled_from(GATHERED), unique=True, min_size=1)):
        days = ", ".join(draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1, max_size=3)))
        at = draw(st.sampled_from(("07:30", "08:00", "09:15", "14:00", "18:30")))
        lines.append(f'  - {{ to: {level}, on: [{days}], at: "{at}" }}')
    return lines


_KINDS = st.sampled_from(("ngày làm việc", "ngày"))


def _days() -> st.SearchStrategy[str]:
    return st.builds(lambda n, kind: f"{n} {kind}", st.integers(1, 15), _KINDS)


def _repeat(draw: st.DrawFn) -> list[str]:
    if draw(st.integers(0, 2)):
        return []
    every = f"{draw(st.integers(1, 6))} {draw(_KINDS)}"
    return [f"repeat: {{every: {every}, times: {draw(st.integers(1, 4))}}}"]


def _step(draw: st.DrawFn, id_: str, moment: str, to: str, *more: str) -> list[str]:
    hour, via = draw(st.sampled_from(AT)), draw(st.sampled_from(VIA))
    first, *rest = (f"id: {id_}", moment, f'at: "{hour}"', f"to: {to}", f"via: {via}", *more)
    return [f"      - {first}", *(f"        {line}" for line in rest)]


def _limits(draw: st.DrawFn) -> list[str]:
    levels = draw(st.sampled_from((("coordinator", "chairman"), ("head", "chairman"), ("contact",), ())))
    lines = [
        line
        for level in levels
        for line in (f"  - to: {level}", f"    tasks_per_day: {draw(st.integers(1, 3))}")
    ]
    return ["limits:", *lines] if lines else []
