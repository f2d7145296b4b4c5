"""Turn records into the words of the contract and back; what does not read as agreed is said so."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from desktop_app.domain.assessment_message import with_sealed
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Answer,
    AnswerStatus,
    Fields,
    Incoming,
    IncomingPage,
    Outgoing,
    RecordKind,
    Refusal,
    ServerVersion,
)
from desktop_app.domain.identifiers import RecordId, parse_record_id
from desktop_app.domain.patient import Sex
from desktop_app.domain.sync import Greeting, ServerKeys
from desktop_app.infrastructure.remote.words import shortened

CHANGE_IDS, EPOCH = "change_ids", "epoch"
MOST_IN_A_BATCH = 1000
_LONGEST_TEXT, _LONGEST_EPOCH = 20_000, 300
_LARGEST = 2**63 - 1
_ASSESSMENT = RecordKind.ASSESSMENT.value
# What the contract names beside `details`.
_PLAIN_FIELDS = ("name", "phone")


class NotAsAgreedError(ValueError):
    """A value from outside has another form than the contract says."""


# -- out ---------------------------------------------------------------------------------------


def item_text(
    record: Outgoing, extensions: Collection[str], *, sealed_follows: bool = False
) -> str:
    """Return a record as an item of a push, in JSON.

    With `sealed_follows` an assessment goes without its sealed text, which is the next line then.
    """
    if record.kind is RecordKind.PATIENT:
        return _json(_patient_item(record, extensions))
    head = f'{{"kind":"{_ASSESSMENT}","uuid":"{record.record_id}","base_version":0'
    if sealed_follows:
        return f'{head},"payload":{record.message},"sealed_follows":true}}'
    return f'{head},"payload":{with_sealed(record.message, record.sealed)}}}'


def _patient_item(record: Outgoing, extensions: Collection[str]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "kind": record.kind.value,
        "uuid": str(record.record_id),
        "base_version": record.base_version,
        "payload": patient_payload(record.fields),
    }
    if CHANGE_IDS in extensions and record.change_id is not None:
        item["change_id"] = str(record.change_id)
        item["supersedes"] = [str(one) for one in record.supersedes]
    return item


def patient_payload(fields: Fields) -> dict[str, Any]:
    """Return a patient's fields, or some of them, as the contract names them."""
    payload = {name: fields[name] for name in _PLAIN_FIELDS if name in fields}
    if "birth_date" in fields:
        payload["birth_year"] = int(str(fields["birth_date"])[:4])
    details = {name: value for name, value in fields.items() if name not in _PLAIN_FIELDS}
    if details:
        payload["details"] = details
    return payload


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# -- the greeting -------------------------------------------------------------------------------


def read_greeting(body: Any, life: str) -> Greeting:
    """Return what a server says of itself; AppError SERVER_UNREADABLE unless it is as agreed.

    `life` names its database where it does not name it.
    """
    try:
        body = _object(body)
        server, extensions = body.get("transfer"), body.get("extensions", [])
        model = _object(body.get("model") or {})
        greeting = Greeting(
            protocol=_number(body["protocol"]),
            max_batch=min(_number(body["max_batch"]), MOST_IN_A_BATCH),
            server_time=_moment(body["server_time"]),
            extensions=frozenset(one for one in _list(extensions) if isinstance(one, str)),
            epoch=_text(body.get("epoch") or life, _LONGEST_EPOCH),
            server=None if server is None else read_server_keys(server),
            model_sha256=_text(model.get("sha256") or "", 64),
        )
        if not (greeting.protocol and greeting.max_batch):
            raise NotAsAgreedError("neither protocol nor batch begins with 0")
    except (KeyError, ValueError) as error:
        raise AppError(ErrorCode.SERVER_UNREADABLE) from error
    return greeting


def read_server_keys(said: Any) -> ServerKeys:
    """Return a server's public keys; NotAsAgreedError or KeyError if they are none."""
    parts = [_text(_object(said)[name], 200) for name in ("name", "signing_key", "encryption_key")]
    if not all(parts):
        raise NotAsAgreedError("no keys")
    return ServerKeys(*parts)


# -- answers ------------------------------------------------------------------------------------


