"""The dialogs of the way by stick: what a file will hold, and what a receipt says."""

from pathlib import Path

from PySide6.QtCore import QLocale, QStorageInfo, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.courier import Progress
from desktop_app.application.transfer import Receipt, RefusedByReceipt, TransferPlan
from desktop_app.domain.exchange import RecordKind
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.chip import Chip
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.painting import ChipLook
from desktop_app.gui.widgets.work_dialog import WorkDialog

_ICONS = {
    RecordKind.PATIENT: "user",
    RecordKind.ASSESSMENT: "clock-3",
    RecordKind.PRESCRIPTION: "square-pen",
    RecordKind.OUTCOME: "badge-check",
}
_MOST_REFUSED = 4


def kind_text(kind: RecordKind, count: int = 1) -> str:
    """Return what so many records of a kind are called."""
    return tr(f"transfer.kind_{kind.value}", n=count)


def place_text(path: Path) -> str:
    """Return on which drive a file will lie and how much room there is."""
    drive = QStorageInfo(str(path.parent))
    units = QLocale.DataSizeFormat.DataSizeSIFormat
    free = QLocale().formattedDataSize(drive.bytesAvailable(), 1, units)
    return tr("transfer.place_text", place=drive.displayName() or drive.rootPath(), free=free)


class ExportDialog(WorkDialog):
    """What goes into the file, for whom, and where it is written; with progress and a stop."""

    place_wanted = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget, plan: TransferPlan) -> None:
        title, text = tr("transfer.export_title"), tr("transfer.export_text")
        super().__init__(parent, title, text, icon="usb", width=560)
        self.setObjectName("export_dialog")
        self.setWindowTitle(tr("transfer.export_window"))
        self._plan = plan
        self.path: Path | None = None
        self._is_writing = False
        self.body.addWidget(self._contents())
        self._add_left_out()
        self._add_recipient()
        self._add_place()
        self.body.addWidget(Label(tr("transfer.export_after"), "small", "t2", wrap=True))
        self._progress_text = Label("", "small", name="export_progress")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, max(1, plan.records))
        self._bar.setAccessibleName(tr("transfer.export_title"))
        self._progress_text.hide()
        self._bar.hide()
        self.body.addWidget(self._progress_text)
        self.body.addWidget(self._bar)
        self._make = self.add_buttons(tr("transfer.make"))
        self.choose.setFocus()

    def _contents(self) -> Card:
        plan = self._plan
        records, patients = f"{plan.records:,}", f"{plan.patients:,}"
        total = tr("transfer.contents_total", records=records, patients=patients)
        card = Card(tr("transfer.contents"), name="export_contents")
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        card.head.addWidget(Label(total, "small", "t2", name="export_total"))
        for at, (kind, count) in enumerate(plan.counts.items()):
            if at:
                card.body.addWidget(Rule())
            row = QHBoxLayout()
            row.setSpacing(10)
            names = ElidedLabel(", ".join(plan.names[kind]), "small", "t2")
            names.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(icon_label(_ICONS[kind], "t2"))
            row.addWidget(Label(kind_text(kind, count), "strong"), 2)
            row.addWidget(Label(tr("transfer.records", n=f"{count:,}"), "body"), 1)
            row.addWidget(names, 4)
            card.body.addLayout(row)
        return card

    def _add_left_out(self) -> None:
        parts = [
            tr(f"transfer.left_out_{name}", n=count)
            for name, count in (
                ("conflicts", self._plan.conflicts),
                ("refused", self._plan.refused),
            )
            if count
        ]
        if parts:
            text = tr("transfer.left_out", what=", ".join(parts))
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(icon_label("circle-minus", "t2"))
            row.addWidget(Label(text, "small", "t2", wrap=True, name="left_out"), 1)
            self.body.addLayout(row)

    def _add_recipient(self) -> None:
        plan = self._plan
        recipient = tr(
            "transfer.recipient_text", server=plan.server.name, fingerprint=plan.fingerprint
        )
        self.body.addSpacing(6)
        self.body.addWidget(Label(tr("transfer.recipient"), "small", "t2"))
        self.body.addWidget(Label(recipient, "body", wrap=True, name="recipient"))

    def _add_place(self) -> None:
        self.body.addSpacing(6)
        self.body.addWidget(Label(tr("transfer.place"), "small", "t2"))
        self._place = Label(tr("transfer.place_none"), "body", "t2", wrap=True, name="place")
        self.choose = Button(tr("transfer.choose_place"), name="choose_place")
        self.choose.clicked.connect(self.place_wanted)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._place, 1)
        row.addWidget(self.choose)
        self.body.addLayout(row)
        self._file = Label(self._plan.file_name, "mono", name="file_name")
        number = Label(tr("transfer.file_number", n=self._plan.number), "small", "t2")
        line = QHBoxLayout()
        line.addWidget(self._file, 1)
        line.addWidget(number)
        self.body.addLayout(line)

    def show_place(self, path: Path) -> None:
        """Show where the file will lie and how much room there is."""
        self.path = path
        self._place.setText(place_text(path))
        self._place.set_tone("t1")
        self._file.setText(path.name)
        self._forget_problem()
        self._make.setFocus()

    def show_progress(self, progress: Progress) -> None:
        """Show how many records are written."""
        done, total = f"{progress.sent:,}", f"{self._plan.records:,}"
        self._progress_text.setText(tr("transfer.making", done=done, total=total))
        self._bar.setValue(progress.sent)

    def missing(self) -> str:
        """Return what is still to be done, empty when the file can be written."""
        return "" if self.path is not None else tr("transfer.need_place")

    def set_busy(self, *, busy: bool) -> None:
        """Show progress meanwhile; Cancel stops the writing."""
        self._is_writing = busy
        self._make.setEnabled(not busy)
        self.choose.setEnabled(not busy)
        self._progress_text.setVisible(busy)
        self._bar.setVisible(busy)
        if busy:
            self.show_progress(Progress(0, 0))

    def reject(self) -> None:
        if self._is_writing:
            self.stopped.emit()
        super().reject()


