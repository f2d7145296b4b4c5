"""Buttons in their kinds: default, primary, plain, danger, link, and the filter toggle."""

from math import ceil
from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.texts import plain
from desktop_app.gui.widgets.text_painting import paint_text, text_width

Kind = Literal["default", "primary", "plain", "danger", "link"]
_INKS: dict[Kind, str] = {
    "default": "t1",
    "primary": "onacc",
    "plain": "t2",
    "danger": "err",
    "link": "acc",
}
_ICON, _GAP, _INDENT = 14, 6, 11


class Button(QPushButton):
    """A button with an icon that follows its kind and a hint of its key behind the text."""

    def __init__(
        self,
        text: str,
        *,
        kind: Kind = "default",
        icon: str = "",
        key: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind: Kind = kind
        self._words = text
        self._shows_words = True
        self._icon = icon
        self._key = key
        self._shows_key = bool(key)
        self.setProperty("kind", kind)
        self.setObjectName(name)
        self.setAccessibleName(plain(text))
        self.setAutoDefault(False)
        if key:
            self.setToolTip(f"{plain(text)} ({key})")
        if icon:
            theme.set_icon(self, icon, _INKS[kind])

    def set_kind(self, kind: Kind) -> None:
        """Make it another kind of button."""
        self._kind = kind
        theme.set_state(self, "kind", kind)
        if self._icon:
            theme.set_icon(self, self._icon, _INKS[kind])

    @property
    def has_key(self) -> bool:
        """Tell whether a key presses the button."""
        return bool(self._key)

    @property
    def has_icon(self) -> bool:
        """Tell whether the button can be known without its words."""
        return bool(self._icon)

    def show_key(self, *, is_shown: bool) -> None:
        """Show the hint of the key, or leave it to the tooltip where there is no room."""
        if is_shown != self._shows_key:
            self._shows_key = is_shown
            self.updateGeometry()
            self.update()

    def setText(self, text: str) -> None:
        had_text = bool(self.text())
        self._words = text
        super().setText(text if self._shows_words else "")
        if self._icon and had_text != bool(self.text()):
            # The room beside the icon comes and goes with the text.
            theme.set_icon(self, self._icon, _INKS[self._kind])

    def show_words(self, *, is_shown: bool) -> None:
        """Show the text, or leave it to icon and tooltip where there is no room."""
        self._shows_words = is_shown
        self.setText(self._words)
        if self._words and not self.toolTip():
            self.setToolTip(plain(self._words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_enter and not held and not event.isAutoRepeat():
            # Otherwise a dialog would press its main button while another has the keyboard.
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + self._key_width(), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _key_width(self) -> int:
        return round(text_width(self._key, "small")) + theme.px(10) if self._shows_key else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shows_key:
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        style = self.style()
        style.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        content = style.subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        wide = self._key_width()
        spare = max(0, self.width() - self.sizeHint().width()) // 2
        option.rect = QRect(spare, 0, self.width() - wide - 2 * spare, self.height())
        style.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option, painter, self)
        painter.setFont(theme.font("small"))
        ink = "dis" if not self.isEnabled() else "onacc" if self._kind == "primary" else "t2"
        painter.setPen(theme.color(ink))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(content.adjusted(0, 0, -spare, 0), right, self._key)
        painter.end()


class FilterButton(QToolButton):
    """A filter that is on or off, with a check mark when on and the number it would show."""

    def __init__(
        self, text: str, icon: str = "", *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._label, self._icon, self._count = text, icon, ""
        self._shows_icon = self._shows_words = True
        self.setObjectName(name)
        self.setCheckable(True)
        self.setProperty("kind", "filter")
        self.toggled.connect(self._show)
        self._show()

    @property
    def count(self) -> str:
        """Return the number that is shown."""
        return self._count

    def set_count(self, count: str) -> None:
        """Show how many records the filter holds."""
        self._count = count
        self._show()

    def show_icon(self, *, is_shown: bool) -> None:
        """Show the icon, or leave it out where there is no room; the check mark stays."""
        self._shows_icon = is_shown
        self._show()

    def show_words(self, *, is_shown: bool) -> None:
        """Show the words, or leave them to the tooltip and the icon in their place."""
        self._shows_words = is_shown
        self.setToolTip("" if is_shown else self._label)
        self._show()

    def _show(self) -> None:
        text = f"{self._label} {self._count}".strip()
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def shown_icon(self) -> str:
        """Return the name of the icon before the text, or nothing."""
        if self.isChecked():
            return "check"
        return self._icon if self._shows_icon or not self._shows_words else ""

    def _parts(self) -> tuple[tuple[str, str, str], ...]:
        """Return (text, role, ink) of the label and its count."""
        inks = ("t1", "t1") if self.isChecked() else ("t2", "t1")
        label_ink, count_ink = inks if self.isEnabled() else ("dis", "dis")
        label = (self._label, "smallStrong" if self.isChecked() else "small", label_ink)
        count = (self._count, "smallStrong", count_ink)
        shown = ((label, self._shows_words or self.isChecked()), (count, bool(self._count)))
        return tuple(part for part, is_shown in shown if is_shown)

    def sizeHint(self) -> QSize:
        wide = sum(text_width(text, role) for text, role, _ in self._parts())
        wide += theme.px(_GAP) * max(0, len(self._parts()) - 1)
        wide += theme.px(_ICON + _GAP) if self.shown_icon else 0
        return QSize(ceil(wide) + 2 * theme.px(_INDENT), theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QPainter(self)
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)
        left = (self.width() - self.sizeHint().width()) / 2 + theme.px(_INDENT)
        if self.shown_icon:
            ink = "t1" if self.isEnabled() else "dis"
            top = (self.height() - theme.px(_ICON)) / 2
            theme.paint_icon(painter, left, top, self.shown_icon, ink, _ICON)
            left += theme.px(_ICON + _GAP)
        for text, role, text_ink in self._parts():
            wide = text_width(text, role)
            paint_text(painter, QRectF(left, 0, wide + 1, self.height()), text, role, text_ink)
            left += wide + theme.px(_GAP)
        painter.end()
