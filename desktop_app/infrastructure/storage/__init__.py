"""The clinic's records in one SQLCipher file, through SQLAlchemy."""
