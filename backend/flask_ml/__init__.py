"""The ML service: the risk model over HTTP, for the REST server on the same machine."""
