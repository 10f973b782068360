#include "services/platform/roots/schema.h"

namespace anju::roots {
namespace {

constexpr absl::string_view kSchema = R"sql(
CREATE TABLE roots (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  division TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  body TEXT NOT NULL,
  UNIQUE (kind, key)
);
CREATE INDEX roots_division ON roots (kind, division);
CREATE TABLE root_divisions (
  division TEXT NOT NULL,
  root_id TEXT NOT NULL REFERENCES roots (id),
  PRIMARY KEY (division, root_id)
);
CREATE INDEX root_divisions_root ON root_divisions (root_id, division);
CREATE TABLE root_names (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  root_id TEXT NOT NULL REFERENCES roots (id),
  PRIMARY KEY (kind, name)
);
CREATE TABLE root_links (
  kind TEXT NOT NULL,
  link TEXT NOT NULL,
  root_id TEXT NOT NULL REFERENCES roots (id),
  PRIMARY KEY (kind, link, root_id)
);
CREATE TABLE tally_pending (
  id TEXT NOT NULL PRIMARY KEY,
  division TEXT NOT NULL,
  cells TEXT NOT NULL
);
CREATE INDEX tally_pending_division ON tally_pending (division);
CREATE TABLE tally_sums (
  division TEXT NOT NULL,
  indicator TEXT NOT NULL,
  month BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (division, indicator, month)
);
CREATE TABLE tally_reports (
  division TEXT NOT NULL,
  indicator TEXT NOT NULL,
  month BIGINT NOT NULL,
  value BIGINT NOT NULL,
  scale BIGINT NOT NULL CHECK (scale > 0),
  at_least BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (division, indicator, month)
);
CREATE TABLE feed_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  version BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX feed_outbox_key ON feed_outbox (topic, key);
CREATE TABLE feed (
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  sequence BIGINT NOT NULL UNIQUE,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (topic, key)
);
CREATE INDEX feed_sequence ON feed (topic, sequence);
CREATE TABLE facts (
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (topic, key)
);
CREATE TABLE feed_positions (
  topic TEXT NOT NULL PRIMARY KEY,
  sequence BIGINT NOT NULL
);
CREATE TABLE receipts (
  subject TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  content TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (subject, method, request_id)
);
CREATE TABLE imports (
  subject TEXT NOT NULL,
  method TEXT NOT NULL,
  import_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  content TEXT NOT NULL,
  finished BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  totals TEXT NOT NULL,
  PRIMARY KEY (subject, method, import_id)
);
CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  at_us BIGINT NOT NULL,
  subject TEXT NOT NULL,
  method TEXT NOT NULL,
  division TEXT NOT NULL,
  changed_roots BIGINT NOT NULL
);
)sql";

constexpr absl::string_view kDecisions = R"sql(
CREATE TABLE decisions (
  id TEXT NOT NULL PRIMARY KEY,
  at_us BIGINT NOT NULL,
  division TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL REFERENCES roots (id),
  number BIGINT NOT NULL CHECK (number > 0),
  flow TEXT NOT NULL,
  flow_division TEXT NOT NULL,
  version BIGINT NOT NULL,
  step TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  verdict BIGINT NOT NULL,
  reason_hash TEXT NOT NULL,
  escalated BIGINT NOT NULL,
  UNIQUE (record_id, number)
);
CREATE INDEX decisions_division ON decisions (division, id);
CREATE INDEX decisions_subject ON decisions (subject, id);
)sql";

// Nobody changes or removes a line. A statement ends with its line.
constexpr absl::string_view kDecisionsSqlite = R"sql(
CREATE TRIGGER decisions_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'what was decided stays'); END;
CREATE TRIGGER decisions_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'what was decided stays'); END;
)sql";

constexpr absl::string_view kDecisionsPostgresql = R"sql(
CREATE FUNCTION decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what was decided stays'; END $$;
CREATE TRIGGER decisions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION decisions_stay();
)sql";

constexpr absl::string_view kLedger = R"sql(
CREATE TABLE ledger_journals (
  id TEXT NOT NULL PRIMARY KEY,
  record_id TEXT NOT NULL REFERENCES roots (id),
  division TEXT NOT NULL,
  on_day TEXT NOT NULL,
  reason TEXT NOT NULL,
  reverses TEXT UNIQUE REFERENCES ledger_journals (id),
  content TEXT NOT NULL,
  entries BIGINT NOT NULL CHECK (entries > 1)
);
CREATE TABLE ledger_entries (
  journal_id TEXT NOT NULL REFERENCES ledger_journals (id) DEFERRABLE INITIALLY DEFERRED,
  number BIGINT NOT NULL CHECK (number > 0),
  record_id TEXT NOT NULL,
  division TEXT NOT NULL,
  on_day TEXT NOT NULL,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  party TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen <> 0),
  PRIMARY KEY (journal_id, number)
);
CREATE INDEX ledger_entries_account ON ledger_entries (account, party, on_day);
CREATE INDEX ledger_entries_division ON ledger_entries (division, on_day);
CREATE INDEX ledger_entries_record ON ledger_entries (record_id);
)sql";

