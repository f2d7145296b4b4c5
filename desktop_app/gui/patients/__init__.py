"""The patient list: find, filter, look, open."""
