"""The words around a patient's course: figures, dates under the axis, whole sentences."""

from datetime import date

from desktop_app.gui.findings import field_name, unit_text
from desktop_app.gui.patient.course import FIELDS, Course, CoursePoint, Measure
from desktop_app.gui.texts import (
    format_date,
    format_number,
    format_probability,
    format_range,
    tr,
)
from desktop_app.gui.widgets.answer_chip import answer_text


def figure_of(measure: Measure, value: float) -> str:
    """Return a figure of a course as every page writes it."""
    if measure is Measure.PROBABILITY:
        return format_probability(value)
    return format_number(round(value, 1))


def range_of(low: float, high: float) -> str:
    """Return a refit range."""
    return format_range(format_probability(low), format_probability(high))


def measure_name(measure: Measure) -> str:
    """Return what a course is of."""
    if measure is Measure.PROBABILITY:
        return tr("patient.probability")
    return field_name(FIELDS[measure].key)


def subtitle(course: Course) -> str:
    """Return the line beside the chart's title: what the bars are and which model scored."""
    count = len(course.points)
    if course.measure is Measure.PROBABILITY:
        changed = bool(course.model_changes)
        model = course.points[-1].model_name if course.points else ""
        key = "patient.bars_models" if changed else "patient.bars_model"
        return tr(key, n=count, model=model) if course.points else ""
    unit = unit_text(FIELDS[course.measure].canonical.ucum)
    text = tr("patient.values_in", unit=unit)
    return f"{text} {tr('patient.values_missing', n=course.missing)}" if course.missing else text


def point_sentence(course: Course, point: CoursePoint) -> str:
    """Return one point in words."""
    day, figure = format_date(point.at), figure_of(course.measure, point.value)
    if course.measure is not Measure.PROBABILITY:
        return f"{day} {figure}"
    return tr(
        "patient.point",
        day=day,
        figure=figure,
        range=range_of(point.low, point.high),
        answer=answer_text(point.state),
    )


def course_sentence(course: Course) -> str:
    """Return the whole chart in words for a screen reader."""
    if not course.points:
        return tr("patient.no_course", measure=measure_name(course.measure))
    points = "; ".join(point_sentence(course, point) for point in course.points)
    text = f"{tr('patient.trend_of', measure=measure_name(course.measure))}. {points}."
    if course.measure is Measure.PROBABILITY:
        threshold = format_probability(course.points[-1].threshold)
        text = f"{text} {tr('patient.threshold', value=threshold)}."
    return text


def tick_text(tick: date, before: date | None, *, is_monthly: bool) -> str:
    """Return a date under the axis; the year only where it is another than before."""
    month = tr("patient.months").split()[tick.month - 1]
    if not is_monthly:
        return tr("patient.tick_day", month=month, day=tick.day)
    if before is None or before.year != tick.year:
        return tr("patient.tick_year", year=tick.year, month=month)
    return month
