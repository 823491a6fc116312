#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# tracker-restore against a real PostgreSQL server on the loopback.

bats_require_minimum_version 1.5.0
load helpers
load on_postgresql
load restores

as_root() { postgresql_as_root "$@"; }

setup() {
  world
  fake_docker
  echo 'tracker postgresql postgresql V' >"${W}/etc/databases"
  local name
  for name in tracker other tracker_restore_new tracker_restore_old tracker_restore_mrg; do as_root -c "DROP DATABASE IF EXISTS ${name} WITH (FORCE)"; done 2>/dev/null
  local password
  password=$(printf '%b' "$(printf '\\x%x' {32..126})")
  as_root -c 'DROP ROLE IF EXISTS t' -c 'DROP ROLE IF EXISTS reader' -c "CREATE ROLE t LOGIN SUPERUSER PASSWORD '${password//\'/\'\'}'" -c 'CREATE ROLE reader' 2>/dev/null
  as_root -c "CREATE DATABASE tracker OWNER t ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
  as_root -c "ALTER DATABASE tracker SET search_path TO public, extra" -c "ALTER DATABASE tracker SET timezone TO 'Europe/Berlin'" \
    -c 'REVOKE CONNECT ON DATABASE tracker FROM PUBLIC' -c 'GRANT CONNECT ON DATABASE tracker TO reader'
  printf "V='postgresql://t:%s@127.0.0.1:%s/tracker'\n" "$(encode "${password}")" "${PORT}" >"${W}/deploy/.env"
  as_root tracker <<'SQL'
SET ROLE t;
CREATE EXTENSION pgcrypto;
CREATE SCHEMA extra;
CREATE TABLE z_parent(id SERIAL PRIMARY KEY, b BYTEA, s TEXT, at TIMESTAMPTZ, j JSONB);
CREATE TABLE a_child(id INT PRIMARY KEY, p INT REFERENCES z_parent ON DELETE CASCADE, g INT GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE keys(id SERIAL PRIMARY KEY, key TEXT UNIQUE, "select" INT);
CREATE TABLE extra."odd ""name"(a TEXT);
CREATE TABLE notes(id INT PRIMARY KEY, o OID);
INSERT INTO z_parent(b, s, at, j) VALUES ('\x00ff0a5c27', E'🦀 it''s\n\\.\ttab', '2026-10-25 02:30:00+01', '{"a": [1, null]}'), (NULL, '', 'infinity', NULL);
INSERT INTO a_child(id, p) VALUES (1, 1), (2, 2);
INSERT INTO keys(key) VALUES ('a'), ('b'), ('c');
DELETE FROM keys WHERE key = 'c';
INSERT INTO extra."odd ""name" VALUES ('x');
INSERT INTO notes VALUES (1, lo_from_bytea(0, '\x0102ff'));
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'not now'; END$$;
CREATE TRIGGER g BEFORE DELETE ON keys FOR EACH ROW EXECUTE FUNCTION f();
CREATE VIEW v AS SELECT key FROM keys;
CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM z_parent;
CREATE SEQUENCE counter START 77;
SELECT nextval('counter');
GRANT SELECT ON keys TO reader;
SQL
}

prepare() {
  BEFORE=$(content)
  run "${IMAGE}/backup.sh" --run-id "${ID}"
  [[ ${status} -eq 0 ]] || echo "${output}"
  FILE=${W}/backups/postgresql/postgresql_${ID}.sql.gz
  as_root tracker -c 'DROP VIEW v' -c 'ALTER TABLE keys DISABLE TRIGGER g' -c 'DELETE FROM keys' -c 'ALTER TABLE keys ENABLE TRIGGER g' \
    -c "INSERT INTO z_parent(s) VALUES ('later')" -c "SELECT nextval('counter')" -c 'CREATE TABLE later(i INT)' >/dev/null
  AFTER=$(content)
}

# The dump of everything, and what belongs to the database and is in no dump.
content() {
  PGPASSWORD=root pg_dump -h 127.0.0.1 -p "${PORT}" -U postgres --create "${1:-tracker}" | grep -vE '^\\(un)?restrict ' | sed "s/${1:-tracker}/tracker/g"
  as_root "${1:-tracker}" -c 'SELECT oid, lo_get(oid) FROM pg_largeobject_metadata'
}

is_restored() { diff <(printf '%s\n' "${BEFORE}") <(content) && is_tidy; }
is_untouched() { diff <(printf '%s\n' "${AFTER}") <(content) && is_tidy; }

is_tidy() {
  [[ $(<"${W}/tracker") == running && ! -e ${W}/state/restore && ! -e ${W}/backups/.restore ]]
  [[ $(as_root -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'tracker\_%'") == 0 ]]
}

@test "everything comes back equal: sequences, large objects, extensions, owners, rights, settings, generated columns, views" {
  prepare
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'public.keys: 2 rows'* ]] || { echo "${output}" && false; }
  is_restored
  run "${IMAGE}/backup.sh"
  [[ ${status} -eq 0 ]]
}

@test "a partitioned table and one that is inherited from come back: each has its own rows" {
  as_root tracker -c 'SET ROLE t' -c 'CREATE TABLE announces(at DATE NOT NULL, n INT) PARTITION BY RANGE (at)' \
    -c "CREATE TABLE announces_2026 PARTITION OF announces FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" -c 'CREATE TABLE announces_rest PARTITION OF announces DEFAULT' \
    -c "INSERT INTO announces VALUES ('2026-02-04', 1), ('2026-02-05', 2), ('2025-01-01', 3)" \
    -c 'CREATE TABLE peers(id INT)' -c 'CREATE TABLE seeders(speed INT) INHERITS (peers)' -c 'INSERT INTO peers VALUES (1)' -c 'INSERT INTO seeders VALUES (2, 9), (3, 9)'
  prepare
  as_root tracker -c 'DELETE FROM announces' -c 'DELETE FROM peers'
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'announces_2026: 2 rows'*'peers: 1 rows'*'seeders: 2 rows'* ]] || { echo "${output}" && false; }
  is_restored
  # The rows are those of the partitions: to replace the whole by itself would only empty it.
  tracker_restore --latest --yes --tables announces
  [[ ${status} -eq 2 && ${output} == *'announces is partitioned: name its partitions'* ]] || { echo "${output}" && false; }
  is_restored
  as_root tracker -c 'DELETE FROM announces' -c 'DELETE FROM peers'
  tracker_restore --latest --yes --tables announces_2026,peers
  [[ ${status} -eq 0 && $(as_root tracker -c 'SELECT count(*) FROM announces; SELECT count(*) FROM peers') == $'2\n1' ]] || { echo "${output}" && false; }
  as_root tracker -c 'INSERT INTO seeders VALUES (4, 9)'
  tracker_restore --latest --yes --tables peers
  [[ ${status} -eq 0 && $(as_root tracker -c 'SELECT count(*) FROM peers') == 2 ]] || { echo "${output}" && false; }
}

