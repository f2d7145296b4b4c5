"""Made-up words typed into every field of the real windows are in no file outside the ciphers."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.config import resource
from desktop_app.gui.tasks import Tasks
from desktop_app.infrastructure.workstation.log import start_log
from tests.privacy.planted import find_planted, planted_words, written_forms

ROOT = Path(__file__).resolve().parents[2]
# Syllables that no Korean word has: what is found was planted.
PLANTED = {
    "clinic": "뷁솱쨩의원",
    "seat": "꿹뒑셟자리",
    "administrator": {"name": "뷁갉낡", "login": "qzxadmin.vv", "password": "zqxj-vwpk-qqzz"},
    "doctor": {
        "name": "솱넓닳",
        "login": "qzxdoctor.vv",
        "department": "쨩뤍과목",
        "password": "wvzq-kjxq-zzqq",
    },
    "staff": {
        "name": "꿹밟삶",
        "login": "qzxstaff.vv",
        "department": "뒑챊부서",
        "password": "jqxz-zvvk-kkqz",
    },
    "patient": {
        "name": "셟퀡튫",
        "phone": "010-9876-0123",
        "exposure_work": "뤍뷁솱작업",
    },
    "laboratory": "챊쨩꿹검사실",
    "reason": "퀡뒑셟이유입니다",
    "message": "튫뤍챊전할말",
}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The tour's own texts with the planted ones in their place."""
    whole: dict[str, Any] = json.loads(resource("demo/tour.json").read_text("utf-8"))
    for place, value in PLANTED.items():
        whole[place] = {**whole[place], **value} if isinstance(value, dict) else value
    whole["history"], whole["staff_patient"] = "최치원", "성춘향"
    file = tmp_path / "planted.json"
    file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return file


def test_what_is_typed_is_in_no_file_that_can_be_read_without_a_key(
    texts: Path, tmp_path: Path
) -> None:
    # The person chooses this folder, in the file dialog too, and names it after the patient.
    out = tmp_path / "chosen" / planted_words(texts)["patient.name"]
    out.mkdir(parents=True)
    data, temporary, home, found = (
        tmp_path / name for name in ("data", "temporary", "home", "found.json")
    )
    for folder in (temporary, home):
        folder.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        **{name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")},
        "PYTHONPATH": str(ROOT),
        **{name: str(home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")},
    }
    places = (str(data), str(temporary), str(home))
    report = subprocess.run(
        [sys.executable, "-m", "tests.privacy.planted_tour", texts, out, data, found, *places],
        cwd=out,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )
    assert report.returncode == 0, report.stderr
    assert json.loads(found.read_text("utf-8")) == []
    assert not find_planted([data, temporary, home], texts)
    assert not any(word in report.stdout + report.stderr for word in planted_words(texts).values())
    # The search itself finds: the protocol the person asked for names the patient.
    assert ("tour.json", "patient.name") in find_planted([out], texts)
    assert (data / "clinic.db").stat().st_size > 100_000


@pytest.mark.logs_warning
def test_a_failing_job_leaves_no_value_in_the_log(
    qtbot: QtBot, tmp_path: Path, texts: Path
) -> None:
    start_log(tmp_path)
    logger = logging.getLogger("desktop_app")
    handler = logger.handlers[-1]
    tasks = Tasks("records")
    name = planted_words(texts)["patient.name"]

    def fail() -> None:
        raise ValueError(name)

    try:
        with qtbot.waitSignal(tasks.incident_raised) as raised:
            tasks.run(fail, lambda _nothing: None)
    finally:
        tasks.close()
        logger.removeHandler(handler)
        handler.close()
    log = (tmp_path / "mesodesk.log").read_bytes()
    assert raised.args is not None
    assert raised.args[0].encode() in log
    assert not any(form in log for form in written_forms(name))
