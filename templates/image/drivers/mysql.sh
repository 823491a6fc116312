# shellcheck shell=bash
# MySQL and MariaDB: a dump in one transaction. Nobody waits.
: "${NAME:?}" "${STEM:?}" "${RUN_ID:?}" "${BACKUPS:?}" "${WORK:?}" "${ERRORS:?}" "${STACK_ENV:?}" "${LEFT_OUT?}"

VARIABLE=${1:?variable of the .env that holds the address}
FOLDER=${BACKUPS}/mysql

# shellcheck source=../lib/dsn.sh
source "${HERE:?}/lib/dsn.sh"

# In an option file a value in double quotes may hold anything, with \ before \ and ".
option() {
  local value=${2//\\/\\\\}
  printf '%s="%s"\n' "$1" "${value//\"/\\\"}"
}

# write_options FILE USER PASSWORD. TLS is used where the server offers it, but its certificate is the server's own: nobody
# has signed it.
write_options() {
  {
    printf '[mysql]\nconnect-timeout=15\n[client]\nprotocol=tcp\nskip-ssl-verify-server-cert\n'
    option host "${DSN_HOST}"
    option port "${DSN_PORT}"
    option user "$2"
    option password "$3"
  } >"$1"
}

query() {
  limited mariadb --defaults-file="${WORK}/client.cnf" --batch --skip-column-names --execute="$1" "${DSN_DATABASE}" 2>"${ERRORS}"
}

driver_connect() {
  local dsn
  dsn=$(env_value "${STACK_ENV}" "${VARIABLE}")
  parse_dsn "${dsn}"
  write_options "${WORK}/client.cnf" "${DSN_USER}" "${DSN_PASSWORD}"
}

driver_plan() {
  driver_connect
  SERVER=$(query 'SELECT VERSION()') || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses"
  check_space "$(last_size "${FOLDER}" "${STEM}")"
  CHOICE=online PREDICTED=0 BECAUSE='one transaction: nobody waits'
}

# Passes the dump through and notes what it holds: rows per table, size, and whether its last line is there.
watch_dump() {
  awk -v tables="${WORK}/dump.tsv" -v facts="${WORK}/facts" '
    { bytes += length($0) + 1; last = $0 }
    # Rows first: nearly every line is one.
    /^[(]/ && table != "" { rows[table]++; if (/;$/) table = ""; next }
    /^CREATE TABLE `/ { split($0, part, "`"); rows[part[2]] += 0 }
    /^INSERT INTO `/ { split($0, part, "`"); table = part[2] }
    END {
      for (table in rows) print table "\t" rows[table] > tables
      print bytes, (last ~ /^-- Dump completed/ ? "complete" : "cut") > facts
    }'
}

dump() {
  local table options=()
  for table in ${LEFT_OUT}; do options+=(--ignore-table-data="${DSN_DATABASE}.${table}"); done
  # The first line, a command for MariaDB's own client, would stop MySQL's client at a restore.
  limited mariadb-dump --defaults-file="${WORK}/client.cnf" --single-transaction --quick --no-tablespaces --routines --events \
    --triggers --hex-blob --default-character-set=utf8mb4 "${options[@]}" "${DSN_DATABASE}" | sed '1{/^\/\*M!999999/d}'
}

driver_backup() {
  local file
  file=$(backup_name sql)
  query "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'" \
    >"${WORK}/source.tsv" || fail 3 $? "${NAME}: the tables cannot be listed"
  write_dump "${file}" dump
  fact server "${SERVER}"
  fact client "$(mariadb-dump --version)"
  store "${file}"
}
