#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# The eleven faults that a well-documented backup template for PostgreSQL was measured to have, held against the whole programs and
# a real server. Each has tests of its own elsewhere too; here is the list.

bats_require_minimum_version 1.5.0
load helpers
load on_postgresql
load restores

# A dump of some 700 kB: more than any pipe holds.
setup() {
  world
  fake_docker
  echo 'tracker postgresql postgresql V' >"${W}/etc/databases"
  local name
  for name in tracker tracker_restore_new tracker_restore_old; do postgresql_as_root -c "DROP DATABASE IF EXISTS ${name} WITH (FORCE)"; done 2>/dev/null
  postgresql_as_root -c 'DROP ROLE IF EXISTS t' -c "CREATE ROLE t LOGIN SUPERUSER PASSWORD 'secret'" -c 'CREATE DATABASE tracker OWNER t' 2>/dev/null
  printf "V='postgresql://t:secret@127.0.0.1:%s/tracker'\n" "${PORT}" >"${W}/deploy/.env"
  postgresql_as_root -c 'CREATE TABLE torrents AS SELECT i AS id, md5(i::text) AS info_hash FROM generate_series(1, 20000) i' \
    -c 'ALTER TABLE torrents OWNER TO t' tracker
  FOLDER=${W}/backups/postgresql
}

backup() { run "${IMAGE}/backup.sh" --run-id "${1:-${ID}}"; }

rows() { postgresql_as_root -c 'SELECT count(*) FROM torrents' tracker; }

refused() {
  tracker_restore "${@:3}" --yes
  [[ ${status} -eq $1 && ${output} == *"$2"* ]] || { echo "not $1 '$2': ${status}: ${output}" && return 1; }
  refute called '^stop'
  [[ $(rows) == 7 ]]
}

later() { postgresql_as_root -c 'DELETE FROM torrents WHERE id > 7' tracker; }

@test "1: verification passes a good dump, and fails a bad one" {
  backup
  [[ ${status} -eq 0 && $(jq -r .verdict "${FOLDER}"/*.meta) == ok ]]
  rm -r "${FOLDER}"
  tool pg_dump '/usr/bin/pg_dump "$@" | head -c 300000'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 5 && -z $(ls "${FOLDER}") ]]
}

@test "2: retention goes on after the first expired file" {
  local id
  for id in 20250101_030000 20250102_030000 20250103_030000 20250104_030000; do fake_backup "${id}" ok postgresql; done
  setting KEEP_LAST 1
  maintenance
  [[ ${status} -eq 0 && $(compgen -G "${FOLDER}/postgresql_2025*" | wc -l) -eq 0 && $(compgen -G "${FOLDER}/postgresql_*.meta" | wc -l) -eq 1 ]]
}

@test "3: a dump of any size comes back, whatever reads only its beginning" {
  backup
  [[ $(zcat "${FOLDER}"/*.sql.gz | wc -c) -gt 650000 ]]
  later
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && $(rows) == 20000 ]]
}

@test "4: the newest file of another database is not the latest of this one" {
  backup
  cp -a "${FOLDER}/postgresql_${ID}.sql.gz" "${FOLDER}/postgresql-index_20270101_030000.sql.gz"
  cp -a "${FOLDER}/postgresql_${ID}.sql.gz" "${FOLDER}/postgresql_other_20270101_030000.sql.gz"
  later
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *"postgresql_${ID}.sql.gz"* && ${output} != *20270101* && $(rows) == 20000 ]]
}

@test "5: a safety copy that fails ends the restore" {
  backup
  later
  tool pg_dump 'echo "pg_dump: error: no" >&2; exit 1'
  PATH=${W}/tools:${PATH} refused 4 'pg_dump: error: no' --latest
}

@test "6: the checksum has no path in it, and fits wherever the files are moved" {
  backup
  refute grep -q / "${FOLDER}"/*.sha256
  mv "${FOLDER}" "${W}/elsewhere"
  cd "${W}/elsewhere"
  sha256sum --check --strict ./*.sha256
}

@test "7: a checksum is compared, and never made to fit" {
  local sum
  backup
  sum=$(sha256sum "${FOLDER}"/*.sql.gz.sha256)
  zcat "${FOLDER}/postgresql_${ID}.sql.gz" | sed 's/info_hash/other_name/' | gzip >"${W}/changed"
  mv "${W}/changed" "${FOLDER}/postgresql_${ID}.sql.gz"
  later
  refused 5 'not what its .sha256 says' --latest
  maintenance --list
  refused 5 'not what its .sha256 says' --run "${ID}"
  [[ $(sha256sum "${FOLDER}"/*.sql.gz.sha256) == "${sum}" ]]
}

@test "8: lines of the log are not taken for data, and data not for lines of the log" {
  tool psql 'echo "psql: WARNING: a notice" >&2; exec /usr/bin/psql "$@"'
  tool pg_dump 'echo "pg_dump: a notice" >&2; exec /usr/bin/pg_dump "$@"'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 && $(jq -c .tables "${FOLDER}"/*.meta) == '{"public.torrents":20000}' ]]
  refute zgrep -q notice "${FOLDER}"/*.sql.gz
  later
  PATH=${W}/tools:${PATH} tracker_restore --latest --yes
  [[ ${status} -eq 0 && $(rows) == 20000 ]]
}

@test "9: a tool that is missing is a failure, and named" {
  local missing
  for missing in pg_dump sha256sum gzip; do
    tool "${missing}" 'echo "exec: '"${missing}"': not found" >&2; exit 127'
    [[ ${missing} != gzip ]] || tool pigz 'echo "exec: gzip: not found" >&2; exit 127'
    PATH=${W}/tools:${PATH} maintenance
    [[ ${status} -ne 0 && ${output} == *"${missing}: not found"* && -z $(find "${FOLDER}" -name 'postgresql_*') ]] || { echo "${missing}: ${status}: ${output}" && return 1; }
    rm "${W}/tools/"*
  done
}

@test "10: the status is written by a run that fails, too" {
  maintenance
  [[ ${status} -eq 0 && $(jq .last_run.exit_code "${W}/state/status.json") == 0 ]]
  sed -i "s/:${PORT}/:1/" "${W}/deploy/.env"
  maintenance
  [[ ${status} -eq 3 && $(jq -c '[.last_run.exit_code, .last_good.exit_code // 0]' "${W}/state/status.json") == '[3,0]' ]]
}

@test "11: whatever the umask, what is written is for its owner alone" {
  umask 000
  maintenance
  later
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]]
  [[ -z $(find "${W}/backups" -mindepth 1 -perm /077) ]] || { ls -lR "${W}/backups" && return 1; }
  [[ $(find "${W}/backups" -type f | wc -l) -gt 6 ]]
}
