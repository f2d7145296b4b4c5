"""Two assessments of one patient, side by side."""
