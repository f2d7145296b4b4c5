"""Where files that travel may be written."""

import os
from pathlib import Path

import pytest

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.remote.transfer_files import AgeTransferFiles
from tests.fakes.samples import NOON


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no special files")
def test_a_pipe_or_a_device_is_no_place_for_a_file(tmp_path: Path) -> None:
    files, pipe = AgeTransferFiles(), tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(AppError) as refused:
        files.write_enrolment(pipe, files.new_keys("접수 컴퓨터"), NOON)
    assert refused.value.code is ErrorCode.FILE_UNWRITABLE
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
