"""Predictions and what came of them."""
