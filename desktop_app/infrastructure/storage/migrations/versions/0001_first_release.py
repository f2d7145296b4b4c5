"""The first release's tables, their indexes, and the triggers that keep history as written."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """CREATE TABLE patients (
    id INTEGER PRIMARY KEY,
    patient_id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    chart_number TEXT NOT NULL COLLATE NOCASE UNIQUE,
    birth_date TEXT NOT NULL,
    sex TEXT,
    phone TEXT NOT NULL,
    doctor_id BLOB,
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
)""",
    """CREATE TABLE patient_counts (
    shown TEXT NOT NULL PRIMARY KEY,
    patients INTEGER NOT NULL
)""",
    """CREATE TABLE assessments (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patients (id),
    assessment_id BLOB NOT NULL UNIQUE,
    corrects BLOB,
    assessed_at INTEGER NOT NULL,
    assessor_name TEXT NOT NULL,
    probability FLOAT NOT NULL,
    low FLOAT NOT NULL,
    high FLOAT NOT NULL,
    threshold FLOAT NOT NULL,
    state TEXT NOT NULL,
    label INTEGER NOT NULL,
    model_name TEXT NOT NULL,
    outside_count INTEGER NOT NULL,
    missing_count INTEGER NOT NULL,
    digest BLOB NOT NULL,
    content TEXT NOT NULL
)""",
    """CREATE TABLE opinions (
    id INTEGER PRIMARY KEY,
    opinion_id BLOB NOT NULL UNIQUE,
    assessment INTEGER NOT NULL REFERENCES assessments (id),
    stance TEXT NOT NULL,
    reason TEXT NOT NULL,
    author_id BLOB NOT NULL,
    author_name TEXT NOT NULL,
    stated_at INTEGER NOT NULL
)""",
    """CREATE TABLE drafts (
    draft_id BLOB NOT NULL PRIMARY KEY,
    patient_id BLOB NOT NULL REFERENCES patients (patient_id),
    author_id BLOB NOT NULL,
    author_name TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    corrects BLOB,
    doctor_id BLOB,
    message TEXT NOT NULL,
    handed_at INTEGER,
    handed_by_name TEXT NOT NULL,
    panel TEXT NOT NULL
)""",
    """CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    report_id BLOB NOT NULL UNIQUE,
    assessment_id BLOB NOT NULL REFERENCES assessments (assessment_id),
    issued_at INTEGER NOT NULL,
    language TEXT NOT NULL,
    pdf BLOB NOT NULL
)""",
    """CREATE TABLE accounts (
    account_id BLOB NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    department TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    last_sign_in INTEGER
)""",
    """CREATE TABLE preferences (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
    content TEXT NOT NULL
)""",
    """CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
)""",
    """CREATE TABLE audit_trail (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    subject_id BLOB,
    codes TEXT NOT NULL,
    mac BLOB NOT NULL
)""",
    """CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    queued_at INTEGER NOT NULL
)""",
    """CREATE VIRTUAL TABLE search USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
)""",
)

_NAMES = (
    "patients",
    "patient_counts",
    "assessments",
    "opinions",
    "drafts",
    "reports",
    "accounts",
    "preferences",
    "settings",
    "audit_trail",
    "outbox",
    "search",
)

_INDEXES = (
    "CREATE INDEX patients_by_name ON patients (is_archived, name_order)",
    "CREATE INDEX patients_by_chart_number ON patients (is_archived, chart_order)",
    "CREATE INDEX patients_by_birth_date ON patients (is_archived, birth_date)",
    # Looking for possible duplicates compares everyone born around a day, in this index alone.
    "CREATE INDEX patients_born_on ON patients (birth_date, name_order)",
    "CREATE INDEX patients_by_phone ON patients (phone_digits) WHERE phone_digits <> ''",
    """CREATE INDEX patients_by_standing ON patients (standing, position)
    WHERE standing = 'above' OR standing = 'cannot_say'""",
    "CREATE INDEX patients_moved ON patients (position) WHERE position <> search_position",
    """CREATE INDEX patients_by_chart_figure ON patients (length(chart_number), chart_number)
    WHERE chart_number NOT GLOB '*[^0-9]*'""",
    # With the digest in it, looking for one walks this index; an index of its own would cost each
    # save a page more.
    "CREATE INDEX assessments_of_patient ON assessments (patient, assessed_at, digest)",
    """CREATE INDEX assessments_correcting ON assessments (corrects)
    WHERE corrects IS NOT NULL""",
    "CREATE INDEX opinions_of_assessment ON opinions (assessment)",
    "CREATE INDEX drafts_of_patient ON drafts (patient_id)",
    "CREATE INDEX drafts_of_doctor ON drafts (doctor_id)",
    "CREATE INDEX drafts_of_author ON drafts (author_id)",
    "CREATE INDEX reports_of_assessment ON reports (assessment_id)",
)


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

_KEPT_AS_WRITTEN = ("assessments", "opinions", "reports", "audit_trail")


def _guards(table: str) -> tuple[str, ...]:
    return tuple(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN
    SELECT RAISE(ABORT, '{table} is only ever added to');
END"""
        for verb in ("UPDATE", "DELETE")
    )


def upgrade() -> None:
    """Make everything."""
    guards = [guard for table in _KEPT_AS_WRITTEN for guard in _guards(table)]
    for statement in (*_TABLES, *_INDEXES, *_COUNTING, *guards):
        op.execute(statement)
    for shown in ("all", "above", "cannot_say", "archived"):
        op.execute(f"INSERT INTO patient_counts VALUES ('{shown}', 0)")  # noqa: S608 literals


def downgrade() -> None:
    """Drop everything."""
    for table in reversed(_NAMES):
        op.execute(f"DROP TABLE {table}")
