# shellcheck shell=bash
# SQLite: the ways to copy a live file, and the proof that the copy is good.
: "${NAME:?}" "${STEM:?}" "${RUN_ID:?}" "${FILE:?}" "${FOLDER:?}" "${RAW:?}" "${WORK:?}" "${ERRORS:?}"
: "${MAX_WRITE_WAIT_SECONDS:?}" "${LEFT_OUT?}"

OWN_TABLES="FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"

# sql DATABASE: runs the program on stdin.
sql() { limited sqlite3 -batch -bail -init /dev/null -cmd '.timeout 60000' "$1" 2>"${ERRORS}"; }

# Writes "table<TAB>rows" to FILE; the list and the counts come from whatever transaction is open.
count_rows() {
  printf '.output %s\n' "${WORK}/count.sql"
  printf "SELECT 'SELECT ' || quote(name) || ', count(*) FROM \"' || replace(name, '\"', '\"\"') || '\";' %s;\n" "${OWN_TABLES}"
  printf '.mode tabs\n.output %s\n.read %s\n.output\n.mode list\n' "$1" "${WORK}/count.sql"
}

list_tables() { printf '.output %s\nSELECT name %s;\n' "${WORK}/source.tsv" "${OWN_TABLES}"; }

# One transaction over the whole copy: a bare .backup would start again at every commit of the tracker.
copy_online() {
  {
    printf 'BEGIN;\n'
    count_rows "${WORK}/source.tsv"
    printf '.backup %s\nEND;\n' "${RAW}"
  } | sql "${FILE}" >/dev/null || fail 4 $? "${NAME}: the online copy failed"
}

# sqlite3 holds the lock and other processes copy: closing the file inside the process that locks it would drop the lock.
copy_locked() {
  local limit=${MAX_WRITE_WAIT_SECONDS} status=0 started waited answer
  coproc LOCKER { sql "${FILE}"; }
  {
    printf 'BEGIN IMMEDIATE;\n'
    list_tables
    printf '.output\n.shell echo locked\n'
  } >&"${LOCKER[1]}"
  read -r -t 90 answer <&"${LOCKER[0]}" || fail 4 1 "${NAME}: no write lock on ${FILE}"
  started=$(milliseconds)
  timeout --foreground "${limit}" cp --reflink=auto "${FILE}" "${RAW}" 2>"${ERRORS}" || status=$?
  if ((status == 0)) && [[ -e ${FILE}-wal ]]; then
    timeout --foreground "${limit}" cp --reflink=auto "${FILE}-wal" "${RAW}-wal" 2>"${ERRORS}" || status=$?
  elif ((status == 0)); then
    # The header holds the change counter: had anybody written, it would differ.
    cmp -n 100 "${FILE}" "${RAW}" 2>"${ERRORS}" || status=$?
  fi
  printf 'ROLLBACK;\n' >&"${LOCKER[1]}"
  waited=$(($(milliseconds) - started))
  eval "exec ${LOCKER[1]}>&-"
  # shellcheck disable=SC2154  # coproc sets it
  wait "${LOCKER_PID}" || fail 4 $? "${NAME}: the write lock on ${FILE} was lost"
  [[ -n ${REFLINK} ]] || learn_rate "${BACKUPS:?}" "$(stat -c %s "${RAW}")" "${waited}"
  ((status != 124)) || die 10 "${NAME}: the locked copy took longer than max_write_wait_seconds (${limit}) and was given up; the next run knows"
  ((status == 0)) || fail 4 "${status}" "${NAME}: the locked copy failed"
  fact_json write_wait_seconds "$(seconds "${waited}")"
  log INFO "${NAME}: writes could wait for $(seconds "${waited}") s, predicted $(seconds "${PREDICTED:?}") s"
}

# The host has copied the files while the tracker stood still; opening the copy replays its journal.
adopt_staged() {
  [[ -e ${RAW} ]] || die 2 "${NAME}: ${CHOICE:?} needs the host: run maintenance-backup.sh"
  [[ -z ${COPY_TIME} ]] || learn_rate "${BACKUPS:?}" "$(stat -c %s "${RAW}")" "${COPY_TIME}"
  # A reader may have to wait for a writer; a good copy does not depend on it.
  if ! { printf '.timeout 5000\n' && list_tables; } | sql "${FILE}"; then
    log WARNING "${NAME}: ${FILE} is locked, so its tables are not compared with the copy's: $(tail -n 1 "${ERRORS}")"
    rm -f "${WORK}/source.tsv"
  fi
}

# Once a week the full check, else the quick one: 44 against 2 seconds per GB.
which_check() {
  local meta week_ago
  week_ago=$(days_before "${RUN_ID}" 7)
  for meta in "${FOLDER}/${STEM}"_*.meta; do
    if [[ ${meta##*/} > ${STEM}_${week_ago} ]] && is_verified "${meta}" && grep -q '"check": "integrity_check"' "${meta}"; then
      printf 'quick_check'
      return
    fi
  done
  printf 'integrity_check'
}

# check_file CHECK DATABASE WHAT: one of SQLite's own checks of a file that nobody else touches, called WHAT where it fails.
check_file() {
  local result
  # Mapped into memory the full check takes half the time.
  result=$(printf '.output /dev/null\nPRAGMA mmap_size = 2147418112;\n.output\nPRAGMA %s(5);\n' "$1" | sql "$2") || fail 5 $? "${NAME}: $3 cannot be read"
  [[ ${result} == ok ]] || die 5 "${NAME}: $1 of $3 says: ${result//$'\n'/; }"
}

verify_copy() {
  local check
  check=$(which_check)
  fact check "${check}"
  check_file "${check}" "${RAW}" 'the copy'
  count_rows "${WORK}/tables.tsv" | sql "${RAW}" >/dev/null || fail 5 $? "${NAME}: the rows of the copy cannot be counted"
  [[ -s ${WORK}/tables.tsv ]] || die 5 "${NAME}: ${FILE} holds no table"
  [[ -e ${WORK}/source.tsv ]] || return 0
  # Online the source was counted in the transaction of the copy. The other ways copy every byte; there the tables are compared.
  if [[ ${CHOICE} == online ]]; then
    cp "${WORK}/tables.tsv" "${WORK}/copy.tsv"
  else
    cut -f 1 "${WORK}/tables.tsv" >"${WORK}/copy.tsv"
  fi
  diff "${WORK}/source.tsv" "${WORK}/copy.tsv" >"${ERRORS}" || fail 5 $? "${NAME}: the copy does not hold what ${FILE} holds"
}

leave_out_rows() {
  local table
  [[ -n ${LEFT_OUT} ]] || return 0
  # A trigger would take rows out of other tables as well.
  printf '.output /dev/null\n.dbconfig enable_trigger off\n.output\n' >"${WORK}/leave-out.sql"
  for table in ${LEFT_OUT}; do
    if grep -q "^${table}"$'\t' "${WORK}/tables.tsv"; then
      printf 'DELETE FROM "%s";\n' "${table}"
    else
      log WARNING "${NAME}: exclude_tables names ${table}, which is not there"
    fi
  done >>"${WORK}/leave-out.sql"
  grep -q '^DELETE' "${WORK}/leave-out.sql" || return 0
  printf 'VACUUM;\n' >>"${WORK}/leave-out.sql"
  SQLITE_TMPDIR=${FOLDER} sql "${RAW}" <"${WORK}/leave-out.sql" || fail 4 $? "${NAME}: rows could not be left out"
  count_rows "${WORK}/tables.tsv" | sql "${RAW}" >/dev/null || fail 5 $? "${NAME}: the rows of the copy cannot be counted"
}
