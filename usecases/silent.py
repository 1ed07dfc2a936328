"""Which work of a query is in the red zone, and what is remembered of telling about it?"""

from __future__ import annotations

from dataclasses import replace

from engine.report_query import ReportFacts
from engine.silence import RedFacts, red_zone
from store import history
from usecases.duties import coming_occurrences
from usecases.reach import world_by_now
from usecases.report_facts import rulebook_at
from usecases.wiring import Office


def red_facts(office: Office, facts: ReportFacts) -> RedFacts:
    """Return the red zone at the moment of the query, under the rulebook that was in force then.

    An occurrence of a duty that should be open and is not is owed all the same; everybody is where
    they are reached by now.
    """
    query = facts.query
    ids = {share.id for share in facts.assignments}
    with office.database.reading() as session:
        rulebook = rulebook_at(session, office, query.as_of)
        world = replace(world_by_now(session, office), rulebook=rulebook)
        unopened = coming_occurrences(session, office.directory, world, query.as_of)
        missing = [share for share in unopened if share.id not in ids and query.covers(share)]
        shares = [*facts.assignments, *missing]
        reds = red_zone(shares, world.calendar, query.as_of, rulebook.thresholds.red_zone)
        remembered = history.remembered(session, (red.assignment.id for red in reds), query.as_of)
    return RedFacts(reds, remembered, world)
