"""The windows of the program: views, presenters and what they share."""
