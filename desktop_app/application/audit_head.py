"""Notice that an older database was put back: the trail's last entry is kept in the key store."""

import hmac
import os
import re
from dataclasses import dataclass

from desktop_app.application.ports import SecretStore
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.audit import AuditAction, AuditHead
from desktop_app.domain.errors import AppError, ErrorCode

_KEPT = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})")


@dataclass(frozen=True)
class HeadKeeper:
    """Keeps the head of one clinic's trail in the key store of this computer.

    The key store may be slow or ask the person something: call it where nothing waits.
    """

    secrets: SecretStore
    name: str

    def find(self) -> AuditHead | None:
        """Return the kept head, None where none can be read; KEY_STORE_UNAVAILABLE."""
        if not self.secrets.is_secure():
            raise AppError(ErrorCode.KEY_STORE_UNAVAILABLE)
        kept = _KEPT.fullmatch(self.secrets.get(self.name) or "")
        return AuditHead(int(kept[1]), kept[2]) if kept else None

    def keep(self, head: AuditHead) -> None:
        """Remember where the trail ends now.

        After a crash before this an older head is kept, which the trail still holds.
        """
        self.secrets.put(self.name, f"{head.sequence} {head.mac}")


def head_keeper(entrance: Entrance, session: Session) -> HeadKeeper:
    """Return the keeper of the clinic that is open.

    Its name tells nothing to others, and a copy of the clinic in another folder has another one.
    """
    # A folder may have a name that is no text.
    about = b"mesodesk audit head " + os.fsencode(entrance.data_folder)
    name = hmac.digest(session.data_key, about, "sha256").hex()[:32]
    return HeadKeeper(entrance.secrets, f"audit head {name}")


@dataclass(frozen=True)
class HeadCheck:
    """Where the trail ends, and the kept head if the trail lacks it."""

    head: AuditHead
    missing: AuditHead | None

    @property
    def alarm(self) -> AppError | None:
        """Return what to say where the kept head is missing."""
        if self.missing is None:
            return None
        return AppError(
            ErrorCode.AUDIT_HEAD_MISSING, kept=self.missing.sequence, entries=self.head.sequence
        )


def check_head(session: Session, kept: AuditHead | None) -> HeadCheck:
    """Look for the kept head in the trail; that it is missing goes to the trail."""
    with session.unit_of_work() as work:
        missing = None if kept is None or work.audit.holds(kept) else kept
        if missing is not None:
            codes = {"kept": missing.sequence, "entries": work.audit.count()}
            work.audit.append(session.audit_entry(AuditAction.AUDIT_HEAD_MISSING, codes=codes))
            work.commit()
        return HeadCheck(work.audit.head(), missing)
