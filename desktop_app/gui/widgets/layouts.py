"""What is done to layouts all over the program."""

from PySide6.QtWidgets import QLayout, QWidget


def empty(layout: QLayout) -> None:
    """Take everything out of a layout at once."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            discard(widget)


def discard(widget: QWidget) -> None:
    """Take a widget off its window at once; it is deleted when its handlers have returned."""
    # First: what a layout got a moment ago still waits to be shown, and would be, as a window.
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
