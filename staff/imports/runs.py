"""What became of each row, kept and printed."""

from collections import Counter
from dataclasses import dataclass, field

from wagtail.log_actions import log

from staff import clock
from staff.imports.reading import Row, Table
from staff.inserting import insert
from staff.models import ImportRow, ImportRun
from staff.models.imports import RowAction


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row, as it is stored; a list has many of them."""

    sheet: str
    number: int
    action: str
    reason: str = ""
    staff_member_id: int | None = None
    evidence: dict | None = None


@dataclass
class Report:
    """Collects results while a file is read; ``store`` writes the run and its rows at once."""

    kind: str
    table: Table
    on: object = None
    by: object = None
    rows: list[Result] = field(default_factory=list)
    run: ImportRun | None = None

    def add(self, row: Row, action: str, reason: str = "", staff_member=None, evidence=None) -> None:
        """``staff_member`` is stored already."""
        person = staff_member.pk if staff_member else None
        self.rows.append(Result(row.sheet[:100], row.number, action, reason[:300], person, evidence))

    def store(self) -> "Report":
        now = clock.now()
        self.run = ImportRun.objects.create(
            kind=self.kind,
            file_name=self.table.name[:255],
            file_sha256=self.table.sha256,
            on=self.on,
            started_by=self.by,
            finished_at=now,
        )
        self.rows.sort(key=lambda row: (row.sheet, row.number))
        names = ("run_id", "sheet", "number", "action", "reason", "staff_member_id", "evidence")
        rows = (
            (self.run.pk, row.sheet, row.number, row.action, row.reason, row.staff_member_id, row.evidence)
            for row in self.rows
        )
        insert(ImportRow, names, rows)
        log(instance=self.run, action="staff.import", user=self.by, data={"counts": self.counts})
        return self

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.action for row in self.rows)
        return {action.value: found[action] for action in RowAction}

    def lines(self) -> list[str]:
        """The report as printed: the counts, then every row about which there is something to say."""
        totals = ", ".join(f"{RowAction(action).label}: {count}" for action, count in self.counts.items())
        remarks = [f"  {place(row)} {RowAction(row.action).label}: {row.reason}" for row in self.rows if row.reason]
        return [f"{self.table.name} · {totals}", *remarks]


def place(row: Result | ImportRow) -> str:
    """Where a row stands: "#12", or "Bổ sung #12" in a workbook."""
    return f"{row.sheet} #{row.number}".strip()
