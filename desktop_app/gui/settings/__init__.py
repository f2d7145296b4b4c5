"""The settings: the person's own, the clinic's and its accounts."""