def read_answers(body: Any, records: Sequence[Outgoing]) -> tuple[Answer, ...]:
    """Return one answer a record; AppError SERVER_UNREADABLE unless they are as agreed."""
    try:
        results = _list(_object(body)["results"])
        if len(results) != len(records):
            raise NotAsAgreedError("another number of results")
        return tuple(
            read_answer(result, record.record_id)
            for result, record in zip(results, records, strict=True)
        )
    except (KeyError, ValueError) as error:
        raise AppError(ErrorCode.SERVER_UNREADABLE) from error


def read_answer(result: Any, expected: RecordId | None = None) -> Answer:
    """Return one answer; NotAsAgreedError, KeyError or ValueError if it is none."""
    result = _object(result)
    record_id = _identity(result["uuid"])
    if expected not in (None, record_id):
        raise NotAsAgreedError("an answer for another record")
    status = AnswerStatus(_text(result["status"]))
    server_id, version = result.get("id"), result.get("version")
    if status.is_confirmed:
        server_id, version = _number(server_id), _number(version)
    change_id = result.get("change_id")
    return Answer(
        record_id,
        status,
        server_id=server_id if is_number(server_id) else None,
        version=version if is_number(version) else None,
        base_version=_optional(_number, result.get("base_version")),
        content_sha256=_optional(_digest, result.get("content_sha256")),
        current=_current(result["current"]) if status is AnswerStatus.CONFLICT else None,
        refusal=_refusal(result.get("errors")) if status is AnswerStatus.REJECTED else None,
        change_id=_optional(_identity, change_id),
    )


def _current(current: Any) -> ServerVersion:
    current = _object(current)
    changed_at = current.get("changed_at")
    is_deleted = current.get("deleted") is True
    return ServerVersion(
        version=_number(current["version"]),
        fields={} if is_deleted else patient_fields(current.get("payload")),
        changed_by=_text(current.get("changed_by", ""))[:80],
        changed_at=_optional(_moment, changed_at),
        is_deleted=is_deleted,
    )


def _refusal(errors: Any) -> Refusal:
    words = errors if isinstance(errors, str) else _written(errors)
    if isinstance(errors, dict) and list(errors) == ["detail"]:
        detail = errors["detail"]
        plain = detail[0] if isinstance(detail, list) and detail else detail
        words = plain if isinstance(plain, str) else words
    return Refusal(shortened(words))


# -- in ------------------------------------------------------------------------------------------


def read_page(body: Any) -> IncomingPage:
    """Return a page of a pull; an item that does not read as agreed carries its `problem`."""
    try:
        body = _object(body)
        items = [_read_item(item) for item in _list(body["items"])]
        return IncomingPage(
            records=tuple(one for one in items if one is not None),
            next_cursor=_text(body["next_cursor"]),
            has_more=_flag(body["has_more"]),
            unreadable=items.count(None),
        )
    except (KeyError, ValueError) as error:
        raise AppError(ErrorCode.SERVER_UNREADABLE) from error


def _read_item(item: Any) -> Incoming | None:
    """Return a pulled record, None where not even its name can be read."""
    try:
        item = _object(item)
        kind = RecordKind(_text(item["kind"]))
        record_id = _identity(item["uuid"])
        version = _number(item["version"])
    except (KeyError, ValueError):
        return None
    server_id = item.get("id") if is_number(item.get("id")) else None
    bare = Incoming(kind, record_id, server_id, version)
    try:
        return _read_record(item, bare)
    except (KeyError, TypeError, ValueError) as error:
        return _with(bare, problem=type(error).__name__)


def _read_record(item: dict[str, Any], bare: Incoming) -> Incoming:
    if item.get("deleted") is True:
        return _with(bare, is_deleted=True)
    payload = _object(item["payload"])
    seen = _with(
        bare,
        changed_by=_text(item.get("changed_by", ""))[:80],
        changed_at=_optional(_moment, item.get("changed_at")),
        server_check=_text(item.get("server_check", ""))[:20],
    )
    if bare.kind is RecordKind.PATIENT:
        return _with(seen, fields=patient_fields(payload))
    seen = _with(seen, patient_id=_identity(payload["patient"]))
    if bare.kind is RecordKind.ASSESSMENT:
        return _read_assessment(payload, seen)
    if bare.kind is RecordKind.OUTCOME:
        recorded_at = _moment(payload["recorded_at"])
        return _with(
            seen, fields={"title": _text(payload["outcome"])[:200]}, changed_at=recorded_at
        )
    words = delta_text(_text(payload["content_delta"]))
    return _with(seen, fields={"title": _text(payload["title"])[:200], "words": words})


