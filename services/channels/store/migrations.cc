#include "services/channels/store/migrations.h"

namespace anju::channels {
namespace {

// A village on tours was a record for each division that ran routes, `<location>/<village>`, and is one record, under
// the village's code: the first of them takes in the others.
constexpr absl::string_view kVillagesSqlite = R"sql(
CREATE TEMPORARY TABLE old_tour_villages AS
  SELECT id, body, json_extract(body, '$.village') AS village, json_extract(body, '$.location') AS location,
    MIN(id) OVER (PARTITION BY json_extract(body, '$.village')) AS first_id
  FROM roots WHERE kind = 'tour_village';
INSERT INTO root_divisions (division, root_id)
  SELECT d.division, o.first_id FROM root_divisions d JOIN old_tour_villages o ON d.root_id = o.id WHERE TRUE
  ON CONFLICT DO NOTHING;
DELETE FROM root_divisions WHERE root_id IN (SELECT id FROM old_tour_villages WHERE id <> first_id);
DELETE FROM roots WHERE id IN (SELECT id FROM old_tour_villages WHERE id <> first_id);
UPDATE roots SET
  key = (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
  division = (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
  body = json_object('id', id, 'key', (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
    'participations', (SELECT json_group_array(json_set(p.value, '$.location', o.location))
      FROM old_tour_villages o, json_each(o.body, '$.participations') p WHERE o.first_id = roots.id))
  WHERE kind = 'tour_village';
DROP TABLE old_tour_villages;
)sql";

constexpr absl::string_view kVillagesPostgresql = R"sql(
CREATE TEMPORARY TABLE old_tour_villages AS
  SELECT id, body::jsonb AS body, body::jsonb->>'village' AS village, body::jsonb->>'location' AS location,
    MIN(id) OVER (PARTITION BY body::jsonb->>'village') AS first_id
  FROM roots WHERE kind = 'tour_village';
INSERT INTO root_divisions (division, root_id)
  SELECT d.division, o.first_id FROM root_divisions d JOIN old_tour_villages o ON d.root_id = o.id WHERE TRUE
  ON CONFLICT DO NOTHING;
DELETE FROM root_divisions WHERE root_id IN (SELECT id FROM old_tour_villages WHERE id <> first_id);
DELETE FROM roots WHERE id IN (SELECT id FROM old_tour_villages WHERE id <> first_id);
UPDATE roots SET
  key = (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
  division = (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
  body = jsonb_build_object('id', id, 'key', (SELECT village FROM old_tour_villages o WHERE o.id = roots.id),
    'participations', COALESCE((SELECT jsonb_agg(p.value || jsonb_build_object('location', o.location))
      FROM old_tour_villages o, jsonb_array_elements(o.body->'participations') p WHERE o.first_id = roots.id), '[]'))::text
  WHERE kind = 'tour_village';
DROP TABLE old_tour_villages;
)sql";

}  // namespace

const std::vector<storage::Migration>& Migrations() {
  static const auto& migrations = *new std::vector<storage::Migration>{
      {.name = "001_tour_villages", .sql = "", .sqlite = kVillagesSqlite, .postgresql = kVillagesPostgresql},
  };
  return migrations;
}

}  // namespace anju::channels
