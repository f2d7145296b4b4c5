"""Settings: base is safe, local is for one machine, production refuses to start half set up."""
