"""Values in words: their names, units and figures, and a sentence for each finding."""

from decimal import Decimal

from desktop_app.domain.figure import MAX_LENGTH
from desktop_app.domain.lab_panel import (
    AGE,
    ALBUMIN,
    BLOOD_LDH,
    CRP,
    EXPOSURE,
    FIELD_BY_KEY,
    PLATELETS,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    TOTAL_PROTEIN,
    WHITE_CELLS,
)
from desktop_app.domain.panel import Finding, FindingCode, MissingReason
from desktop_app.gui.texts import Language, format_range, language, tr

_SHORT_NAMES = {
    AGE.key: "age",
    SYMPTOMS.key: "sym",
    EXPOSURE.key: "asb",
    PLATELETS.key: "plt",
    WHITE_CELLS.key: "wbc",
    BLOOD_LDH.key: "ldh",
    TOTAL_PROTEIN.key: "tp",
    ALBUMIN.key: "alb",
    CRP.key: "crp",
    PLEURAL_LDH.key: "pldh",
    PLEURAL_PROTEIN.key: "ppro",
    "LDH_ratio": "rldh",
    "protein_ratio": "rpro",
    "exposure_age_ratio": "rexp",
}
_UNITS = {
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "10*3/uL": "thousand_per_ul",
    "10*4/uL": "ten_thousand_per_ul",
    "10*9/L": "giga_per_l",
    "/uL": "per_ul",
    "U/L": "u_per_l",
    "[IU]/L": "iu_per_l",
    "ukat/L": "ukat_per_l",
    "g/dL": "g_per_dl",
    "g/L": "g_per_l",
    "mg/L": "mg_per_l",
    "mg/dL": "mg_per_dl",
    "ug/mL": "ug_per_ml",
}
_TIMES = ("years", "months", "weeks", "days")
_DIGITS = 5
_CONVERTED_DIGITS = 3


def short_name(key: str) -> str:
    """Return the short identifier of a field or ratio, as catalogs and object names use it."""
    return _SHORT_NAMES[key]


def field_name(key: str, *, language: Language | None = None) -> str:
    """Return the name of a field or ratio as labels show it."""
    return tr(f"fields.{_SHORT_NAMES[key]}", language=language)


def field_help(key: str, *, language: Language | None = None) -> str:
    """Return what a person should know who fills the field."""
    return tr(f"fields.{_SHORT_NAMES[key]}_help", language=language)


def reason_text(reason: MissingReason, *, language: Language | None = None) -> str:
    """Return why a value is missing."""
    return tr(f"problems.reason_{reason.value}", language=language)


def unit_text(ucum: str, *, language: Language | None = None) -> str:
    """Return a unit as it stands in a list or beside a range."""
    return tr(f"units.{_UNITS[ucum]}", language=language)


def figure_text(figure: Decimal, digits: int = _DIGITS) -> str:
    """Return a figure rounded to some digits, its whole part always kept, without grouping."""
    if figure.adjusted() >= 20:
        return f"{figure:.3g}"
    text = f"{round(figure, max(0, digits - 1 - figure.adjusted())):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(text: str, key: str, ucum: str, *, language: Language | None = None) -> str:
    """Return a written figure with its unit: 193 ×10³/µL, 67세, 24 months."""
    name = "years_of_age" if key == AGE.key else _UNITS[ucum]
    if name in (*_TIMES, "years_of_age"):
        count = 1 if text == "1" else 2  # English has a plural: 1 month, 1.5 months
        return tr(f"units.{name}_of", language=language, figure=text, n=count)
    unit = unit_text(ucum, language=language).partition(" (")[0]
    return f"{text} ×{unit}" if unit.startswith("10") else f"{text} {unit}"


def describe_finding(finding: Finding, *, language: Language | None = None) -> str:
    """Return the sentence for a finding."""
    match finding.code:
        case FindingCode.UNIT_LOOKS_WRONG:
            return _unit_question(finding, language)
        case FindingCode.OUT_OF_LIMITS:
            return _impossible(finding, language)
        case FindingCode.NO_FLUID:
            return tr(f"problems.no_fluid_{short_name(finding.field)}", language=language)
    return tr(f"problems.{finding.code.value}", language=language, **_words(finding, language))


