"""Colours, fonts and icons of every screen, from the design's tokens."""

import string
import weakref
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

import shiboken6
from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desktop_app.config import resource
from desktop_app.gui.svg_icons import render_icon
from desktop_app.gui.tokens import DARK, LIGHT

Scheme = Literal["system", "light", "dark"]
FAMILIES = ["Pretendard", "Noto Sans CJK KR", "Malgun Gothic"]
MONO_FAMILY = "IBM Plex Mono"
_FONT_FILES = (
    "Pretendard-Regular.ttf",
    "Pretendard-Medium.ttf",
    "Pretendard-SemiBold.ttf",
    "Pretendard-Bold.ttf",
    "IBMPlexMono-Regular.ttf",
)


class TextRole(NamedTuple):
    """Size in pixels at 100 %, weight and letter spacing of one kind of text."""

    size: int
    weight: int = 400
    spacing: float = 0.0


ROLES: dict[str, TextRole] = {
    "small": TextRole(13),
    "smallStrong": TextRole(13, 600),
    "body": TextRole(14),
    "label": TextRole(14, 500),
    "strong": TextRole(14, 600),
    "cardTitle": TextRole(15, 700),
    "answer": TextRole(16, 700),
    "section": TextRole(17, 700),
    "pageTitle": TextRole(19, 700, -0.2),
    "bigHeading": TextRole(22, 700, -0.3),
    "summaryFigure": TextRole(30, 700, -0.6),
    "resultFigure": TextRole(46, 700, -1.4),
    "mono": TextRole(13),
}
TONES = ("t1", "t2", "t3", "dis", "acc", "up", "dn", "hold", "warn", "err", "ok", "info")
_TEXT_GAP = 4


class _Changes(QObject):
    applied = Signal()


changes = _Changes()
"""Emits `applied` after every change of colours or sizes."""


class _Look:
    """What is applied now."""

    choice: Scheme = "system"
    scale: float = 1.0
    dark: bool = False
    high_contrast: bool = False


def apply(choice: Scheme | None = None, scale: float | None = None) -> None:
    """Colour and size the whole application; None keeps what is set."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    _Look.choice = choice or _Look.choice
    _Look.scale = scale or _Look.scale
    _follow_system(app)
    app.setFont(font("body"))
    app.setPalette(QPalette() if _Look.high_contrast else _palette())
    app.setStyleSheet(_style_sheet())
    for owner in list(_icon_owners):
        if shiboken6.isValid(owner):
            _tint(owner)
    changes.applied.emit()


def _follow_system(app: QApplication) -> None:
    hints = app.styleHints()
    wanted = {
        "light": Qt.ColorScheme.Light,
        "dark": Qt.ColorScheme.Dark,
        "system": Qt.ColorScheme.Unknown,
    }[_Look.choice]
    hints.setColorScheme(wanted)
    scheme = hints.colorScheme() if _Look.choice == "system" else wanted
    _Look.dark = scheme == Qt.ColorScheme.Dark
    _Look.high_contrast = wants_high_contrast(app)


def wants_high_contrast(app: QApplication) -> bool:
    """Tell whether the system asks for high contrast."""
    preference = app.styleHints().accessibility().contrastPreference()
    return preference == Qt.ContrastPreference.HighContrast


def start(app: QApplication, choice: Scheme = "system", scale: float = 1.0) -> None:
    """Load the fonts, set the base style, and follow the system from now on."""
    app.setStyle("Fusion")
    load_fonts()
    apply(choice, scale)
    _follow_from_now_on(app)


@cache
def _follow_from_now_on(app: QApplication) -> None:
    app.styleHints().colorSchemeChanged.connect(_on_system_scheme_changed)


def _on_system_scheme_changed(_scheme: Qt.ColorScheme) -> None:
    if _Look.choice == "system":
        apply()


def is_dark() -> bool:
    """Tell whether the dark theme is on."""
    return _Look.dark


def scale() -> float:
    """Return the factor of text and control sizes, 1.0 to 2.0."""
    return _Look.scale


def px(design_pixels: float) -> int:
    """Return a length of the design at the present text size."""
    return round(design_pixels * _Look.scale)


def color(token: str) -> QColor:
    """Return a token's colour in the present theme."""
    if _Look.high_contrast:
        return _contrast_color(token)
    return _parsed((DARK if _Look.dark else LIGHT)[token])


@cache
def _parsed(text: str) -> QColor:
    return QColor(text)


_CONTRAST_GROUNDS = {"title", "window", "canvas", "surface", "alt", "hover", "band", "grid"}


def _contrast_color(token: str) -> QColor:
    """Return the system palette's colour that stands for a token in high contrast."""
    palette = QGuiApplication.palette()
    if token in {"onsel", "onmark"}:
        return palette.color(QPalette.ColorRole.HighlightedText)
    if token in _CONTRAST_GROUNDS or token.endswith("Soft") or token.startswith("on"):
        return palette.color(QPalette.ColorRole.Window)
    if token in {"sel", "mark", "focus"}:
        return palette.color(QPalette.ColorRole.Highlight)
    return palette.color(QPalette.ColorRole.WindowText)


def _palette() -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, token in (
        (roles.Window, "canvas"),
        (roles.WindowText, "t1"),
        (roles.Base, "surface"),
        (roles.AlternateBase, "alt"),
        (roles.Text, "t1"),
        (roles.PlaceholderText, "t3"),
        (roles.Button, "surface"),
        (roles.ButtonText, "t1"),
        (roles.BrightText, "err"),
        (roles.Highlight, "sel"),
        (roles.HighlightedText, "t1"),
        (roles.Link, "acc"),
        (roles.LinkVisited, "acc"),
        (roles.ToolTipBase, "surface"),
        (roles.ToolTipText, "t1"),
        (roles.Light, "surface"),
        (roles.Midlight, "line"),
        (roles.Mid, "line2"),
        (roles.Dark, "ctl"),
        (roles.Shadow, "line2"),
        (roles.Accent, "accSolid"),
    ):
        palette.setColor(role, color(token))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, color("dis"))
    return palette


