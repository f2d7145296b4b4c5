"""The panel being typed, checked at every step, and which findings may be shown by now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from desktop_app.domain.lab_panel import AGE, FIELD_BY_KEY, FIELDS, FLUID_FIELDS, Group
from desktop_app.domain.panel import (
    CheckedPanel,
    Entry,
    Finding,
    FindingCode,
    MissingReason,
    Panel,
    Tier,
)
from desktop_app.domain.panel_check import PanelContext, check_panel

_EMPTY_CODES = (FindingCode.REQUIRED, FindingCode.REASON_NEEDED)


class Form:
    """A panel under a person's hands.

    A finding shows once its row was settled: left, or paused at. It goes as soon as it is solved.
    """

    def __init__(self, panel: Panel, context: PanelContext) -> None:
        self.context = context
        entries = {
            field.key: panel.entries.get(field.key, Entry(unit=field.canonical.ucum))
            for field in FIELDS
        }
        self.panel = replace(panel, entries=entries)
        self._settled = {
            key
            for key, entry in entries.items()
            if key == AGE.key or entry.text or entry.missing is not None
        }
        self._shown: set[tuple[str, FindingCode]] = set()
        self.checked: CheckedPanel = check_panel(self.panel, context)
        self._show_settled()

    def entry(self, key: str) -> Entry:
        """Return what stands in a row."""
        return self.panel.entries[key]

    def type_text(self, key: str, text: str) -> None:
        """Take what was typed; an answer about the earlier figure does not carry over."""
        self._change(key, lambda entry: Entry(text=text, unit=entry.unit))

    def choose_unit(self, key: str, unit: str) -> None:
        """Take another unit; the typed figure stays as it is."""
        self._change(key, lambda entry: replace(entry, unit=unit, is_confirmed=False))

    def take_suggested_unit(self, key: str) -> str | None:
        """Take the unit that the message on this row suggests; return it."""
        for finding in self.shown_findings(key):
            if (unit := finding.context.get("suggested_unit")) is not None:
                self.choose_unit(key, str(unit))
                self.settle(key)
                return str(unit)
        return None

    def can_be_confirmed(self, key: str) -> bool:
        """Tell whether the person may answer "right" to the question shown on this row."""
        is_asked = any(
            finding.tier in (Tier.UNIT, Tier.CONFIRM) for finding in self.shown_findings(key)
        )
        if not is_asked:
            return False
        confirmed = {**self.panel.entries, key: replace(self.entry(key), is_confirmed=True)}
        checked = check_panel(replace(self.panel, entries=confirmed), self.context)
        return not any(finding.blocks for finding in checked.findings_of(key))

    def confirm(self, key: str) -> bool:
        """Answer "right" to the question on this row, where that is allowed."""
        if not self.can_be_confirmed(key):
            return False
        self._change(key, lambda entry: replace(entry, is_confirmed=True))
        return True

    def give_reason(self, key: str, reason: MissingReason) -> None:
        """Say why a value is not there."""
        self._settled.add(key)
        self._change(key, lambda entry: replace(entry, missing=reason))

    def set_no_fluid(self, has_no_fluid: bool) -> None:
        """Say that there is no pleural fluid; what was typed about it comes back if there is."""
        self.panel = replace(self.panel, has_no_fluid=has_no_fluid)
        self._check()

    def set_sample(
        self, collected_on: date | None, laboratory: str, ldh_upper_limit: Decimal | None
    ) -> None:
        """Say when and by which laboratory the sample was taken."""
        self.panel = replace(
            self.panel,
            collected_on=collected_on,
            laboratory=laboratory,
            ldh_upper_limit=ldh_upper_limit,
        )
        for key in self._settled:
            self._preset_reason(key)
        self._check()
        self._show_settled()

    def settle(self, *keys: str) -> None:
        """Let the findings of these rows show: the person left them, or paused."""
        self._settled.update(keys)
        for key in keys:
            self._preset_reason(key)
        self._check()
        self._show_settled()

    def settle_all(self) -> None:
        """Let every finding show: the person wants to assess."""
        self.settle(*(field.key for field in FIELDS))

    def shown_findings(self, key: str) -> tuple[Finding, ...]:
        """Return the findings of a row that may be shown by now, in the order of the checks."""
        return tuple(
            finding
            for finding in self.checked.findings_of(key)
            if not finding.blocks or (key, finding.code) in self._shown
        )

    def list_open(self, *tiers: Tier) -> tuple[Finding, ...]:
        """Return what is shown of these tiers, in the form's order.

        A row that was not reached yet counts as missing, even where its value is required.
        """
        return tuple(
            finding
            for finding in self.checked.findings
            if self._tier(finding) in tiers
            and (
                not finding.blocks
                or finding.code in _EMPTY_CODES
                or (finding.field, finding.code) in self._shown
            )
        )

    def _tier(self, finding: Finding) -> Tier:
        if finding.code in _EMPTY_CODES and finding.field not in self._settled:
            return Tier.MISSING
        return finding.tier

    def _change(self, key: str, change: Callable[[Entry], Entry]) -> None:
        self.panel = replace(
            self.panel, entries={**self.panel.entries, key: change(self.entry(key))}
        )
        self._check()

    def _check(self) -> None:
        self.checked = check_panel(self.panel, self.context)
        self._shown &= {(finding.field, finding.code) for finding in self.checked.findings}

    def _show_settled(self) -> None:
        self._shown |= {
            (finding.field, finding.code)
            for finding in self.checked.findings
            if finding.field in self._settled
        }

    def _preset_reason(self, key: str) -> None:
        """Take an empty value of today's sample as pending, until the person says otherwise."""
        entry = self.entry(key)
        is_sampled = FIELD_BY_KEY[key].group is not Group.HISTORY
        is_fluid = FIELD_BY_KEY[key] in FLUID_FIELDS
        if (
            is_sampled
            and not (is_fluid and self.panel.has_no_fluid)
            and not entry.text.strip()
            and entry.missing is None
            and self.panel.collected_on == self.context.today
        ):
            self._change(key, lambda empty: replace(empty, missing=MissingReason.PENDING))
