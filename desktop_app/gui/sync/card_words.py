"""What the cards beside the list say."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from desktop_app.application.synchronise import SyncCentre
from desktop_app.domain.exchange import Held, HeldReason
from desktop_app.domain.patient import problems_of
from desktop_app.domain.patient_fields import details_from
from desktop_app.domain.sync import ServerSettings
from desktop_app.gui.sync.words import SIGN_IN
from desktop_app.gui.sync_runner import SyncStanding
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.patient_words import field_text

_MOST_PATIENTS = 5
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def shown_address(settings: ServerSettings) -> str:
    """Return the server's address as people say it: without https and what is empty."""
    return settings.address.strip().removeprefix("https://").rstrip("/")


def is_loopback(settings: ServerSettings) -> bool:
    """Tell whether the server is on this computer, where nothing is encrypted on the line."""
    parts = urlsplit(settings.address.strip())
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def server_facts(
    centre: SyncCentre, standing: SyncStanding, authority: str
) -> list[tuple[str, str]]:
    """Return what is known of the server, label and value; nothing before one is set."""
    settings, position = centre.status.settings, centre.status.position
    if not settings.is_set:
        return []
    return [
        (tr("sync.address"), shown_address(settings)),
        (tr("sync.certificate"), _certificate_text(settings, authority)),
        (tr("sync.account"), _account_text(settings, standing)),
        (tr("sync.background"), _background_text(settings)),
        (tr("sync.last"), _moment_text(position.last_confirmed)),
        (tr("sync.last_tried"), _moment_text(position.last_tried)),
    ]


def _certificate_text(settings: ServerSettings, authority: str) -> str:
    if is_loopback(settings):
        return tr("sync.certificate_loopback")
    if authority:
        return tr("sync.certificate_own", subject=authority)
    return tr("sync.certificate_system")


def _account_text(settings: ServerSettings, standing: SyncStanding) -> str:
    if not settings.account:
        return tr("sync.account_none")
    if standing.error is not None and standing.error.code in SIGN_IN:
        return tr("sync.account_ended", account=settings.account)
    if standing.is_reached:
        return tr("sync.account_in", account=settings.account)
    return settings.account


def _background_text(settings: ServerSettings) -> str:
    if not settings.is_automatic:
        return tr("sync.background_off")
    key = "sync.background_unattended" if settings.is_unattended else "sync.background_on"
    return tr(key, n=settings.interval_minutes)


def _moment_text(moment: datetime | None) -> str:
    return tr("sync.never") if moment is None else format_moment(moment)


def usb_text(centre: SyncCentre, *, may_enrol: bool) -> str:
    """Return how the way by stick stands."""
    if not centre.status.is_enrolled:
        return tr("sync.usb_not_enrolled" if may_enrol else "sync.usb_not_enrolled_reader")
    waiting = centre.status.counts.waiting
    return tr("sync.usb_text", n=waiting) if waiting else tr("sync.usb_nothing")


def usb_lines(centre: SyncCentre) -> list[str]:
    """Return which receipts are still out, the newest two by number."""
    out = centre.transfers
    lines = [
        tr("sync.usb_out", number=one.number, when=format_moment(one.made_at), n=one.items)
        for one in out[:2]
    ]
    return lines + ([tr("sync.usb_out_more", n=len(out) - 2)] if len(out) > 2 else [])


def held_lines(held: Sequence[Held], today: date) -> list[str]:
    """Return what the records from the server wait for, by patient."""
    people = [one for one in held if one.reason is HeldReason.INCOMPLETE]
    lines = [
        tr("sync.held_incomplete", name=_name_of(one), fields=_missing_of(one, today))
        for one in people[:_MOST_PATIENTS]
    ]
    if len(people) > _MOST_PATIENTS:
        lines.append(tr("sync.held_more", n=len(people) - _MOST_PATIENTS))
    unknown = len(held) - len(people)
    return lines + ([tr("sync.held_unknown", n=unknown)] if unknown else [])


def _name_of(held: Held) -> str:
    name = held.incoming.fields.get("name")
    return name if isinstance(name, str) and name.strip() else tr("sync.held_nameless")


def _missing_of(held: Held, today: date) -> str:
    problems = problems_of(details_from(held.incoming.fields).normalised(), today)
    return ", ".join(field_text(name) for name in problems)
