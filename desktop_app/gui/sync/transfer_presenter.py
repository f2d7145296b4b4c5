"""Joins the dialogs of the way by stick to their use cases."""

from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from desktop_app.application import transfer
from desktop_app.application.session import Session
from desktop_app.application.transfer import Receipt, TransferPlan
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.sync import SyncRun, Transfer
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import describe
from desktop_app.gui.progress import ProgressRelay
from desktop_app.gui.sync.transfer_dialogs import ExportDialog, ReceiptDialog
from desktop_app.gui.sync.view import SyncPage
from desktop_app.gui.texts import tr


class TransferPresenter(QObject):
    """Makes files and takes receipts beside the other work; `changed` tells that it did."""

    changed = Signal()

    def __init__(self, desk: Desk, view: SyncPage, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._view = desk, view
        view.usb.export_chosen.connect(self._plan)
        view.usb.receipt_chosen.connect(self._choose_receipt)

    @property
    def _session(self) -> Session:
        return self._desk.session

    def offer(self, *, is_open: bool) -> None:
        """Let the menus offer both ways where this computer is enrolled."""
        self._view.offer("export_transfer", self._plan, enabled=is_open)
        self._view.offer("open_receipt", self._choose_receipt, enabled=is_open)

    # -- out

    def _plan(self) -> None:
        plan = partial(transfer.plan_transfer, self._session)
        self._desk.sync.calls.run(plan, self._on_planned, self._on_refused, owner=self)

    def _on_planned(self, plan: TransferPlan) -> None:
        dialog = ExportDialog(self._view, plan)
        dialog.place_wanted.connect(partial(self._choose_place, dialog, plan.file_name))
        dialog.submitted.connect(partial(self._export, dialog))
        dialog.open()

    def _choose_place(self, dialog: ExportDialog, proposed: str) -> None:
        title, files = tr("transfer.export_window"), tr("transfer.files")
        name, _ = QFileDialog.getSaveFileName(dialog, title, proposed, files)
        if name:
            dialog.show_place(Path(name))

    def _export(self, dialog: ExportDialog) -> None:
        if dialog.path is None:
            return
        stop, relay = Event(), ProgressRelay(dialog)
        relay.progressed.connect(dialog.show_progress)
        dialog.stopped.connect(stop.set)
        work = partial(
            transfer.export_transfer, self._session, dialog.path, stop=stop, observe=relay
        )
        self._desk.sync.calls.run(
            work,
            partial(self._on_exported, dialog),
            partial(self._on_not_exported, dialog),
            owner=self,
        )

    def _on_exported(self, dialog: ExportDialog, made: Transfer) -> None:
        if dialog.isVisible():
            dialog.finish()
        self._desk.navigator.notify(tr("transfer.made", number=made.number, n=made.items))
        self.changed.emit()

    def _on_not_exported(self, dialog: ExportDialog, error: AppError) -> None:
        if dialog.isVisible():
            dialog.show_problem(describe(error).sentence)
        elif error.code is ErrorCode.CANCELLED:
            self._desk.navigator.notify(describe(error).text, kind="info")

    # -- back

    def _choose_receipt(self) -> None:
        title, files = tr("transfer.receipt_window"), tr("transfer.receipt_files")
        name, _ = QFileDialog.getOpenFileName(self._view, title, "", files)
        if name:
            self.read_receipt(Path(name))

    def read_receipt(self, path: Path) -> None:
        """Look what a receipt says, and ask."""
        read = partial(transfer.read_receipt, self._session, path)
        shown = partial(self._on_receipt, path)
        self._desk.sync.calls.run(read, shown, self._on_refused, owner=self)

    def _on_receipt(self, path: Path, receipt: Receipt) -> None:
        dialog = ReceiptDialog(self._view, receipt, path.name)
        dialog.taken.connect(partial(self._take, path))
        dialog.open()

    def _take(self, path: Path, looks: bool) -> None:
        take = partial(transfer.take_receipt, self._session, path)
        taken = partial(self._on_taken, looks=looks)
        self._desk.sync.calls.run(take, taken, self._on_refused, owner=self)

    def _on_taken(self, run: SyncRun, *, looks: bool) -> None:
        words = tr("transfer.taken", confirmed=run.confirmed, refused=run.refused)
        self._desk.navigator.notify(words)
        self._desk.navigator.records_synced.emit()
        self.changed.emit()
        if looks:
            self._view.show_filter(Delivery.REFUSED)
            self._view.filter_chosen.emit(Delivery.REFUSED)

    def _on_refused(self, error: AppError) -> None:
        self._desk.navigator.show_error(error)
