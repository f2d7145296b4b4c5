"""Enrolling workstations, on line or by file, and taking them out again."""

from typing import Any, BinaryIO
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import Conflict
from backend.django_api.common.serializers import NameField, StrictSerializer
from backend.django_api.sync import files
from backend.django_api.sync.files import SERVER, BadFile, Header, Sink
from backend.django_api.sync.keys import get_server_keys, parse_encryption_key, parse_signing_key
from backend.django_api.sync.models import Workstation


def _check_signing_key(text: str) -> None:
    try:
        parse_signing_key(text)
    except ValueError as error:
        raise serializers.ValidationError("Not an Ed25519 public key in base64.") from error


def _check_encryption_key(text: str) -> None:
    try:
        parse_encryption_key(text)
    except ValueError as error:
        raise serializers.ValidationError("Not an age recipient.") from error


def _check_device_id(text: str) -> None:
    if text == SERVER:
        raise serializers.ValidationError("This name is the server's.")


class WorkstationInput(StrictSerializer):
    """What a workstation says of itself."""

    device_id = NameField(max_length=64, validators=[_check_device_id])
    name = NameField(max_length=80)
    signing_key = serializers.CharField(max_length=44, validators=[_check_signing_key])
    encryption_key = serializers.CharField(max_length=100, validators=[_check_encryption_key])


@transaction.atomic
def enrol(
    *, account: User, workstation: dict[str, str], by_administrator: bool = False
) -> tuple[Workstation, bool]:
    """Enrol a workstation for an account or renew its keys; tell whether it is new.

    Who administers the server may also hand one to another account, and let one that was revoked
    in again with new keys.
    """
    if not account.can_work:
        raise PermissionDenied("This account may not work with patients' records.")
    signing, encryption = workstation["signing_key"], workstation["encryption_key"]
    either = Q(signing_key=signing) | Q(encryption_key=encryption)
    if Workstation.objects.filter(either, revoked_at__isnull=False).exists():
        raise Conflict("These keys were revoked; the workstation needs new ones.")
    fields = {**workstation, "account": account, "enrolled_at": timezone.now(), "revoked_at": None}
    known, is_new = Workstation.objects.select_for_update().get_or_create(
        device_id=workstation["device_id"], defaults=fields
    )
    if is_new:
        return known, True
    if not by_administrator and known.revoked_at is not None:
        raise Conflict("This workstation was revoked; an administrator lets it in again.")
    if not by_administrator and known.account_id != account.pk:
        raise Conflict("This workstation belongs to another account.")
    for name, value in fields.items():
        setattr(known, name, value)
    known.save()
    return known, False


def enrol_by_file(*, source: BinaryIO, account: User, answer: Sink) -> Workstation:
    """Enrol the workstation that made a file, and write the answer that goes back to it."""
    keys = get_server_keys()
    header = files.read_header(source)
    if (header.kind, header.recipient) != ("enrolment", SERVER):
        raise BadFile("This file is no enrolment of a workstation.")
    said = WorkstationInput(data=files.read_plain(source))
    if not said.is_valid() or said.validated_data["device_id"] != header.sender:
        raise BadFile
    fields = dict(said.validated_data)
    files.verify(source, parse_signing_key(fields["signing_key"]))
    workstation, _ = enrol(account=account, workstation=fields, by_administrator=True)
    body: dict[str, Any] = {
        "device_id": workstation.device_id,
        "account": account.username,
        "server": keys.public,
    }
    reply = Header(
        "enrolment-answer", uuid4(), SERVER, workstation.device_id, header.number, timezone.now()
    )
    files.write_plain(answer, reply, body, keys.signing)
    return workstation


def revoke(*, device_id: str) -> Workstation:
    """Refuse a workstation's files and keys from now on."""
    known = Workstation.objects.filter(device_id=device_id).first()
    if known is None:
        raise NotFound("This server does not know the workstation.")
    if known.revoked_at is None:
        known.revoked_at = timezone.now()
        known.save(update_fields=["revoked_at"])
    return known
