"""The shipped line icons, drawn in any colour and for any screen."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.config import resource

_OUTLINE = 'stroke-width="1.75"'


@cache
def _svg(name: str) -> str:
    text = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    return text.replace('stroke-width="2"', _OUTLINE)


@lru_cache(maxsize=1024)
def render_icon(name: str, ink: str, size: float, ratio: float, gap: float = 0) -> QPixmap:
    """Return an icon in a colour, with empty room to its right; sizes in logical pixels."""
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", ink).encode()))
    pixels = max(1, round(size * ratio))
    made = QPixmap(pixels + round(gap * ratio), pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
