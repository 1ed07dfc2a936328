"""Who confirms that a delay had an objective cause, and by which names does an extract call them?

Under NĐ 335/2025/NĐ-CP a confirmed cause spares a unit points: it takes a post or a unit, a
document and a reason, and no person is named.
"""

from __future__ import annotations

from engine.model import PostRole
from engine.report_query import ReportFacts
from usecases.errors import InputRejected
from usecases.wiring import Office

MAY_CONFIRM = {PostRole.COORDINATOR, PostRole.CHAIRMAN}


def confirmer(office: Office, words: str) -> str:
    """Return the post or the unit that confirms: a post of those who may, else a unit by code or name."""
    wanted = words.strip()
    posts = [one.post for one in office.contacts.recipients if one.role in MAY_CONFIRM]
    if wanted in posts:
        return wanted
    known = {unit.code: unit for unit in office.directory.units}
    found = (known[wanted],) if wanted in known else office.directory.resolve(wanted).units
    if len(found) != 1 or "/" in wanted:
        listed = ", ".join(sorted(set(posts)))
        ways = f"một vị trí ({listed})" if listed else "một vị trí"
        raise InputRejected(
            f"'{words}' không phải vị trí hay đơn vị xác nhận được; ghi {ways} hoặc mã đơn vị ở --by, "
            "không ghi tên người"
        )
    return found[0].code


def names_of(office: Office, facts: ReportFacts) -> dict[str, str]:
    """Return the names of units by code, and the titles of posts, that an extract may speak of."""
    units = {unit.code: unit.name for unit in office.directory.units}
    return units | {one.post: one.title for one in office.contacts.recipients}
