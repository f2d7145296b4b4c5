"""Prescriptions written for patients."""
