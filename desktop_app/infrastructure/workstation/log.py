"""The program's log: codes, counts and timings, in files of bounded size."""

import logging
from pathlib import Path

_BYTES, _EARLIER_FILES = 1_000_000, 3


class LogFile(logging.Handler):
    """Made with its first message: most days have none, and a window should not wait for it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message."""
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            self._file = RotatingFileHandler(
                self._path, maxBytes=_BYTES, backupCount=_EARLIER_FILES, delay=True
            )
            self._file.setFormatter(self.formatter)
        self._file.emit(record)

    def close(self) -> None:
        """Close the file, if one was made."""
        if self._file is not None:
            self._file.close()
        super().close()


def start_log(data_folder: Path) -> None:
    """Log to a file of the data folder, once there is one."""
    if not data_folder.is_dir():
        return
    logging.getLogger("desktop_app").addHandler(LogFile(data_folder / "mesodesk.log"))
    # A log that cannot be written is a convenience less, and nothing to tell at the terminal.
    logging.raiseExceptions = False
