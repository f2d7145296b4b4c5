"""Two versions of a patient side by side, and what a person decides of each field."""
