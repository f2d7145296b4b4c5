"""The ways in which a model bundle or a row of values is refused."""

from typing import ClassVar


class NonFiniteValueError(ValueError):
    """A value is infinite, or too large for the single precision of the trees."""


class BundleError(Exception):
    """A model bundle cannot be used; `code` and `context` say why, without values of patients."""

    code: ClassVar[str] = "bundle_error"

    def __init__(self, **context: str) -> None:
        super().__init__(f"{self.code}: " + ", ".join(f"{k}={v}" for k, v in context.items()))
        self.context = context


class BundleMissingError(BundleError):
    """The folder or one of its files is not there."""

    code = "bundle_missing"


class BundleChangedError(BundleError):
    """A file is not the one that was trusted."""

    code = "bundle_changed"


class BundleUnreadableError(BundleError):
    """A trusted file does not hold what a bundle holds."""

    code = "bundle_unreadable"


class ThresholdMissingError(BundleError):
    """The metadata name no usable threshold; none is ever assumed."""

    code = "threshold_missing"


class LibraryVersionMismatchError(BundleError):
    """The bundle was made with another scikit-learn than the one installed."""

    code = "library_version_mismatch"


class GoldenMismatchError(BundleError):
    """The golden rows do not score here what they scored when the model was trained."""

    code = "golden_mismatch"
