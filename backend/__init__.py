"""The central server: Django REST, the Flask ML service and their deployment."""
