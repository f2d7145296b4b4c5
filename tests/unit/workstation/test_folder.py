"""Which folders a clinic may live in."""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from desktop_app.infrastructure.workstation.folder import (
    file_system_of,
    is_in_cloud_folder,
    is_possible,
)

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/share rw,relatime - cifs //server/share rw
31 22 0:41 / /mnt/two\\040words rw,relatime - nfs4 server:/export rw
a line that is none
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/clinic", "ext4"),
        ("/mnt/share/mesodesk", "cifs"),
        ("/mnt/shared-elsewhere", "ext4"),
        ("/mnt/two words/mesodesk", "nfs4"),
    ],
)
def test_the_nearest_mount_above_a_folder_tells_its_file_system(folder: str, kind: str) -> None:
    assert file_system_of(PurePosixPath(folder), MOUNTS) == kind


@pytest.mark.parametrize(
    "folder",
    [
        PureWindowsPath(r"C:\OneDrive - Clinic\MesoDesk"),
        PureWindowsPath(r"D:\Dropbox\MesoDesk"),
        PurePosixPath("/Library/Mobile Documents/MesoDesk"),
        PurePosixPath("/Library/CloudStorage/GoogleDrive-x/MesoDesk"),
    ],
)
def test_folders_that_a_program_copies_to_a_cloud_are_known(
    folder: PurePosixPath | PureWindowsPath,
) -> None:
    assert is_in_cloud_folder(folder)


def test_an_ordinary_folder_is_no_cloud_folder() -> None:
    assert not is_in_cloud_folder(PureWindowsPath(r"C:\Clinic\MesoDesk"))


def test_a_folder_that_nobody_may_look_into_is_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_possible(tmp_path)
    assert is_possible(tmp_path / "to be made")
    # The rights themselves do not bind whoever runs the tests as root.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert not is_possible(tmp_path)
