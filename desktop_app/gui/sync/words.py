"""How the state of synchronising, its records and its runs are worded."""

from dataclasses import dataclass
from datetime import date
from html import escape

from desktop_app.application.courier import DIFFERENT_CONTENT, Outcome
from desktop_app.application.sync_ports import OutboxRow
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import DELETED, Delivery, RecordKind, ServerVersion
from desktop_app.domain.sync import OutboxCounts, SyncRun, Transport, Workstation
from desktop_app.gui.messages import describe
from desktop_app.gui.sync_runner import SyncStanding
from desktop_app.gui.texts import format_date, format_moment, format_time, local, tr
from desktop_app.gui.widgets.painting import ChipLook

NO_LINE = frozenset(
    {
        ErrorCode.SERVER_NO_ROUTE,
        ErrorCode.SERVER_NAME_UNKNOWN,
        ErrorCode.SERVER_NOT_LISTENING,
        ErrorCode.SERVER_TIMEOUT,
        ErrorCode.SERVER_LINE_CUT,
    }
)
SIGN_IN = frozenset({ErrorCode.SERVER_SIGN_IN_NEEDED, ErrorCode.SERVER_CREDENTIALS_WRONG})

# Their next step says that the program tries again, which it does by itself only where it may.
_TRIED_AGAIN = frozenset(
    {
        ErrorCode.SERVER_NO_ROUTE,
        ErrorCode.SERVER_TIMEOUT,
        ErrorCode.SERVER_LINE_CUT,
        ErrorCode.SERVER_BUSY,
        ErrorCode.SERVER_FAILED,
    }
)

_QUIET = ("t2", "infoSoft", "infoLine")
_GOOD = ("ok", "okSoft", "okLine")
_LOOK = ("warn", "warnSoft", "warnLine")
_BAD = ("err", "errSoft", "errLine")


# -- the connection ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Connection:
    """The connection's state as a chip, and what it puts into the status bar."""

    look: ChipLook
    text: str
    fact: str = ""


def connection(state: SyncStanding) -> Connection:
    """Return how the connection stands, in icon, word and colour."""
    status = state.status
    if status is None or not status.is_in_use:
        return Connection(ChipLook("cloud-off", *_QUIET), tr("sync.state_none"))
    if state.is_running:
        word = tr("sync.state_stopping" if state.is_stopping else "sync.state_running")
        return Connection(ChipLook("refresh-cw", *_QUIET), word, tr("sync.fact_running"))
    if not status.settings.is_set:
        return Connection(ChipLook("usb", *_QUIET), tr("sync.state_stick"))
    if is_off_line(state):
        look = ChipLook("cloud-off", *_QUIET)
        return Connection(look, tr("sync.state_offline"), tr("sync.fact_offline"))
    if needs_sign_in(state) and not is_stopped(state):
        look = ChipLook("log-in", *_LOOK)
        return Connection(look, tr("sync.state_sign_in"), tr("sync.fact_sign_in"))
    if is_stopped(state):
        look = ChipLook("octagon-x", *_BAD)
        return Connection(look, tr("sync.state_problem"), tr("sync.fact_problem"))
    if state.is_reached:
        return Connection(ChipLook("cloud-check", *_GOOD), tr("sync.state_connected"))
    key = "sync.state_never" if status.position.last_tried is None else "sync.state_idle"
    return Connection(ChipLook("circle-dashed", *_QUIET), tr(key))


def is_off_line(state: SyncStanding) -> bool:
    """Tell whether the last try found no way to the server."""
    return state.error is not None and state.error.code in NO_LINE


def is_stopped(state: SyncStanding) -> bool:
    """Tell whether something else stopped the last run than the line or the sign-in."""
    is_other = state.error is not None and state.error.code not in NO_LINE | SIGN_IN
    return is_other or bool(state.incident)


def needs_sign_in(state: SyncStanding) -> bool:
    """Tell whether a person has to sign in to the server before records can go there."""
    if state.status is None or not state.status.settings.is_set:
        return False
    is_out = state.error is not None and state.error.code in SIGN_IN
    return is_out or not state.status.settings.account


