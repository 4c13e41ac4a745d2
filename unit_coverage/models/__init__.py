from unit_coverage.models.proposals import Proposal
from unit_coverage.models.standings import FeedCursor, Standing

__all__ = ["FeedCursor", "Proposal", "Standing"]
