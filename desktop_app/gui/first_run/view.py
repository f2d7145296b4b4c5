"""The frame of the assistant: the steps, the present page, and the way on and back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.first_run.clinic_page import ClinicPage
from desktop_app.gui.first_run.recovery_page import RecoveryPage
from desktop_app.gui.first_run.section import is_narrow
from desktop_app.gui.first_run.step_list import Step, StepList
from desktop_app.gui.first_run.summary_page import SummaryPage
from desktop_app.gui.page import FrontPage
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.bottom_bar import BottomBar
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.logo import Logo
from desktop_app.gui.widgets.scrolled import scrolled

_SIDE_WIDTH, _NARROW_SIDE_WIDTH = 264, 216


class FirstRunView(FrontPage):
    """Three pages in a row; the presenter says which is shown and when the next one opens."""

    next_requested = Signal()
    previous_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("first_run.title"))
        self.setObjectName("first_run_page")
        self.clinic = ClinicPage()
        self.clinic.language_chosen.connect(self.language_chosen)
        self.recovery = RecoveryPage()
        self.summary = SummaryPage()
        self._steps = StepList()
        self._step_of = Label("", "small", "t2", name="step_of")
        self._heading = Label("", "bigHeading", name="heading")
        self._pages = QStackedWidget()
        self._pages.setProperty("front", "sheet")
        for page in (self.clinic, self.recovery, self.summary):
            self._pages.addWidget(_scrolled(page))
        self._demonstration = self._build_demonstration()
        self._note = Label(tr("first_run.stays_here"), "small", "t2", wrap=True)
        self._build_buttons()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addLayout(self._sheet(), 1)

    def show_step(self, step: int, heading: str, steps: tuple[Step, ...]) -> None:
        """Show a page (0, 1 or 2) and mark it in the list."""
        is_last = step + 1 == len(steps)
        self._steps.show_steps(steps, step)
        self._step_of.setText(tr("first_run.step_of", n=step + 1, all=len(steps)))
        self._heading.setText(heading)
        self._pages.setCurrentIndex(step)
        self._demonstration.setVisible(step == 0)
        self._note.setVisible(step > 0)
        self._back.setVisible(step > 0)
        self._next.setVisible(not is_last)
        self._start.setVisible(is_last)
        self.focus_first()

    def show_reason(self, text: str, *, may_go_on: bool) -> None:
        """Say at the foot what is missing, and whether the way on is open."""
        self._bar.show_reason(text)
        self._next.setEnabled(may_go_on)
        self._start.setEnabled(may_go_on)

    def set_busy(self, text: str) -> None:
        """Hold the page while something is made, and say what; empty when it is done."""
        self._pages.setEnabled(not text)
        self._back.setEnabled(not text)
        self._cancel.setEnabled(not text)
        if text:
            self.show_reason(text, may_go_on=False)

    def take_over(self, earlier: FrontPage) -> None:
        if isinstance(earlier, FirstRunView):
            self.clinic.take_over(earlier.clinic)

    def focus_first(self) -> None:
        """Put the keyboard where the present page begins."""
        step = self._pages.currentIndex()
        if step == 0:
            self.clinic.focus_first()
        elif step == 1:
            self.recovery.focus_first()
        else:
            self._start.setFocus()

    def _build_buttons(self) -> None:
        self._back = Button(
            tr("first_run.back"), icon="chevron-left", key="Alt+←", name="previous_step"
        )
        self._back.clicked.connect(self.previous_requested)
        QShortcut(QKeySequence("Alt+Left"), self, self._back.click)
        self._next = Button(tr("first_run.next"), kind="primary", key="Enter", name="next_step")
        self._next.clicked.connect(self.next_requested)
        self._start = Button(tr("first_run.start"), kind="primary", key="Enter", name="start")
        self._start.setAutoDefault(True)
        self._start.clicked.connect(self.next_requested)
        self._cancel = Button(tr("first_run.cancel"), kind="plain", name="cancel_setup")
        self._cancel.clicked.connect(self.cancel_requested)
        self.clinic.submitted.connect(self._next.click)
        self.recovery.submitted.connect(self._next.click)
        self._bar = BottomBar(self._back, self._next, self._start, self._cancel)
        self._bar.setContentsMargins(theme.px(24), 0, theme.px(12), 0)

    def _side(self) -> QWidget:
        side = QWidget()
        side.setProperty("front", "side")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(theme.px(_NARROW_SIDE_WIDTH if is_narrow() else _SIDE_WIDTH))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label("MesoDesk", "cardTitle"))
        names.addWidget(Label(tr("first_run.title"), "small", "t2"))
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        head.addWidget(Logo(34))
        head.addLayout(names, 1)
        column = QVBoxLayout(side)
        indent = theme.px(12 if is_narrow() else 22)
        column.setContentsMargins(indent, theme.px(26), indent, theme.px(24))
        column.setSpacing(theme.px(28))
        column.addLayout(head)
        column.addWidget(self._steps)
        column.addStretch(1)
        column.addWidget(self._demonstration)
        column.addWidget(self._note)
        return side

    def _build_demonstration(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("front", "demo")
        button = Button(
            tr("first_run.open_demonstration"), icon="flask-conical", name="open_demonstration"
        )
        button.clicked.connect(self.demonstration_requested)
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(theme.px(6))
        column.addWidget(Label(tr("first_run.look_first"), "strong"))
        column.addWidget(Label(tr("first_run.look_first_text"), "small", "t2", wrap=True))
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _sheet(self) -> QVBoxLayout:
        sheet = QWidget()
        sheet.setProperty("front", "sheet")
        sheet.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(sheet)
        left, right = (16, 8) if is_narrow() else (36, 28)
        column.setContentsMargins(theme.px(left), theme.px(20), theme.px(right), 0)
        column.setSpacing(theme.px(2))
        for label in (self._step_of, self._heading):
            label.setContentsMargins(theme.px(4), 0, 0, 0)
            column.addWidget(label)
        column.addSpacing(theme.px(10))
        column.addWidget(self._pages, 1)
        outer = QVBoxLayout()
        outer.setSpacing(0)
        outer.addWidget(sheet, 1)
        outer.addWidget(self._bar)
        return outer


def _scrolled(page: QWidget) -> QScrollArea:
    page.setProperty("page", "true")
    page.setContentsMargins(theme.px(4), 0, 0, 0)  # room for the focus ring
    area = scrolled(page)
    # Two fields side by side at twice the text size need more than the smallest window.
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return area
