# shellcheck shell=bash
# What a database holds besides tables, as SQL: triggers, views, routines and events. They cannot move along with the tables.
: "${NAME:?}" "${LIVE:?}" "${WORK:?}" "${ERRORS:?}" "${TABLES?}"

dumped() { limited mariadb-dump --defaults-file="${WORK}/root.cnf" --default-character-set=utf8mb4 --no-data --no-tablespaces "$@" 2>"${ERRORS}" | sed '1{/^\/\*M!999999/d}'; }

# dump_objects DATABASE: views last, as they may call functions.
dump_objects() {
  local views options=(--no-create-info --triggers) tables
  [[ -n ${TABLES} ]] || options+=(--routines --events)
  # shellcheck disable=SC2086  # words are wanted
  dumped "${options[@]}" "$1" ${TABLES} || fail 4 $? "${NAME}: triggers and routines cannot be saved"
  [[ -z ${TABLES} ]] || return 0
  mapfile -t views < <(as_root "SELECT table_name FROM information_schema.views WHERE table_schema = $(text "$1")")
  ((${#views[@]} == 0)) || dumped "$1" "${views[@]}" || fail 4 $? "${NAME}: the views cannot be saved"
}

# drop_objects DATABASE: all that is no table; with --tables only the triggers of these.
drop_objects() {
  local only='' table
  for table in ${TABLES}; do only+="${only:+, }$(text "${table}")"; done
  {
    printf "SELECT CONCAT('DROP TRIGGER IF EXISTS \`', REPLACE(trigger_name, '\`', '\`\`'), '\`;') FROM information_schema.triggers
      WHERE trigger_schema = %s%s;\n" "$(text "$1")" "${only:+ AND event_object_table IN (${only})}"
    [[ -n ${TABLES} ]] || printf "SELECT CONCAT('DROP VIEW IF EXISTS \`', REPLACE(table_name, '\`', '\`\`'), '\`;') FROM information_schema.views WHERE table_schema = %s;
      SELECT CONCAT('DROP ', routine_type, ' IF EXISTS \`', REPLACE(routine_name, '\`', '\`\`'), '\`;') FROM information_schema.routines WHERE routine_schema = %s;
      SELECT CONCAT('DROP EVENT IF EXISTS \`', REPLACE(event_name, '\`', '\`\`'), '\`;') FROM information_schema.events WHERE event_schema = %s;\n" \
      "$(text "$1")" "$(text "$1")" "$(text "$1")"
  } | client >"${WORK}/drop.sql" || fail 4 $? "${NAME}: triggers and routines of $1 cannot be listed"
  client --database="$1" <"${WORK}/drop.sql" || fail 4 $? "${NAME}: triggers and routines of $1 cannot be removed"
}

load_objects() { client --database="${LIVE}" <"$1" >/dev/null || fail 4 $? "${NAME}: triggers, views, routines or events cannot be created"; }
