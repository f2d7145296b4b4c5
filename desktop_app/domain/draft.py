"""A draft: the form as typed, kept until a doctor assesses or somebody discards it."""

from dataclasses import dataclass
from datetime import datetime

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.panel import Panel


@dataclass(frozen=True)
class Draft:
    """An unfinished form of one patient.

    `author_id` typed it last. `doctor_id` is set when `handed_by_name` handed it to a doctor, with
    a `message`; the doctor who types on becomes the author, and the sender stays named.
    `corrects` names the assessment that this draft will correct.
    """

    draft_id: RecordId
    patient_id: RecordId
    panel: Panel
    author_id: RecordId
    author_name: str
    saved_at: datetime
    corrects: RecordId | None = None
    doctor_id: RecordId | None = None
    message: str = ""
    handed_at: datetime | None = None
    handed_by_name: str = ""

    def belongs_to(self, person_id: RecordId) -> bool:
        """Tell whether a person may go on with it: who typed it last or was handed it."""
        return person_id in (self.author_id, self.doctor_id)
