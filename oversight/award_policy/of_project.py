"""A claim for a project as the hub knows it: its division, the basis the clause names, what it was granted before."""

from __future__ import annotations

from datetime import date

from huiliu.language import text
from oversight.award_policy.claim import Claim
from oversight.award_policy.errors import ClaimRefused
from oversight.awards.amounts import basis, with_project
from oversight.facts import Facts
from validators.policy_file import Clause


def granted(facts: Facts, clause: Clause, project_code: str) -> int:
    """Fen granted to a project under a clause, over all levels and years."""
    mine = with_project(facts).filter(policy=clause.policy, clause=clause.clause, project_code=project_code)
    return int(mine["held"].sum())


def claim(clause: Clause, facts: Facts, code: str, day: date | None) -> Claim:
    """The claim of a project under a clause on a day; without one on its completion.

    Raises ClaimRefused where there is no such project, or it is not completed and no day is told.
    """
    found = facts.frame("project").filter(project_code=code)
    if found.is_empty():
        raise ClaimRefused(
            text(
                f"没有项目 {code}：请核对项目代码，或该项目尚未报送",
                f"There is no project {code}: check the code; perhaps nobody has reported it.",
            )
        )
    project = found.with_columns(invested=basis(str(clause.basis))).row(0, named=True)
    told = day or project["actual_completion"]
    if told is None:
        raise ClaimRefused(
            text(
                f"项目 {code} 未竣工：请用 --on 给出认定日期",
                f"Project {code} is not completed: give the day of recognition with --on.",
            )
        )
    return Claim(
        division=f"{project['division']:06d}",
        day=told,
        basis=project["invested"],
        earlier=granted(facts, clause, code),
    )
