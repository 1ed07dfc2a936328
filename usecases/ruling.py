"""How does a set of rules come in force, and what does it do before it may?

Checked as a whole, compared over the next 90 days, put in force in one transaction with its
record. A file on disk changes nothing by itself; a bad one never replaces what is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.difference import MULTIPLIES, Difference
from engine.model import HANOI
from engine.rulebook import Rulebook, fingerprint
from reports.vietnamese import LEVEL
from store import registry, rulebooks
from store.rulebooks import KeptRulebook
from usecases.checking import problems_in
from usecases.comparing import AHEAD, compare
from usecases.configuration import WARNINGS, texts_of
from usecases.errors import ConfigurationRejected, InputRejected, Refused
from usecases.rulefiles import as_kept, is_whole, rule_texts, rulebook_of
from usecases.wiring import Office

EDITED = (
    "Tệp quy tắc đã sửa nhưng chưa có hiệu lực; xem trước bằng 'dondoc diff', đưa vào bằng 'dondoc apply'."
)
SPOILT = "Tệp quy tắc trên đĩa có lỗi nên không được dùng; bộ quy tắc {} vẫn có hiệu lực."


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a request to put rules in force; without `change` there was nothing to compare."""

    old: str  # fingerprint, "" when none was in force
    new: str
    change: Difference | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether these rules were in force already."""
        return self.old == self.new


def put_rules_in_force(
    office: Office,
    folder: Path,
    at: datetime,
    by: str = "",
    is_confirmed: bool = False,
    tell: Callable[[str], None] = lambda said: None,
) -> Applied:
    """Put the rules of `folder` in force and return what that changes.

    Raises ConfigurationRejected with every mistake, InputRejected when the number of messages
    would multiply and nobody confirmed it. The rules in force are then as they were.
    """
    texts = rule_texts(folder)
    new = rulebook_of(texts)
    _check_whole(folder, at)
    old = fingerprint_in_force(office)
    if old == new.fingerprint:
        return Applied(old, new.fingerprint)
    change = _change(office, new, at, tell)
    if change and change.multiplied and not is_confirmed:
        raise InputRejected(_refusal(change))
    counts = asdict(change.totals) if change else {}
    if not _put(office, KeptRulebook(new.fingerprint, as_kept(texts), at, by), old, counts):
        raise Refused("bộ quy tắc vừa được người khác thay trong lúc so sánh; xem lại rồi chạy lại")
    return Applied(old, new.fingerprint, change)


def ensure_rules_in_force(office: Office, at: datetime) -> bool:
    """Put the folder's rules in force when none ever were; return whether that was so.

    Only what this office works by is taken: a file edited a moment ago waits for the next look.
    """
    if fingerprint_in_force(office):
        return False
    found = office.rulebook.fingerprint
    try:
        files = as_kept(texts_of(office.settings.config, "rules"))
    except ConfigurationRejected:
        return False
    return fingerprint(files) == found and _put(office, KeptRulebook(found, files, at), "", {})


def fingerprint_in_force(office: Office) -> str:
    """Return the fingerprint of the rules in force, asked anew; "" while none ever were."""
    with office.database.reading() as session:
        return rulebooks.fingerprint_in_force(session)


def unapplied_edit(office: Office) -> str:
    """Return what to tell about rule files that are not what is in force, "" when they are."""
    files = office.rules_in_force
    if files is None:
        return ""
    try:
        texts = texts_of(office.settings.config, "rules")
        if as_kept(texts) == files:
            return ""
        rulebook_of(texts)
    except ConfigurationRejected as rejected:
        return f"{SPOILT.format(fingerprint(files))}\n{rejected}"
    return EDITED


def _check_whole(folder: Path, at: datetime) -> None:
    """Refuse rules that do not fit the calendar, units, posts and channels they come with."""
    today = at.astimezone(HANOI).date()
    problems = problems_in(folder, today, of_this_machine=False) if is_whole(folder) else []
    serious = [problem for problem in problems if problem.code not in WARNINGS]
    if serious:
        raise ConfigurationRejected(problems=serious)


def _change(office: Office, new: Rulebook, at: datetime, tell: Callable[[str], None]) -> Difference | None:
    """Return what new rules change in the days ahead, None when there is nothing to compare with."""
    try:
        old = office.rulebook
    except ConfigurationRejected:
        return None  # neither what is in force nor the folder can be read: these rules are the remedy
    if old.fingerprint == new.fingerprint:
        return None
    world = office.world
    return compare(office, world, replace(world, rulebook=new), at, at + AHEAD, tell=tell)


def _put(office: Office, rulebook: KeptRulebook, old: str, counts: Mapping[str, int]) -> bool:
    """Put a rulebook in force unless another than `old` is by now; return whether that was done.

    Every open assignment is looked at anew by the next tick: other rules may reach it at
    moments that earlier ticks have passed.
    """
    with office.database.writing() as session:
        if rulebooks.fingerprint_in_force(session) != old:
            return False
        rulebooks.put_in_force(session, rulebook, counts)
        if old:
            registry.flag_for_planning(session, registry.open_assignments(session))
    return True


def _refusal(change: Difference) -> str:
    grown = "; ".join(
        f"{_level(level)} từ {counts.before} lên {counts.after}" for level, counts in change.multiplied
    )
    return (
        f"Chưa đưa vào: trong {AHEAD.days} ngày tới số tin tăng quá {MULTIPLIES} lần ({grown}); "
        "xem lại bằng 'dondoc diff', hoặc thêm --yes nếu đúng ý."
    )


def _level(level: int | None) -> str:
    return "tất cả các cấp" if level is None else LEVEL.get(level, "đơn vị phối hợp")