def _read_assessment(payload: dict[str, Any], seen: Incoming) -> Incoming:
    probability, label = _share(payload["output_proba"]), payload["output_label"]
    if label not in (0, 1):
        raise NotAsAgreedError("a label is 0 or 1")
    details = _object(payload.get("details") or {})
    sealed = _text(details.get("sealed", ""))
    fields = {"probability": probability, "label": label}
    if sealed:
        return _with(seen, fields=fields, sealed=sealed)
    fields["title"] = _text(payload["model_name"])[:80]
    return _with(seen, fields=fields, changed_at=_moment(payload["assessed_at"]))


def patient_fields(payload: Any) -> dict[str, Any]:
    """Return a patient's payload as fields; those that another program did not write are absent."""
    payload = _object(payload)
    fields: dict[str, Any] = {
        "name": _text(payload["name"], 80),
        "phone": _text(payload.get("phone", ""), 32),
        "birth_year": _number(payload["birth_year"]),
    }
    details = _object(payload.get("details") or {})
    for name, read in _DETAILS.items():
        if name in details:
            fields[name] = read(details[name])
    return fields


def shared_fields(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a patient that the classic calls share; SERVER_UNREADABLE if wrong."""
    try:
        return {
            "name": _text(stored["name"]),
            "birth_year": _number(stored["birth_year"]),
            "phone": _text(stored.get("phone") or ""),
        }
    except (KeyError, ValueError) as error:
        raise AppError(ErrorCode.SERVER_UNREADABLE) from error


def delta_text(delta: str) -> str:
    """Return the plain text of a Quill delta, shortened."""
    operations = _loaded(delta)
    if isinstance(operations, dict):
        operations = operations.get("ops")
    inserted = [_object(one).get("insert") for one in _list(operations)]
    return "".join(one for one in inserted if isinstance(one, str)).strip()[:2000]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NotAsAgreedError("nested too deeply") from error


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError as error:
        raise NotAsAgreedError("nested too deeply") from error


def _with(incoming: Incoming, **parts: Any) -> Incoming:
    return Incoming(**vars(incoming) | parts)


# -- single values ---------------------------------------------------------------------------------


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAsAgreedError("no object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotAsAgreedError("no list")
    return value


def _text(value: Any, longest: int = _LONGEST_TEXT) -> str:
    if not isinstance(value, str) or len(value) > longest or not _is_writable(value):
        raise NotAsAgreedError("no text of that length")
    return value


def _is_writable(text: str) -> bool:
    """Tell whether a text can be stored: no half of a surrogate pair, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _identity(value: Any) -> RecordId:
    return parse_record_id(_text(value, 45))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAsAgreedError("neither true nor false")
    return value


def is_number(value: Any) -> bool:
    """Tell whether a value is a whole number that a database can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _number(value: Any) -> int:
    if not is_number(value):
        raise NotAsAgreedError("no whole number")
    return int(value)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise NotAsAgreedError("no probability")
    return float(value)


def _digest(value: Any) -> str:
    if len(bytes.fromhex(_text(value, 64))) != 32:
        raise NotAsAgreedError("no SHA-256")
    return str(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value, 40))
    if moment.tzinfo is None:
        raise NotAsAgreedError("a time without its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise NotAsAgreedError("a time before or after all years") from error


def _optional(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)


def _day_text(value: Any) -> str:
    return date.fromisoformat(_text(value, 10)).isoformat()


def _year(value: Any) -> int:
    year = _number(value)
    if not 1 <= year <= 9999:
        raise NotAsAgreedError("no year")
    return year


def _doctor(value: Any) -> dict[str, str]:
    doctor = _object(value)
    return {"id": str(_identity(doctor["id"])), "name": _text(doctor["name"], 80)}


_DETAILS: dict[str, Callable[[Any], Any]] = {
    "chart_number": lambda value: _text(value, 32),
    "birth_date": _day_text,
    "sex": lambda value: _optional(lambda one: Sex(one).value, value),
    "doctor": lambda value: _optional(_doctor, value),
    "exposure_start": lambda value: _optional(_year, value),
    "exposure_end": lambda value: _optional(_year, value),
    "exposure_work": lambda value: _text(value, 80),
    "is_archived": _flag,
    "registered_at": lambda value: _moment(value).isoformat().replace("+00:00", "Z"),
}
