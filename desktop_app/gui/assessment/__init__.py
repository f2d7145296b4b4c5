"""The assessment form: eleven values typed, checked while typing, and assessed or handed over."""
