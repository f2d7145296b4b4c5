"""The risk model as a library: features, bundle, scoring, explanation, training."""
