"""How this workstation reaches the server: what was decided, what it is called, how it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from desktop_app.domain.identifiers import RecordId

CLINICAL_ROLES = ("ADMIN", "STAFF", "DOCTOR")
SHORTEST_INTERVAL_MINUTES, LONGEST_INTERVAL_MINUTES = 5, 24 * 60


class ProxyUse(Enum):
    """How the way out of the clinic's network is found."""

    SYSTEM = "system"
    NONE = "none"
    EXPLICIT = "explicit"


@dataclass(frozen=True)
class ServerSettings:
    """What an administrator decided about the server; nothing is reached before that.

    `ca_file` is the text (PEM) of the clinic's own certificate authority. `account` signs in there.
    `is_automatic` sends every `interval_minutes` while somebody is signed in; `is_unattended` also
    while the screen is locked, by a key that the system's key store holds.
    """

    address: str = ""
    ca_file: str = field(default="", repr=False)
    proxy_use: ProxyUse = ProxyUse.SYSTEM
    proxy_address: str = ""
    proxy_login: str = ""
    proxy_password: str = field(default="", repr=False)
    account: str = ""
    is_automatic: bool = False
    is_unattended: bool = False
    interval_minutes: int = 15

    @property
    def is_set(self) -> bool:
        """Tell whether a server was named."""
        return bool(self.address)


@dataclass(frozen=True)
class Certificate:
    """What a person needs to know one certificate by; `fingerprint` is its SHA-256."""

    subject: str
    fingerprint: str
    valid_until: datetime


@dataclass(frozen=True)
class ServerKeys:
    """The public keys by which files are sealed for the server and its receipts are known."""

    name: str
    signing_key: str
    encryption_key: str


@dataclass(frozen=True)
class Workstation:
    """This workstation as the server knows it, with its own secret keys.

    `number` counts the transfer files made so far; `server` is None before the enrolment.
    """

    device_id: RecordId
    name: str
    signing_secret: str = field(repr=False)
    encryption_secret: str = field(repr=False)
    signing_key: str
    encryption_key: str
    server: ServerKeys | None = None
    account: str = ""
    number: int = 0


@dataclass(frozen=True)
class SyncPosition:
    """Where pulling goes on, and when anything was last confirmed or tried."""

    cursor: str = ""
    epoch: str = ""
    last_tried: datetime | None = None
    last_confirmed: datetime | None = None


class Transport(Enum):
    """By what a run carried records."""

    SERVER = "server"
    USB = "usb"


@dataclass(frozen=True)
class SyncRun:
    """One run that is over: what it carried, and the code of what stopped it, if anything did."""

    at: datetime
    transport: Transport
    sent: int = 0
    confirmed: int = 0
    received: int = 0
    refused: int = 0
    conflicts: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Greeting:
    """What a server said about itself; `protocol` is 0 where it has the classic calls only."""

    protocol: int
    max_batch: int
    server_time: datetime | None = None
    extensions: frozenset[str] = frozenset()
    epoch: str = ""
    server: ServerKeys | None = None
    model_sha256: str = ""

    @property
    def is_classic(self) -> bool:
        """Tell whether the server has no sync layer."""
        return self.protocol == 0


@dataclass(frozen=True)
class ServerPerson:
    """Whom the server takes this workstation for."""

    username: str
    role: str
    is_approved: bool
    doctor_id: int | None = None

    @property
    def may_sync(self) -> bool:
        """Tell whether the server lets this account send and take in records."""
        return self.is_approved and self.role in CLINICAL_ROLES


@dataclass(frozen=True)
class OutboxCounts:
    """How many records stand where; `held` came from the server and wait for something."""

    waiting: int = 0
    refused: int = 0
    conflicts: int = 0
    confirmed: int = 0
    held: int = 0

    @property
    def open(self) -> int:
        """Return how many records the server does not hold as they are here."""
        return self.waiting + self.refused + self.conflicts


@dataclass(frozen=True)
class Transfer:
    """One file that was made for a stick, and when its receipt came back."""

    transfer_id: RecordId
    number: int
    made_at: datetime
    items: int
    receipt_at: datetime | None = None
