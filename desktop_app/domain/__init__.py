"""What the clinic works with: values and rules in plain Python."""
