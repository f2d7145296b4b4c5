"""What commands share: sentences instead of tracebacks, and files that are there whole or not."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError
from django.db import OperationalError
from rest_framework.exceptions import APIException


@contextmanager
def telling_refusals() -> Iterator[None]:
    """Turn what a person can cause into a sentence and exit code 1."""
    try:
        yield
    except APIException as error:
        raise CommandError(str(error.detail)) from error
    except OperationalError as error:
        raise CommandError("The database cannot be reached.") from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from error


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place and move it there when all of it is on the disk."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink()
        raise
