"""The places of the program at the left, and who is signed in at the foot."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import ElidedLabel, icon_label, plain_tool_tip
from desktop_app.gui.widgets.text_painting import paint_text, text_width

WIDTH, NARROW_WIDTH = 196, 56
_MOST_IN_A_BADGE = 99
_RIGHT = Qt.AlignmentFlag.AlignRight


class Place(NamedTuple):
    """One place: its id, words, icon and the key that leads there."""

    name: str
    text: str
    icon: str
    key: str
    is_apart: bool = False


class PlaceButton(QAbstractButton):
    """A row of a list of places; marked while its place is shown."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self.shows_text = True
        self.shows_key = True
        self._badge = ""
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(place.text)
        self.setObjectName(f"place_{place.name}")
        self.setAccessibleName(place.text)
        self.setToolTip(f"{place.text} ({place.key})" if place.key else place.text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_badge(self, count: int, words: str) -> None:
        """Show a number that wants attention, or none; `words` say what it counts."""
        self._badge = "" if not count else str(count) if count <= _MOST_IN_A_BADGE else "99+"
        text = ", ".join(part for part in (self._place.text, words) if part)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._place.key})" if self._place.key else text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(NARROW_WIDTH - 16), theme.px(36))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.color("sel" if self.isChecked() else "hover"))
            painter.drawRoundedRect(box, 4, 4)
        if self.isChecked():
            painter.setBrush(theme.color("acc"))
            painter.drawRect(QRectF(0, 4, 3, box.height() - 8))
        side = theme.px(17)
        left = theme.px(13) if self.shows_text else (box.width() - side) / 2
        ink = "acc" if self.isChecked() else "t2"
        theme.paint_icon(painter, left, (box.height() - side) / 2, self._place.icon, ink, 17)
        if self.shows_text:
            self._paint_words(painter, box.adjusted(theme.px(40), 0, -theme.px(10), 0))
        if self._badge:
            self._paint_badge(painter, box)
        painter.end()

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        role = "strong" if self.isChecked() else "label"
        paint_text(painter, room, self._place.text, role, "t1" if self.isChecked() else "t2")
        if self.shows_key and not self._badge:
            role = "smallStrong" if self.isChecked() else "small"
            paint_text(painter, room, self._place.key, role, "t2", _RIGHT)

    def _paint_badge(self, painter: QPainter, box: QRectF) -> None:
        """Put the number in place of the key, or on the corner of the icon."""
        high = theme.px(20)
        wide = max(high, round(text_width(self._badge, "smallStrong")) + theme.px(10))
        top = (box.height() - high) / 2 if self.shows_text else 1
        left = box.right() - wide - (theme.px(8) if self.shows_text else 1)
        pill = QRectF(left, top, wide, high)
        painter.setPen(theme.color("warnLine"))
        painter.setBrush(theme.color("warnSoft"))
        painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), high / 2, high / 2)
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, pill, self._badge, "smallStrong", "warn", centre)


class Sidebar(QWidget):
    """Places above, the person and the lock below; narrow, it shows icons only."""

    place_chosen = Signal(str)
    lock_chosen = Signal()

    def __init__(self, places: Sequence[Place], lock_text: str) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons = {place.name: PlaceButton(place) for place in places}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(2)
        for place in places:
            if place.is_apart:
                column.addSpacing(8)
                column.addWidget(Rule(strong=True))
                column.addSpacing(8)
            button = self._buttons[place.name]
            button.clicked.connect(lambda _=False, name=place.name: self.place_chosen.emit(name))
            column.addWidget(button)
        column.addStretch(1)
        column.addWidget(Rule())
        column.addWidget(self._foot(lock_text))

    def _foot(self, lock_text: str) -> QWidget:
        foot = QWidget()
        self._name = ElidedLabel("", "strong", name="person_name")
        self._roles = ElidedLabel("", "small", "t2", name="person_roles")
        self._face = icon_label("circle-user-round", "t2", 26)
        self._lock = QToolButton()
        self._lock.setObjectName("lock_now")
        self._lock.setProperty("kind", "icon")
        self._lock.setFixedSize(theme.px(32), theme.px(32))
        self._lock.setToolTip(lock_text)
        self._lock.setAccessibleName(lock_text)
        self._lock.clicked.connect(self.lock_chosen)
        theme.set_icon(self._lock, "lock", "t2")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._roles)
        row = QHBoxLayout(foot)
        row.setContentsMargins(8, 8, 0, 4)
        row.setSpacing(9)
        row.addWidget(self._face, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self._lock)
        self._foot_row = row
        return foot

    def show_person(self, name: str, roles: str) -> None:
        """Say who is signed in."""
        self._name.setText(name)
        self._roles.setText(roles)
        self._face.setToolTip(plain_tool_tip(f"{name} · {roles}"))

    def mark_place(self, name: str) -> None:
        """Mark the place that is shown."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def show_badge(self, name: str, count: int, words: str) -> None:
        """Show a number beside a place, or none."""
        if name in self._buttons:
            self._buttons[name].show_badge(count, words)

    def fit(self, window_width: float) -> None:
        """Drop key hints, then words, as the window gets narrow (design pixels)."""
        narrow = window_width < 1280
        self.setFixedWidth(theme.px(NARROW_WIDTH if narrow else WIDTH))
        for button in self._buttons.values():
            button.shows_text = not narrow
            button.shows_key = window_width >= 1366
            button.update()
        for widget in (self._name, self._roles, self._face):
            widget.setVisible(not narrow)
        self._foot_row.setContentsMargins(*((4, 8, 4, 4) if narrow else (8, 8, 0, 4)))
