"""The page of one patient: course of the scores, assessments and details."""
