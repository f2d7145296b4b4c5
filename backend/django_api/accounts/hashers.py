"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ClinicArgon2(Argon2PasswordHasher):
    """Argon2id by OWASP's first recommendation: many people sign in at once on few cores."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
