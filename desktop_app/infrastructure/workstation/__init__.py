"""What this one computer provides: its clock and the preferences it remembers."""
