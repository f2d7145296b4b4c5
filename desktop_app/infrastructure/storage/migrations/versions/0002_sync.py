"""Sync: how far each record got, what the server holds, and every version of a patient."""

from alembic import op

revision = "0002"
down_revision = "0001"

_PATIENTS = """CREATE TABLE {name} (
    id INTEGER PRIMARY KEY,
    patient_id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    chart_number TEXT NOT NULL COLLATE NOCASE{unique},
    birth_date TEXT NOT NULL,
    sex TEXT,
    phone TEXT NOT NULL,
    doctor_id BLOB,{doctor_name}
    exposure_start INTEGER,
    exposure_end INTEGER,
    exposure_work TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    is_archived BOOLEAN NOT NULL,
    standing TEXT,
    listed_at INTEGER NOT NULL,
    position INTEGER NOT NULL UNIQUE,
    search_position INTEGER NOT NULL UNIQUE,
    name_order TEXT NOT NULL,
    chart_order TEXT NOT NULL,
    phone_digits TEXT NOT NULL,
    search_text TEXT NOT NULL
)"""
_EARLIER_COLUMNS = (
    "id, patient_id, name, chart_number, birth_date, sex, phone, doctor_id, exposure_start, "
    "exposure_end, exposure_work, registered_at, changed_at, version, is_archived, standing, "
    "listed_at, position, search_position, name_order, chart_order, phone_digits, search_text"
)
_PATIENT_INDEXES = (
    "CREATE INDEX patients_by_name ON patients (is_archived, name_order)",
    "CREATE INDEX patients_by_chart_number ON patients (is_archived, chart_order)",
    "CREATE INDEX patients_by_birth_date ON patients (is_archived, birth_date)",
    "CREATE INDEX patients_born_on ON patients (birth_date, name_order)",
    "CREATE INDEX patients_by_phone ON patients (phone_digits) WHERE phone_digits <> ''",
    """CREATE INDEX patients_by_standing ON patients (standing, position)
    WHERE standing = 'above' OR standing = 'cannot_say'""",
    "CREATE INDEX patients_moved ON patients (position) WHERE position <> search_position",
    """CREATE INDEX patients_by_chart_figure ON patients (length(chart_number), chart_number)
    WHERE chart_number NOT GLOB '*[^0-9]*'""",
)
# Two workstations may have registered one person before either knew of the other.
_BY_CHART_NUMBER = "CREATE INDEX patients_with_chart_number ON patients (chart_number)"
_COUNTING = (
    """CREATE TRIGGER patients_count_new AFTER INSERT ON patients BEGIN
    UPDATE patient_counts SET patients = patients
        + CASE WHEN NEW.is_archived THEN shown = 'archived'
               ELSE shown IN ('all', coalesce(NEW.standing, '')) END;
END""",
    """CREATE TRIGGER patients_count_changed
AFTER UPDATE OF standing, is_archived ON patients
WHEN OLD.standing IS NOT NEW.standing OR OLD.is_archived <> NEW.is_archived BEGIN
    UPDATE patient_counts SET patients = patients
        + CASE WHEN NEW.is_archived THEN shown = 'archived'
               ELSE shown IN ('all', coalesce(NEW.standing, '')) END
        - CASE WHEN OLD.is_archived THEN shown = 'archived'
               ELSE shown IN ('all', coalesce(OLD.standing, '')) END;
END""",
)
# Of patients in the daily list: whose own record, or one about them, the server does not hold yet.
_COUNTING_UNSENT = (
    """CREATE TRIGGER unsent_count_new AFTER INSERT ON outbox
WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE patient = NEW.patient AND id <> NEW.id)
    AND NOT (SELECT is_archived FROM patients WHERE id = NEW.patient) BEGIN
    UPDATE patient_counts SET patients = patients + 1 WHERE shown = 'not_synced';
END""",
    """CREATE TRIGGER unsent_count_gone AFTER DELETE ON outbox
WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE patient = OLD.patient)
    AND NOT (SELECT is_archived FROM patients WHERE id = OLD.patient) BEGIN
    UPDATE patient_counts SET patients = patients - 1 WHERE shown = 'not_synced';
END""",
    """CREATE TRIGGER unsent_count_archived AFTER UPDATE OF is_archived ON patients
WHEN OLD.is_archived <> NEW.is_archived
    AND EXISTS (SELECT 1 FROM outbox WHERE patient = NEW.id) BEGIN
    UPDATE patient_counts SET patients = patients + OLD.is_archived - NEW.is_archived
        WHERE shown = 'not_synced';
END""",
)

_TABLES = (
    """CREATE TABLE patient_versions (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patients (id),
    version INTEGER NOT NULL,
    change_id BLOB NOT NULL,
    content TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    author_id BLOB,
    author_name TEXT NOT NULL,
    is_ours BOOLEAN NOT NULL,
    UNIQUE (patient, version)
)""",
    """CREATE TABLE sync_records (
    record_id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    server_id INTEGER,
    base_version INTEGER NOT NULL,
    version INTEGER NOT NULL,
    base TEXT,
    seen_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    server_check TEXT NOT NULL,
    is_deleted BOOLEAN NOT NULL,
    epoch TEXT NOT NULL
)""",
    """CREATE TABLE server_records (
    id INTEGER PRIMARY KEY,
    record_id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    patient INTEGER NOT NULL REFERENCES patients (id),
    version INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    author_name TEXT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    probability FLOAT,
    label INTEGER,
    is_deleted BOOLEAN NOT NULL
)""",
    """CREATE TABLE held_records (
    record_id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    patient_id BLOB,
    reason TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    content TEXT NOT NULL
)""",
    """CREATE TABLE sync_runs (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    transport TEXT NOT NULL,
    sent INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    received INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    problem TEXT NOT NULL
)""",
    """CREATE TABLE transfers (
    transfer_id BLOB NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    items INTEGER NOT NULL,
    receipt_at INTEGER
)""",
)
_OUTBOX = """CREATE TABLE {name} (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    patient INTEGER NOT NULL REFERENCES patients (id),
    version INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tried_at INTEGER,
    answer TEXT,
    message TEXT
)"""
_EARLIER_OUTBOX = """CREATE TABLE {name} (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    queued_at INTEGER NOT NULL
)"""
_INDEXES = (
    "CREATE INDEX server_records_of_patient ON server_records (patient)",
    "CREATE INDEX held_of_patient ON held_records (patient_id)",
    "CREATE INDEX outbox_of_patient ON outbox (patient, state)",
    # Few: nearly every record waits or is gone.
    "CREATE INDEX outbox_stopped ON outbox (state, id) WHERE state <> 'waiting'",
)