class ReceiptDialog(Dialog):
    """What a receipt says of each record; nothing is recorded before it is taken."""

    taken = Signal(bool)

    def __init__(self, parent: QWidget, receipt: Receipt, file_name: str) -> None:
        transfer = receipt.transfer
        when = format_date(transfer.made_at)
        text = tr("transfer.receipt_text", number=transfer.number, when=when)
        super().__init__(parent, tr("transfer.receipt_title"), text, icon="file-check", width=560)
        self.setObjectName("receipt_dialog")
        self.setWindowTitle(tr("transfer.receipt_window"))
        self.body.addSpacing(6)
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(file_name, "mono"), 1)
        signed = ChipLook("circle-check", "ok", "okSoft", "okLine")
        head.addWidget(Chip(signed, tr("transfer.signature"), name="signature_chip"))
        self.body.addLayout(head)
        self.body.addSpacing(4)
        self.body.addLayout(_tiles(receipt))
        if transfer.receipt_at is not None:
            self.body.addWidget(Label(tr("transfer.receipt_again"), "small", "t2", wrap=True))
        self.body.addSpacing(6)
        self.body.addLayout(self._rows(receipt))
        self.body.addSpacing(6)
        if receipt.refused:
            stay, why = tr("transfer.refused_stay"), tr("transfer.refused_stay_text")
            self.body.addWidget(Banner("info", stay, why, name="refused_banner"))
        if receipt.waiting_files:
            numbers = ", ".join(str(one.number) for one in reversed(receipt.waiting_files))
            others = tr("transfer.others_out", numbers=numbers)
            self.body.addWidget(Label(others, "small", "t2", wrap=True, name="others_out"))
        self._add_choices(receipt)

    def _rows(self, receipt: Receipt) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(3, 3)
        if receipt.confirmed:
            confirmed = tr("transfer.row_confirmed", n=f"{receipt.confirmed:,}")
            _add_row(grid, "check", "ok", confirmed, tr("transfer.row_confirmed_text"))
        if receipt.conflicts:
            conflicts = tr("transfer.row_conflicts", n=f"{receipt.conflicts:,}")
            text = tr("transfer.row_conflicts_text")
            _add_row(grid, "git-compare", "warn", conflicts, text)
        for one in receipt.refused[:_MOST_REFUSED]:
            text = _refused_text(one)
            _add_row(grid, "octagon-x", "err", tr("transfer.row_refused"), text, one.words)
        if len(receipt.refused) > _MOST_REFUSED:
            more = tr("transfer.row_more", n=len(receipt.refused) - _MOST_REFUSED)
            _add_row(grid, "octagon-x", "err", "", more)
        return grid

    def _add_choices(self, receipt: Receipt) -> None:
        self.add_choice(tr("common.cancel"), kind="plain", accepts=False)
        if receipt.refused:
            look = Button(tr("transfer.take_and_look"), icon="octagon-x", name="take_and_look")
            look.clicked.connect(lambda: self._take(looks=True))
            self._buttons.addWidget(look)
        count = f"{receipt.confirmed:,}"
        words = tr("transfer.take", n=count) if receipt.confirmed else tr("transfer.take_plain")
        take = Button(words, kind="primary", name="dialog_accept")
        take.clicked.connect(lambda: self._take(looks=False))
        take.setDefault(True)
        self._buttons.addWidget(take)
        take.setFocus()

    def _take(self, *, looks: bool) -> None:
        self.accept()
        self.taken.emit(looks)


def _tiles(receipt: Receipt) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    tiles = [
        (receipt.answered, "send", "t2", tr("transfer.answered"), "answered"),
        (receipt.confirmed, "check", "ok", tr("common.confirmed"), "confirmed"),
        (len(receipt.refused), "octagon-x", "err", tr("common.refused"), "refused"),
    ]
    if receipt.conflicts:
        tiles.append((receipt.conflicts, "git-compare", "warn", tr("common.conflict"), "conflicts"))
    for count, icon, ink, words, name in tiles:
        frame = QFrame()
        frame.setProperty("card", "true")
        frame.setAccessibleName(f"{words} {count}")
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(0)
        column.addWidget(Label(f"{count:,}", "bigHeading", name=f"receipt_{name}"))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(icon_label(icon, ink, 14))
        line.addWidget(Label(words, "small", ink), 1)
        column.addLayout(line)
        row.addWidget(frame, 1)
    return row


def _refused_text(one: RefusedByReceipt) -> str:
    kind = kind_text(one.kind)
    return tr("transfer.row_refused_text", patient=one.patient.name, kind=kind)


def _add_row(
    grid: QGridLayout, icon: str, ink: str, strong: str, text: str, aside: str = ""
) -> None:
    row = grid.rowCount()
    grid.addWidget(icon_label(icon, ink), row, 0)
    grid.addWidget(Label(strong, "smallStrong", ink), row, 1)
    grid.addWidget(Label(text, "small", wrap=True), row, 2, 1, 1 if aside else 2)
    if aside:
        grid.addWidget(ElidedLabel(aside, "small", "t2"), row, 3)
