"""Who can be talked to."""
