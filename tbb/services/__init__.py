"""What the organisation does: one function, one transaction, one audit row."""
