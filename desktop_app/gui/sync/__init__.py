"""The sync centre: what waits, what was refused, the server, and the way by stick."""
