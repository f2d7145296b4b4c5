"""Patients, who looks after them, and their medical records."""
