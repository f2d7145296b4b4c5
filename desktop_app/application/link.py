"""How this computer reaches the server, held from the start and opened when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

# Annotations only: the sign-in window must not wait for what synchronises to be imported.
if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.application.sync_ports import SyncGateway, TransferFiles
    from desktop_app.domain.sync import ServerSettings


@dataclass(frozen=True)
class Link:
    """The ways out of this computer: over the line, and by stick.

    `open_gateway` makes a gateway for settings; nothing is sent before its first call.
    """

    open_gateway: Callable[[ServerSettings], SyncGateway]
    files: Callable[[], TransferFiles]
