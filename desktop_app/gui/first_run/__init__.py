"""The assistant that makes a clinic where there is none."""
