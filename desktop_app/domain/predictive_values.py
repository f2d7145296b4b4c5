"""What an answer means among a thousand people at a prevalence."""

from dataclasses import dataclass

PEOPLE = 1000


@dataclass(frozen=True)
class PredictiveValues:
    """A thousand people at a prevalence, divided by the threshold; shares lie in 0-1."""

    prevalence: float
    cases: int
    above: int
    cases_above: int
    below: int
    cases_below: int
    positive: float
    negative: float


def predictive_values(
    prevalence: float, *, sensitivity: float, specificity: float
) -> PredictiveValues:
    """Apply Bayes' theorem to a thousand people; predictive values are those of whole people.

    People are rounded so that each group is the sum of its parts.
    """
    cases = round(PEOPLE * prevalence)
    cases_above = round(cases * sensitivity)
    others_above = round((PEOPLE - cases) * (1 - specificity))
    above = cases_above + others_above
    below = PEOPLE - above
    return PredictiveValues(
        prevalence=prevalence,
        cases=cases,
        above=above,
        cases_above=cases_above,
        below=below,
        cases_below=cases - cases_above,
        positive=cases_above / above if above else 0.0,
        negative=1 - (cases - cases_above) / below if below else 0.0,
    )
