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

}  // namespace

const std::vector<storage::Migration>& PlatformMigrations() {
  static const auto& migrations = *new std::vector<storage::Migration>{{.name = "001_roots", .sql = kSchema}};
  return migrations;
}

}  // namespace anju::roots
