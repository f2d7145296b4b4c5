"""What every record has: identity, version, place in the order of changes, earlier versions."""
