"""Runs the tour with planted words and looks, at each picture, at every file that was written."""

import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop_app import bootstrap
from desktop_app.config import resource
from desktop_app.gui.tour import take
from desktop_app.gui.tour.album import Album
from tests.privacy.planted import find_planted

texts, out, data, found, *places = (Path(argument) for argument in sys.argv[1:])
hits: list[tuple[str, str, str]] = []


class WatchedAlbum(Album):
    """Looks into the files while the clinic is open and its journal is being written."""

    def keep(self, step: str, window: QWidget, top: QWidget, saw: dict[str, str]) -> None:
        super().keep(step, window, top, saw)
        hits.extend((step, *hit) for hit in find_planted(places, texts))


vars(take)["Album"] = WatchedAlbum
vars(bootstrap)["resource"] = lambda name: texts if name == "demo/tour.json" else resource(name)
code = bootstrap.take_tour(out, data_folder=data, language="ko", theme="light", size=(1366, 768))
hits.extend(("end", *hit) for hit in find_planted(places, texts))
found.write_text(json.dumps(hits, ensure_ascii=False))
sys.exit(code)