// Entries come before their journal, which the deferred key demands at the commit and which closes them: so whatever is
// committed comes to 0. A statement ends with its line.
constexpr absl::string_view kLedgerSqlite = R"sql(
CREATE TRIGGER ledger_journals_balance BEFORE INSERT ON ledger_journals WHEN (SELECT COALESCE(SUM(amount_fen), 0) FROM ledger_entries WHERE journal_id = NEW.id) <> 0 OR (SELECT COUNT(*) FROM ledger_entries WHERE journal_id = NEW.id) <> NEW.entries BEGIN SELECT RAISE(ABORT, 'a journal must balance'); END;
CREATE TRIGGER ledger_entries_closed BEFORE INSERT ON ledger_entries WHEN EXISTS (SELECT 1 FROM ledger_journals WHERE id = NEW.journal_id) BEGIN SELECT RAISE(ABORT, 'a journal that was posted is closed'); END;
CREATE TRIGGER ledger_journals_update BEFORE UPDATE ON ledger_journals BEGIN SELECT RAISE(ABORT, 'what was posted stays'); END;
CREATE TRIGGER ledger_journals_delete BEFORE DELETE ON ledger_journals BEGIN SELECT RAISE(ABORT, 'what was posted stays'); END;
CREATE TRIGGER ledger_entries_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'what was posted stays'); END;
CREATE TRIGGER ledger_entries_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'what was posted stays'); END;
)sql";

constexpr absl::string_view kLedgerPostgresql = R"sql(
CREATE FUNCTION ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT COALESCE(SUM(amount_fen), 0) FROM ledger_entries WHERE journal_id = NEW.id) <> 0 OR (SELECT COUNT(*) FROM ledger_entries WHERE journal_id = NEW.id) <> NEW.entries THEN RAISE EXCEPTION 'a journal must balance'; END IF; RETURN NEW; END $$;
CREATE FUNCTION ledger_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_journals WHERE id = NEW.journal_id) THEN RAISE EXCEPTION 'a journal that was posted is closed'; END IF; RETURN NEW; END $$;
CREATE FUNCTION ledger_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what was posted stays'; END $$;
CREATE TRIGGER ledger_journals_balance BEFORE INSERT ON ledger_journals FOR EACH ROW EXECUTE FUNCTION ledger_balance();
CREATE TRIGGER ledger_entries_closed BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_closed();
CREATE TRIGGER ledger_journals_stay BEFORE UPDATE OR DELETE ON ledger_journals FOR EACH ROW EXECUTE FUNCTION ledger_stay();
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_stay();
CREATE TRIGGER ledger_journals_truncate BEFORE TRUNCATE ON ledger_journals FOR EACH STATEMENT EXECUTE FUNCTION ledger_stay();
CREATE TRIGGER ledger_entries_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_stay();
)sql";

// What changed roots have left to be looked at again.
constexpr absl::string_view kMarks = R"sql(
CREATE TABLE root_marks (
  mark TEXT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0)
);
)sql";

// What became of codes of divisions, in the order in which it was told, and how many of these changes a root follows. A
// change is `settled` once all roots do.
constexpr absl::string_view kSuccessions = R"sql(
CREATE TABLE code_changes (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  key TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL,
  settled BIGINT NOT NULL
);
ALTER TABLE roots ADD COLUMN settled BIGINT NOT NULL DEFAULT 0;
)sql";

// What was done waits in audit_pending until it is sealed into audit_log; what was kept before waits there first.
constexpr absl::string_view kAudit = R"sql(
CREATE TABLE audit_pending (
  id TEXT NOT NULL PRIMARY KEY,
  at_us BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  method TEXT NOT NULL,
  division TEXT NOT NULL,
  request_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  record_count BIGINT NOT NULL,
  records TEXT NOT NULL
);
CREATE TABLE audit_log (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  id TEXT NOT NULL UNIQUE,
  at_us BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  method TEXT NOT NULL,
  division TEXT NOT NULL,
  request_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  record_count BIGINT NOT NULL,
  records TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_log_subject ON audit_log (subject, id);
INSERT INTO audit_pending (id, at_us, kind, subject, role, method, division, request_id, purpose, record_count, records)
  SELECT id, at_us, 1, subject, '', method, division, '', '', changed_roots, '' FROM audit;
DROP TABLE audit;
)sql";

