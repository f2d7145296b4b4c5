"""The REST interface: accounts, patients, predictions, prescriptions, ML proxy, sync."""
