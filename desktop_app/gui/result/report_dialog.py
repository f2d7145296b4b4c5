"""Look at the report, choose its language, then print it or save it as a PDF."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QIODevice, QSaveFile, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.ports import IssuedReport
from desktop_app.application.reports import issue_report, list_reports
from desktop_app.domain import clinic
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.desk import Desk
from desktop_app.gui.result.report import Issue, a4, paint_report, render_image, render_pdf
from desktop_app.gui.result.words import ResultFacts
from desktop_app.gui.texts import Language, language, tr
from desktop_app.gui.widgets.bottom_bar import BottomBar
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label

_PREVIEW_DOTS = 0.9


class ReportDialog(QDialog):
    """Shows the page as it will leave; what leaves is kept as an exact copy first."""

    def __init__(self, desk: Desk, facts: ResultFacts, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._facts = desk, facts
        self._language: Language = language()
        self._clinic = clinic.Clinic("", "")
        self._copies: tuple[IssuedReport, ...] = ()
        self.setObjectName("report_dialog")
        self.setProperty("card", "true")
        self.setWindowTitle(tr("report.dialog"))
        self.setAccessibleName(tr("report.dialog"))
        self.resize(820, 640)
        self._page = QLabel()
        self._page.setAccessibleName(tr("report.preview"))
        self._page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        scroll = QScrollArea()
        scroll.setObjectName("report_preview")
        scroll.setAccessibleName(tr("report.preview"))
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._build_head())
        column.addWidget(scroll, 1)
        column.addWidget(self._build_foot())
        desk.tasks.run(self._read, self._on_read, owner=self)

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(14)
        row.addWidget(Label(tr("report.language"), "label"))
        group = QButtonGroup(self)
        choices: tuple[tuple[Language, str], ...] = (
            ("ko", tr("common.korean")),
            ("en", tr("common.english")),
        )
        for code, text in choices:
            choice = QRadioButton(text)
            choice.setObjectName(f"report_{code}")
            choice.setChecked(code == self._language)
            choice.clicked.connect(partial(self._on_language, code))
            group.addButton(choice)
            row.addWidget(choice)
        row.addStretch(1)
        self._reprint = Button(tr("report.reprint"), kind="plain", name="report_reprint")
        self._reprint.clicked.connect(self._on_reprint)
        self._reprint.hide()
        self._kept = Label("", "small", "t2", name="report_copies")
        row.addWidget(self._kept)
        row.addWidget(self._reprint)
        return row

    def _build_foot(self) -> BottomBar:
        close = Button(tr("common.close"), name="report_close")
        save = Button(tr("report.save_pdf"), icon="save", name="report_save")
        to_print = Button(tr("report.print"), kind="primary", icon="printer", name="report_print")
        close.clicked.connect(self.reject)
        save.clicked.connect(self.choose_file)
        to_print.clicked.connect(self._on_print)
        bar = BottomBar(close, save, to_print)
        bar.show_reason(tr("report.kept_copy"))
        return bar

    # -- what the page needs to know

    def _read(self) -> tuple[clinic.Clinic, tuple[IssuedReport, ...]]:
        session = self._desk.session
        with session.unit_of_work() as work:
            decided = work.clinic()
        return decided, list_reports(session, self._facts.assessment.assessment_id)

    def _on_read(self, read: tuple[clinic.Clinic, tuple[IssuedReport, ...]]) -> None:
        self._clinic, self._copies = read
        self._show_copies()
        self._show_page()

    def _show_copies(self) -> None:
        count = len(self._copies)
        self._kept.setText(tr("report.copies", n=count) if count else "")
        self._reprint.setVisible(bool(count))

    def _on_language(self, chosen: Language) -> None:
        self._language = chosen
        self._show_page()

    def _show_page(self) -> None:
        ratio = self.devicePixelRatioF()
        encode = self._desk.session.encode_qr
        image = render_image(self._facts, self.issue(), encode, dots=_PREVIEW_DOTS * ratio)
        shown = QPixmap.fromImage(image)
        shown.setDevicePixelRatio(ratio)
        self._page.setPixmap(shown)

    def issue(self) -> Issue:
        """Return where, when and for whom the report leaves now."""
        session = self._desk.session
        return Issue(
            clinic=self._clinic.name,
            seat=self._clinic.seat,
            person=session.person.name,
            moment=session.clock.now(),
            language=self._language,
        )

    # -- saving

    def choose_file(self) -> None:
        """Ask where to save, and save."""
        number = self._facts.assessment.number
        # The proposed name holds no patient: folders and sticks show it to anybody.
        proposed = f"MesoDesk-{number}-{self._language}.pdf"
        path = self._ask_path(proposed)
        if path is not None:
            self.save_pdf(path)

    def _ask_path(self, proposed: str) -> Path | None:
        text, _ = QFileDialog.getSaveFileName(
            self, tr("report.dialog"), proposed, tr("report.pdf_files")
        )
        return Path(text) if text else None

    def save_pdf(self, path: Path) -> None:
        """Keep an exact copy, then write the same bytes to a file, whole or not at all."""
        pdf = render_pdf(self._facts, self.issue(), self._desk.session.encode_qr)
        self._keep(pdf, partial(self._write, path, pdf))

    def _keep(self, pdf: bytes, then: Callable[[], None]) -> None:
        work = partial(
            issue_report,
            self._desk.session,
            self._facts.assessment.assessment_id,
            language=clinic.Language(self._language),
            pdf=pdf,
        )
        self._desk.tasks.run(work, partial(self._on_kept, then), self._on_refused, owner=self)

    def _on_kept(self, then: Callable[[], None], report: IssuedReport) -> None:
        self._copies = (report, *self._copies)
        self._show_copies()
        then()

    def _on_refused(self, error: AppError) -> None:
        self._desk.navigator.show_error(error)

    def _write(self, path: Path, pdf: bytes) -> None:
        file = QSaveFile(str(path))
        is_written = (
            file.open(QIODevice.OpenModeFlag.WriteOnly)
            and file.write(pdf) == len(pdf)
            and file.commit()
        )
        if not is_written:
            self._desk.navigator.show_error(AppError(ErrorCode.FILE_UNWRITABLE))
            return
        self._desk.navigator.notify(tr("report.saved"))
        self.accept()

    def _on_reprint(self) -> None:
        """Save the last copy as it left, to the byte."""
        last = self._copies[0]
        path = self._ask_path(f"MesoDesk-{self._facts.assessment.number}-{last.language}.pdf")
        if path is not None:
            self._write(path, last.pdf)

    # -- printing

    def _on_print(self) -> None:
        if not QPrinterInfo.availablePrinterNames():
            self._desk.navigator.show_error(AppError(ErrorCode.PRINTER_UNAVAILABLE))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(a4())
        printer.setFullPage(True)
        printer.setDocName(f"MesoDesk {self._facts.assessment.number}")
        if QPrintDialog(printer, self).exec() != QDialog.DialogCode.Accepted:
            return
        pdf = render_pdf(self._facts, self.issue(), self._desk.session.encode_qr)
        self._keep(pdf, partial(self._print, printer))

    def _print(self, printer: QPrinter) -> None:
        painter = QPainter()
        if not painter.begin(printer):
            self._desk.navigator.show_error(AppError(ErrorCode.PRINTER_UNAVAILABLE))
            return
        dots = printer.resolution() / 96
        paint_report(painter, dots, self._facts, self.issue(), self._desk.session.encode_qr)
        painter.end()
        self._desk.navigator.notify(tr("report.printed_notice"))
        self.accept()
