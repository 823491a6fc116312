# shellcheck shell=bash
# MySQL and MariaDB: no database can be renamed, but one statement renames all tables. What is no table (triggers, views, routines,
# events) is kept as SQL beside them. Only root may do all this; its password is in the stack's .env.
: "${NAME:?}" "${STEM:?}" "${RUN_ID?}" "${WORK:?}" "${ERRORS:?}" "${STACK_ENV:?}" "${SPOOL:?}" "${TARGET?}" "${TABLES?}"

driver_connect
: "${DSN_DATABASE:?}" "${DSN_HOST:?}" "${DSN_PORT:?}" "${STEPS:?}" "${SOURCE?}"
ROOT_PASSWORD=$(env_value "${STACK_ENV}" MYSQL_ROOT_PASSWORD) || die 2 "${NAME}: a restore needs the server's root"
write_options "${WORK}/root.cnf" root "${ROOT_PASSWORD}"
LIVE=${DSN_DATABASE} NEW=${TARGET:-${DSN_DATABASE:0:50}_restore_new} OLD=${DSN_DATABASE:0:50}_restore_old

# name NAME, text TEXT: as they stand in SQL.
name() { printf "\`%s\`" "${1//\`/\`\`}"; }
text() { printf "_utf8mb4 x'%s'" "$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"; }

client() { limited mariadb --defaults-file="${WORK}/root.cnf" --default-character-set=utf8mb4 --batch --raw --skip-column-names "$@" 2>"${ERRORS}"; }
as_root() { client --execute="$1"; }
exists() { [[ $(as_root "SELECT count(*) FROM information_schema.schemata WHERE schema_name = $(text "$1")") == 1 ]]; }

tables_of() {
  local schema
  schema=$(text "$1")
  as_root "SELECT table_name FROM information_schema.tables WHERE table_schema = ${schema} AND table_type = 'BASE TABLE' ORDER BY 1"
}

# shellcheck source=mysql_objects.sh
source "${STEPS}/mysql_objects.sh"
# shellcheck source=mysql_load.sh
source "${STEPS}/mysql_load.sh"

restore_check() {
  local head server wanted running
  head=$(beginning)
  [[ ${head} =~ ^(/\*.*$'\n')?--\ (MariaDB|MySQL)\ dump ]] || die 5 "${NAME}: ${SOURCE##*/} does not unpack to a dump of MySQL or MariaDB"
  server=$(as_root 'SELECT VERSION()') || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  if [[ ${head} =~ $'\n'--\ Server\ version[[:space:]]+([^[:space:]]+) ]]; then
    wanted=${BASH_REMATCH[1]} running=${server}
    if [[ ${wanted} == *MariaDB* && ${running} != *MariaDB* || ${wanted} != *MariaDB* && ${running} == *MariaDB* ]]; then
      log WARNING "${NAME}: the dump is of ${wanted}, and the server is ${running}: only loading it will show whether it fits"
    elif is_newer "${wanted}" "${running}"; then
      die 2 "${NAME}: the dump is of ${wanted}, and the server is ${running}: an older server does not take it"
    fi
  fi
  [[ -z ${TARGET} ]] || ! exists "${TARGET}" || die 2 "There is a database ${TARGET} already"
}

# is_newer A B: by the first two numbers.
is_newer() {
  local a b
  IFS=.- read -ra a <<<"$1"
  IFS=.- read -ra b <<<"$2"
  ((a[0] > b[0] || (a[0] == b[0] && ${a[1]:-0} > ${b[1]:-0})))
}