def _words(finding: Finding, chosen: Language | None) -> dict[str, str]:
    """Return everything that the sentences name, as far as the finding knows it."""
    context, short = finding.context, short_name(finding.field)
    words = {
        "name": tr(f"fields.{short}_short", language=chosen),
        "asked": tr(f"fields.{short}_asked", language=chosen),
        "limit": str(MAX_LENGTH),
        "units": ", ".join(
            unit_text(unit.ucum, language=chosen) for unit in FIELD_BY_KEY[finding.field].units
        ),
        "typed": str(context.get("typed", "")),
    }
    if str(context.get("unit")) in _UNITS:
        words["figure"] = _value(words["typed"], finding, context["unit"], chosen)
    if "low" in context:
        words["range"] = format_range(_limit(context["low"]), _limit(context["high"]))
    if "age" in context:
        words["age"] = figure_text(_decimal(context["age"]))
    if "total_typed" in context:
        words["total"] = _value(str(context["total_typed"]), finding, context["total_unit"], chosen)
    if isinstance(reason := context.get("reason"), MissingReason):
        words["reason"] = reason_text(reason, language=chosen)
        if (chosen or language()) == "en":
            words["reason"] = words["reason"].lower()
    return words


def _unit_question(finding: Finding, chosen: Language | None) -> str:
    """Ask with both readings: as the suggested unit, and what that is in the canonical one."""
    context, field = finding.context, FIELD_BY_KEY[finding.field]
    suggested = field.unit(str(context["suggested_unit"]))
    canonical = field.canonical.ucum
    asked = _value(str(context["typed"]), finding, suggested.ucum, chosen)
    if suggested.reads_like(field.canonical):
        as_typed = figure_text(_decimal(context["value"]), _CONVERTED_DIGITS)
        return tr(
            "problems.unit_looks_wrong_as_typed",
            language=chosen,
            suggested=asked,
            unit=unit_text(str(context["unit"]), language=chosen),
            figure=_value(as_typed, finding, canonical, chosen),
        )
    is_korean = (chosen or language()) == "ko"
    return tr(
        "problems.unit_looks_wrong",
        language=chosen,
        suggested=asked,
        # 10³/µL로는 193, but 193 ×10³/µL
        unit=unit_text(canonical, language=chosen)
        if is_korean
        else _value("", finding, canonical, chosen).strip(),
        value=figure_text(_decimal(context["suggested_value"]), _CONVERTED_DIGITS),
    )


def _impossible(finding: Finding, chosen: Language | None) -> str:
    words = _words(finding, chosen)
    if finding.field == AGE.key:
        return tr("problems.out_of_limits_age", language=chosen, **words)
    sentence = tr("problems.out_of_limits", language=chosen, **words)
    if finding.field == PLEURAL_PROTEIN.key and not words["typed"].strip("0."):
        return f"{sentence} {tr('problems.hint_no_fluid', language=chosen)}"
    if "suggested_unit" in finding.context:
        other = _value(words["typed"], finding, finding.context["suggested_unit"], chosen)
        return f"{sentence} {tr('problems.hint_unit', language=chosen, other=other)}"
    return sentence


def _value(text: str, finding: Finding, ucum: object, chosen: Language | None) -> str:
    return value_text(text, finding.field, str(ucum), language=chosen)


def _limit(limit: object) -> str:
    """Return a limit as it was decided (0.5, 7.0), or rounded where a conversion made it long."""
    figure = _decimal(limit)
    return (
        f"{figure:f}"
        if len(figure.as_tuple().digits) <= 5
        else figure_text(figure, _CONVERTED_DIGITS)
    )


def _decimal(figure: object) -> Decimal:
    return figure if isinstance(figure, Decimal) else Decimal(str(figure))
