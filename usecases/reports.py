"""Which reports can be asked for, and how does each come out of the records?

One query, one reading of the database, one set of facts: every report is a pure function of
them, and so is every form it is printed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import (
    compliance,
    due_soon,
    evaluation,
    evaluation_json,
    letters,
    reply_report,
    results,
    scorecard,
    scorecard_json,
    silence,
)
from engine.report_query import ReportFacts, ReportQuery
from reports.paper import Paper, cleaned
from reports.papers.due_soon import due_soon_paper
from reports.papers.evaluation import evaluation_paper
from reports.papers.letters import letter_papers, letters_paper
from reports.papers.overdue import overdue_paper
from reports.papers.replies import replies_paper
from reports.papers.results import results_paper
from reports.papers.scorecard import scorecard_paper
from reports.papers.silence import silence_paper
from usecases.causes import names_of
from usecases.letters import letter_facts
from usecases.other_replies import other_replies
from usecases.plan_words import plan_words
from usecases.report_facts import facts_of, uncollected, weighed_facts_of
from usecases.report_filters import resolved
from usecases.silent import red_facts
from usecases.snapshots import ground_of
from usecases.wiring import Office


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report by name: how it follows from facts, and how it is told to programs and to people.

    `title` says in a few words what it answers. `make` is pure; a report that needs more than facts
    about assignments has `gather` bring it, and hands it to `make` as the second argument. `behind` are
    papers of their own that belong to the first: the letters behind their list. `facts` reads the facts.
    """

    name: str
    title: str
    make: Callable[..., Any]
    as_json: Callable[[Any], dict[str, Any]]
    as_paper: Callable[[Any], Paper]
    gather: Callable[[Office, ReportFacts], Any] | None = None
    behind: Callable[[Any], list[Paper]] | None = None
    facts: Callable[[Office, ReportQuery], ReportFacts] = facts_of


KINDS: Mapping[str, ReportKind] = {
    kind.name: kind
    for kind in (
        ReportKind(
            "overdue",
            "nhiệm vụ quá hạn",
            compliance.overdue_of,
            compliance.as_json,
            overdue_paper,
            facts=weighed_facts_of,
        ),
        ReportKind(
            "due-soon",
            "nhiệm vụ sắp đến hạn",
            due_soon.due_soon_of,
            due_soon.as_json,
            due_soon_paper,
        ),
        ReportKind(
            "scorecard",
            "chấp hành thời hạn của từng đơn vị",
            scorecard.scorecard_of,
            scorecard_json.as_json,
            scorecard_paper,
            ground_of,
        ),
        ReportKind(
            "evaluation",
            "tiến độ phục vụ đánh giá",
            evaluation.evaluation_of,
            evaluation_json.as_json,
            evaluation_paper,
            names_of,
        ),
        ReportKind(
            "results",
            "kết quả triển khai từng nhiệm vụ",
            results.results_of,
            results.as_json,
            results_paper,
            plan_words,
        ),
        ReportKind(
            "silence",
            "việc trong vùng đỏ chưa ai nhận được tin",
            silence.silence_of,
            silence.as_json,
            silence_paper,
            red_facts,
        ),
        ReportKind(
            "letters",
            "công văn đôn đốc cần ban hành",
            letters.letters_of,
            letters.as_json,
            letters_paper,
            letter_facts,
            letter_papers,
        ),
        ReportKind(
            "replies",
            "đơn vị nào đã, chưa trả lời văn bản hỏi ý kiến",
            reply_report.replies_of,
            reply_report.as_json,
            replies_paper,
            other_replies,
        ),
    )
}


def ask(office: Office, name: str, query: ReportQuery) -> Any:
    """Return the report `name` on what `query` speaks of, from what was recorded up to its moment.

    Plans and units may be named in any words; InputRejected is raised for one nobody knows.
    """
    kind = KINDS[name]
    with uncollected():
        facts = kind.facts(office, resolved(office, query))
        return kind.make(facts) if kind.gather is None else kind.make(facts, kind.gather(office, facts))


def paper_of(name: str, report: Any) -> Paper:
    """Return a report as a paper whose words may be handed on."""
    return cleaned(KINDS[name].as_paper(report))


def papers_of(name: str, report: Any) -> list[Paper]:
    """Return a report as a paper, and behind it the papers that are issued one by one."""
    behind = KINDS[name].behind
    return [paper_of(name, report), *map(cleaned, behind(report) if behind else [])]
