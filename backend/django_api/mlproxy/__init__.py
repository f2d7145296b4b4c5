"""The way from clients to the ML service."""