def waiting_text(state: SyncStanding) -> str:
    """Return what the waiting records wait for, in a few words."""
    if is_off_line(state):
        return tr("sync.waits_for_line")
    if state.status is not None and not state.status.settings.is_set:
        return tr("sync.waits_for_file")
    return tr("sync.waits_for_sign_in" if needs_sign_in(state) else "sync.waits_for_run")


def status_fact(state: SyncStanding) -> tuple[str, str]:
    """Return icon and words for the status bar; no words while records are to stay here."""
    if not state.is_in_use:
        return "cloud-off", ""
    stands = connection(state)
    waiting = tr("sync.fact_waiting", n=state.open) if state.open else ""
    if not stands.fact and not waiting:
        is_confirmed = state.status is not None and bool(state.status.counts.confirmed)
        return "cloud-check", tr("sync.fact_synced" if is_confirmed else "sync.fact_nothing")
    icon = stands.look.icon if stands.fact else "clock-3"
    return icon, " · ".join(part for part in (stands.fact, waiting) if part)


def counted(number: int) -> int | str:
    """Return a number as a text names it: one itself, for the singular, others grouped."""
    return number if number == 1 else f"{number:,}"


def counts_lines(counts: OutboxCounts) -> tuple[str, str]:
    """Return how many records stand where and that they are here, and the numbers alone.

    What there is none of is left out.
    """
    parts = [
        tr(f"sync.count_{name}", n=counted(count))
        for name, count in (
            ("waiting", counts.waiting),
            ("refused", counts.refused),
            ("conflicts", counts.conflicts),
        )
        if count
    ]
    parts.append(tr("sync.count_confirmed", n=f"{counts.confirmed:,}"))
    numbers = " · ".join(parts)
    return tr("sync.all_here", counts=numbers), numbers


def problem_lines(state: SyncStanding, *, is_automatic: bool) -> tuple[str, str]:
    """Return what stopped the last run and what to do, nothing if nothing did."""
    if state.incident:
        return tr("sync.incident", number=state.incident), tr("sync.incident_next")
    if state.error is None:
        return "", ""
    message = describe(state.error)
    if state.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED:
        # The link beside it leads to where the next step points.
        return message.text, ""
    promises = state.error.code in _TRIED_AGAIN and not is_automatic
    return message.text, tr("sync.try_again") if promises else message.next_step


def outcome_notice(answer: Outcome | AppError) -> tuple[str, str]:
    """Return how a run ended as a notice: its words and its kind."""
    if isinstance(answer, AppError):
        return describe(answer).text, "err"
    if answer.error is not None:
        return describe(answer.error).text, "err"
    run = answer.run
    attention = run.refused + run.conflicts
    key = "ended_early" if answer.is_stopped else "ended_attention" if attention else "ended"
    words = tr(f"sync.{key}", confirmed=run.confirmed, received=run.received, n=attention)
    return words, "info" if answer.is_stopped or attention else "ok"


# -- one record --------------------------------------------------------------------------------


def record_text(row: OutboxRow) -> str:
    """Return what kind of record it is, an assessment with its number."""
    if row.kind is RecordKind.PATIENT:
        return tr("sync.record_patient")
    if row.kind is RecordKind.ASSESSMENT:
        return tr("sync.record_assessment", number=row.number)
    return tr("sync.record_other")


def when_text(row: OutboxRow, today: date) -> str:
    """Return when a record was changed: 오늘 14:20, 03-16 17:31, 2025-12-30."""
    then = local(row.queued_at)
    if then.date() == today:
        return tr("common.today_at", time=format_time(row.queued_at))
    if then.year == today.year:
        return then.strftime("%m-%d %H:%M")
    return format_date(row.queued_at)


def tries_text(row: OutboxRow) -> str:
    """Return how often a record was sent."""
    return tr("sync.tries", n=row.attempts) if row.tried_at is not None else "—"


