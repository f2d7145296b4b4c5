"""Register a patient, or change a patient's details, with possible duplicates beside the form."""
