"""Files on a stick, by command and by call, on both databases: enrolment, transfer, receipt."""

import errno
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from rest_framework.exceptions import APIException
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients.models import Patient
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.models import ChangeCounter
from backend.django_api.sync import enrolment, keys, transfers
from backend.django_api.sync.files import BadFile
from backend.django_api.sync.models import Workstation
from tests.backend.conftest import Account, SignedIn
from tests.backend.samples import PATIENT, assessment, item, pull_all, push
from tests.backend.stick import FIRST_LINE, Desk, fingerprint, line, signed
from tests.backend.test_concurrency import in_threads

TRANSFERS = "/api/sync/transfers/"
Import = Callable[[bytes], bytes]


@pytest.fixture
def staff(account: Account) -> User:
    """Make the account that the workstation's files act as."""
    return account(Role.STAFF)


@pytest.fixture
def desk(server_keys: dict[str, str], staff: User) -> Desk:
    """Enrol a workstation."""
    made = Desk(server=server_keys)
    enrolment.enrol(account=staff, workstation=made.introduction)
    return made


@pytest.fixture(params=["command", "call"])
def take(request: pytest.FixtureRequest, tmp_path: Path, doctor: APIClient) -> Import:
    """Take a file in either way; a refusal is its sentence as CommandError or ApiRefusal."""

    def by_command(file: bytes) -> bytes:
        (tmp_path / "in").write_bytes(file)
        receipt = tmp_path / "receipt"
        call_command(
            "import_transfer", str(tmp_path / "in"), "--out", str(receipt), stdout=io.StringIO()
        )
        return receipt.read_bytes()

    def by_call(file: bytes) -> bytes:
        answer = posted(doctor, file)
        if answer.status_code != 200:
            raise CommandError(answer.json()["detail"])
        assert answer["Content-Type"] == "application/octet-stream"
        return bytes(answer.getvalue())

    return by_command if request.param == "command" else by_call


def posted(client: Any, file: bytes) -> Any:
    """Carry a file to the server."""
    kind = "application/octet-stream"
    return client.generic("POST", TRANSFERS, file, kind, HTTP_ACCEPT=kind)


def state() -> tuple[int, int, int]:
    """Count what a file could have changed."""
    last = ChangeCounter.objects.values_list("value", flat=True).first() or 0
    return last, Patient.objects.count(), Workstation.objects.count()


def test_a_transfer_comes_in_and_its_receipt_goes_back(
    desk: Desk, take: Import, admin: APIClient
) -> None:
    someone = {**item("patient", PATIENT), "change_id": str(uuid.uuid4())}
    sealed = item("assessment", assessment(someone["uuid"], details={"sealed": "글"}))
    file = desk.transfer(sealed, someone, {"kind": "king"}, 7, sealed)
    first, results = desk.receipt(take(file))
    assert (first["number"], first["epoch"]) == (1, admin.get("/api/sync/").json()["epoch"])
    assert json.loads(file.splitlines()[1])["id"] == first["transfer"]
    assert [(r["kind"], r["status"]) for r in results] == [
        ("assessment", "created"), ("patient", "created"), ("king", "rejected"),
        ("", "rejected"), ("assessment", "unchanged"),
    ]  # fmt: skip  # one list
    assert results[1]["change_id"] == someone["change_id"]
    assert results[0]["content_sha256"] == results[4]["content_sha256"] is not None
    before = pull_all(admin)
    assert before[0][0]["changed_by"].startswith("staff-")
    again, repeated = desk.receipt(take(file))
    assert again["transfer"] == first["transfer"]
    assert [r["status"] for r in repeated if r["kind"] in ("patient", "assessment")] == [
        "unchanged"
    ] * 3
    assert pull_all(admin) == before


def test_an_older_file_after_a_newer_one_changes_nothing(
    desk: Desk, take: Import, admin: APIClient
) -> None:
    new = {**item("patient", PATIENT), "change_id": str(uuid.uuid4())}
    edited = {**new, "payload": {**PATIENT, "phone": "1"}, "change_id": str(uuid.uuid4())}
    older, newer = desk.transfer(new), desk.transfer({**edited, "supersedes": [new["change_id"]]})
    assert desk.receipt(take(newer))[1][0]["status"] == "created"
    before = pull_all(admin)
    assert desk.receipt(take(older))[1][0]["status"] == "unchanged"
    assert pull_all(admin) == before


