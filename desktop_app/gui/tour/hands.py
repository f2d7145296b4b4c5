"""The hands of the tour: events posted to the real windows, and eyes that wait for what follows."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

_ARRIVED = QEvent.Type(QEvent.registerEventType())
_MARK = 10  # where a box or radio button is pressed: on its mark, not beside its text

Sought = TypeVar("Sought", bound=QWidget)


@dataclass(frozen=True)
class Wait:
    """What must be true before the next move, and its name for the sentence if it never is."""

    condition: Callable[[], bool]
    name: str


Moves = Generator[Wait, None, None]


class Hands(QObject):
    """Clicks, types and looks in the window that a person could use now.

    Events are posted, never sent: a click that opens a dialog returns only when it is closed.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = self._top = window
        self._posted = self._received = 0

    # -- looking

    @property
    def top(self) -> QWidget:
        """Return the dialog that asks, or else the window."""
        # Kept: the parts of a dialog of Qt's own become unusable with the last reference to it.
        self._top = QApplication.activeModalWidget() or self._window
        return self._top

    def find(self, kind: type[Sought], name: str) -> Sought | None:
        """Return the widget of that name that can be seen, if there is one."""
        return next((one for one in self.top.findChildren(kind, name) if one.isVisible()), None)

    def sees(self, name: str) -> bool:
        """Tell whether a widget of that name can be seen."""
        return self.find(QWidget, name) is not None or self.top.objectName() == name

    def read(self, name: str) -> str:
        """Return what stands in a label or field, or what a painted widget says of itself."""
        widget = self.find(QWidget, name)
        if isinstance(widget, QLabel | QLineEdit):
            return widget.text()
        return widget.accessibleName() if widget is not None else ""

    def wait_for(self, name: str) -> Moves:
        """Go on when a widget of that name can be seen."""
        yield Wait(lambda: self.sees(name), name)

    def wait_until_gone(self, name: str) -> Moves:
        """Go on when no widget of that name can be seen."""
        yield Wait(lambda: not self.sees(name), name)

    # -- the mouse

    def click(self, name: str) -> Moves:
        """Press a widget as soon as it can be pressed."""
        yield Wait(lambda: self.can_press(name), name)
        widget = self.find(QWidget, name)
        if widget is not None:
            _bring_into_sight(widget)
            # Where there is no window manager, nobody else does so after a dialog.
            self.top.activateWindow()
            yield from self.settle()
            self._press(widget, _middle(widget))
            yield from self.settle()

    def click_row(self, name: str, text: str) -> Moves:
        """Press the row of a list or table that begins with that text."""
        yield Wait(lambda: self._row(name, text) is not None, text)
        index, view = self._row(name, text), self.find(QAbstractItemView, name)
        if index is not None and view is not None:
            view.scrollTo(index)
            yield from self.settle()
            self._press(view.viewport(), view.visualRect(index).center())
            yield from self.settle()

    def rows(self, name: str) -> int:
        """Return how many rows a list or table shows."""
        view = self.find(QAbstractItemView, name)
        return view.model().rowCount() if view is not None else 0

    def _row(self, name: str, text: str) -> QModelIndex | None:
        view = self.find(QAbstractItemView, name)
        model = view.model() if view is not None else None
        indexes = [model.index(at, 0) for at in range(model.rowCount())] if model else []
        return next((one for one in indexes if str(one.data()).startswith(text)), None)

    def can_press(self, name: str) -> bool:
        """Tell whether a widget can be seen and is on."""
        widget = self.find(QWidget, name)
        return widget is not None and widget.isEnabled()

    def _press(self, widget: QWidget, at: QPoint) -> None:
        window = widget.window()
        place = QPointF(widget.mapTo(window, at))
        everywhere = QPointF(widget.mapToGlobal(at))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for kind, button, held in (
            (QEvent.Type.MouseMove, none, none),
            (QEvent.Type.MouseButtonPress, left, left),
            (QEvent.Type.MouseButtonRelease, left, none),
        ):
            event = QMouseEvent(
                kind, place, place, everywhere, button, held, Qt.KeyboardModifier.NoModifier
            )
            QCoreApplication.postEvent(window.windowHandle(), event)

    # -- the keyboard

    def press(
        self, key: Qt.Key, text: str = "", *, held: Qt.KeyboardModifier | None = None
    ) -> Moves:
        """Press a key wherever the keyboard is."""
        self._strike(key, text, held or Qt.KeyboardModifier.NoModifier)
        yield from self.settle()

    def type(self, name: str, text: str) -> Moves:
        """Put the keyboard into a field and type over what stands there."""
        yield from self.click(name)
        yield from self.press(Qt.Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
        yield from self.write(text) if text else self.press(Qt.Key.Key_Delete)
        yield Wait(lambda: self._holds(name, text), name)

    def write(self, text: str) -> Moves:
        """Type text wherever the keyboard is; Hangul goes through the input method."""
        for char in text:
            if char.isascii():
                self._strike(Qt.Key(ord(char.upper())), char, Qt.KeyboardModifier.NoModifier)
            else:
                self._compose(char)
        yield from self.settle()

    def _holds(self, name: str, text: str) -> bool:
        widget = self.find(QWidget, name)
        return not isinstance(widget, QLineEdit) or widget.text() == text

    def _strike(self, key: Qt.Key, text: str, held: Qt.KeyboardModifier) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, text)
            QCoreApplication.postEvent(self.top.window().windowHandle(), event)

    def _compose(self, syllable: str) -> None:
        target = QApplication.focusWidget() or self.top.focusWidget()
        QCoreApplication.postEvent(target, QInputMethodEvent(syllable, []))
        committed = QInputMethodEvent("", [])
        committed.setCommitString(syllable)
        QCoreApplication.postEvent(target, committed)

    # -- waiting for one's own events

    def settle(self) -> Moves:
        """Go on when everything posted so far has been dealt with."""
        self._posted += 1
        QCoreApplication.postEvent(self, QEvent(_ARRIVED))
        sought = self._posted
        yield Wait(lambda: self._received >= sought, self.top.objectName())

    def event(self, event: QEvent) -> bool:
        if event.type() == _ARRIVED:
            self._received += 1
            return True
        return super().event(event)


def _middle(widget: QWidget) -> QPoint:
    if isinstance(widget, QCheckBox | QRadioButton):
        return QPoint(_MARK, widget.height() // 2)
    return widget.rect().center()


def _bring_into_sight(widget: QWidget) -> None:
    """Scroll as the wheel would."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QDialog):
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
