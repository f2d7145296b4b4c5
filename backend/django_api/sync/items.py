"""One item of a push: its envelope, its checked payload, its result."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError

from backend.django_api.common.serializers import StrictSerializer
from backend.django_api.records.services import digest_of
from backend.django_api.sync.kinds import KINDS, ItemInput, Kind
from backend.django_api.sync.merging import Fields, flat


@dataclass
class Item:
    """What a workstation pushed, and what became of it."""

    position: int
    raw_uuid: str
    kind: Kind | None = None
    uuid: UUID | None = None
    base_version: int = 0
    stated_change_id: str = ""
    change_id: UUID | None = None
    supersedes: tuple[UUID, ...] = ()
    is_deletion: bool = False
    payload: dict[str, Any] = field(default_factory=dict)
    server_check: str = "not_checked"
    result: dict[str, Any] | None = None

    @property
    def push_digest(self) -> str:
        """Return what tells the same push again from another."""
        return digest_of([self.base_version, self.payload])

    @property
    def fields(self) -> Fields:
        """Return the payload flat, as versions are kept and compared."""
        return {n: str(v) if isinstance(v, UUID) else v for n, v in flat(self.payload).items()}

    def reject(self, errors: Any) -> None:
        """Refuse the item, saying why."""
        if not isinstance(errors, dict):
            errors = {"detail": [str(errors)]}
        self.result = {
            "uuid": self.raw_uuid,
            "status": "rejected",
            "id": None,
            "version": None,
            **self._echo,
            "errors": errors,
        }

    def settle(self, status: str, record: Any, version: int | None = None) -> None:
        """Answer with the record that stands now."""
        self.result = {
            "uuid": str(record.uuid),
            "status": status,
            "id": record.pk,
            "version": record.version if version is None else version,
            **self._echo,
        }

    def conflict(
        self,
        record: Any,
        current: dict[str, Any],
        fields: tuple[str, ...] = (),
        changes: tuple[str, ...] = (),
    ) -> None:
        """Answer that the server's record has gone another way, and what the push would change."""
        self.settle("conflict", record)
        if self.result is not None:
            self.result |= {"current": current, "fields_in_conflict": list(fields)}
            if self.change_id is not None:
                self.result["fields_changed"] = sorted(set(changes) - set(fields))

    @property
    def _echo(self) -> dict[str, str]:
        return {"change_id": self.stated_change_id} if self.stated_change_id else {}


class ItemReader:
    """Checks the items of one push; making a serializer anew for each would cost most of a push."""

    def __init__(self) -> None:
        self._envelope = ItemInput()
        self._payloads: dict[tuple[str, bool], StrictSerializer] = {}

    def read(self, position: int, raw: Any) -> Item:
        """Check an item's form; a bad one carries its rejection."""
        item = Item(position, stated(raw, "uuid"), stated_change_id=stated(raw, "change_id"))
        try:
            fields = self._envelope.run_validation(raw)
        except ValidationError as error:
            item.reject(error.detail)
            return item
        item.kind, item.uuid = KINDS[fields["kind"]], fields["uuid"]
        item.raw_uuid = str(item.uuid)
        item.change_id, item.supersedes = fields.get("change_id"), tuple(fields["supersedes"])
        item.base_version = fields.get("base_version", fields.get("version", 0))
        item.is_deletion = fields["deleted"]
        if not item.is_deletion:
            self._read_payload(item, item.kind, fields.get("payload"))
        return item

    def _read_payload(self, item: Item, kind: Kind, raw: Any) -> None:
        if item.base_version and not kind.is_editable:
            item.reject({"base_version": [f"A record of kind {kind.name} is never edited."]})
            return
        is_change = item.base_version > 0
        key = (kind.name, is_change)
        if key not in self._payloads:
            self._payloads[key] = kind.payload(partial=is_change)
        try:
            item.payload = dict(self._payloads[key].run_validation(raw))
        except ValidationError as error:
            item.reject({"payload": error.detail})


def stated(raw: Any, name: str) -> str:
    """Return what an item says of itself, for its answer, also where it is not an item."""
    stated = raw.get(name) if isinstance(raw, dict) else None
    return stated[:64] if isinstance(stated, str) else ""
