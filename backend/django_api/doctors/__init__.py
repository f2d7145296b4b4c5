"""The doctors whom patients are assigned to."""
