"""What other programs read of an assessment, beside its sealed text: the contract's own names."""

import json

from desktop_app.domain.assessment import Assessment
from desktop_app.domain.patient_fields import moment_text


def message_of(assessment: Assessment) -> str:
    """Return it as JSON that ends with `details`, where the sealed text is put in on the way.

    It is made once, as the assessment is stored: sending thousands must not take each apart.
    """
    return json.dumps(
        {
            "patient": str(assessment.patient_id),
            "input_data": {
                key: measured.model_value for key, measured in assessment.measurements.items()
            },
            "output_label": assessment.label,
            "output_proba": assessment.result.probability,
            "model_name": assessment.model.name,
            "model_sha256": assessment.model.sha256,
            "threshold": assessment.model.threshold,
            "assessed_at": moment_text(assessment.assessed_at),
            "requested_by_doctor_id": None,
            "details": {
                "number": assessment.number,
                "corrects": None if assessment.corrects is None else str(assessment.corrects),
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def with_sealed(message: str, sealed: bytes) -> str:
    """Return the message with the sealed text among its details."""
    return f'{message[:-2]},"sealed":{json.dumps(sealed.decode(), ensure_ascii=False)}}}}}'
