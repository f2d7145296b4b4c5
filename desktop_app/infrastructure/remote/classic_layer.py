"""Send over the classic calls alone, exactly once: before anything is repeated, it is read back.

A patient carries the mark `[mesodesk:<uuid>]` as the last line of its notes, an assessment the key
`_desktop` in its inputs. Servers in the field store a repeated POST twice; so none is repeated.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    DELETED,
    Answer,
    AnswerStatus,
    Outgoing,
    RecordKind,
    Refusal,
    ServerVersion,
)
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.remote.line import Reply
from desktop_app.infrastructure.remote.server_session import ServerSession
from desktop_app.infrastructure.remote.wire import is_number, patient_payload, shared_fields

# Each record is some calls of its own: the more are recorded together, the more a cut line repeats.
MOST_AT_ONCE = 1
_MARK = re.compile(r"\[mesodesk:([0-9a-f-]{36})\]\s*\Z")
_SHARED = ("name", "birth_year", "phone")
_REFUSALS = (400, 403, 404, 409, 413, 422)


class ClassicLayer:
    """Patients and assessments by the calls that every server of this system has."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session

    def push(self, records: Sequence[Outgoing]) -> tuple[Answer, ...]:
        """Send records one by one and return one answer each."""
        return tuple(
            self._patient(record) if record.kind is RecordKind.PATIENT else self._assessment(record)
            for record in records
        )

    # -- patients ------------------------------------------------------------------------------

    def _patient(self, record: Outgoing) -> Answer:
        if record.server_id is not None:
            return self._change(record, record.server_id)
        payload = _shared(patient_payload(record.fields))
        if record.may_have_arrived:
            found = self._find_patient(record.record_id, str(payload["name"]))
            if found is not None:
                return self._met(record, found)
        mark = f"[mesodesk:{record.record_id}]"
        reply = self._session.call("POST", "/api/patients/", body={**payload, "notes": mark})
        if reply.status in _REFUSALS:
            return _rejected(record, reply)
        stored = _record(reply.raise_for_status().json())
        return _confirmed(record, AnswerStatus.CREATED, stored)

    def _met(self, record: Outgoing, found: dict[str, Any]) -> Answer:
        """Answer for a patient whose first sending arrived, unheard; later changes go on top."""
        wanted = _shared(patient_payload(record.fields))
        changes = {name: value for name, value in wanted.items() if found.get(name) != value}
        if not changes:
            return _confirmed(record, AnswerStatus.UNCHANGED, found)
        return self._patch(record, found["id"], changes)

    def _change(self, record: Outgoing, server_id: int) -> Answer:
        reply = self._session.call("GET", f"/api/patients/{server_id}/")
        if reply.status == 404:
            return Answer(record.record_id, AnswerStatus.REJECTED, refusal=DELETED)
        stored = _record(reply.raise_for_status().json())
        stands = shared_fields(stored)
        wanted = _shared(patient_payload(record.fields))
        before = _shared(patient_payload(record.base or {}))
        changes = {name: value for name, value in wanted.items() if stands[name] != value}
        if any(stands[name] != before.get(name) for name in changes):
            current = ServerVersion(version=_moment_number(stored), fields=stands)
            return Answer(
                record.record_id, AnswerStatus.CONFLICT, server_id=server_id, current=current
            )
        if not changes:
            return _confirmed(record, AnswerStatus.UNCHANGED, stored)
        return self._patch(record, server_id, changes)

    def _patch(self, record: Outgoing, server_id: int, changes: dict[str, Any]) -> Answer:
        reply = self._session.call("PATCH", f"/api/patients/{server_id}/", body=changes)
        if reply.status in _REFUSALS:
            return _rejected(record, reply)
        return _confirmed(record, AnswerStatus.UPDATED, _record(reply.raise_for_status().json()))

    def _find_patient(self, record_id: RecordId, name: str) -> dict[str, Any] | None:
        """Look for a patient by the mark; by name first, then, as it may have changed, in all."""
        for query in ({"search": name}, {}):
            reply = self._session.call("GET", "/api/patients/", query=query)
            for one in _records(reply.raise_for_status().json()):
                marked = _MARK.search(str(one.get("notes") or ""))
                if marked is not None and marked[1] == str(record_id):
                    return one
        return None

    # -- assessments ---------------------------------------------------------------------------

    def _assessment(self, record: Outgoing) -> Answer:
        patient_id = record.patient_server_id
        if patient_id is None:
            refusal = Refusal("the patient has not arrived")
            return Answer(record.record_id, AnswerStatus.REJECTED, refusal=refusal)
        body = _prediction(record, patient_id)
        if record.may_have_arrived:
            found = self._find_prediction(record.record_id, patient_id)
            if found is not None:
                is_same = found.get("output_proba") == body["output_proba"]
                different = Refusal("the server holds another probability")
                return (
                    _confirmed(record, AnswerStatus.UNCHANGED, found)
                    if is_same
                    else Answer(record.record_id, AnswerStatus.REJECTED, refusal=different)
                )
        reply = self._session.call("POST", "/api/predictions/", body=body)
        if reply.status in _REFUSALS:
            return _rejected(record, reply)
        stored = _record(reply.raise_for_status().json())
        return _confirmed(record, AnswerStatus.CREATED, stored)

    def _find_prediction(self, record_id: RecordId, patient_id: int) -> dict[str, Any] | None:
        query = {"patient_id": str(patient_id)}
        reply = self._session.call("GET", "/api/predictions/", query=query)
        for one in _records(reply.raise_for_status().json()):
            inputs = one.get("input_data")
            mark = inputs.get("_desktop") if isinstance(inputs, dict) else None
            if isinstance(mark, dict) and mark.get("uuid") == str(record_id):
                return one
        return None


def _prediction(record: Outgoing, patient_id: int) -> dict[str, Any]:
    said = json.loads(record.message)
    mark = {
        "uuid": str(record.record_id),
        "assessed_at": said["assessed_at"],
        "model_sha256": said["model_sha256"],
        "threshold": said["threshold"],
    }
    return {
        "patient_id": patient_id,
        "input_data": {**said["input_data"], "_desktop": mark},
        **{name: said[name] for name in ("output_label", "output_proba", "model_name")},
    }


def _shared(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: payload[name] for name in _SHARED if name in payload}


def _confirmed(record: Outgoing, status: AnswerStatus, stored: dict[str, Any]) -> Answer:
    return Answer(record.record_id, status, server_id=stored["id"], version=_moment_number(stored))


def _rejected(record: Outgoing, reply: Reply) -> Answer:
    refusal = Refusal(reply.words(), reply.status)
    return Answer(record.record_id, AnswerStatus.REJECTED, refusal=refusal)


def _record(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not is_number(value.get("id")):
        raise AppError(ErrorCode.SERVER_UNREADABLE)
    return value


def _records(value: Any) -> Iterable[dict[str, Any]]:
    if not isinstance(value, list):
        raise AppError(ErrorCode.SERVER_UNREADABLE)
    return (one for one in value if isinstance(one, dict) and is_number(one.get("id")))


def _moment_number(stored: dict[str, Any]) -> int:
    """Return a number that grows with each change there: these calls have no versions."""
    try:
        moment = datetime.fromisoformat(str(stored.get("updated_at") or stored["created_at"]))
        return max(1, round(moment.timestamp() * 1_000_000))
    except (KeyError, ValueError, OverflowError):
        return 1
