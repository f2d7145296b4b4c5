"""A clinic whose records are on their way to a scripted server, for the stories of syncing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from desktop_app.domain.account import Role
from desktop_app.domain.exchange import (
    Refusal,
)
from desktop_app.domain.sync import (
    ProxyUse,
    ServerSettings,
)
from tests.functional.opened_clinic import OpenedClinic, opened_clinic
from tests.functional.scripted_server import ScriptedServer

PAGES = ("sync", "conflict", "patient")
ADDRESS = "https://sync.ganada.example:8443"
SETTINGS = ServerSettings(ADDRESS, proxy_use=ProxyUse.NONE, account="haneul.kim")
UNKNOWN_MODEL = Refusal("model meso_xgb_v1 is not registered", 409)


@contextmanager
def sync_clinic(
    qtbot: QtBot,
    folder: Path,
    *,
    role: Role = Role.DOCTOR,
    settings: ServerSettings | None = SETTINGS,
    server: ScriptedServer | None = None,
    is_enrolled: bool = False,
    pages: tuple[str, ...] = PAGES,
    **look: Any,
) -> Iterator[OpenedClinic]:
    """Open a clinic that syncs with a scripted server, unless `settings` are None."""
    server = server or ScriptedServer()
    with opened_clinic(qtbot, folder, role=role, pages=pages, **look) as opened:
        opened.session = opened.desk.session = replace(opened.session, link=server.link)
        opened.entrance = replace(opened.entrance, link=server.link)
        files = server.link.files()
        with opened.session.unit_of_work() as work:
            if settings is not None:
                work.sync.save_settings(settings)
                workstation = files.new_keys("진료실 2")
                if is_enrolled:
                    workstation = replace(workstation, server=server.keys, account="haneul.kim")
                work.sync.save_workstation(workstation)
            work.commit()
        yield opened