// Nobody changes or removes what was sealed, and what waits leaves only into the log. A statement ends with its line.
constexpr absl::string_view kAuditSqlite = R"sql(
CREATE TABLE audit_records (record_id TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (record_id, entry_id)) WITHOUT ROWID;
CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_records_update BEFORE UPDATE ON audit_records BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_records_delete BEFORE DELETE ON audit_records BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_pending_update BEFORE UPDATE ON audit_pending BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_pending_delete BEFORE DELETE ON audit_pending WHEN NOT EXISTS (SELECT 1 FROM audit_log WHERE id = OLD.id) BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
)sql";

constexpr absl::string_view kAuditPostgresql = R"sql(
CREATE TABLE audit_records (record_id TEXT NOT NULL, entry_id TEXT NOT NULL, PRIMARY KEY (record_id, entry_id));
CREATE FUNCTION audit_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what was done stays'; END $$;
CREATE FUNCTION audit_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM audit_log WHERE id = OLD.id) THEN RAISE EXCEPTION 'what was done stays'; END IF; RETURN OLD; END $$;
CREATE TRIGGER audit_log_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_stay();
CREATE TRIGGER audit_records_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records FOR EACH STATEMENT EXECUTE FUNCTION audit_stay();
CREATE TRIGGER audit_pending_stay BEFORE UPDATE OR TRUNCATE ON audit_pending FOR EACH STATEMENT EXECUTE FUNCTION audit_stay();
CREATE TRIGGER audit_pending_sealed BEFORE DELETE ON audit_pending FOR EACH ROW EXECUTE FUNCTION audit_sealed();
)sql";

// For what is read of all counties of a province at once, among the sums of all villages.
constexpr absl::string_view kCountySums = R"sql(
CREATE INDEX tally_sums_counties ON tally_sums (indicator, division) WHERE LENGTH(division) = 6;
)sql";

// How far the log was sealed, said beside it in the transaction that seals; number 0 before the first entry. What leads
// to an entry is found by it, so that the index can be proved against the log.
constexpr absl::string_view kAuditHead = R"sql(
CREATE TABLE audit_head (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (one, number, hash)
  SELECT 1, COALESCE(MAX(number), 0), COALESCE((SELECT hash FROM audit_log ORDER BY number DESC LIMIT 1), '') FROM audit_log;
CREATE INDEX audit_records_entry ON audit_records (entry_id, record_id);
)sql";

// The head is that of an entry in the log, and goes back only when the entry that it was of is gone, which the sealing
// then says in the log. A statement ends with its line.
constexpr absl::string_view kAuditHeadSqlite = R"sql(
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head WHEN NOT EXISTS (SELECT 1 FROM audit_log WHERE number = NEW.number AND hash = NEW.hash) OR (NEW.number < OLD.number AND EXISTS (SELECT 1 FROM audit_log WHERE number = OLD.number AND hash = OLD.hash)) BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'what was done stays'); END;
)sql";

constexpr absl::string_view kAuditHeadPostgresql = R"sql(
CREATE FUNCTION audit_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM audit_log WHERE number = NEW.number AND hash = NEW.hash) OR (NEW.number < OLD.number AND EXISTS (SELECT 1 FROM audit_log WHERE number = OLD.number AND hash = OLD.hash)) THEN RAISE EXCEPTION 'what was done stays'; END IF; RETURN NEW; END $$;
CREATE TRIGGER audit_head_moves BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_moves();
CREATE TRIGGER audit_head_stay BEFORE DELETE OR TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_stay();
)sql";

}  // namespace

const std::vector<storage::Migration>& PlatformMigrations() {
  static const auto& migrations = *new std::vector<storage::Migration>{
      {.name = "001_roots", .sql = kSchema},
      {.name = "003_decisions", .sql = kDecisions, .sqlite = kDecisionsSqlite, .postgresql = kDecisionsPostgresql},
      {.name = "004_ledger", .sql = kLedger, .sqlite = kLedgerSqlite, .postgresql = kLedgerPostgresql},
      {.name = "005_marks", .sql = kMarks},
      {.name = "007_successions", .sql = kSuccessions},
      {.name = "008_audit", .sql = kAudit, .sqlite = kAuditSqlite, .postgresql = kAuditPostgresql},
      {.name = "009_audit_head", .sql = kAuditHead, .sqlite = kAuditHeadSqlite, .postgresql = kAuditHeadPostgresql},
      {.name = "010_county_sums", .sql = kCountySums},
  };
  return migrations;
}

}  // namespace anju::roots