class _Substitutes(Mapping[str, str]):
    """The names a style sheet may use: tokens, `px12` lengths and `themes` (a folder).

    `round14` is the radius that makes a circle of a box of 14 with a border of one.
    """

    def __getitem__(self, key: str) -> str:
        if key == "themes":
            return resource("themes").as_posix()
        if key == "scheme":
            return "dark" if _Look.dark else "light"
        if key.startswith("round"):
            return f"{(px(int(key[5:])) + 2) // 2}px"
        if key.startswith("px"):
            return f"{px(int(key[2:]))}px"
        return color(key).name()

    def __iter__(self) -> Iterator[str]:
        return iter(LIGHT)

    def __len__(self) -> int:
        return len(LIGHT)


@cache
def _template() -> string.Template:
    return string.Template(resource("themes/mesodesk.qss").read_text(encoding="utf-8"))


def _style_sheet() -> str:
    rules = [
        f'*[role="{name}"] {{ font-size: {px(role.size)}px; font-weight: {role.weight}; }}'
        for name, role in ROLES.items()
    ]
    rules.append(f'*[role="mono"] {{ font-family: "{MONO_FAMILY}"; }}')
    rules += [f'*[tone="{tone}"] {{ color: {color(tone).name()}; }}' for tone in TONES]
    sheet = "\n".join([_template().substitute(_Substitutes()), *rules])
    return sheet.replace("1px solid", "2px solid") if _Look.high_contrast else sheet


@cache
def load_fonts() -> None:
    """Register the shipped fonts with Qt, once."""
    for file in _FONT_FILES:
        if QFontDatabase.addApplicationFont(str(resource(f"fonts/{file}"))) < 0:
            raise RuntimeError(f"font {file} cannot be loaded")
    _metrics.cache_clear()  # what was measured before was another font


def font(role: str) -> QFont:
    """Return the font of a text role, with figures of equal width."""
    return QFont(_font(role, _Look.scale))


def metrics(role: str) -> QFontMetricsF:
    """Return how wide and high the text of a role is."""
    return _metrics(role, _Look.scale)


@cache
def _metrics(role: str, factor: float) -> QFontMetricsF:
    return QFontMetricsF(_font(role, factor))


@cache
def _font(role: str, factor: float) -> QFont:
    shape = ROLES[role]
    made = QFont()
    made.setFamilies([MONO_FAMILY, *FAMILIES] if role == "mono" else FAMILIES)
    made.setPixelSize(round(shape.size * factor))
    made.setWeight(QFont.Weight(shape.weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    if shape.spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, shape.spacing)
    return made


def set_role(widget: QWidget, role: str, tone: str | None = None) -> None:
    """Give a widget's text a role and, if named, a colour token."""
    widget.setProperty("role", role)
    if ROLES[role].spacing:
        widget.setFont(font(role))
    if tone is not None:
        widget.setProperty("tone", tone)
    restyle(widget)


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet selects by, and show its effect."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def pixmap(name: str, ink: str = "t1", size: float = 16, ratio: float = 1.0) -> QPixmap:
    """Return an icon in a token's colour, drawn for a screen of this pixel ratio."""
    return render_icon(name, color(ink).name(), size * _Look.scale, ratio)


def icon(name: str, ink: str = "t1", size: int = 16, gap: int = 0) -> QIcon:
    """Return an icon in a token's colour; its disabled form is drawn in the disabled one.

    `gap` is empty room to its right, where Qt sets a text too close.
    """
    made = QIcon()
    ratios = {1.0, 2.0} | {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    for ratio in sorted(ratios):
        for mode, token in ((QIcon.Mode.Normal, ink), (QIcon.Mode.Disabled, "dis")):
            side, room = size * _Look.scale, gap * _Look.scale
            made.addPixmap(render_icon(name, color(token).name(), side, ratio, room), mode)
    return made


def paint_icon(
    painter: QPainter, x: float, y: float, name: str, ink: str, size: float = 16
) -> None:
    """Draw an icon with its upper left corner at (x, y)."""
    ratio = painter.device().devicePixelRatioF()
    made = pixmap(name, ink, size, ratio)
    side = size * _Look.scale
    painter.drawPixmap(QRectF(x, y, side, side), made, QRectF(made.rect()))


class _Icon(NamedTuple):
    name: str
    ink: str
    size: int


_icon_owners: "weakref.WeakKeyDictionary[QObject, _Icon]" = weakref.WeakKeyDictionary()


def set_icon(owner: QObject, name: str, ink: str = "t1", size: int = 16) -> None:
    """Give a button, action or label an icon that follows the theme."""
    _icon_owners[owner] = _Icon(name, ink, size)
    _tint(owner)


def _tint(owner: QObject) -> None:
    wanted = _icon_owners[owner]
    if isinstance(owner, QLabel):
        ratio = owner.devicePixelRatioF()
        owner.setPixmap(pixmap(wanted.name, wanted.ink, wanted.size, ratio))
    elif isinstance(owner, QAbstractButton | QAction):
        gap = _TEXT_GAP if isinstance(owner, QAbstractButton) and owner.text() else 0
        owner.setIcon(icon(wanted.name, wanted.ink, wanted.size, gap))
        if isinstance(owner, QAbstractButton):
            owner.setIconSize(QSize(px(wanted.size + gap), px(wanted.size)))
