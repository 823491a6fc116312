# shellcheck shell=bash
# PostgreSQL: a dump of one snapshot, and the roles. Nobody waits.
: "${NAME:?}" "${STEM:?}" "${RUN_ID:?}" "${BACKUPS:?}" "${WORK:?}" "${ERRORS:?}" "${STACK_ENV:?}" "${LEFT_OUT?}"

VARIABLE=${1:?variable of the .env that holds the address}
FOLDER=${BACKUPS}/postgresql

# shellcheck source=../lib/dsn.sh
source "${HERE:?}/lib/dsn.sh"

# In a password file \ and : are escaped. TLS is used where the server offers it (sslmode prefer, the default).
connection() {
  local password=${DSN_PASSWORD//\\/\\\\} user=${DSN_USER//\\/\\\\}
  printf '*:*:*:%s:%s\n' "${user//:/\\:}" "${password//:/\\:}" >"${WORK}/pgpass"
  export PGPASSFILE=${WORK}/pgpass PGHOST=${DSN_HOST} PGPORT=${DSN_PORT} PGUSER=${DSN_USER} PGDATABASE=${DSN_DATABASE}
  export PGCONNECT_TIMEOUT=15 PGAPPNAME=tracker-backup
}

query() { limited psql --no-psqlrc --no-password --quiet --tuples-only --no-align --command="$1" 2>"${ERRORS}"; }

driver_connect() {
  local dsn
  dsn=$(env_value "${STACK_ENV}" "${VARIABLE}")
  parse_dsn "${dsn}"
  connection
}

driver_plan() {
  driver_connect
  SERVER=$(query 'SHOW server_version') || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses"
  check_space "$(last_size "${FOLDER}" "${STEM}")"
  CHOICE=online PREDICTED=0 BECAUSE='one snapshot: nobody waits'
}

# Passes the dump through and notes what it holds: rows per table, size, and whether its completion line is there.
watch_dump() {
  awk -v tables="${WORK}/dump.tsv" -v facts="${WORK}/facts" '
    { bytes += length($0) + 1 }
    inside { if ($0 == "\\.") inside = 0; else rows[table]++; next }
    /^CREATE (UNLOGGED )?TABLE / { name = $0; sub(/^CREATE (UNLOGGED )?TABLE /, "", name); sub(/ \(?$/, "", name); rows[name] += 0 }
    /^COPY .* FROM stdin;$/ { table = $0; sub(/^COPY /, "", table); sub(/ \([^()]*\) FROM stdin;$/, "", table); rows[table] += 0; inside = 1 }
    $0 == "-- PostgreSQL database dump complete" { complete = 1 }
    END {
      for (table in rows) print table "\t" rows[table] > tables
      print bytes, (complete && !inside ? "complete" : "cut") > facts
    }'
}

dump() {
  local table options=()
  for table in ${LEFT_OUT}; do options+=(--exclude-table-data="${table}"); done
  limited pg_dump --no-password --format=plain "${options[@]}"
}

# Passwords of roles are readable for a superuser only, so they are left out; some servers refuse even the rest.
dump_roles() {
  local file=$1 status=0
  limited pg_dumpall --no-password --globals-only --no-role-passwords --database="${DSN_DATABASE}" >"${file}.partial" 2>"${ERRORS}" || status=$?
  if ((status == 0)) && grep -qx -- '-- PostgreSQL database cluster dump complete' "${file}.partial"; then
    fact roles "${file##*/}"
    sha256sum <"${file}.partial" | sed "s/-\$/${file##*/}/" >"${WORK}/roles.sum"
  else
    rm -f "${file}.partial"
    log WARNING "${NAME}: the roles are not in this backup: $(tail -n 1 "${ERRORS}")"
  fi
}

driver_backup() {
  local file
  file=$(backup_name sql)
  query "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')" \
    >"${WORK}/source.tsv" || fail 3 $? "${NAME}: the tables cannot be listed"
  write_dump "${file}" dump
  dump_roles "${FOLDER}/${STEM}_${RUN_ID}${KIND:+.${KIND}}.roles.sql"
  fact server "PostgreSQL ${SERVER}"
  fact client "$(pg_dump --version)"
  store "${file}"
}
