"""The page of a conflict: who it is, both versions field by field, and what will be saved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.conflicts import Side
from desktop_app.domain.patient import Patient
from desktop_app.gui import theme
from desktop_app.gui.actions import key_text
from desktop_app.gui.conflict.rows import FIELD_WIDTH, ConflictRow
from desktop_app.gui.conflict.words import FieldRow
from desktop_app.gui.page import Page
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.bottom_bar import BottomBar
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.chip import Chip
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import discard, empty
from desktop_app.gui.widgets.painting import ChipLook
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.patient_words import sex_and_age
from desktop_app.gui.widgets.scrolled import Ground, scrolled

_CHIP = ChipLook("git-compare", "warn", "warnSoft", "warnLine")


class ConflictPage(Page):
    """Everything one sees and presses here; the presenter decides what it does."""

    place = "sync"
    side_chosen = Signal(str, object)
    all_chosen = Signal(object)
    save_chosen = Signal()
    later_chosen = Signal()
    work_kept = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("conflict_page")
        self.set_title(tr("conflict.title"))
        self.set_context_keys(tr("conflict.keys"))
        self.rows: dict[str, ConflictRow] = {}
        self.bar = PatientBar(tr("conflict.back"))
        self.bar.back_chosen.connect(self.later_chosen)
        self._place = Label("", "small", "t2", name="conflict_number")
        self.bar.tools.addWidget(Chip(_CHIP, tr("conflict.chip")))
        self.bar.tools.addWidget(self._place)
        self.banner = Banner("warn", name="conflict_banner")
        self.banner.hide()
        self._table = QFrame()
        self._table.setProperty("conflict", "table")
        self._lines = QVBoxLayout(self._table)
        self._lines.setContentsMargins(1, 1, 1, 1)
        self._lines.setSpacing(0)
        self._lines.addWidget(self._build_head())
        self._build_same()
        self.assessments = Banner("info", name="assessments_banner")
        self.later = Button(tr("conflict.later"), key="Esc", name="decide_later")
        self.later.clicked.connect(self.later_chosen)
        save_key = key_text("Ctrl+Return")
        self.save = Button(
            tr("conflict.save"), kind="primary", icon="git-merge", key=save_key, name="save_merged"
        )
        self.save.clicked.connect(self.save_chosen)
        self._foot = BottomBar(self.later, self.save)
        self._lay_out()
        for keys, button in (
            ("Esc", self.later),
            ("Ctrl+Return", self.save),
            ("Ctrl+Enter", self.save),
        ):
            self._shortcut(keys, button.click)

    def _shortcut(self, keys: str, act: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def _build_heading(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(tr("conflict.heading"), "section", name="conflict_heading"))
        words.addWidget(Label(tr("conflict.heading_line"), "body", "t2", wrap=True))
        self.all_here = Button(
            tr("conflict.all_here"), icon="monitor", key="Alt+1", name="all_from_here"
        )
        self.all_here.clicked.connect(lambda: self.all_chosen.emit(Side.HERE))
        self.all_server = Button(
            tr("conflict.all_server"), icon="server", key="Alt+2", name="all_from_server"
        )
        self.all_server.clicked.connect(lambda: self.all_chosen.emit(Side.SERVER))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addLayout(words, 1)
        row.addWidget(self.all_here, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.all_server, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _build_head(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("conflict", "head")
        self._differing = Label("", "smallStrong", "t2", wrap=True, name="fields_differing")
        self._here_author = Label("", "small", "t2", wrap=True, name="here_author")
        self._server_author = Label("", "small", "t2", wrap=True, name="server_author")
        self._left = Label("", "small", "t2", wrap=True, name="left_to_decide")
        first = QVBoxLayout()
        first.setContentsMargins(14, 8, 12, 8)
        first.addWidget(self._differing)
        first.addStretch(1)
        column = QWidget()
        column.setFixedWidth(theme.px(FIELD_WIDTH))
        column.setLayout(first)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(column)
        for title, below in (
            (tr("conflict.here"), self._here_author),
            (tr("conflict.server"), self._server_author),
            (tr("conflict.saved"), self._left),
        ):
            row.addWidget(_head_cell(title, below), 1)
        return frame

    def _build_same(self) -> None:
        self._toggle = Button("", kind="link", icon="chevron-right", name="show_same")
        self._toggle.clicked.connect(self._on_toggle)
        self._same = Card(name="same_fields")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, theme.px(FIELD_WIDTH - 30))
        self._grid.setColumnStretch(1, 1)
        self._same.body.addLayout(self._grid)
        self._same.hide()
        self._same_count = 0

    def _lay_out(self) -> None:
        ground = Ground()
        ground.setProperty("page", "true")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.banner)
        column.addLayout(self._build_heading())
        column.addWidget(self._table)
        column.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._same)
        column.addWidget(self.assessments)
        column.addStretch(1)
        self._area = scrolled(ground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.bar)
        outer.addWidget(self._area, 1)
        outer.addWidget(self._foot)

    # -- what is shown

    def show_patient(self, patient: Patient, today: date, place: str) -> None:
        """Show whose conflict this is, and which of how many."""
        self.bar.show_patient(
            patient.name,
            sex_and_age(patient, today),
            (
                (tr("common.birth_date"), format_date(patient.birth_date)),
                (tr("common.chart_number"), patient.chart_number),
            ),
        )
        self.set_title(f"{tr('conflict.title')} · {patient.name} ({patient.chart_number})")
        self._place.setText(place)

    def show_fields(self, rows: Sequence[FieldRow], here: str, server: str) -> None:
        """Show the differing fields and who made either version."""
        for old in self.rows.values():
            discard(old)
        self.rows = {}
        self._differing.setText(tr("conflict.differing", n=len(rows)))
        self._here_author.setText(here)
        self._server_author.setText(server)
        for row in rows:
            made = ConflictRow(row)
            name = row.name
            made.side_chosen.connect(lambda side, name=name: self.side_chosen.emit(name, side))
            made.stepped.connect(lambda step, name=name: self._step(name, step))
            self.rows[name] = made
            self._lines.addWidget(made)
            # At once: what is not seen yet cannot be given the keyboard.
            made.show()

    def show_same(self, fields: Sequence[tuple[str, str]]) -> None:
        """Keep what is the same on both sides, folded."""
        empty(self._grid)
        for at, (name, value) in enumerate(fields):
            self._grid.addWidget(Label(name, "small", "t2"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Label(value, wrap=True), at, 1)
        self._same_count = len(fields)
        self._toggle.setVisible(bool(fields))
        self._name_toggle()

    def show_choices(self, choices: Mapping[str, tuple[Side | None, str]], left: int) -> None:
        """Show what stays in each field and how many are still undecided."""
        for name, (side, saved) in choices.items():
            self.rows[name].show_side(side, saved)
        self._left.setText(tr("conflict.left", n=left) if left else tr("conflict.none_left"))
        self.save.setEnabled(not left)

    def show_reason(self, text: str) -> None:
        """Say at the foot what is still to be decided, or what follows."""
        self._foot.show_reason(text)

    def show_problem(self, strong: str, text: str = "") -> None:
        """Say over the fields why nothing was saved."""
        self.banner.show()
        self.banner.show_message("warn", strong, text)
        self._area.ensureWidgetVisible(self.banner)

    def _on_toggle(self) -> None:
        self._same.setVisible(not self._same.isVisible())
        self._name_toggle()

    def _name_toggle(self) -> None:
        is_open = not self._same.isHidden()
        text = tr("conflict.hide_same" if is_open else "conflict.show_same", n=self._same_count)
        self._toggle.setText(text)
        self._toggle.setAccessibleName(text)
        theme.set_icon(self._toggle, "chevron-down" if is_open else "chevron-right", "acc")

    # -- the keyboard

    def _step(self, name: str, step: int) -> None:
        names = list(self.rows)
        at = max(0, min(len(names) - 1, names.index(name) + step))
        self.focus_row(names[at])

    def focus_row(self, name: str) -> None:
        """Put the keyboard on a field."""
        row = self.rows[name]
        row.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(row)

    def focus_first(self) -> None:
        """Put the keyboard on the first field."""
        if self.rows:
            self.focus_row(next(iter(self.rows)))
        else:
            self.setFocus()

    def save_work(self) -> None:
        self.work_kept.emit()


def _head_cell(title: str, below: Label) -> QFrame:
    frame = QFrame()
    frame.setProperty("conflict", "headcell")
    policy = frame.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Ignored)
    frame.setSizePolicy(policy)
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 8, 14, 8)
    column.setSpacing(2)
    column.addWidget(Label(title, "smallStrong", "t2"))
    column.addWidget(below)
    column.addStretch(1)
    return frame
