"""The result of an assessment, on screen and on paper."""
