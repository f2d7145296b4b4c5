"""The page that registers a patient or changes one, with possible duplicates on the right."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.ports import PatientRow
from desktop_app.domain.patient import Patient, PatientDetails
from desktop_app.gui import theme
from desktop_app.gui.page import Page
from desktop_app.gui.register.form import PatientForm
from desktop_app.gui.register.match_card import MatchCard
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.bottom_bar import BottomBar
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.layouts import empty
from desktop_app.gui.widgets.patient_bar import PageHeader, PatientBar
from desktop_app.gui.widgets.patient_words import sex_and_age
from desktop_app.gui.widgets.scrolled import scrolled

_MATCHES_WIDTH, _NARROW_MATCHES_WIDTH, _NARROW_BELOW = 486, 430, 1150
_MATCHES_SHOWN = 3


class RegisterPage(Page):
    """Form, duplicates and the bar with the main button."""

    save_chosen = Signal()
    cancel_chosen = Signal()
    match_opened = Signal(int)
    match_assessed = Signal(int)
    work_kept = Signal()

    def __init__(self, *, is_new: bool) -> None:
        super().__init__()
        self.setObjectName("register_page")
        self._cards: list[MatchCard] = []
        self.asks_to_leave: Callable[[], bool] = lambda: True
        self.form = PatientForm()
        self.banner = Banner("warn", name="register_banner")
        self.banner.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_header() if is_new else self._build_patient_bar())
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._build_form(), 1)
        body.addWidget(self._build_matches())
        column.addLayout(body, 1)
        column.addWidget(self._build_foot(is_new=is_new))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.cancel_chosen.emit)
        for number in range(1, _MATCHES_SHOWN + 1):
            QShortcut(
                QKeySequence(f"Alt+{number}"), self, lambda at=number - 1: self._open_match(at)
            )
        self.show_matches((), PatientDetails("", "", None, None), date.min, 0, may_assess=False)

    def _build_header(self) -> QWidget:
        header = PageHeader()
        header.row.addWidget(Label(tr("register.title_new"), "pageTitle", name="page_title"))
        header.row.addWidget(Label(tr("register.required_hint"), "body", "t2"))
        header.row.addStretch(1)
        header.row.addWidget(icon_label("shield-check", "t2"))
        header.row.addWidget(Label(tr("register.no_registration_number"), "small", "t2"))
        self.set_title(tr("register.title_new"))
        return header

    def _build_patient_bar(self) -> QWidget:
        self._bar = PatientBar(tr("patients.title"))
        self._bar.back_chosen.connect(self.cancel_chosen)
        return self._bar

    def _build_form(self) -> QWidget:
        ground = QWidget()
        ground.setObjectName("form_ground")
        ground.setProperty("bar", "form")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        framed = QVBoxLayout()
        framed.setContentsMargins(16, 12, 16, 0)
        framed.addWidget(self.banner)
        column.addLayout(framed)
        column.addWidget(self.form, 1)
        return scrolled(ground)

    def _build_matches(self) -> QWidget:
        self._matches = QWidget()
        self._matches.setObjectName("matches")
        self._matches.setProperty("bar", "pane")
        self._matches.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(icon_label("users", "warn"))
        head.addWidget(Label(tr("register.maybe_known"), "cardTitle"), 1)
        self._compared = Label("", "small", "t2", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        inner = QWidget()
        inner.setProperty("page", "true")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._compared)
        column.addSpacing(8)
        column.addLayout(self._list)
        column.addStretch(1)
        outer = QVBoxLayout(self._matches)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        return self._matches

    def _build_foot(self, *, is_new: bool) -> QWidget:
        cancel = Button(tr("common.cancel"), key="Esc", name="cancel")
        cancel.clicked.connect(self.cancel_chosen)
        self.save_button = Button(
            tr("register.save_new") if is_new else tr("register.save_changes"),
            kind="primary",
            icon="user-plus" if is_new else "save",
            key="Ctrl+S",
            name="save_patient",
        )
        self.save_button.clicked.connect(self.save_chosen)
        self._foot = BottomBar(cancel, self.save_button)
        return self._foot

    # -- what is shown

    def show_patient(self, patient: Patient, today: date) -> None:
        """Say whose details are being changed."""
        self._bar.show_patient(
            patient.name,
            sex_and_age(patient, today),
            (
                (tr("common.birth_date"), format_date(patient.birth_date)),
                (tr("common.chart_number"), patient.chart_number),
            ),
        )
        name = tr("register.title_edit")
        self.set_title(f"{name} · {patient.name} ({patient.chart_number})")

    def show_matches(
        self,
        rows: Sequence[PatientRow],
        typed: PatientDetails,
        today: date,
        registered: int,
        *,
        may_assess: bool,
    ) -> None:
        """Show the patients who may be this one, the likeliest first; none closes the panel."""
        empty(self._list)
        self._cards = []
        for number, row in enumerate(rows[:_MATCHES_SHOWN], 1):
            card = MatchCard(row, typed, today, number=number, may_assess=may_assess)
            card.opened.connect(lambda at=number - 1: self.match_opened.emit(at))
            card.assessment_chosen.connect(lambda at=number - 1: self.match_assessed.emit(at))
            self._list.addWidget(card)
            self._cards.append(card)
        self._compared.setText(tr("register.compared_with", n=registered))
        self._matches.setVisible(bool(rows))
        keys = tr("register.keys_matches") if rows else ""
        self.set_context_keys(keys or tr("register.keys"))

    def show_save(self, reason: str, *, is_on: bool) -> None:
        """Switch the main button; the reason stands beside it when it is off."""
        self.save_button.setEnabled(is_on)
        self._foot.show_reason(reason)
        for card in self._cards[:1]:
            card.open_button.set_kind("default" if is_on else "primary")

    def show_banner(self, strong: str, text: str) -> None:
        """Say on top of the form what happened."""
        self.banner.show_message("warn", strong, text)
        self.banner.show()

    def _open_match(self, at: int) -> None:
        if at < len(self._cards):
            self.match_opened.emit(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < theme.px(_NARROW_BELOW)
        width = _NARROW_MATCHES_WIDTH if is_narrow else _MATCHES_WIDTH
        self._matches.setFixedWidth(theme.px(width))

    # -- leaving

    def can_leave(self) -> bool:
        return self.asks_to_leave()

    def save_work(self) -> None:
        self.work_kept.emit()

    # -- the keyboard

    def focus_first(self) -> None:
        """Put the keyboard into the name."""
        self.form.focus("name")
