"""The first step of the pipeline: eleven base features in, the selected model inputs out."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, Floats, Selection


class FeatureEngineer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped bases
    """Derive the ratios and keep the selected inputs; takes a DataFrame or an array."""

    def __init__(
        self,
        base_features: Sequence[str] = BASE_FEATURES,
        selected_features: Sequence[str] = SELECTED_FEATURES,
    ) -> None:
        self.base_features = base_features
        self.selected_features = selected_features

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the names of the columns that `transform` gives."""
        self._base(X)
        self.output_features_ = list(self.selected_features)
        return self

    def transform(self, X: Any) -> Floats:
        """Give the model inputs, rows x selected features; NaN passes through."""
        return Selection.plan(self.base_features, self.selected_features).of(self._base(X))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Name the columns of `transform`, as scikit-learn asks for them."""
        return np.array(self.output_features_, dtype=object)

    def _base(self, X: Any) -> Floats:
        if hasattr(X, "columns"):
            X = X[list(self.base_features)]
        base = np.asarray(X, dtype=np.float64)
        if base.ndim != 2 or base.shape[1] != len(self.base_features):
            raise ValueError(f"expected {len(self.base_features)} columns, got {base.shape}")
        return base
