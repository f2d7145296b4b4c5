"""A doctor reads a result, comments on it, and takes it away on paper."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop_app import bootstrap
from desktop_app.application.assessments import open_result, record_assessment
from desktop_app.application.patients import archive_patient
from desktop_app.application.ports import RiskModel
from desktop_app.application.reports import list_reports
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import Assessment, Stance, UnitNote
from desktop_app.domain.clinic import Preferences
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.panel import Entry, MissingReason
from desktop_app.domain.patient import CHART_MAX, Patient
from desktop_app.gui import routes, theme
from desktop_app.gui.result import report
from desktop_app.gui.result.report_dialog import ReportDialog
from desktop_app.gui.result.sheet import Sheet
from desktop_app.gui.result.view import ResultPage
from desktop_app.gui.result.words import ResultFacts, contribution_rows
from desktop_app.gui.texts import LANGUAGES, catalog, format_probability
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.prevalence_dial import PrevalenceDial
from tests.fakes.panels import panel_with
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic

MISSING_ALBUMIN = {"albumin": Entry("", "g/dL", MissingReason.PENDING)}


@cache
def real_model() -> RiskModel:
    """Load the shipped bundle once for all stories of this file."""
    return bootstrap.shipped_model()


def no_scoring() -> RiskModel:
    """Refuse as a program whose model was swapped does."""
    raise AppError(ErrorCode.MODEL_CHANGED)


def assess(opened: OpenedClinic, patient: Patient, **options: object) -> Assessment:
    """Assess a panel with albumin missing, with the real model."""
    session = replace(opened.session, model=real_model)
    panel = panel_with(MISSING_ALBUMIN)
    return record_assessment(session, patient, panel, **options)  # type: ignore[arg-type]  # by name


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("result",)) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        yield opened


def show(opened: OpenedClinic, assessment: Assessment) -> ResultPage:
    if opened.window.pages is None:
        opened.show()
    opened.navigator.go(routes.result(assessment.assessment_id))
    opened.settle()
    page = opened.page
    assert isinstance(page, ResultPage)
    return page


def text(opened: OpenedClinic, name: str) -> str:
    return opened.find(Label, name).text()


def is_shown(opened: OpenedClinic, name: str) -> bool:
    widget = opened.page.findChild(QWidget, name)
    return widget is not None and widget.isVisible()


def test_the_score_stands_with_its_range_threshold_and_label(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with opened_clinic(qtbot, tmp_path, pages=("result",), language=language) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        assessment = assess(opened, opened.add(sample_patient()))
        page = show(opened, assessment)
        probability = format_probability(assessment.result.probability)
        assert text(opened, "result_probability") == probability
        assert format_probability(assessment.result.low) in text(opened, "result_range")
        assert str(assessment.label) in text(opened, "result_label")
        assert probability in page.answer.accessibleName()
        assert "0.29" in page.answer.accessibleName()
        assert text(opened, "record_number") == assessment.number


def test_the_limits_are_always_beside_the_number_in_the_bundles_figures(
    clinic: OpenedClinic,
) -> None:
    page = show(clinic, assess(clinic, clinic.add(sample_patient())))
    said = " ".join(label.text() for label in page.trust.findChildren(Label))
    evaluation = real_model().evaluation
    assert format_probability(evaluation.auc) in said
    assert str(evaluation.records) in said
    assert page.trust.isVisible()


def test_displayed_contributions_add_up_from_the_mean_to_the_score(clinic: OpenedClinic) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    file = facts(clinic, assessment)
    shown = sum(row.amount for row in contribution_rows(file))
    total = round(assessment.result.probability, 2) - round(assessment.result.base_value, 2)
    assert round(shown, 2) == round(total, 2)
    assert len(contribution_rows(file)) == 8


def test_the_missing_value_and_the_unused_ones_are_named(clinic: OpenedClinic) -> None:
    page = show(clinic, assess(clinic, clinic.add(sample_patient())))
    points = " ".join(label.text() for label in page.points.findChildren(Label))
    assert "알부민 비어 있음" in points
    assert "결과 대기" in points
    assert "백혈구" in text(clinic, "unused_values")
    assert "총단백" in text(clinic, "unused_values")


def test_the_whole_result_fits_the_usual_window_without_scrolling(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with opened_clinic(qtbot, tmp_path, pages=("result",), language=language) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        show(opened, assess(opened, opened.add(sample_patient())))
        number = opened.find(QLabel, "record_number")
        bottom = number.mapTo(opened.window, number.rect().bottomLeft()).y()
        assert (
            bottom < opened.window.status.mapTo(opened.window, opened.window.rect().topLeft()).y()
        )


def test_large_text_in_the_smallest_window_leaves_nothing_to_the_side(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, language: str
) -> None:
    size = (1280, 680)
    with opened_clinic(qtbot, tmp_path, pages=("result",), language=language, size=size) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        theme.apply(scale=1.5)
        opened.window.rebuild()
        page = show(opened, assess(opened, opened.add(sample_patient())))
        area = page.findChildren(QScrollArea)[0]
        qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)
        assert page.trust.geometry().right() < area.viewport().width()


def test_without_a_prevalence_no_predictive_value_is_shown(clinic: OpenedClinic) -> None:
    show(clinic, assess(clinic, clinic.add(sample_patient())))
    assert not is_shown(clinic, "prevalence_dial")


def test_moving_the_dial_asks_what_if_and_stores_nothing(clinic: OpenedClinic) -> None:
    with clinic.session.unit_of_work() as work:
        work.save_clinic(replace(work.clinic(), prevalence=0.05))
        work.commit()
    page = show(clinic, assess(clinic, clinic.add(sample_patient())))
    assert text(clinic, "prevalence_share") == "5.0%"
    dial = clinic.find(PrevalenceDial, "prevalence_dial")
    QTest.keyClick(dial, Qt.Key.Key_PageUp)
    assert text(clinic, "prevalence_share") != "5.0%"
    assert "저장하지 않음" in page.clinic.subtitle.text()
    with clinic.session.unit_of_work() as work:
        assert work.clinic().prevalence == 0.05


def test_a_doctor_agrees_and_may_say_why(clinic: OpenedClinic) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    show(clinic, assessment)
    clinic.click("agree")

    def give_reason() -> None:
        clinic.find(QPushButton, "opinion_reason").click()

    clinic.answer(give_reason, "dialog_accept")
    with clinic.session.unit_of_work() as work:
        newest = work.assessments.list_opinions(assessment.patient_id)[0]
    assert newest.stance is Stance.AGREE


def test_a_corrected_assessment_leads_to_its_newer_version(clinic: OpenedClinic) -> None:
    patient = clinic.add(sample_patient())
    first = assess(clinic, patient)
    second = assess(clinic, patient, corrects=first.assessment_id)
    show(clinic, first)
    clinic.qtbot.waitUntil(lambda: is_shown(clinic, "corrected_banner"))
    assert not is_shown(clinic, "correct")
    show(clinic, second)
    clinic.qtbot.waitUntil(lambda: is_shown(clinic, "corrects_banner"))
    assert is_shown(clinic, "correct")
    assert not is_shown(clinic, "corrected_banner")


def test_the_result_of_an_archived_patient_offers_no_correction(clinic: OpenedClinic) -> None:
    patient = clinic.add(sample_patient())
    assessment = assess(clinic, patient)
    archive_patient(clinic.session, patient)
    show(clinic, assessment)
    clinic.qtbot.waitUntil(lambda: is_shown(clinic, "print"))
    assert not is_shown(clinic, "correct")
    assert not clinic.window.actions_by_name["correct"].isEnabled()


def test_staff_reads_the_result_and_can_neither_comment_print_nor_correct(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened_clinic(qtbot, tmp_path, role=Role.STAFF, pages=("result",)) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        doctor = replace(
            opened.session, person=replace(opened.session.person, roles=frozenset({Role.DOCTOR}))
        )
        patient = opened.add(sample_patient())
        assessment = record_assessment(doctor, patient, panel_with(MISSING_ALBUMIN))
        show(opened, assessment)
        for name in ("agree", "disagree", "opinion_reason", "print", "correct"):
            assert not is_shown(opened, name), name


def test_a_stored_result_is_readable_while_scoring_is_off(clinic: OpenedClinic) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    clinic.session = clinic.desk.session = replace(clinic.session, model=no_scoring)
    page = show(clinic, assessment)
    assert text(clinic, "result_probability") == format_probability(assessment.result.probability)
    said = " ".join(label.text() for label in page.trust.findChildren(Label))
    assert "진단하지도 배제하지도 않습니다" in said


def facts(opened: OpenedClinic, assessment: Assessment) -> ResultFacts:
    model = real_model()
    return ResultFacts(
        open_result(opened.session, assessment.assessment_id), model.evaluation, model.bands
    )


def report_dialog(opened: OpenedClinic, assessment: Assessment) -> ReportDialog:
    page = show(opened, assessment)
    dialog = ReportDialog(opened.desk, facts(opened, assessment), page)
    opened.qtbot.addWidget(dialog)
    opened.settle()
    return dialog


def test_a_saved_report_is_kept_as_an_exact_copy(clinic: OpenedClinic, tmp_path: Path) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    dialog = report_dialog(clinic, assessment)
    target = tmp_path / "report.pdf"
    dialog.save_pdf(target)
    clinic.settle()
    copies = list_reports(clinic.session, assessment.assessment_id)
    assert [one.pdf for one in copies] == [target.read_bytes()]
    assert pages_of(target.read_bytes()) == 1
    assert b"Pretendard" in target.read_bytes()
    assert b"/FontFile2" in target.read_bytes()


def test_a_report_that_cannot_be_written_says_so_and_leaves_nothing_behind(
    clinic: OpenedClinic, tmp_path: Path
) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    dialog = report_dialog(clinic, assessment)
    folder = tmp_path / "reports"
    folder.mkdir()
    dialog.save_pdf(folder / "missing" / "report.pdf")
    clinic.settle()
    assert [error.code for error in clinic.errors] == [ErrorCode.FILE_UNWRITABLE]
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(
    bool(QPrinterInfo.availablePrinterNames()), reason="this computer has a printer"
)
def test_without_a_printer_the_report_can_still_be_saved(clinic: OpenedClinic) -> None:
    assessment = assess(clinic, clinic.add(sample_patient()))
    dialog = report_dialog(clinic, assessment)
    button = dialog.findChild(QPushButton, "report_print")
    assert button is not None
    button.click()
    assert [error.code for error in clinic.errors] == [ErrorCode.PRINTER_UNAVAILABLE]


def test_the_longest_report_stays_on_one_page(clinic: OpenedClinic, language: str) -> None:
    patient = clinic.add(
        sample_patient(name="긴이름" * 26, exposure_work="일" * 80, phone="010" * 10)
    )
    for _ in range(6):
        assess(clinic, patient)
    longest = facts(clinic, assess(clinic, patient))
    longest = replace(
        longest,
        file=replace(
            longest.file,
            prevalence=0.05,
            assessment=replace(
                longest.assessment,
                unit_notes=(
                    UnitNote("platelet_count_(PLT)", "10*4/uL", 0.41),
                    UnitNote("C-reactive_protein_(CRP)", "mg/dL", 0.35),
                ),
            ),
        ),
    )
    issue = report.Issue(
        clinic="가나다내과의원" * 6,
        seat="진료실",
        person="김하늘" * 12,
        moment=clinic.session.clock.now(),
        language="ko" if language == "ko" else "en",
    )
    pdf = report.render_pdf(longest, issue, clinic.session.encode_qr)
    assert pages_of(pdf) == 1
    assert min(report._body_end(longest, issue, one) for one in report.FACTORS) < report._BODY_END


def test_the_longest_chart_number_is_printed_whole(qapp: QApplication) -> None:
    theme.load_fonts()
    image = QImage(800, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    sheet = Sheet(painter, 1.0)
    sizes = [sheet.size_for(130, "0" * length, weight=600) for length in (8, 20, CHART_MAX)]
    assert sizes[0] == 12.5
    assert sizes == sorted(sizes, reverse=True)
    drawn = sheet.text(0, 50, 130, "0" * CHART_MAX, sizes[-1], weight=600)
    wanted = QFontMetricsF(painter.font()).horizontalAdvance("0" * CHART_MAX)
    painter.end()
    assert drawn == pytest.approx(wanted)


def test_the_longest_names_leave_answer_and_limits_in_sight(clinic: OpenedClinic) -> None:
    name = "가나다라마바사아" * 10
    clinic.session = clinic.desk.session = replace(
        clinic.session, person=replace(clinic.session.person, name=name)
    )
    page = show(clinic, assess(clinic, clinic.add(sample_patient(name=name))))
    sentence = clinic.find(Label, "result_sentence")
    clinic.qtbot.waitUntil(
        lambda: sentence.visibleRegion().boundingRect().size() == sentence.size()
    )
    assert page.trust.visibleRegion().boundingRect().width() == page.trust.width()
    chart = next(label for label in page.bar.findChildren(Label) if label.text() == "00417")
    assert chart.visibleRegion().boundingRect().width() == chart.width()


def test_markup_in_a_name_is_shown_as_it_is_written(clinic: OpenedClinic) -> None:
    show(clinic, assess(clinic, clinic.add(sample_patient(name="<b>홍</b>길동"))))
    name = clinic.find(Label, "patient_name")
    assert name.text() == name.accessibleName() == "<b>홍</b>길동"
    assert name.textFormat() is Qt.TextFormat.PlainText
    assert name.toolTip() == "<span>&lt;b&gt;홍&lt;/b&gt;길동</span>"


def test_the_reports_title_names_no_patient(clinic: OpenedClinic) -> None:
    patient = clinic.add(sample_patient(name="비밀이름"))
    issue = report.Issue("의원", "진료실", "의사", clinic.session.clock.now(), "ko")
    pdf = report.render_pdf(facts(clinic, assess(clinic, patient)), issue, clinic.session.encode_qr)
    title = re.search(rb"/Title \((.*?)\)\n", pdf, re.DOTALL)
    assert title is not None
    plain = title.group(1).replace(b"\\", b"")
    assert "비밀이름".encode("utf-16-be") not in plain


def test_no_text_of_a_result_reassures() -> None:
    banned = ("정상", "안전", "안심", "음성", "암 아님", "위험 없음", "normal", "safe", "low risk")
    for name in ("result", "report"):
        for key, texts in catalog(name).items():
            for language in LANGUAGES:
                said = str(texts[language]).lower()
                assert not [word for word in banned if word in said], key


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF as its page tree does."""
    plain = pdf + b"".join(_inflated(pdf))
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", plain))


def _inflated(pdf: bytes) -> Iterator[bytes]:
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(stream.group(1))
        except zlib.error:
            continue


def test_a_person_may_keep_the_prevalence_card_folded(qtbot: QtBot, tmp_path: Path) -> None:
    folded = Preferences(shows_prevalence=False)
    with opened_clinic(qtbot, tmp_path, pages=("result",), preferences=folded) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        with opened.session.unit_of_work() as work:
            work.save_clinic(replace(work.clinic(), prevalence=0.05))
            work.commit()
        show(opened, assess(opened, opened.add(sample_patient())))
        assert not is_shown(opened, "prevalence_dial")
        opened.click("unfold_prevalence")
        assert is_shown(opened, "prevalence_dial")