# As domain/patient_fields.py writes them; the times are exact to the microsecond there and here.
_MOMENT = (
    "strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000000, 'unixepoch') "
    "|| CASE WHEN {0} % 1000000 THEN printf('.%06d', {0} % 1000000) ELSE '' END || 'Z'"
)
_FIRST_VERSIONS = f"""INSERT INTO patient_versions
    (patient, version, change_id, content, changed_at, author_id, author_name, is_ours)
SELECT id, version, randomblob(16), json_object(
    'name', name, 'chart_number', chart_number, 'birth_date', birth_date, 'sex', sex,
    'phone', phone,
    'doctor', CASE WHEN doctor_id IS NULL THEN NULL ELSE json_object(
        'id', lower(substr(hex(doctor_id), 1, 8) || '-' || substr(hex(doctor_id), 9, 4) || '-'
            || substr(hex(doctor_id), 13, 4) || '-' || substr(hex(doctor_id), 17, 4) || '-'
            || substr(hex(doctor_id), 21)), 'name', doctor_name) END,
    'exposure_start', exposure_start, 'exposure_end', exposure_end,
    'exposure_work', exposure_work,
    'is_archived', json(CASE WHEN is_archived THEN 'true' ELSE 'false' END),
    'registered_at', {_MOMENT.format("registered_at")}),
    changed_at, NULL, '', 1 FROM patients"""  # noqa: S608 our own columns


def upgrade() -> None:
    """Rebuild patients and outbox with more columns, and make what sync keeps."""
    _rebuild_patients(unique="", doctor_name="\n    doctor_name TEXT NOT NULL,", name_value=True)
    op.execute(_BY_CHART_NUMBER)
    op.execute(
        "UPDATE patients SET doctor_name = coalesce((SELECT name FROM accounts "
        "WHERE account_id = doctor_id), '') WHERE doctor_id IS NOT NULL"
    )
    op.execute(_OUTBOX.format(name="outbox_new"))
    op.execute(
        "INSERT INTO outbox_new SELECT min(o.id), o.kind, o.record_id, "
        "coalesce(p.id, a.patient), max(o.version), min(o.queued_at), 'waiting', 0, "
        "NULL, NULL, NULL FROM outbox o "
        "LEFT JOIN patients p ON o.kind = 'patient' AND p.patient_id = o.record_id "
        "LEFT JOIN assessments a ON o.kind = 'assessment' AND a.assessment_id = o.record_id "
        "GROUP BY o.record_id"
    )
    op.execute("DROP TABLE outbox")
    op.execute("ALTER TABLE outbox_new RENAME TO outbox")
    for statement in (*_TABLES, *_INDEXES):
        op.execute(statement)
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER patient_versions_no_{verb.lower()} BEFORE {verb} "
            "ON patient_versions BEGIN "
            "SELECT RAISE(ABORT, 'patient_versions is only ever added to'); END"
        )
    op.execute(_FIRST_VERSIONS)
    op.execute(
        "INSERT INTO patient_counts SELECT 'not_synced', count(*) FROM patients "
        "WHERE NOT is_archived AND id IN (SELECT patient FROM outbox)"
    )
    for statement in _COUNTING_UNSENT:
        op.execute(statement)


def downgrade() -> None:
    """Drop what sync keeps; two patients who share a chart number stop the step."""
    op.execute("DROP TRIGGER unsent_count_archived")
    op.execute("DELETE FROM patient_counts WHERE shown = 'not_synced'")
    for table in (
        "transfers",
        "sync_runs",
        "held_records",
        "server_records",
        "sync_records",
        "patient_versions",
    ):
        op.execute(f"DROP TABLE {table}")
    op.execute(_EARLIER_OUTBOX.format(name="outbox_new"))
    op.execute("INSERT INTO outbox_new SELECT id, kind, record_id, version, queued_at FROM outbox")
    op.execute("DROP TABLE outbox")
    op.execute("ALTER TABLE outbox_new RENAME TO outbox")
    _rebuild_patients(unique=" UNIQUE", doctor_name="", name_value=False)


def _rebuild_patients(*, unique: str, doctor_name: str, name_value: bool) -> None:
    """Copy the patients into a table of the other form; foreign keys are off meanwhile."""
    op.execute(_PATIENTS.format(name="patients_new", unique=unique, doctor_name=doctor_name))
    more, value = (", doctor_name", ", ''") if name_value else ("", "")
    op.execute(
        f"INSERT INTO patients_new ({_EARLIER_COLUMNS}{more}) "  # noqa: S608 our own columns
        f"SELECT {_EARLIER_COLUMNS}{value} FROM patients"
    )
    op.execute("DROP TABLE patients")
    op.execute("ALTER TABLE patients_new RENAME TO patients")
    for statement in (*_PATIENT_INDEXES, *_COUNTING):
        op.execute(statement)
