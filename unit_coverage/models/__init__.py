from unit_coverage.models.indicators import Indicator, IndicatorRule, PeriodScheme
from unit_coverage.models.proposals import Proposal
from unit_coverage.models.reports import Report, ReportFile, ReportLine, ReportSchedule
from unit_coverage.models.standings import FeedCursor, Standing

__all__ = [
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
]
