"""The tour: the program shows its main job by itself, through the real widgets."""