create() {
  local shape=' CHARACTER SET utf8mb4' live
  live=$(text "${LIVE}")
  if exists "${LIVE}"; then
    shape=$(as_root "SELECT CONCAT(' CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name)
      FROM information_schema.schemata WHERE schema_name = ${live}")
  fi
  as_root "CREATE DATABASE $(name "$1")${shape}" || fail 4 $? "${NAME}: ${1} cannot be created"
}

restore_load() {
  local status=0 ending table generated=plain
  mkdir -p "${SPOOL}"
  [[ $(as_root 'SELECT VERSION()') != *MariaDB* ]] || generated=valued
  [[ -n ${TARGET} ]] || as_root "DROP DATABASE IF EXISTS $(name "${NEW}")" || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  printf 'SET NAMES utf8mb4;\n' >"${SPOOL}/new.sql"
  create "${NEW}"
  { unpack 2>"${WORK}/unpack.errors" || printf '%s\n' $? >"${WORK}/unpack.status"; } <&7 \
    | watch_load "${generated}" 2>"${WORK}/watch.errors" | client --sandbox --database="${NEW}" >/dev/null || status=$?
  [[ ! -s ${WORK}/watch.errors ]] || ERRORS=${WORK}/watch.errors fail 5 1 "${NAME}: ${SOURCE##*/} is not the dump of one database"
  [[ ! -e ${WORK}/unpack.status ]] || ERRORS=${WORK}/unpack.errors fail 5 "$(<"${WORK}/unpack.status")" "${NAME}: ${SOURCE##*/} cannot be unpacked"
  ((status == 0)) || fail 4 "${status}" "${NAME}: ${SOURCE##*/} cannot be loaded"
  read -r ending <"${WORK}/facts"
  [[ ${ending} == complete ]] || die 5 "${NAME}: ${SOURCE##*/} has no completion line"
  while IFS= read -r table; do
    printf "SELECT CONCAT(%s, '\t', count(*)) FROM %s;\n" "$(text "${table}")" "$(name "${table}")"
  done < <(tables_of "${NEW}") >"${WORK}/count.sql"
  client --database="${NEW}" <"${WORK}/count.sql" >"${WORK}/tables.tsv" || fail 5 $? "${NAME}: the rows cannot be counted"
  if [[ -z ${TARGET} ]]; then
    part_from_tables
  else
    client --database="${NEW}" --force <"${SPOOL}/new.sql" >/dev/null || :
    [[ ! -s ${ERRORS} ]] || log WARNING "${NAME}: not every view, routine and event could be created in ${NEW}: $(tail -n 1 "${ERRORS}")"
  fi
}

# Only tables are renamed later: the rest becomes SQL now, while nothing is stopped. With --tables only those stay, and their triggers.
part_from_tables() {
  local table
  if [[ -n ${TABLES} ]]; then
    while IFS= read -r table; do
      [[ " ${TABLES} " == *" ${table} "* ]] || printf 'DROP TABLE %s;\n' "$(name "${table}")"
    done < <(tables_of "${NEW}") | { printf 'SET foreign_key_checks = 0;\n' && cat; } | client --database="${NEW}" || fail 4 $? "${NAME}: tables cannot be left out"
    check_keys
  fi
  [[ -z ${TABLES} ]] || printf 'SET NAMES utf8mb4;\n' >"${SPOOL}/new.sql"
  dump_objects "${NEW}" >>"${SPOOL}/new.sql"
  drop_objects "${NEW}"
  sync "${SPOOL}/new.sql"
}

# A key between a table that is replaced and one that stays would follow the old table away.
check_keys() {
  local found list='' table
  for table in ${TABLES}; do list+="${list:+, }$(text "${table}")"; done
  found=$(as_root "SELECT CONCAT(table_name, ' and ', referenced_table_name) FROM information_schema.referential_constraints
    WHERE constraint_schema = $(text "${LIVE}") AND (table_name IN (${list})) <> (referenced_table_name IN (${list})) LIMIT 1") || fail 3 $? "${NAME}: the foreign keys cannot be listed"
  [[ -z ${found} ]] || die 2 "${NAME}: a foreign key joins ${found}: name both with --tables"
}

# rename FROM TO [FROM TO]...: all tables at once, or none.
rename() {
  local from to table moves=''
  while (($# > 0)); do
    from=$1 to=$2
    while IFS= read -r table; do
      [[ -n ${table} ]] || continue
      [[ -n ${TABLES} && " ${TABLES} " != *" ${table} "* ]] || moves+="${moves:+, }$(name "${from}").$(name "${table}") TO $(name "${to}").$(name "${table}")"
    done < <(tables_of "${from}")
    shift 2
  done
  [[ -z ${moves} ]] || printf 'SET lock_wait_timeout = 60;\nRENAME TABLE %s;\n' "${moves}" | client || fail 4 $? "${NAME}: the tables cannot be renamed"
}

restore_save() {
  local tables
  tables=$(tables_of "${LIVE}") || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  if [[ -z ${tables} ]]; then
    log INFO "${NAME}: the present database has no table: nothing to save"
    return
  fi
  supervise "${STEPS}/restore.sh" save-orderly "${NAME}" --run-id "${RUN_ID}" || die $? "${NAME}: the safety copy failed: nothing was changed"
}

restore_ask() { client --database="${NEW}" --execute="$1"; }

restore_merge() { log INFO "${NAME}: only ${TABLES} will be replaced"; }

# need FILE WAITING: SQL of the spool, which may be on a disk that is not mounted yet. OLD is made before anything is touched: fails as
# long as there is none. From then on nobody gets further without the file, so all stays as it is for whoever finds it again.
need() {
  local begun where="the restored tables are in ${LIVE}, the former ones in ${OLD}"
  [[ ! -e ${SPOOL}/$1 ]] || return 0
  begun=$(as_root "SELECT count(*) FROM information_schema.schemata WHERE schema_name = $(text "${OLD}")") || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  ((begun > 0)) || return 1
  [[ -z $2 ]] || where="the former tables are in ${LIVE}, the restored ones in ${NEW}"
  die 8 "${NAME}: the backup directory has no .restore/$1, with triggers, views and routines (is its disk mounted?): ${where}; nothing was removed"
}

# Can be done again from wherever it was interrupted: as long as the new database has tables, their turn has not come.
restore_swap() {
  local waiting
  waiting=$(tables_of "${NEW}") || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  need new.sql "${waiting}" || die 4 "${NAME}: the backup directory has no .restore/new.sql (is its disk mounted?)"
  if [[ -n ${waiting} ]]; then
    exists "${LIVE}" || create "${LIVE}"
    if [[ ! -e ${SPOOL}/old.sql ]]; then
      dump_objects "${LIVE}" >"${SPOOL}/old.sql.partial"
      sync "${SPOOL}/old.sql.partial"
      mv "${SPOOL}/old.sql.partial" "${SPOOL}/old.sql"
      sync "${SPOOL}"
    fi
    exists "${OLD}" || create "${OLD}"
    drop_objects "${LIVE}"
    rename "${LIVE}" "${OLD}" "${NEW}" "${LIVE}"
  else
    drop_objects "${LIVE}"
  fi
  load_objects "${SPOOL}/new.sql"
}

# Without an old table and with none waiting there never was an old database: then the new one stays.
restore_revert() {
  local kept waiting
  kept=$(tables_of "${OLD}") || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  waiting=$(tables_of "${NEW}") || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses root"
  if [[ -z ${kept}${waiting} ]]; then
    log WARNING "${NAME}: there was no old database to go back to: the restored one stays"
  elif need old.sql "${waiting}"; then
    exists "${NEW}" || create "${NEW}"
    drop_objects "${LIVE}"
    [[ -z ${kept} ]] || rename "${LIVE}" "${NEW}" "${OLD}" "${LIVE}"
    load_objects "${SPOOL}/old.sql"
  fi
  restore_finish
}

restore_finish() {
  local database
  for database in "${NEW}" "${OLD}"; do
    as_root "DROP DATABASE IF EXISTS $(name "${database}")" || fail 3 $? "${NAME}: ${database} cannot be removed"
  done
}

restore_discard() { as_root "DROP DATABASE IF EXISTS $(name "${NEW}")" || fail 3 $? "${NAME}: ${NEW} cannot be removed"; }
