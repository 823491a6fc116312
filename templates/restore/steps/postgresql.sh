# shellcheck shell=bash
# PostgreSQL: the new database is loaded beside the old one, and one transaction gives both their names.
: "${NAME:?}" "${STEM:?}" "${RUN_ID?}" "${WORK:?}" "${ERRORS:?}" "${SPOOL:?}" "${TARGET?}" "${TABLES?}"

driver_connect
: "${DSN_DATABASE:?}" "${DSN_HOST:?}" "${DSN_PORT:?}" "${DSN_USER:?}" "${STEPS:?}" "${SOURCE?}"
LIVE=${DSN_DATABASE} NEW=${DSN_DATABASE:0:50}_restore_new MERGED=${DSN_DATABASE:0:50}_restore_mrg OLD=${DSN_DATABASE:0:50}_restore_old
[[ -z ${TARGET} ]] || NEW=${TARGET}

# name NAME, text TEXT: as they stand in SQL. The connection's strings know no backslashes.
name() { printf '"%s"' "${1//\"/\"\"}"; }
text() { printf "'%s'" "${1//\'/\'\'}"; }

# client DATABASE [OPTION...]: runs the SQL on stdin. admin SQL: where none of our databases is in the way.
client() { limited psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$(connection_to "$1")" "${@:2}" 2>"${ERRORS}"; }
connection_to() {
  local value=${1//\\/\\\\}
  printf "dbname='%s'" "${value//\'/\\\'}"
}
admin() { client postgres --command "$1"; }
exists() { [[ $(admin "SELECT count(*) FROM pg_database WHERE datname = $(text "$1")") == 1 ]]; }
drop() { admin "DROP DATABASE IF EXISTS $(name "$1") WITH (FORCE)" || fail 3 $? "${NAME}: the database $1 cannot be removed"; }
close() { admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $(text "$1") AND pid <> pg_backend_pid()" >/dev/null; }

restore_check() {
  local head server wanted
  head=$(beginning)
  [[ ${head} =~ ^(.*$'\n')?--\ PostgreSQL\ database\ dump ]] || die 5 "${NAME}: ${SOURCE##*/} does not unpack to a dump of PostgreSQL"
  server=$(admin 'SHOW server_version') || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses"
  if [[ ${head} =~ --\ Dumped\ from\ database\ version\ ([0-9]+) ]]; then
    wanted=${BASH_REMATCH[1]}
    ((wanted <= ${server%%.*})) || die 2 "${NAME}: the dump is of PostgreSQL ${wanted}, and the server is ${server}: an older server does not take it"
  fi
  [[ $(admin 'SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user') == t ]] \
    || die 3 "${NAME}: the user of the DSN may not create databases; as the server's administrator: ALTER ROLE $(name "${DSN_USER}") CREATEDB"
  [[ -z ${TARGET} ]] || ! exists "${TARGET}" || die 2 "There is a database ${TARGET} already"
}

# create_like NAME: an empty database with the owner, the encoding and the locale of the present one, if there is one.
create_like() {
  local shape=''
  if exists "${LIVE}"; then
    shape=$(admin "SELECT format(' OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype)
      || CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')) ELSE '' END
      FROM pg_database d WHERE datname = $(text "${LIVE}")")
  fi
  admin "CREATE DATABASE $(name "$1") TEMPLATE template0${shape}" || fail 4 $? "${NAME}: $1 cannot be created"
}

# inherit_settings NAME: what belongs to a database and is in no dump of it: ALTER DATABASE SET, and who may connect.
inherit_settings() {
  local new
  new=$(text "$1")
  admin "SELECT format('ALTER %s SET %I TO %s;', CASE WHEN setrole = 0 THEN format('DATABASE %I', ${new}) ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), ${new}) END,
        split_part(c, '=', 1), CASE WHEN split_part(c, '=', 1) ~ '(search_path|_libraries|tablespaces)\$' THEN substr(c, strpos(c, '=') + 1) ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END)
      FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(setconfig) c WHERE datname = $(text "${LIVE}")
    UNION ALL SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', ${new}) FROM pg_database WHERE datname = $(text "${LIVE}") AND datacl IS NOT NULL
    UNION ALL SELECT format('GRANT %s ON DATABASE %I TO %s%s;', a.privilege_type, ${new}, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM pg_database, aclexplode(datacl) a WHERE datname = $(text "${LIVE}")" >"${WORK}/inherit.sql" \
    || fail 4 $? "${NAME}: the settings of the present database cannot be read"
  client postgres <"${WORK}/inherit.sql" >/dev/null || fail 4 $? "${NAME}: the settings of the present database cannot be taken over"
}

# The dump says who owns what, so these roles must be there. A password is in no backup: a role without one cannot log in.
create_roles() {
  local file=${SOURCE%.sql*}.roles.sql role
  [[ -r ${file} ]] || return 0
  while IFS= read -r role; do
    [[ $(admin "SELECT count(*) FROM pg_roles WHERE quote_ident(rolname) = $(text "${role}")") == 0 ]] || continue
    awk -v role="${role}" 'index($0, "CREATE ROLE " role ";") == 1 || index($0, "ALTER ROLE " role " WITH ") == 1' "${file}" \
      | client postgres || fail 4 $? "${NAME}: the role ${role} cannot be created"
    log WARNING "${NAME}: the role ${role} was missing and is back, without a password"
  done < <(sed -n 's/^CREATE ROLE \(.*\);$/\1/p' "${file}")
}

# A command of psql itself, other than the ones that every dump has, would leave the new database, or the client.
watch_load() {
  awk -v facts="${WORK}/facts" '
    inside { if ($0 == "\\.") inside = 0; print; next }
    /^\\restrict / { restricted = 1 }
    /^\\/ && !/^\\(un)?restrict / && !restricted { print "a command of psql: " $0 >"/dev/stderr"; stray = 1; exit 1 }
    /^COPY .* FROM stdin;$/ { inside = 1 }
    $0 == "-- PostgreSQL database dump complete" { complete = 1 }
    { print }
    END { print (complete && !inside ? "complete" : "cut") >facts; exit stray }'
}

# Each table's own rows, as in the dump: without those of its partitions and of what inherits from it.
count_tables() {
  client "${NEW}" --command "SELECT format('SELECT %L || E''\\t'' || count(*) FROM ONLY %I.%I;', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')" >"${WORK}/count.sql" \
    || fail 5 $? "${NAME}: the tables cannot be listed"
  client "${NEW}" <"${WORK}/count.sql" >"${WORK}/tables.tsv" || fail 5 $? "${NAME}: the rows cannot be counted"
}

restore_load() {
  local status=0 ending table
  [[ -n ${TARGET} ]] || drop "${NEW}"
  create_roles
  create_like "${NEW}"
  { unpack 2>"${WORK}/unpack.errors" || printf '%s\n' $? >"${WORK}/unpack.status"; } <&7 \
    | watch_load 2>"${WORK}/watch.errors" | client "${NEW}" >/dev/null || status=$?
  [[ ! -s ${WORK}/watch.errors ]] || ERRORS=${WORK}/watch.errors fail 5 1 "${NAME}: ${SOURCE##*/} is not the dump of one database"
  [[ ! -e ${WORK}/unpack.status ]] || ERRORS=${WORK}/unpack.errors fail 5 "$(<"${WORK}/unpack.status")" "${NAME}: ${SOURCE##*/} cannot be unpacked"
  ((status == 0)) || fail 4 "${status}" "${NAME}: ${SOURCE##*/} cannot be loaded"
  read -r ending <"${WORK}/facts"
  [[ ${ending} == complete ]] || die 5 "${NAME}: ${SOURCE##*/} has no completion line"
  count_tables
  # Nothing would come in the place of its partitions' rows, as it has none itself.
  for table in ${TABLES}; do
    [[ $(client "${NEW}" --command "SELECT relkind FROM pg_class WHERE oid = to_regclass($(text "${table}"))") != p ]] || die 2 "${NAME}: ${table} is partitioned: name its partitions"
  done
  if exists "${LIVE}"; then inherit_settings "${NEW}"; fi
}

restore_save() {
  local tables=0
  if exists "${LIVE}"; then
    tables=$(client "${LIVE}" --command "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema)'") \
      || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses"
  fi
  if ((tables == 0)); then
    log INFO "${NAME}: the present database has no table: nothing to save"
    return
  fi
  supervise "${STEPS}/restore.sh" save-orderly "${NAME}" --run-id "${RUN_ID}" || die $? "${NAME}: the safety copy failed: nothing was changed"
}

restore_ask() { client "${NEW}" --command "$1"; }

# The present database with these tables of the backup, as a database of its own: the swap is then the same, and so is the way back.
restore_merge() {
  local table options=() doomed=''
  drop "${MERGED}"
  close "${LIVE}"
  admin "CREATE DATABASE $(name "${MERGED}") TEMPLATE $(name "${LIVE}") OWNER $(admin "SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = $(text "${LIVE}")")" \
    || fail 4 $? "${NAME}: the present database cannot be copied"
  for table in ${TABLES}; do
    options+=(--table "${table}")
    doomed+="DELETE FROM ONLY ${table};"
  done
  limited pg_dump --no-password --data-only --dbname "$(connection_to "${NEW}")" "${options[@]}" 2>"${ERRORS}" >"${WORK}/part.sql" || fail 4 $? "${NAME}: the tables cannot be read"
  # Neither triggers nor foreign keys look on: they have seen these rows once.
  { printf 'SET session_replication_role = replica;\n%s\n' "${doomed}" && cat "${WORK}/part.sql"; } \
    | client "${MERGED}" --single-transaction >/dev/null || fail 4 $? "${NAME}: the tables cannot be replaced"
  inherit_settings "${MERGED}"
  drop "${NEW}"
  admin "ALTER DATABASE $(name "${MERGED}") RENAME TO $(name "${NEW}")" || fail 4 $? "${NAME}: ${MERGED} cannot be renamed"
}

# allow NAME true|false: whether anybody may connect.
allow() { printf 'ALTER DATABASE %s WITH ALLOW_CONNECTIONS %s;' "$(name "$1")" "$2"; }

# trade FROM OLD: FROM becomes the live database and the live one OLD, in one transaction. Who is connected is sent away, and
# nobody may come back before it is done.
trade() {
  local try moves=''
  if exists "${LIVE}"; then
    admin "$(allow "${LIVE}" false)" || fail 4 $? "${NAME}: the database cannot be closed"
    moves="ALTER DATABASE $(name "${LIVE}") RENAME TO $(name "$2");"
  fi
  moves+="ALTER DATABASE $(name "$1") RENAME TO $(name "${LIVE}"); $(allow "${LIVE}" true)"
  for try in {1..5}; do
    close "${LIVE}"
    close "$1"
    if client postgres --single-transaction --command "${moves}"; then return 0; fi
    log WARNING "${NAME}: the databases cannot be renamed yet (${try} of 5): $(tail -n 1 "${ERRORS}")"
  done
  fail 4 1 "${NAME}: the databases cannot be renamed"
}

restore_swap() {
  if exists "${NEW}"; then trade "${NEW}" "${OLD}"; fi
}

restore_revert() {
  if exists "${OLD}"; then
    trade "${OLD}" "${NEW}"
  elif exists "${LIVE}"; then
    admin "$(allow "${LIVE}" true)" || fail 3 $? "${NAME}: ${DSN_HOST}:${DSN_PORT} refuses"
    exists "${NEW}" || log WARNING "${NAME}: there was no old database to go back to: the restored one stays"
  fi
  restore_finish
}

restore_finish() {
  drop "${NEW}"
  drop "${MERGED}"
  drop "${OLD}"
}

restore_discard() {
  drop "${NEW}"
  drop "${MERGED}"
}
