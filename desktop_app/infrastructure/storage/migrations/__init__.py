"""How the clinic database came to its present form, one file a step."""
