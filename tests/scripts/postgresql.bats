#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# drivers/postgresql.sh against a real PostgreSQL server on the loopback.

bats_require_minimum_version 1.5.0
load helpers
load on_postgresql

as_root() { postgresql_as_root "$@"; }

setup() {
  world
  echo 'tracker postgresql postgresql V' >"${W}/etc/databases"
  as_root -c 'DROP DATABASE IF EXISTS tracker' -c 'DROP DATABASE IF EXISTS restored' -c 'DROP ROLE IF EXISTS t' \
    -c 'CREATE ROLE t LOGIN' -c 'CREATE DATABASE tracker OWNER t' 2>/dev/null
  user secret
  as_root tracker <<'SQL'
SET ROLE t;
CREATE TABLE torrents(id SERIAL PRIMARY KEY, info_hash TEXT UNIQUE, b BYTEA);
INSERT INTO torrents(info_hash, b) SELECT md5(i::text), '\x00ff0a' FROM generate_series(1, 500) i;
CREATE TABLE "odd ""name (x)"(a TEXT);
INSERT INTO "odd ""name (x)" VALUES (E'line1\nline2\\.\n\\.'), ('ü');
CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS $$
SELECT 1 -- CREATE TABLE not_one (
$$;
CREATE VIEW v AS SELECT id FROM torrents;
SQL
}

user() {
  as_root -c "ALTER ROLE t PASSWORD '${1//\'/\'\'}'"
  address "postgresql://t:$(encode "$1")@127.0.0.1:${PORT}/tracker"
}

teardown() { [[ -z ${BACKGROUND:-} ]] || end_background; }

address() { printf "V='%s'\n" "$1" >"${W}/deploy/.env"; }

backup() { run "${IMAGE}/backup.sh"; }

dump() { zcat "$(only 'backups/postgresql/postgresql_*.sql.gz')"; }

@test "a dump is complete, loads again, and holds what the server holds" {
  backup
  [[ ${status} -eq 0 ]]
  [[ $(jq -c '[.tables, .strategy, .verdict]' "$(only 'backups/postgresql/*.meta')") == '[{"public.\"odd \"\"name (x)\"":2,"public.torrents":500},"online","ok"]' ]]
  as_root -c 'CREATE DATABASE restored OWNER t'
  dump | as_root -v ON_ERROR_STOP=1 restored >/dev/null
  local query='SELECT md5(string_agg(torrents::text, $$,$$ ORDER BY id)) FROM torrents; SELECT * FROM "odd ""name (x)"; SELECT f(), count(*) FROM v'
  [[ $(as_root -c "${query}" restored) == "$(as_root -c "${query}" tracker)" ]]
}

@test "the roles are beside it, without their passwords" {
  backup
  grep -q 'CREATE ROLE t;' "$(only 'backups/postgresql/*.roles.sql')"
  refute grep -qi 'password' "$(only 'backups/postgresql/*.roles.sql')"
  [[ $(jq -r .roles "$(only 'backups/postgresql/*.meta')") == *.roles.sql ]]
  cd "${W}/backups/postgresql"
  run sha256sum -c ./*.sha256
  [[ ${lines[0]} == postgresql_*.sql.gz:\ OK && ${lines[1]} == *.roles.sql:\ OK ]]
}

@test "roles that end early do not pass for roles" {
  tool pg_dumpall 'echo "CREATE ROLE t;"'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 && ${output} == *'WARNING: tracker: the roles are not in this backup'* ]]
  refute compgen -G "${W}/backups/postgresql/*roles*"
}

@test "a server that refuses the roles costs a warning, not the backup" {
  tool pg_dumpall 'echo "pg_dumpall: error: permission denied" >&2; exit 1'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 && ${output} == *'WARNING: tracker: the roles are not in this backup: pg_dumpall: error: permission denied'* ]]
  [[ $(compgen -G "${W}/backups/postgresql/*" | wc -l) -eq 3 ]]
}

@test "a password of every printable character works, and is in no argument, log or file" {
  local password
  password=$(printf '%b' "$(printf '\\x%x' {32..126})")ñ✓
  user "${password}"
  tool pg_dump 'printf "%s\n" "$@" >>"${W}/arguments"; env >>"${W}/arguments"; exec /usr/bin/pg_dump "$@"'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 ]]
  refute grep -F 'XYZ[' "${W}/arguments"
  refute grep -rF 'XYZ[' "${W}/backups"
}

@test "rows of excluded tables are left out, their schema stays" {
  setting EXCLUDE_TABLES torrents
  backup
  [[ ${status} -eq 0 && $(dump) == *'CREATE TABLE public.torrents'* && $(dump) != *'COPY public.torrents'* ]]
  [[ $(jq '.tables["public.torrents"]' "$(only 'backups/postgresql/*.meta')") == 0 ]]
}

@test "a dump under load is one moment: counter and ledger agree" {
  as_root -c 'CREATE TABLE counter(n INT)' -c 'INSERT INTO counter VALUES (0)' -c 'CREATE TABLE ledger(seq INT PRIMARY KEY)' \
    -c 'ALTER TABLE counter OWNER TO t' -c 'ALTER TABLE ledger OWNER TO t' tracker
  load_writer() { while echo 'BEGIN; UPDATE counter SET n = n + 1; INSERT INTO ledger SELECT n FROM counter; COMMIT;'; do :; done | as_root tracker; }
  in_background load_writer
  local round
  for round in 1 2 3; do
    sleep 1
    backup
    [[ ${status} -eq 0 ]]
    as_root -c 'DROP DATABASE IF EXISTS restored' -c 'CREATE DATABASE restored OWNER t' 2>/dev/null
    zcat "$(compgen -G "${W}/backups/postgresql/*.gz" | sort | tail -n 1)" | as_root -v ON_ERROR_STOP=1 restored >/dev/null
    [[ $(as_root -At -c 'SELECT n > 0 AND n = (SELECT count(*) FROM ledger) AND n = (SELECT max(seq) FROM ledger) FROM counter' restored) == t ]]
  done
}

@test "wrong password, no server, unknown database: exit code 3 with the server's words, and no secret" {
  address "postgresql://t:wrong-secret@127.0.0.1:${PORT}/tracker"
  backup
  [[ ${status} -eq 3 && ${output} == *'password authentication failed'* && ${output} != *wrong-secret* ]]
  address 'postgresql://t:wrong-secret@127.0.0.1:1/tracker'
  backup
  [[ ${status} -eq 3 && ${output} == *'refused'* && ${output} != *wrong-secret* ]]
  address "postgresql://t:secret@127.0.0.1:${PORT}/nothing"
  backup
  [[ ${status} -eq 3 ]]
  [[ -z $(find "${W}/backups" -name 'postgresql_*') ]]
}

@test "a table that the user may not read fails the backup and is named" {
  as_root -c 'CREATE TABLE private_one(a INT)' tracker
  backup
  [[ ${status} -eq 4 && ${output} == *private_one* && -z $(ls "${W}/backups/postgresql") ]]
}

@test "a database without tables is exit code 5" {
  as_root -c 'DROP DATABASE tracker' -c 'CREATE DATABASE tracker OWNER t'
  backup
  [[ ${status} -eq 5 && ${output} == *'holds no table'* ]]
}

@test "a dump that ends early, fails or hangs leaves nothing under a good name" {
  tool pg_dump '/usr/bin/pg_dump "$@" | head -n 60'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 5 && ${output} == *'completion line'* && -z $(ls "${W}/backups/postgresql") ]]
  tool pg_dump '/usr/bin/pg_dump "$@"; echo "pg_dump: error: server closed the connection" >&2; exit 1'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 4 && ${output} == *'closed the connection'* && -z $(ls "${W}/backups/postgresql") ]]
  setting STEP_TIMEOUT_SECONDS 1
  tool pg_dump 'exec sleep 30'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 10 && -z $(ls "${W}/backups/postgresql") ]]
}
