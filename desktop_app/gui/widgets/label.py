"""Text on a screen: a label with a role and a colour that breaks Korean at spaces only."""

import re
from html import escape, unescape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.gui import theme

_WORD_JOINER = "\N{WORD JOINER}"
_TAGS = r"(?:<[^<>]*>)*"
_INSIDE_A_WORD = re.compile(rf"(?<=[가-힣]){_TAGS}(?=[^\s<])|(?<=[^\s>\u2060]){_TAGS}(?=[가-힣])")
_INSIDE_A_UNIT = re.compile(r"/(?=[µmd]?L\b)")


def keep_words_whole(text: str) -> str:
    """Return the text with joiners, so that no line breaks inside a Korean word or a unit."""
    text = _INSIDE_A_UNIT.sub(f"/{_WORD_JOINER}", text)
    return _INSIDE_A_WORD.sub(lambda found: found.group() + _WORD_JOINER, text)


def plain_tool_tip(text: str) -> str:
    """Return a text that a tooltip shows as it is, whatever a person wrote in it."""
    return f"<span>{escape(text)}</span>" if "<" in text else text


class Label(QLabel):
    """A text with a role (size and weight) and a tone (colour token).

    Only a `rich` one reads markup: a person's name may hold what looks like it.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str | None = None,
        *,
        wrap: bool = False,
        rich: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plain = ""
        self._is_rich = rich
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
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
        spoken = unescape(re.sub(r"<[^<>]+>", "", text)) if self._is_rich else text
        self.setAccessibleName(spoken)

    def text(self) -> str:
        """Return the text as it was given."""
        return self._plain

    def set_tone(self, tone: str) -> None:
        """Change the colour token."""
        theme.set_state(self, "tone", tone)


class ElidedLabel(Label):
    """A line that gives way to what stands beside it; the tooltip says all of it.

    It asks for no more than `most` design pixels, where that is given.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str | None = None,
        *,
        most: int | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._most = most
        super().__init__(text, role, tone, name=name, parent=parent)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._most is not None:
            hint.setWidth(min(hint.width(), theme.px(self._most)))
        return hint

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(plain_tool_tip(text.strip()))

    def fitting_text(self, _width: int) -> str:
        """Return what is said in this much room, which is cut where even that is too long."""
        return self.text()

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
                self.fitting_text(room.width()), Qt.TextElideMode.ElideRight, room.width() + 1
            ),
            self.foregroundRole(),
        )
        painter.end()


class ShorteningLabel(ElidedLabel):
    """A line that says the most important only where there is no room for all of it."""

    _shorter = ""

    def show_texts(self, text: str, shorter: str) -> None:
        """Show a text, or the shorter one."""
        self._shorter = shorter
        self.setText(text)

    def fitting_text(self, width: int) -> str:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= width
        return self.text() if fits or not self._shorter else self._shorter


def icon_label(name: str, ink: str = "t2", size: int = 16) -> QLabel:
    """Return an icon beside a text; a screen reader reads the text only."""
    label = QLabel()
    theme.set_icon(label, name, ink, size)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
