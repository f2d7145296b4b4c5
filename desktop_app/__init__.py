"""MesoDesk, the clinic program."""