@test "with somebody connected, and connecting again" {
  prepare
  somebody() { while :; do PGPASSWORD=root psql -X -q -h 127.0.0.1 -p "${PORT}" -U postgres -c 'SELECT pg_sleep(5)' tracker || :; done >/dev/null 2>&1; }
  in_background somebody
  tracker_restore --latest --yes
  end_background
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  is_restored
}

@test "the safety copy holds what was there, and comes back when it is told" {
  prepare
  tracker_restore --latest --yes
  tracker_restore "$(only 'backups/postgresql/*.pre-restore.sql.zst')" --yes
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  is_untouched
}

@test "a database that was dropped comes back, and so does a role, without its password" {
  prepare
  as_root -c 'DROP DATABASE tracker WITH (FORCE)' -c 'DROP ROLE reader'
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'nothing to save'* && ${output} == *'role reader was missing'* ]] || { echo "${output}" && false; }
  [[ $(as_root tracker -c 'SELECT count(*) FROM keys; SELECT count(*) FROM v; SELECT last_value FROM counter') == $'2\n2\n77' ]]
  is_tidy
}

@test "--tables replaces these, their triggers asleep and their sequences set" {
  prepare
  tracker_restore --latest --yes --tables keys
  [[ ${status} -eq 0 && ${output} == *'keys: 2 rows'* ]] || { echo "${output}" && false; }
  [[ $(as_root tracker -c 'SELECT count(*) FROM keys; SELECT count(*) FROM z_parent; SELECT last_value FROM keys_id_seq; SELECT count(*) FROM later') == $'2\n3\n3\n0' ]]
  is_tidy
  tracker_restore --latest --yes --tables absent
  [[ ${status} -eq 2 && ${output} == *'no table absent'* ]]
}

@test "--target-db makes a database beside it, and stops nothing" {
  prepare
  tracker_restore --latest --yes --target-db other
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  diff <(printf '%s\n' "${BEFORE}") <(content other)
  refute called '^stop'
  is_untouched
  tracker_restore --latest --yes --target-db other
  [[ ${status} -eq 2 && ${output} == *'already'* ]]
}

@test "a tracker that is not healthy with it gets the old database back" {
  prepare
  dislike_what_is_restored
  tracker_restore --latest --yes
  [[ ${status} -eq 8 && ${output} == *'old database is in service again'* ]]
  is_untouched
}

@test "killed before each statement of the swap and after it: old before it began, new afterwards" {
  prepare
  killed_at_calls psql '*swapping* | *cleaning*' 1 3 5 6 7
  [[ ${KILL_AT} -ge 6 ]]
}

@test "a dump with psql's commands, of a newer server, without its end, of another engine: refused, nothing is touched" {
  prepare
  local whole
  whole=$(zcat "${FILE}" | grep -vE '^\\(un)?restrict ')
  rm "${FILE}".*
  printf '%s\n' "${whole}" | awk 'NR == 20 { print "\\! touch /tmp/never" } { print }' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'a command of psql'* ]] || { echo "${output}" && false; }
  is_untouched
  printf '%s\n' "${whole}" | sed 's/^-- Dumped from database version.*/-- Dumped from database version 99.1/' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 2 && ${output} == *'older server does not take it'* ]]
  printf '%s\n' "${whole}" | grep -v 'database dump complete' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'completion line'* ]]
  printf -- '-- MariaDB dump 10\n' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'does not unpack to a dump of PostgreSQL'* ]]
  printf '%s\n' "${whole}" | gzip | head -c 900 >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'cannot be unpacked'* ]]
  is_untouched
}

@test "a user who may not create databases, or no server: said, and nothing is touched" {
  prepare
  as_root -c 'ALTER ROLE t NOSUPERUSER'
  tracker_restore --latest --yes
  [[ ${status} -eq 3 && ${output} == *'CREATEDB'* ]]
  sed -i "s/:${PORT}/:1/" "${W}/deploy/.env"
  tracker_restore --latest --yes
  [[ ${status} -eq 3 && ${output} != *secret* ]]
}