def test_the_transport_may_change_in_the_middle(desk: Desk, take: Import, admin: APIClient) -> None:
    someone = item("patient", PATIENT)
    items = [someone, *(item("assessment", assessment(someone["uuid"])) for _ in range(5))]
    push(admin, *items[:3])
    statuses = [r["status"] for r in desk.receipt(take(desk.transfer(*items)))[1]]
    assert statuses == ["unchanged"] * 3 + ["created"] * 3
    assert {r["status"] for r in push(admin, *items)} == {"unchanged"}


def test_a_transfer_without_items_has_a_receipt_too(desk: Desk, take: Import) -> None:
    assert desk.receipt(take(desk.transfer()))[1] == []


def test_a_version_of_another_life_of_the_database_is_no_base(desk: Desk, take: Import) -> None:
    someone = item("patient", PATIENT)
    take(desk.transfer(someone))
    change = {**someone, "base_version": 1, "payload": {"phone": "1"}}
    _, results = desk.receipt(take(desk.transfer(change, epoch="of another life")))
    assert results[0]["status"] == "conflict"


def test_a_batch_is_cut_by_its_bytes_too(
    desk: Desk, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MAX_BODY_BYTES", 1000)
    someone = item("patient", PATIENT)
    items = [someone, *(item("assessment", assessment(someone["uuid"])) for _ in range(4))]
    assert {r["status"] for r in desk.receipt(take(desk.transfer(*items)))[1]} == {"created"}


def broken(desk: Desk) -> dict[str, tuple[bytes, int, str]]:
    """Return files that are refused: what is wrong, the call's status, words of the sentence."""
    whole = desk.transfer(item("patient", PATIENT))
    stranger, elsewhere = Desk(server=desk.server), Desk(server=Desk().introduction)
    elsewhere.device_id, elsewhere.signing = desk.device_id, desk.signing
    other_key = Desk(desk.device_id, server=desk.server)
    newer = whole.replace(b"FILE 1\n", b"FILE 12\n", 1)
    short_header = FIRST_LINE + b"x" * 5000 + whole[-64:]
    long_line = b'"' + b"x" * 999_998 + b'"\n{"end": true, "items": 1}\n'
    return {
        "nothing": (b"", 400, "not a file of MesoDesk"),
        "another program's": (b"PK\x03\x04" * 100, 400, "not a file of MesoDesk"),
        "only the first line": (FIRST_LINE, 400, "cut short or changed"),
        "newer": (newer, 400, "newer program"),
        "a long header": (short_header, 400, "cut short or changed"),
        "cut short": (whole[:-1], 400, "cut short or changed"),
        "cut in half": (whole[: len(whole) // 2], 400, "cut short or changed"),
        "changed": (whole[:400] + b"\0" + whole[401:], 400, "cut short or changed"),
        "of another kind": (desk.enrolment(), 400, "no transfer"),
        "to a workstation": (desk.transfer(to="x"), 400, "no transfer"),
        "without an end": (desk.transfer_of(b"{}\n"), 400, "cut short or changed"),
        "empty": (desk.transfer_of(b""), 400, "cut short or changed"),
        "without a last line end": (
            desk.transfer_of(b'{"end": true, "items": 0}'), 400, "cut short or changed",
        ),
        "of a wrong count": (
            desk.transfer_of(b'{}\n{"end": true, "items": 2}\n'), 400, "cut short or changed",
        ),
        "with a line too long": (desk.transfer_of(long_line), 400, "line of the file is too long"),
        "not sealed": (
            signed(FIRST_LINE + line(desk.header("transfer")) + b'{"end": true, "items": 0}\n',
                   desk.signing), 409, "another server",
        ),
        "for another server": (elsewhere.transfer(), 409, "another server"),
        "of a stranger": (stranger.transfer(), 403, "does not know the workstation"),
        "signed by another key": (other_key.transfer(), 400, "cut short or changed"),
    }  # fmt: skip  # one file, one block


def test_what_is_no_transfer_for_this_server_is_refused_with_a_sentence(
    desk: Desk, take: Import, doctor: APIClient
) -> None:
    before = state()
    for what, (file, status, words) in broken(desk).items():
        with pytest.raises(CommandError, match=words):
            take(file)
        answer = posted(doctor, file)
        assert (answer.status_code, list(answer.json())) == (status, ["detail"]), what
    assert state() == before


def test_a_line_of_the_longest_length_is_taken(desk: Desk, take: Import) -> None:
    body = b'"' + b"x" * 999_997 + b'"\n{"end": true, "items": 1}\n'
    assert desk.receipt(take(desk.transfer_of(body)))[1][0]["status"] == "rejected"


def test_a_result_is_never_longer_than_a_line(desk: Desk, take: Import) -> None:
    quoted = {"kind": "x" * 999_980}
    _, results = desk.receipt(take(desk.transfer(quoted, {"kind": "x"})))
    assert [r["status"] for r in results] == ["rejected", "rejected"]
    assert "far too long" in str(results[0]["errors"])


def test_a_sealed_text_may_stand_on_a_line_of_its_own(desk: Desk, take: Import) -> None:
    someone = item("patient", PATIENT)
    payloads = [assessment(someone["uuid"], details={"number": str(n)}) for n in range(3)]
    items = [{**item("assessment", one), "sealed_follows": True} for one in payloads]
    sealed = ['{"a": "b"}', "seal\u2028ed", ""]
    lines = [line(someone)]
    for one, text in zip(items, sealed, strict=True):
        lines += [line(one), text.encode() + b"\n"]
    end = line({"end": True, "items": 4, "lines": 7})
    results = desk.receipt(take(desk.transfer_of(b"".join([*lines, end]))))[1]
    assert [r["status"] for r in results] == ["created"] * 4
    stored = {one.details["number"]: one.details["sealed"] for one in Prediction.objects.all()}
    assert stored == {str(n): text for n, text in enumerate(sealed)}
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in sealed]
    assert [r["content_sha256"] for r in results[1:]] == hashes


def test_a_sealed_text_without_its_item_is_rejected_for_itself(desk: Desk, take: Import) -> None:
    someone = item("patient", PATIENT)
    bare = {**item("assessment", assessment(someone["uuid"])), "sealed_follows": True}
    bare["payload"].pop("details", None)
    bad = [line(bare), b"text\n", line({"sealed_follows": True}), b"\xff\n", line(bare)]
    body = b"".join([line(someone), *bad, line({"end": True, "items": 4, "lines": 6})])
    statuses = [r["status"] for r in desk.receipt(take(desk.transfer_of(body)))[1]]
    assert statuses == ["created", "rejected", "rejected"]
    wrong = b"".join([line(someone), *bad, line({"end": True, "items": 4, "lines": 5})])
    with pytest.raises(CommandError, match="cut short or changed"):
        take(desk.transfer_of(wrong))


def test_lines_that_are_no_json_are_rejected_like_other_bad_items(desk: Desk, take: Import) -> None:
    good = item("patient", PATIENT)
    lines = [b"{", b"", b"\xff", b"[" * 300, b'{"a": NaN}', line(good).strip()]
    body = b"\n".join([*lines, b'{"end": true, "items": 6}']) + b"\n"
    statuses = [r["status"] for r in desk.receipt(take(desk.transfer_of(body)))[1]]
    assert statuses == ["rejected"] * 5 + ["created"]


def test_a_workstation_or_account_out_of_use_is_refused(
    desk: Desk, take: Import, staff: User
) -> None:
    file = desk.transfer(item("patient", PATIENT))
    for changes in ({"approved": False}, {"is_active": False}, {"role": Role.PATIENT}):
        User.objects.filter(pk=staff.pk).update(**changes)
        with pytest.raises(CommandError, match="account is closed, not approved"):
            take(file)
        User.objects.filter(pk=staff.pk).update(approved=True, is_active=True, role=Role.STAFF)
    call_command("revoke_workstation", desk.device_id, stdout=io.StringIO())
    with pytest.raises(CommandError, match="revoked"):
        take(file)
    assert not Patient.objects.exists()


@pytest.mark.logs_warning
def test_without_keys_there_are_no_files(
    desk: Desk, take: Import, admin: APIClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = admin.get("/api/sync/").json()
    assert said["transfer"] == desk.server
    assert said["transfer"]["name"] == "중앙 서버"
    assert said["extensions"][-1] == "transfer"
    spoilt = tmp_path / "spoilt"
    spoilt.write_text('{"signing_key": "x"}')
    for path in ("", str(tmp_path / "nowhere"), str(spoilt)):
        monkeypatch.setattr(settings, "SYNC_KEY_FILE", path)
        with pytest.raises(CommandError, match="no keys for files"):
            take(desk.transfer())
        assert posted(admin, desk.transfer()).status_code == 503
        enrolled = admin.post("/api/sync/workstations/", Desk().introduction)
        assert enrolled.status_code == 503
        said = admin.get("/api/sync/").json()
        assert (said["transfer"], said["extensions"][-1]) == (None, "epoch")


def test_only_clinical_accounts_carry_files_of_a_bounded_size(
    desk: Desk, signed_in: SignedIn, admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert posted(signed_in(Role.PATIENT), desk.transfer()).status_code == 403
    assert posted(APIClient(), desk.transfer()).status_code == 401
    assert admin.post(TRANSFERS, {}).status_code == 415
    # Larger than any other body may be, and smaller than this one may.
    large = posted(admin, b"x" * (settings.MAX_BODY_BYTES + 1))
    assert large.json()["detail"] == "This is not a file of MesoDesk."
    monkeypatch.setattr(settings, "MAX_TRANSFER_BYTES", 1000)
    assert posted(admin, b"x" * 1001).status_code == 413


def test_the_same_file_at_once_is_one_transfer(desk: Desk, account: Account) -> None:
    someone = item("patient", PATIENT)
    items = [someone, *(item("assessment", assessment(someone["uuid"])) for _ in range(20))]
    file = desk.transfer(*items)
    receipts = [io.BytesIO() for _ in range(4)]

    def take_in(receipt: io.BytesIO) -> None:
        transfers.import_transfer(source=io.BytesIO(file), receipt=receipt)

    in_threads(*[lambda r=r: take_in(r) for r in receipts])
    results = [r for receipt in receipts for r in desk.receipt(receipt.getvalue())[1]]
    assert [r["status"] for r in results].count("created") == len(items)
    assert Prediction.objects.count() == 20


def test_nothing_readable_lies_on_the_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: (folder / str(uuid.uuid4())).open("w+b"))
    someone = item("patient", {**PATIENT, "name": "쉽게찾을이름"})
    items = [someone, {**someone, "payload": {**PATIENT, "phone": "7777"}}]
    with transfers.copied(io.BytesIO(desk.transfer(*items))) as source:
        receipt = io.BytesIO()
        transfers.import_transfer(source=source, receipt=receipt)
    conflict = desk.receipt(receipt.getvalue())[1][1]
    assert conflict["current"]["payload"]["name"] == "쉽게찾을이름"
    written = [path.read_bytes() for path in folder.iterdir()]
    assert len(written) == 2
    for content in [*written, receipt.getvalue()]:
        assert content
        for word in ("쉽게찾을이름", "\\uc27d", "010-0000-0000", someone["uuid"]):
            assert word.encode() not in content


def test_a_full_disk_is_told(desk: Desk, take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    before = state()
    monkeypatch.setattr(tempfile, "TemporaryFile", FullDisk)
    with pytest.raises(CommandError, match="disk is full"):
        take(desk.transfer(item("patient", PATIENT)))
    assert state() == before


def test_a_receipt_is_there_whole_or_not(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(desk.transfer()[:-1])
    receipt = tmp_path / "receipt"
    receipt.write_bytes(b"of before")
    with pytest.raises(CommandError):
        call_command("import_transfer", str(tmp_path / "in"), "--out", str(receipt))
    assert receipt.read_bytes() == b"of before"
    for file, out in (("nowhere", "receipt"), ("in", "nowhere/receipt")):
        with pytest.raises(CommandError, match=r"nowhere.*No such file"):
            call_command("import_transfer", str(tmp_path / file), "--out", str(tmp_path / out))
    assert {p.name for p in tmp_path.iterdir()} == {"in", "receipt", "server-keys.json"}


def test_workstations_enrol_on_line(
    server_keys: dict[str, str], signed_in: SignedIn, account: Account
) -> None:
    desk, doctor = Desk(), account(Role.DOCTOR)
    mine, other = signed_in(doctor), signed_in(Role.ADMIN)
    path = "/api/sync/workstations/"
    answer = mine.post(path, desk.introduction)
    assert answer.status_code == 201
    assert answer.json() == {
        "device_id": desk.device_id,
        "name": "접수 컴퓨터",
        "account": doctor.username,
        "server": server_keys,
    }
    assert mine.post(path, desk.introduction).status_code == 200
    assert other.post(path, desk.introduction).status_code == 409
    renewed = Desk(desk.device_id)
    assert other.post(path, renewed.introduction).status_code == 409
    assert mine.post(path, renewed.introduction).status_code == 200
    known = Workstation.objects.get().signing_key
    assert known == renewed.introduction["signing_key"]
    enrolment.revoke(device_id=desk.device_id)
    assert mine.post(path, renewed.introduction).status_code == 409
    assert mine.post(path, Desk(desk.device_id).introduction).status_code == 409
    other_name = {**renewed.introduction, "device_id": str(uuid.uuid4())}
    assert other.post(path, other_name).status_code == 409
    assert signed_in(Role.PATIENT).post(path, Desk().introduction).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device_id", "server"),
        ("device_id", ""),
        ("device_id", "x" * 65),
        ("device_id", "a\nb"),
        ("name", ""),
        ("signing_key", "x"),
        ("signing_key", "é" * 44),
        ("signing_key", "A" * 44),
        ("signing_key", "A" * 42 + "B="),
        ("encryption_key", "age1"),
        ("encryption_key", "AGE-SECRET-KEY-1"),
        ("encryption_key", None),
        ("surplus", 1),
    ],
)
def test_an_enrolment_of_a_wrong_form_is_400(
    server_keys: dict[str, str], admin: APIClient, name: str, value: Any
) -> None:
    answer = admin.post("/api/sync/workstations/", {**Desk().introduction, name: value})
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert not Workstation.objects.exists()


def enrol_by_command(folder: Path, file: bytes, account: str) -> tuple[str, bytes]:
    """Enrol a workstation by file; return what the command said and the answer."""
    (folder / "enrolment").write_bytes(file)
    said = io.StringIO()
    arguments = (str(folder / "enrolment"), "--account", account, "--out", str(folder / "answer"))
    call_command("enrol_workstation", *arguments, stdout=said)
    return said.getvalue(), (folder / "answer").read_bytes()


def test_workstations_enrol_by_file(
    server_keys: dict[str, str], account: Account, tmp_path: Path, staff: User
) -> None:
    desk = Desk(server=server_keys)
    said, answer = enrol_by_command(tmp_path, desk.enrolment(), staff.username)
    assert fingerprint(desk.introduction["signing_key"]) in said
    assert fingerprint(server_keys["signing_key"]) in said
    _, body = desk.opened(answer, "enrolment-answer")
    assert json.loads(body) == {
        "device_id": desk.device_id,
        "account": staff.username,
        "server": server_keys,
    }
    # The administrator also hands it to another account, and lets it in again with new keys.
    other = account(Role.DOCTOR)
    enrol_by_command(tmp_path, desk.enrolment(), other.username)
    assert Workstation.objects.get().account == other
    enrolment.revoke(device_id=desk.device_id)
    with pytest.raises(CommandError, match="keys were revoked"):
        enrol_by_command(tmp_path, desk.enrolment(), other.username)
    enrol_by_command(tmp_path, Desk(desk.device_id).enrolment(), other.username)
    assert Workstation.objects.get().revoked_at is None


def test_an_enrolment_that_is_none_is_refused(
    desk: Desk, account: Account, tmp_path: Path, staff: User
) -> None:
    new = Desk()
    whole = new.enrolment()
    posing = FIRST_LINE + line(new.header("enrolment", **{"from": "x"})) + line(new.introduction)
    for file, words in (
        (desk.transfer(), "no enrolment"),
        (whole[:-1], "cut short or changed"),
        (whole.replace("접수".encode("unicode-escape"), b"\\uac00\\uac01"), "cut short or changed"),
        (signed(posing, new.signing), "cut short or changed"),
        (signed(FIRST_LINE + line(new.header("enrolment")) + b"[]", new.signing), "cut short"),
        (b"", "not a file of MesoDesk"),
    ):
        with pytest.raises(CommandError, match=words):
            enrol_by_command(tmp_path, file, staff.username)
    with pytest.raises(CommandError, match="no account 'nobody'"):
        enrol_by_command(tmp_path, whole, "nobody")
    patient = account(Role.PATIENT)
    with pytest.raises(CommandError, match="may not work with patients"):
        enrol_by_command(tmp_path, whole, patient.username)
    with pytest.raises(CommandError, match="does not know the workstation"):
        call_command("revoke_workstation", "nobody")
    assert Workstation.objects.count() == 1


def test_keys_are_made_once_for_the_server_alone(
    server_keys: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "server-keys.json"
    content = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="keys already"):
        call_command("make_sync_keys")
    assert file.read_bytes() == content
    monkeypatch.setattr(settings, "SYNC_KEY_FILE", str(tmp_path / "more"))
    said = io.StringIO()
    call_command("make_sync_keys", stdout=said)
    public = keys.get_server_keys().public
    assert fingerprint(public["signing_key"]) in said.getvalue()
    assert public != server_keys
    monkeypatch.setattr(settings, "SYNC_KEY_FILE", "")
    with pytest.raises(CommandError, match="SYNC_KEY_FILE"):
        call_command("make_sync_keys")


def test_the_administration_pages_show_workstations_and_revoke_them(
    desk: Desk, account: Account
) -> None:
    client = APIClient()
    client.force_login(account(Role.ADMIN))
    page = "/admin/sync/workstation/"
    shown = client.get(page).content.decode()
    for words in ("의원 컴퓨터", "접수 컴퓨터", fingerprint(desk.introduction["signing_key"])):
        assert words in shown
    chosen = {"action": "revoke", "_selected_action": Workstation.objects.get().pk}
    client.post(page, chosen, format="multipart")
    assert Workstation.objects.get().revoked_at is not None


def damaged(data: bytes, order: random.Random) -> bytes:
    """Return bytes with one damage, as lines, sticks and hands do it."""
    at = order.randrange(len(data))
    till = order.randrange(at, len(data) + 1)
    noise = order.randbytes(order.randrange(1, 200))
    return order.choice([
        data[:at] + bytes([data[at] ^ 1 << order.randrange(8)]) + data[at + 1 :],
        data[:at],
        data[at:],
        data[:at] + noise + data[at:],
        data[:at] + noise + data[at + len(noise) :],
        data[:at] + data[till:],
        data[:at] + data[at:till] * 2 + data[till:],
    ])  # fmt: skip  # one kind of damage a line


ODD: list[Any] = [
    None, 0, -1, 2**70, 1.5, True, "", "x", "server", "transfer", "enrolment", "receipt", [], {},
    "x" * 5000, "\n", "\0", "\ud800",
]  # fmt: skip  # a list


def mutated(files: list[bytes], order: random.Random) -> bytes:
    """Return a damaged file, one of parts that belong to others, or one with an odd header."""
    file, other = order.sample(files, 2)
    head, _, rest = file.removeprefix(FIRST_LINE).partition(b"\n")
    other_head = other.removeprefix(FIRST_LINE).partition(b"\n")[0]
    at, other_at = order.randrange(len(file)), order.randrange(len(other))
    said = json.loads(head)
    name = order.choice(list(said))
    odd = order.choice(ODD)
    return order.choice([
        damaged(file, order),
        damaged(file, order),
        damaged(file, order),
        file[:at] + other[other_at:],
        file[:-64] + other[-64:],
        file + other,
        FIRST_LINE + other_head + b"\n" + rest,
        FIRST_LINE + line({**said, name: odd}) + rest,
        FIRST_LINE + line({k: v for k, v in said.items() if k != name}) + rest,
        FIRST_LINE + damaged(head, order) + b"\n" + rest,
        damaged(FIRST_LINE, order) + head + b"\n" + rest,
    ])  # fmt: skip  # one kind of damage a line


@pytest.mark.timeout(600)
def test_no_damage_to_a_file_is_taken_silently(desk: Desk, staff: User, is_full_run: bool) -> None:
    new = Desk()
    whole = [
        desk.transfer(item("patient", PATIENT)),
        desk.transfer(),
        new.enrolment(),
        desk.enrolment(),
    ]
    order = random.Random(20261125)
    before, harmless = state(), 0

    def take_in(source: io.BytesIO, receipt: io.BytesIO) -> None:
        transfers.import_transfer(source=source, receipt=receipt)

    def let_in(source: io.BytesIO, answer: io.BytesIO) -> None:
        enrolment.enrol_by_file(source=source, account=staff, answer=answer)

    for _ in range(10_000 if is_full_run else 1_000):
        file = mutated(whole, order)
        if file in whole:
            harmless += 1
            continue
        for read in (take_in, let_in):
            with pytest.raises(APIException) as refusal:
                read(io.BytesIO(file), io.BytesIO())
            assert refusal.value.status_code in (400, 403, 409), file
            assert str(refusal.value.detail).endswith(".")
    assert harmless < 100
    assert state() == before


@pytest.mark.timeout(600)
def test_whatever_an_enrolled_workstation_signs_is_refused_or_rejected(
    desk: Desk, is_full_run: bool
) -> None:
    """A program gone wrong seals and signs nonsense: a sentence, or items that are rejected."""
    order = random.Random(20261126)
    good = line(item("patient", PATIENT)) + line(item("patient", PATIENT))
    whole = [good + b'{"end": true, "items": 2}\n', line(7) * 5 + b'{"end": true, "items": 5}\n']
    for _ in range(2_000 if is_full_run else 150):
        body = damaged(order.choice(whole), order)
        file, receipt = io.BytesIO(desk.transfer_of(body)), io.BytesIO()
        with suppress(BadFile):
            transfers.import_transfer(source=file, receipt=receipt)
            desk.receipt(receipt.getvalue())


ROOT = Path(__file__).resolve().parents[2]
# The kernel's own high-water mark; what getrusage says would begin with the parent's.
IMPORT = """
import sys, pathlib, re, django
django.setup()
from django.core.management import call_command
call_command("import_transfer", sys.argv[1], "--out", sys.argv[2])
print(re.search("VmHWM:\\s*([0-9]+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's own figure")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_memory_stays_flat_however_many_items_come(
    desk: Desk, tmp_path: Path, is_full_run: bool
) -> None:
    someone = item("patient", PATIENT)

    def peak_after(count: int) -> int:
        sealed = {"sealed": "x" * 4000}
        rows = (
            item("assessment", assessment(someone["uuid"], details=sealed)) for _ in range(count)
        )
        (tmp_path / "in").write_bytes(desk.transfer(someone, *rows))
        command = [sys.executable, "-c", IMPORT, str(tmp_path / "in"), str(tmp_path / "out")]
        environment = {**os.environ, "SYNC_KEY_FILE": settings.SYNC_KEY_FILE}
        done = subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        _, results = desk.receipt((tmp_path / "out").read_bytes())
        assert {r["status"] for r in results[1:]} == {"created"}
        return int(done.stdout.splitlines()[-1])

    small = peak_after(1_500)
    large = peak_after(10_000 if is_full_run else 4_000)
    assert large - small < 10 * 1024, (small, large)
