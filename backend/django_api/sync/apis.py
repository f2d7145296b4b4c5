"""The calls of the sync layer."""

import io
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import IsClinical, acting
from backend.django_api.common.errors import TooLarge
from backend.django_api.common.serializers import NameField, StrictSerializer, checked
from backend.django_api.predictions.selectors import utc_text
from backend.django_api.records.selectors import current_epoch_and_horizon
from backend.django_api.sync import selectors, services, transfers
from backend.django_api.sync.enrolment import WorkstationInput, enrol
from backend.django_api.sync.keys import find_server_keys, get_server_keys
from backend.django_api.sync.kinds import KINDS
from backend.django_api.sync.rescoring import server_model

PROTOCOL = 1
MAX_BATCH = services.MAX_BATCH
EXTENSIONS = ("change_ids", "content_hash", "epoch")
DEFAULT_PAGE = 500


class SyncModelOutput(serializers.Serializer[Any]):
    """The server's model; null while the ML service is away."""

    model_name = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)


class ServerKeysOutput(serializers.Serializer[Any]):
    """The server as files name it: its public keys."""

    name = serializers.CharField()
    signing_key = serializers.CharField()
    encryption_key = serializers.CharField()


class SyncOutput(serializers.Serializer[Any]):
    """What this server speaks."""

    protocol = serializers.IntegerField()
    server_time = serializers.DateTimeField()
    max_batch = serializers.IntegerField()
    model = SyncModelOutput()
    extensions = serializers.ListField(child=serializers.CharField())
    epoch = serializers.CharField()
    transfer = ServerKeysOutput(allow_null=True)


class PushInput(StrictSerializer):
    """A batch; each item is checked for itself."""

    device_id = NameField(max_length=64)
    items = serializers.ListField(child=serializers.JSONField(allow_null=True))
    epoch = serializers.CharField(max_length=32, required=False)


class ResultOutput(serializers.Serializer[Any]):
    """What became of one item."""

    uuid = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(("created", "updated", "unchanged", "conflict", "rejected"))
    id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    change_id = serializers.CharField(required=False)
    base_version = serializers.IntegerField(required=False)
    content_sha256 = serializers.CharField(allow_null=True, required=False)
    current = serializers.DictField(required=False)
    fields_in_conflict = serializers.ListField(child=serializers.CharField(), required=False)
    fields_changed = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment] # the contract's name; DRF takes it out of the class


class PushOutput(serializers.Serializer[Any]):
    """One result an item, in order."""

    results = ResultOutput(many=True)


class PullQuery(serializers.Serializer[Any]):
    """Where to go on, and how far."""

    cursor = serializers.CharField(required=False, allow_blank=True, max_length=100)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_BATCH)


class PulledOutput(serializers.Serializer[Any]):
    """A record, or its tombstone."""

    kind = serializers.ChoiceField(list(KINDS))
    uuid = serializers.UUIDField()
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    base_version = serializers.IntegerField(required=False)
    changed_at = serializers.DateTimeField(required=False)
    changed_by = serializers.CharField(required=False, allow_blank=True)
    payload = serializers.DictField(required=False)
    server_check = serializers.CharField(required=False)
    deleted = serializers.BooleanField(required=False)


class PullOutput(serializers.Serializer[Any]):
    """Some changes and where the next ones begin."""

    items = PulledOutput(many=True)
    next_cursor = serializers.CharField()
    has_more = serializers.BooleanField()


class SyncApi(APIView):
    """What this server speaks."""

    @extend_schema(responses=SyncOutput)
    def get(self, request: Request) -> Response:
        """Show protocol, time, batch size, model, and what this server adds to the contract."""
        epoch, _ = current_epoch_and_horizon()
        keys = find_server_keys()
        return Response(
            {
                "protocol": PROTOCOL,
                "server_time": utc_text(timezone.now()),
                "max_batch": MAX_BATCH,
                "model": server_model(),
                "extensions": [*EXTENSIONS, *(["transfer"] if keys else [])],
                "epoch": epoch,
                "transfer": keys.public if keys else None,
            }
        )


class PushApi(APIView):
    """From a workstation."""

    permission_classes = (IsClinical,)

    @extend_schema(request=PushInput, responses=PushOutput)
    def post(self, request: Request) -> Response:
        """Take a batch; one bad item never fails the others."""
        body = checked(PushInput, request.data)
        if len(body["items"]) > MAX_BATCH:
            raise TooLarge(f"A batch holds at most {MAX_BATCH} items.")
        results = services.push(
            user=acting(request), raw_items=body["items"], epoch=body.get("epoch", "")
        )
        return Response({"results": results})


class PullApi(APIView):
    """To a workstation."""

    @extend_schema(parameters=[PullQuery], responses=PullOutput)
    def get(self, request: Request) -> Response:
        """Show what changed after the cursor."""
        query = checked(PullQuery, request.query_params)
        page = selectors.pull(
            user=acting(request),
            cursor=query.get("cursor", ""),
            limit=query.get("limit", DEFAULT_PAGE),
        )
        return Response(
            {"items": page.items, "next_cursor": page.next_cursor, "has_more": page.has_more}
        )


class WorkstationOutput(serializers.Serializer[Any]):
    """An enrolled workstation, and the server whose files it is to trust."""

    device_id = serializers.CharField()
    name = serializers.CharField()
    account = serializers.CharField()
    server = ServerKeysOutput()


class WorkstationsApi(APIView):
    """Workstations that exchange files with the server."""

    permission_classes = (IsClinical,)

    @extend_schema(
        request=WorkstationInput, responses={200: WorkstationOutput, 201: WorkstationOutput}
    )
    def post(self, request: Request) -> Response:
        """Enrol a workstation for one's own account, or renew its keys."""
        said = checked(WorkstationInput, request.data)
        keys = get_server_keys()
        workstation, is_new = enrol(account=acting(request), workstation=said)
        body = {
            "device_id": workstation.device_id,
            "name": workstation.name,
            "account": workstation.account.username,
            "server": keys.public,
        }
        return Response(body, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class FileParser(BaseParser):
    """Hand a file on as it comes, without holding it in memory."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return what to read the file from."""
        return {"file": stream}


class JsonErrors(DefaultContentNegotiation):
    """Answer errors as JSON, though the client asks for a file."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Choose the first."""
        first = next(iter(renderers))
        return first, first.media_type


class TransfersApi(APIView):
    """Files that came by stick."""

    permission_classes = (IsClinical,)
    parser_classes = (FileParser,)
    content_negotiation_class = JsonErrors

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> FileResponse:
        """Take a transfer file in as its workstation's account; answer with the receipt."""
        with ExitStack() as opened:
            receipt = opened.enter_context(tempfile.TemporaryFile())
            # Without a body there is no file to read from.
            body = dict(request.data).get("file", io.BytesIO())
            with transfers.copied(body) as source:
                transfers.import_transfer(source=source, receipt=receipt)
            receipt.seek(0)
            # From here on the response closes it.
            opened.pop_all()
            return FileResponse(receipt, content_type="application/octet-stream")
