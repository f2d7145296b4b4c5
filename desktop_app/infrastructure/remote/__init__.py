"""The central server: the line to it, the words on the line, and the files that go by stick."""
