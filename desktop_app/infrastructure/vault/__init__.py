"""The clinic's keys: the vault file, the sign-in delay and the system's key store."""
