"""How people are shown: their roles in words and a round mark with their initial."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.domain.account import Account, Role
from desktop_app.gui import theme
from desktop_app.gui.texts import tr

_ROLE_KEYS = {
    Role.ADMIN: "shell.administrator",
    Role.DOCTOR: "shell.doctor",
    Role.STAFF: "shell.staff",
    Role.AUDITOR: "shell.auditor",
}


def role_text(role: Role) -> str:
    """Return a role in a word."""
    return tr(_ROLE_KEYS[role])


def roles_text(person: Account) -> str:
    """Return a person's roles in words."""
    return " · ".join(role_text(role) for role in _ROLE_KEYS if role in person.roles)


def person_line(person: Account) -> str:
    """Return a person's roles and department."""
    return " · ".join(part for part in (roles_text(person), person.department) if part)


def paint_initial(painter: QPainter, circle: QRectF, name: str, *, is_chosen: bool = False) -> None:
    """Draw the round mark of a person."""
    ink = "acc" if is_chosen else "line2"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.color("surface"))
    painter.setPen(QPen(theme.color(ink), 1))
    painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.setFont(theme.font("strong"))
    painter.setPen(theme.color("acc" if is_chosen else "t2"))
    painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, name.strip()[:1].upper())
    painter.restore()


class Initial(QWidget):
    """A person's round mark; the name beside it is what a screen reader reads."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(QSize(theme.px(38), theme.px(38)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_initial(painter, QRectF(self.rect()), self._name, is_chosen=True)
        painter.end()
