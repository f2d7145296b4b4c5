"""What request bodies are checked with."""

import unicodedata
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

LARGEST_ID = 2**63 - 1


class StrictSerializer(serializers.Serializer[Any]):
    """Refuse fields that the call does not know; `ignored` ones may come back from a client.

    Existing clients send a whole record back, its server-made fields among them.
    """

    ignored: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Check that every key is known, then each value."""
        checked = super().to_internal_value(data)
        unknown = sorted(set(map(str, data)) - set(self.fields) - self.ignored)
        if unknown:
            raise serializers.ValidationError({name[:64]: ["Unknown field."] for name in unknown})
        return checked


def checked(
    serializer: type[StrictSerializer], request: Request, *, is_partial: bool = False
) -> dict[str, Any]:
    """Return the checked body of a request, or raise 400."""
    body = serializer(data=request.data, partial=is_partial)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class NameField(serializers.CharField):
    """A line of text, kept in the composed form of Unicode."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text in NFC; control characters are refused."""
        text = unicodedata.normalize("NFC", super().to_internal_value(data))
        if not text.isprintable():
            raise serializers.ValidationError("Control characters are not allowed.")
        return text


class TextField(serializers.CharField):
    """Text of several lines, never null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False, **kwargs})


class IdField(serializers.IntegerField):
    """A record's number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Return the number; true and 1.0 are not numbers of records."""
        if isinstance(data, bool | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdListField(serializers.ListField):
    """Numbers of records, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=IdField(), max_length=10_000, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        """Return the numbers, sorted."""
        return sorted(set(super().to_internal_value(data)))


class StrictFloatField(serializers.FloatField):
    """A finite number, sent as a number."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number; text and true are not numbers."""
        if isinstance(data, bool | str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictUUIDField(serializers.UUIDField):
    """A UUID, sent as text."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the UUID; a number is none."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class ObjectField(serializers.DictField):
    """A JSON object of bounded size."""

    MOST_KEYS = 100

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object, unchanged."""
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if len(data) > self.MOST_KEYS or len(str(data)) > 20_000:
            raise serializers.ValidationError("The object is too large.")
        return data


class ErrorSerializer(serializers.Serializer[Any]):
    """Any error but a body that fails validation."""

    detail = serializers.CharField()
