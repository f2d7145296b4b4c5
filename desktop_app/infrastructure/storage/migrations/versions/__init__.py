"""The steps; each is plain SQL, so that the schema's fingerprint depends on no library."""
