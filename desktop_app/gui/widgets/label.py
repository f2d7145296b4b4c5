"""Text on a screen: a label with a role and a colour that breaks Korean at spaces only."""

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.gui import theme

_WORD_JOINER = "\N{WORD JOINER}"
_TAGS = r"(?:<[^<>]*>)*"
_INSIDE_A_WORD = re.compile(rf"(?<=[가-힣]){_TAGS}(?=[^\s<])|(?<=[^\s>\u2060]){_TAGS}(?=[가-힣])")


def keep_words_whole(text: str) -> str:
    """Return the text with joiners, so that a line never breaks inside a Korean word."""
    return _INSIDE_A_WORD.sub(lambda found: found.group() + _WORD_JOINER, text)


class Label(QLabel):
    """A text with a role (size and weight) and a tone (colour token)."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str | None = None,
        *,
        wrap: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plain = ""
        self.setObjectName(name)
        self.setWordWrap(wrap)
        if wrap:
            policy = self.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            self.setSizePolicy(policy)
        theme.set_role(self, role, tone)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._plain = text
        super().setText(keep_words_whole(text) if self.wordWrap() else text)
        self.setAccessibleName(re.sub(r"<[^<>]+>", "", text))

    def text(self) -> str:
        """Return the text as it was given."""
        return self._plain

    def set_tone(self, tone: str) -> None:
        """Change the colour token."""
        theme.set_state(self, "tone", tone)


class ElidedLabel(Label):
    """A side remark that gives way to what stands beside it; the tooltip says all of it."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text.strip())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        room = self.contentsRect()
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            room,
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            self.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, room.width() + 1
            ),
            self.foregroundRole(),
        )
        painter.end()


def icon_label(name: str, ink: str = "t2", size: int = 16) -> QLabel:
    """Return an icon beside a text; a screen reader reads the text only."""
    label = QLabel()
    theme.set_icon(label, name, ink, size)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
