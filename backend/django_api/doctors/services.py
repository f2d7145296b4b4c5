"""Writing doctors."""

from backend.django_api.doctors.models import Doctor


def make_doctor(*, user_id: int, name: str, department: str = "") -> Doctor:
    """Return the doctor of an account, made where there is none yet."""
    doctor, _ = Doctor.objects.get_or_create(
        user_id=user_id, defaults={"name": name[:80], "department": department}
    )
    return doctor
