"""Push and pull for workstations that work without a network."""
