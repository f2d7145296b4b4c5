"""Joins the sync centre to its use cases; it shows what the runner is at."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from desktop_app.application import synchronise
from desktop_app.application.courier import Outcome
from desktop_app.application.server_setup import describe_certificates
from desktop_app.application.session import Session
from desktop_app.application.sync_ports import OutboxRow
from desktop_app.application.sync_schedule import NEEDS_PERSON
from desktop_app.domain.account import Right
from desktop_app.domain.errors import AppError
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import routes
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.sync.card_words import held_lines, server_facts, usb_lines, usb_text
from desktop_app.gui.sync.server_presenter import ServerPresenter
from desktop_app.gui.sync.transfer_presenter import TransferPresenter
from desktop_app.gui.sync.view import SyncPage
from desktop_app.gui.sync.words import (
    NO_LINE,
    SIGN_IN,
    connection,
    counted,
    counts_lines,
    needs_sign_in,
    outcome_notice,
    problem_lines,
    server_report,
    waiting_text,
)
from desktop_app.gui.synced import Synced
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.banner import BannerKind

_PAGE_SIZE, _LONGEST_RELOAD = 200, 1000
_PROGRESS_AFTER_MILLISECONDS = 2000


def build_page(desk: Desk, route: Route) -> Page:
    """Build the sync centre."""
    person = desk.session.person
    may_decide = person.may(Right.DECIDE_CONFLICTS)
    view = SyncPage(desk.session.clock.today(), may_decide=may_decide)
    SyncPresenter(desk, route, view)
    return view


class _Read(NamedTuple):
    """Everything the page shows, read at once."""

    centre: synchronise.SyncCentre
    authority: str
    is_demonstration: bool


class _Kept(NamedTuple):
    """What the page wants back when it is built anew."""

    show: Delivery | None
    record_id: RecordId | None


class SyncPresenter(QObject):
    """Answers what the page asks; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, route: Route, view: SyncPage) -> None:
        super().__init__(view)
        self._desk, self._route, self._view = desk, route, view
        self._show: Delivery | None = None
        self._record_id: RecordId | None = None
        self._read: _Read | None = None
        self._question = 0
        self._progress_timer = QTimer(self)
        self._progress_timer.setSingleShot(True)
        self._progress_timer.setInterval(_PROGRESS_AFTER_MILLISECONDS)
        self._progress_timer.timeout.connect(self._show_progress)
        self._shows_progress = desk.sync.standing.is_running
        self._server = ServerPresenter(desk, view, self)
        self._transfers = TransferPresenter(desk, view, self)
        view.table.set_compact(is_compact=desk.settings.has_compact_rows)
        kept = desk.kept.pop(route, None)
        if isinstance(kept, _Kept):
            self._show, self._record_id = kept
            view.show_filter(self._show)
        self._connect()

    def _connect(self) -> None:
        view, detail = self._view, self._view.detail
        view.shown.connect(self.refresh)
        view.work_kept.connect(self._keep)
        view.sync_chosen.connect(self._desk.sync.start)
        view.cancel_chosen.connect(self._desk.sync.cancel)
        view.filter_chosen.connect(self._on_filter)
        view.row_chosen.connect(self._on_row)
        view.opened.connect(self._open)
        view.table.menu_wanted.connect(self._on_menu)
        view.table.send_again_wanted.connect(self._send_again)
        view.model.more_wanted.connect(self._on_more_wanted)
        view.banner_link_chosen.connect(self._on_banner_link)
        view.empty_action_chosen.connect(self._on_empty_action)
        detail.send_again_chosen.connect(self._send_again)
        detail.copy_chosen.connect(self._copy)
        detail.resolve_chosen.connect(self._resolve)
        detail.patient_chosen.connect(self._open_patient)
        view.offer("next_pane", partial(view.focus_pane, 1))
        view.offer("previous_pane", partial(view.focus_pane, -1))
        Synced(self._desk.navigator, view).seen.connect(self.refresh)
        self._desk.sync.changed.connect(self._show_standing)
        self._desk.sync.ended.connect(self._on_ended)
        self._server.changed.connect(self.refresh)
        self._server.busy_changed.connect(self._show_standing)
        self._transfers.changed.connect(self._on_transfer)

    @property
    def _session(self) -> Session:
        """The desk's session, which is another one after the screen was locked."""
        return self._desk.session

    def _may(self, right: Right) -> bool:
        return self._session.person.may(right)

    def _keep(self) -> None:
        row = self._row()
        self._desk.kept[self._route] = _Kept(self._show, row.record_id if row else None)

    # -- reading

    def refresh(self) -> None:
        """Read everything anew and stay at the same record."""
        self._question += 1
        loaded = min(max(_PAGE_SIZE, len(self._view.model.rows)), _LONGEST_RELOAD)
        self._desk.tasks.run(
            partial(_read_all, self._session, self._show, loaded),
            partial(self._on_read, self._question),
            owner=self,
        )

    def _on_transfer(self) -> None:
        self._desk.sync.refresh()
        self.refresh()

    def _on_read(self, question: int, read: _Read) -> None:
        if question != self._question:
            return
        self._read = read
        view, centre, counts = self._view, read.centre, read.centre.status.counts
        row = self._row()
        wanted = row.record_id if row is not None else self._record_id
        totals = {
            None: counts.open,
            Delivery.CONFLICT: counts.conflicts,
            Delivery.REFUSED: counts.refused,
            Delivery.WAITING: counts.waiting,
        }
        rows = centre.rows if centre.status.is_in_use and not read.is_demonstration else ()
        view.model.show_rows(rows, totals[self._show] if rows else 0)
        people, records = f"{centre.patients:,}", f"{counts.open:,}"
        view.show_counts(totals, tr("sync.totals", patients=people, records=records))
        self._show_content(read)
        if rows:
            view.table.choose(view.model.row_of(wanted) or 0)
        else:
            self._on_row(-1)
        self._show_cards(read)
        self._show_standing()

    def _on_more_wanted(self) -> None:
        rows = partial(
            synchronise.list_more_rows,
            self._session,
            self._show,
            skip=len(self._view.model.rows),
            limit=_PAGE_SIZE,
        )
        self._desk.tasks.run(rows, partial(self._on_more, self._question), owner=self)

    def _on_more(self, question: int, rows: tuple[OutboxRow, ...]) -> None:
        if question == self._question:
            self._view.model.append_rows(rows)

    # -- what is shown

    def _show_content(self, read: _Read) -> None:
        view, status = self._view, read.centre.status
        if read.is_demonstration:
            view.show_empty(tr("sync.state_off"), tr("sync.none_demonstration"), icon="cloud-off")
        elif not status.is_in_use:
            sets_up = self._may(Right.SET_UP_SYNC)
            how = tr("sync.none_admin" if sets_up else "sync.none_reader")
            action = tr("sync.set_server") if sets_up else ""
            view.show_empty(tr("sync.none_title"), how, action, icon="cloud-off")
        elif read.centre.rows:
            view.show_list()
        elif self._show is not None and status.counts.open:
            what, how = tr("sync.empty_filter"), tr("sync.empty_filter_how")
            view.show_empty(what, how, tr("sync.show_all"), has_filters=True)
        elif status.position.last_confirmed is not None:
            last = format_moment(status.position.last_confirmed)
            how = tr("sync.done_how", n=counted(status.counts.confirmed), when=last)
            view.show_empty(tr("sync.done_title"), how, icon="cloud-check")
        else:
            view.show_empty(tr("sync.done_nothing_title"), tr("sync.done_nothing"))

    def _show_cards(self, read: _Read) -> None:
        view, centre = self._view, read.centre
        sets_up, today = self._may(Right.SET_UP_SYNC), self._session.clock.today()
        status, demo = centre.status, read.is_demonstration
        view.server.name_change(
            tr("sync.change_server" if status.settings.is_set else "sync.set_server"),
            is_offered=sets_up and not demo and status.is_in_use,
        )
        text = tr("sync.usb_demonstration") if demo else usb_text(centre, may_enrol=sets_up)
        view.usb.show_way(
            text,
            usb_lines(centre),
            has_records=bool(status.counts.waiting),
            is_open=status.is_enrolled and not demo,
            enrols=sets_up and not status.is_enrolled and not demo,
        )
        view.runs.show_runs(centre.runs)
        view.held.show_held(tr("sync.held", n=status.counts.held), held_lines(centre.held, today))
        self._transfers.offer(is_open=status.is_enrolled and not demo)
        self._server.offer(status.settings, is_demonstration=demo)

    def _show_standing(self) -> None:
        """Show what the runner is at, and what can be pressed meanwhile."""
        if self._read is None:
            return
        view, standing = self._view, self._desk.sync.standing
        status = self._read.centre.status
        counts = counts_lines(status.counts) if status.is_in_use else ("", "")
        view.show_connection(connection(standing), *counts)
        view.model.show_waiting(waiting_text(standing))
        settings = status.settings
        facts = server_facts(self._read.centre, standing, self._read.authority)
        key = "sync.server_none" if self._may(Right.SET_UP_SYNC) else "sync.server_none_reader"
        is_out = needs_sign_in(standing)
        view.server.show_server(
            facts,
            "" if facts else tr(key),
            signs_in=is_out,
            signs_out=settings.is_set and not is_out,
        )
        self._show_problem(is_automatic=settings.is_automatic)
        self._follow_run()
        self._offer_runs(why=self._why_off())

    def _offer_runs(self, why: str) -> None:
        is_set = self._read is not None and self._read.centre.status.settings.is_set
        checks = is_set and not self._server.is_busy and not self._is_demonstration
        self._view.show_possible(syncs=not why, checks=checks, why=why if is_set else "")
        self._view.offer("sync_now", self._desk.sync.start, enabled=not why)
        self._view.offer("check_connection", self._server.check, enabled=checks)
        self._show_keys()

    def _show_keys(self) -> None:
        """Name the keys that do something now."""
        row, keys = self._row(), []
        if row is not None:
            decides = row.state is Delivery.CONFLICT and self._may(Right.DECIDE_CONFLICTS)
            keys.append(tr("sync.key_resolves" if decides else "sync.key_opens"))
            if row.state is Delivery.REFUSED:
                keys.append(tr("sync.key_sends_again"))
        if not self._why_off():
            keys.append(tr("sync.key_syncs"))
        self._view.set_context_keys(" · ".join(keys))

    @property
    def _is_demonstration(self) -> bool:
        return self._read is not None and self._read.is_demonstration

    def _why_off(self) -> str:
        """Return why no run can be started now, nothing if one can."""
        standing, read = self._desk.sync.standing, self._read
        if read is None or not read.centre.status.settings.is_set:
            return tr("sync.why_no_server")
        if read.is_demonstration:
            return tr("sync.why_demonstration")
        if standing.is_running:
            return tr("sync.why_running")
        return tr("sync.why_sign_in") if needs_sign_in(standing) else ""

    def _show_problem(self, *, is_automatic: bool) -> None:
        standing = self._desk.sync.standing
        strong, text = problem_lines(standing, is_automatic=is_automatic)
        code = standing.error.code if standing.error is not None else None
        kind: BannerKind = "warn"
        link = ""
        if code in SIGN_IN:
            link = tr("sync.sign_in_link")
        elif code in NO_LINE:
            kind = "info"
        elif code in NEEDS_PERSON or standing.incident:
            kind = "err"
            link = tr("sync.set_up_link") if code and self._may(Right.SET_UP_SYNC) else ""
        self._view.show_problem(kind, "" if standing.is_running else strong, text, link)

    def _follow_run(self) -> None:
        """Show progress of what takes more than two seconds."""
        if not self._desk.sync.standing.is_running:
            self._progress_timer.stop()
            self._shows_progress = False
            self._view.show_progress("", None, may_cancel=False)
        elif self._shows_progress:
            self._show_progress()
        elif not self._progress_timer.isActive():
            self._progress_timer.start()

    def _show_progress(self) -> None:
        self._shows_progress = True
        standing = self._desk.sync.standing
        sent = standing.progress.sent if standing.progress is not None else 0
        received = standing.progress.received if standing.progress is not None else 0
        share = None
        if standing.is_stopping:
            text = tr("sync.stopping")
        elif sent and sent < standing.total:
            share = sent / standing.total
            text = tr(
                "sync.progress", sent=f"{sent:,}", total=f"{standing.total:,}", received=received
            )
        elif sent or received:
            text = tr("sync.progress_receiving", received=f"{received:,}")
        else:
            text = tr("sync.progress_start")
        self._view.show_progress(text, share, may_cancel=not standing.is_stopping)

    def _on_ended(self, answer: Outcome | AppError) -> None:
        words, kind = outcome_notice(answer)
        if self._view.isVisible() and kind != "err":
            self._desk.navigator.notify(words, kind=kind)

    # -- what the person does

    def _row(self) -> OutboxRow | None:
        at, rows = self._view.table.chosen, self._view.model.rows
        return rows[at] if 0 <= at < len(rows) else None

    def _on_row(self, _at: int) -> None:
        row, view = self._row(), self._view
        if row is None:
            view.detail.clear()
        else:
            view.detail.show_row(row)
        state = row.state if row is not None else None
        is_refused = state is Delivery.REFUSED
        decides = state is Delivery.CONFLICT and self._may(Right.DECIDE_CONFLICTS)
        view.offer("send_again", self._send_again, enabled=is_refused)
        view.offer("copy_for_server", self._copy, enabled=is_refused)
        view.offer("resolve_conflict", self._resolve, enabled=decides)
        self._show_keys()

    def _on_filter(self, show: Delivery | None) -> None:
        self._show = show
        self._view.model.show_rows((), 0)
        self.refresh()

    def _open(self) -> None:
        row = self._row()
        if row is None:
            return
        if row.state is Delivery.CONFLICT and self._may(Right.DECIDE_CONFLICTS):
            self._resolve()
        else:
            self._open_patient()

    def _resolve(self) -> None:
        row = self._row()
        if row is not None:
            self._desk.navigator.go(routes.conflict(row.patient.patient_id))

    def _open_patient(self) -> None:
        row = self._row()
        if row is not None:
            self._desk.navigator.go(routes.patient(row.patient.patient_id))

    def _send_again(self) -> None:
        row = self._row()
        if row is not None and row.state is Delivery.REFUSED:
            work = partial(synchronise.send_again, self._session, row.record_id)
            self._desk.tasks.run(work, self._on_sent_again, self._on_refused, owner=self)

    def _on_sent_again(self, _nothing: None) -> None:
        self._desk.navigator.notify(tr("sync.sent_again"))
        self.refresh()

    def _on_refused(self, error: AppError) -> None:
        self._desk.navigator.show_error(error)
        self.refresh()

    def _copy(self) -> None:
        row = self._row()
        if row is not None and self._read is not None:
            text = server_report(row, self._read.centre.workstation)
            QGuiApplication.clipboard().setText(text)
            self._desk.navigator.notify(tr("sync.copied"))

    def _on_menu(self, at: QPoint) -> None:
        row, table = self._row(), self._view.table
        if row is None:
            return
        menu = QMenu(table)
        menu.setObjectName("outbox_menu")
        if row.state is Delivery.CONFLICT and self._may(Right.DECIDE_CONFLICTS):
            menu.addAction(tr("sync.resolve"), self._resolve)
        if row.state is Delivery.REFUSED:
            menu.addAction(tr("sync.send_again"), self._send_again)
            menu.addAction(tr("sync.copy"), self._copy)
        menu.addAction(tr("sync.open_patient"), self._open_patient)
        menu.popup(table.viewport().mapToGlobal(at))

    def _on_banner_link(self) -> None:
        error = self._desk.sync.standing.error
        if error is not None and error.code in SIGN_IN:
            self._server.sign_in()
        else:
            self._server.set_up()

    def _on_empty_action(self) -> None:
        if self._read is not None and self._read.centre.status.is_in_use:
            self._view.show_filter(None)
            self._on_filter(None)
        else:
            self._server.set_up()


def _read_all(session: Session, show: Delivery | None, limit: int) -> _Read:
    centre = synchronise.read_sync_centre(session, show, limit=limit)
    with session.unit_of_work() as work:
        is_demonstration = work.clinic().is_demonstration
    text = centre.status.settings.ca_file
    subjects = describe_certificates(session, text) if text else ()
    return _Read(centre, ", ".join(one.subject for one in subjects), is_demonstration)
