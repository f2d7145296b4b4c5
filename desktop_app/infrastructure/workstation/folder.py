"""Whether a folder lies on this computer's own disk."""

import os
import sys
from pathlib import Path, PurePath

_NETWORK_FILE_SYSTEMS = {
    *("afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3"),
    *("fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "smbfs"),
}
# How the folders of synchronising programs begin, in small letters.
_CLOUD_NAMES = (
    "cloudstorage",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "mybox",
    "naver mybox",
    "nextcloud",
    "onedrive",
    "owncloud",
)
_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE_DRIVE = 4


def is_possible(folder: Path) -> bool:
    """Tell whether one may look into a folder, or it can be made: nothing else has its name."""
    try:
        if folder.is_dir():
            return os.access(folder, os.R_OK | os.X_OK)
        return not os.path.lexists(folder)
    except OSError:  # a name that is too long, a folder above that nobody may look into
        return False


def is_local(folder: Path) -> bool:
    """Tell whether a folder is neither on a network share nor in a cloud-synced folder.

    SQLite's locks do not hold on network file systems, and a synchronising program copies a
    database while it is being written.
    """
    return not (is_in_cloud_folder(folder) or _is_on_network(folder))


def is_in_cloud_folder(folder: PurePath) -> bool:
    """Tell whether a part of the path is named as synchronising programs name their folders."""
    return any(part.lower().startswith(_CLOUD_NAMES) for part in folder.parts)


def file_system_of(folder: PurePath, mounts: str) -> str:
    """Return the type of file system a folder is on, from the text of Linux's mountinfo.

    Source: proc_pid_mountinfo(5); the fifth field is the mount point, the type follows " - ".
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = PurePath(fields[4].encode().decode("unicode_escape"))
        if folder.is_relative_to(point) and len(point.parts) > best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


def _is_on_network(folder: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        anchor = folder.anchor
        is_remote = ctypes.windll.kernel32.GetDriveTypeW(anchor) == _REMOTE_DRIVE
        return anchor.startswith("\\\\") or bool(is_remote)
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return file_system_of(folder, mounts) in _NETWORK_FILE_SYSTEMS
