"""Adapters: each fulfils ports of the application and knows one library."""
