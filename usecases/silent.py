"""Which work of a query is in the red zone, and what is remembered of telling about it?"""

from __future__ import annotations

from engine.report_query import ReportFacts
from engine.silence import RedFacts, red_zone
from store import history
from usecases.duties import coming_occurrences
from usecases.then import world_at
from usecases.wiring import Office


def red_facts(office: Office, facts: ReportFacts) -> RedFacts:
    """Return the red zone at the moment of the query, by the rules and the calendar of then.

    An occurrence of a duty that should be open and is not is owed all the same.
    """
    query = facts.query
    ids = {share.id for share in facts.assignments}
    with office.database.reading() as session:
        world = world_at(session, office, query.as_of)
        unopened = coming_occurrences(session, office.directory, world, query.as_of)
        missing = [share for share in unopened if share.id not in ids and query.covers(share)]
        shares = [*facts.assignments, *missing]
        reds = red_zone(shares, world.calendar, query.as_of, world.rulebook.thresholds.red_zone)
        remembered = history.remembered(session, (red.assignment.id for red in reds), query.as_of)
    return RedFacts(reds, remembered, world)
