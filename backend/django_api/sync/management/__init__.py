"""Commands of the sync app, and what they share."""
