from unit_coverage.models.checks import Check, Discrepancy
from unit_coverage.models.indicators import Indicator, IndicatorRule, PeriodScheme
from unit_coverage.models.proposals import Proposal
from unit_coverage.models.reports import Report, ReportFile, ReportLine, ReportSchedule
from unit_coverage.models.standings import CountedDay, FeedCursor, Standing, UnitFigure
from unit_coverage.models.targets import Target

__all__ = [
    "Check",
    "CountedDay",
    "Discrepancy",
    "FeedCursor",
    "Indicator",
    "IndicatorRule",
    "PeriodScheme",
    "Proposal",
    "Report",
    "ReportFile",
    "ReportLine",
    "ReportSchedule",
    "Standing",
    "Target",
    "UnitFigure",
]
