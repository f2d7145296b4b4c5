"""The risk model behind the RiskModel port."""
