from unit_coverage.models.standings import FeedCursor, Standing

__all__ = ["FeedCursor", "Standing"]
