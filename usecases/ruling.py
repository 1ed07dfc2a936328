"""How does a set of rules come in force, and what does it do before it may?

Checked as a whole, compared over the next 90 days, put in force in one transaction with its
record. A file on disk changes nothing by itself; a bad one never replaces what is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.difference import MULTIPLIES, Counts, Difference
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

NAMED = 7  # of those who would get too much: every level, and the first few posts
EDITED = (
    "Tệp quy tắc đã sửa nhưng chưa có hiệu lực; xem trước bằng 'dondoc diff', đưa vào bằng 'dondoc apply'."
)
REFUSED = "Chưa đưa vào: trong {} ngày tới {}; xem lại bằng 'dondoc diff', hoặc thêm --yes nếu đúng ý."
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

    Instead of a folder it may name, by its fingerprint, a rulebook that was in force before.
    Raises ConfigurationRejected with every mistake, InputRejected when the messages would multiply
    or nearly cease and nobody confirmed it. The rules in force are then as they were.
    """
    texts = _texts_of(office, folder)
    new = rulebook_of(texts)
    _check_fit(office, folder, texts, at)
    old = fingerprint_in_force(office)
    if old == new.fingerprint:
        return Applied(old, new.fingerprint)
    change = _change(office, new, at, tell)
    alarms = list(_alarms(change)) if change and not is_confirmed else []
    if alarms:
        raise InputRejected(REFUSED.format(AHEAD.days, "; ".join(alarms)))
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


def _texts_of(office: Office, named: Path) -> Mapping[str, str]:
    """Return the rule files of a folder, or of the rulebook that was once in force under such a name."""
    if not named.exists():
        with office.database.reading() as session:
            kept = rulebooks.kept(session, str(named))
        if kept:
            return kept.files
    return rule_texts(named)


def _check_fit(office: Office, folder: Path, texts: Mapping[str, str], at: datetime) -> None:
    """Refuse rules that do not fit the calendar, units, posts and channels they come with.

    Rules that come alone must fit those there are; what else is wrong with these is not their fault.
    """
    today, is_alone = at.astimezone(HANOI).date(), not is_whole(folder)
    around = office.settings.config if is_alone else folder
    problems = problems_in(around, today, of_this_machine=False, rules=texts)
    serious = [p for p in problems if p.code not in WARNINGS and (not is_alone or p.source in texts)]
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


def _alarms(change: Difference) -> Iterator[str]:
    """Yield what a person should have meant before these rules are in force."""
    if change.multiplied:
        yield f"số tin tăng quá {MULTIPLIES} lần ({_grown(_levels(change.multiplied))})"
    if change.burdened:
        yield f"có người nhận quá {MULTIPLIES} lần số tin trước đây ({_grown(change.burdened)})"
    if change.crowded:
        yield f"có người nhận dồn trong một ngày ({_grown(change.crowded)})"
    if change.faded:
        yield f"gần như không còn nhắc ({_grown(_levels(change.faded), 'xuống')})"


def _grown(of: Sequence[tuple[str, Counts]], way: str = "lên") -> str:
    """Return the counts in words, the first few by name."""
    named = [f"{who} từ {counts.before} {way} {counts.after}" for who, counts in of[:NAMED]]
    return "; ".join([*named, *([f"và {len(of) - NAMED} vị trí nữa"] if len(of) > NAMED else [])])


def _levels(of: Iterable[tuple[int | None, Counts]]) -> list[tuple[str, Counts]]:
    return [(_level(level), counts) for level, counts in of]


def _level(level: int | None) -> str:
    return "tất cả các cấp" if level is None else LEVEL.get(level, "đơn vị phối hợp")