def reason_text(row: OutboxRow, waits_for: str) -> str:
    """Return why a record is where it is, in a few words; `waits_for` is what all wait for."""
    if row.state is Delivery.CONFLICT:
        who, when = changed_there(row.current, short=True)
        return tr("sync.reason_conflict", who=who, when=when)
    if row.state is Delivery.REFUSED and row.refusal is not None:
        if row.refusal == DELETED:
            return tr("sync.reason_deleted")
        if row.refusal == DIFFERENT_CONTENT:
            return tr("sync.reason_other_content")
        return tr("sync.reason_refused", words=answer_text(row))
    if row.attempts and row.tried_at is None:
        # The server began another life and may not hold what it once confirmed.
        return tr("sync.reason_restored")
    return tr("sync.reason_tried") if row.attempts else waits_for


def answer_text(row: OutboxRow) -> str:
    """Return the server's words about a record with their status."""
    if row.refusal is None:
        return ""
    words, status = row.refusal.words, row.refusal.status
    return tr("sync.with_status", words=words, status=status) if status else words


def changed_there(current: ServerVersion | None, *, short: bool = False) -> tuple[str, str]:
    """Return who made the server's version and when, as far as the server says."""
    who = current.changed_by if current is not None else ""
    at = current.changed_at if current is not None else None
    when = tr("sync.unknown_time")
    if at is not None:
        when = local(at).strftime("%m-%d %H:%M") if short else format_moment(at)
    return who or tr("sync.unknown_person"), when


def detail_text(row: OutboxRow, *, may_decide: bool) -> str:
    """Return what happened to a record, what is safe and what to do, as rich text."""
    if row.state is Delivery.CONFLICT:
        who, when = changed_there(row.current)
        key = "sync.detail_conflict" if may_decide else "sync.detail_conflict_reader"
        return tr(key, who=escape(who, quote=False), when=when)
    if row.state is not Delivery.REFUSED:
        return tr("sync.detail_waiting")
    if row.refusal == DELETED:
        return tr("sync.detail_deleted")
    if row.refusal == DIFFERENT_CONTENT:
        return tr("sync.detail_other_content")
    words = escape(row.refusal.words, quote=False) if row.refusal is not None else ""
    status = row.refusal.status if row.refusal is not None else 0
    answer = f"<b>“{words}”</b>"
    if status:
        answer = tr("sync.with_status", words=answer, status=status)
    return tr("sync.detail_refused", answer=answer)


def server_report(row: OutboxRow, workstation: Workstation | None) -> str:
    """Return what the server's administrator needs about a refusal: no name of a patient."""
    tried = format_moment(row.tried_at) if row.tried_at is not None else "—"
    lines = [
        tr("sync.copy_head"),
        tr("sync.copy_record", record=record_text(row)),
        tr("sync.copy_number", number=row.record_id),
        # The server may quote the record in its answer.
        tr("sync.copy_reason", reason=answer_text(row).replace(row.patient.name, "…")),
        tr("sync.copy_tries", n=row.attempts, when=tried),
    ]
    if workstation is not None:
        computer = tr("sync.copy_computer", name=workstation.name, number=workstation.device_id)
        lines.append(computer)
    return "\n".join(lines)


# -- runs --------------------------------------------------------------------------------------


def run_text(run: SyncRun) -> str:
    """Return what a run carried."""
    is_file = run.transport is Transport.USB
    parts = [
        tr(f"sync.{key}", n=f"{count:,}")
        for key, count in (
            ("run_exported" if is_file else "run_sent", run.sent),
            ("run_confirmed", run.confirmed if is_file else 0),
            ("run_received", run.received),
        )
        if count
    ]
    return ", ".join(parts) or tr("sync.run_nothing")


def run_attention(run: SyncRun) -> str:
    """Return what of a run wants to be looked at, or nothing."""
    if run.refused:
        return tr("sync.run_refused", n=run.refused)
    if run.conflicts:
        return tr("sync.run_conflicts", n=run.conflicts)
    return tr("sync.run_problem") if run.problem else ""
