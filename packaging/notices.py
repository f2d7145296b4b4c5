"""Write THIRD_PARTY_NOTICES.md: what the frozen program ships, and every licence's own words."""

import re
from importlib.metadata import Distribution
from pathlib import Path

from contents import ROOT, shipped

NOTICES = ROOT / "THIRD_PARTY_NOTICES.md"

HEAD = """\
# Third-party notices

MesoDesk is licensed under the Apache License 2.0 (see `LICENSE`). The frozen program ships the
parts named here under their own licences. Written by `packaging/notices.py` from the installed
packages.

**Qt and PySide6** are used under the GNU Lesser General Public License, version 3. They stand in
the program's folder as separate shared libraries, unchanged, and may be replaced by other builds of
the same version; the source is published by The Qt Company. Qt Charts and other parts under the GPL
are not used.

**Python** is shipped under the PSF License Version 2. The **PyInstaller** bootloader is under the
GPL with an exception that lets programs of any licence be frozen with it. The `sqlcipher3` wheels
hold **SQLCipher** (BSD, Zetetic LLC), **SQLite** (public domain) and **OpenSSL** (Apache-2.0).

The training data of the model are UCI's "Mesothelioma's disease" data set (CC BY 4.0; Er,
Tanrikulu, Abakay and Temurtas, 2012); the data themselves are not shipped.
"""
# Wheels without a licence text: the licence's name, and what says the rest.
QT_LICENCE = "LGPL-3.0-only (of LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only)"
LICENCE_FILE = re.compile(r"\.dist-info/.*(licen[cs]e|copying|notice)", re.IGNORECASE)


def licence_of(package: Distribution) -> str:
    """Name a package's licence as its metadata does."""
    if package.name.lower().startswith(("pyside6", "shiboken6")):
        return QT_LICENCE
    headers = ("License-Expression", "License")
    declared = [package.metadata[name] for name in headers if name in package.metadata]
    if declared and "\n" not in declared[0]:
        return declared[0]
    classifiers = package.metadata.get_all("Classifier") or []
    named = [line.rsplit(" :: ", 1)[-1] for line in classifiers if line.startswith("License ::")]
    return ", ".join(named) or "see the text"


def texts_of(package: Distribution) -> list[str]:
    """Return the licence texts inside a package."""
    files = [file for file in package.files or () if LICENCE_FILE.search(str(file))]
    paths = sorted(Path(str(package.locate_file(file))) for file in files)
    return [path.read_text("utf-8", errors="replace").strip() for path in paths if path.is_file()]


def notices() -> str:
    """Compose the whole document."""
    packages = shipped()
    rows = [f"| {p.name} | {p.version} | {licence_of(p)} |" for p in packages]
    parts = [HEAD, "## Packages\n\n| package | version | licence |\n| --- | --- | --- |"]
    parts[-1] += "\n" + "\n".join(rows) + "\n"
    for package in packages:
        texts = texts_of(package)
        if texts:
            parts.append(f"## {package.name} {package.version}\n")
            parts += [f"````text\n{text}\n````\n" for text in texts]
    parts.append("## Fonts, icons and other resources\n")
    for path in sorted((ROOT / "resources" / "licences").iterdir()):
        parts.append(f"### {path.stem}\n\n````text\n{path.read_text('utf-8').strip()}\n````\n")
    return re.sub(r"[ \t]+\n", "\n", "\n".join(parts))


if __name__ == "__main__":
    NOTICES.write_text(notices(), encoding="utf-8")
    print(f"Wrote {NOTICES.name}: {len(shipped())} packages")
