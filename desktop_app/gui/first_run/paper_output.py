"""Where the recovery key leaves the screen: a printer, or a PDF on a stick."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.first_run.recovery_paper import Paper, paint_paper
from desktop_app.gui.texts import tr

_DOTS_PER_INCH = 300
_A4 = QPageLayout(
    QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
)


def print_paper(parent: QWidget, paper: Paper) -> int:
    """Ask for a printer and print; return how many copies, 0 if the person changed their mind."""
    if not QPrinterInfo.availablePrinterNames():
        raise AppError(ErrorCode.PRINTER_UNAVAILABLE)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(_A4)
    printer.setFullPage(True)
    printer.setDocName(tr("first_run.paper_title"))
    if QPrintDialog(printer, parent).exec() != QPrintDialog.DialogCode.Accepted:
        return 0
    painter = QPainter(printer)
    if not painter.isActive():
        raise AppError(ErrorCode.PRINTER_UNAVAILABLE)
    paint_paper(painter, QRectF(printer.pageLayout().fullRectPixels(printer.resolution())), paper)
    painter.end()
    return printer.copyCount()


def choose_pdf(parent: QWidget, data_folder: Path) -> Path | None:
    """Ask where the PDF goes; FILE_UNWRITABLE (`inside_data_folder`) beside the records.

    So it is where `.pdf` had to be added and a file of that name exists.
    """
    suggested = str(Path.home() / tr("first_run.pdf_name"))
    name, _ = QFileDialog.getSaveFileName(
        parent, tr("first_run.save_pdf"), suggested, "PDF (*.pdf)"
    )
    if not name:
        return None
    target = Path(name)
    if target.resolve().is_relative_to(data_folder.resolve()):
        raise AppError(ErrorCode.FILE_UNWRITABLE, inside_data_folder=True)
    if target.suffix.lower() == ".pdf":
        return target
    named = target.with_name(f"{target.name}.pdf")
    if named.exists():  # nobody was asked about that one: another clinic's key, it may be
        raise AppError(ErrorCode.FILE_UNWRITABLE)
    return named


def write_pdf(target: Path, paper: Paper) -> None:
    """Write the page; FILE_UNWRITABLE where the place refuses."""
    writer = QPdfWriter(str(target))
    writer.setTitle(tr("first_run.paper_title"))
    writer.setResolution(_DOTS_PER_INCH)
    writer.setPageLayout(_A4)
    painter = QPainter()
    if not painter.begin(writer):
        raise AppError(ErrorCode.FILE_UNWRITABLE)
    paint_paper(painter, QRectF(0, 0, writer.width(), writer.height()), paper)
    if not painter.end():
        raise AppError(ErrorCode.FILE_UNWRITABLE)
