"""Speed, measured against a baseline in the same run; figures, never a pass or a failure."""
