#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# tracker-restore against damaged and foreign files, and interrupted at each of its phases: the old database or the new one.

bats_require_minimum_version 1.5.0
load helpers
load restores

setup() { sqlite_world; }

# refused CODE WORDS ARGUMENT...: so that nothing was stopped, and nothing changed.
refused() {
  tracker_restore "${@:3}" --yes
  [[ ${status} -eq $1 && ${output} == *"$2"* ]] || { echo "not $1 '$2': ${status}: ${output}" && return 1; }
  refute called '^stop'
  is_untouched
}

@test "truncated at every tenth, with and without its checksum" {
  local tenth size
  size=$(stat -c %s "${FILE}")
  cp "${FILE}" "${W}/whole"
  for tenth in {0..9}; do
    head -c "$((size * tenth / 10))" "${W}/whole" >"${FILE}"
    if ((tenth == 0)); then refused 2 'is empty' --latest; else refused 5 'not what its .sha256 says' --latest; fi
  done
  rm "${FILE}.sha256"
  for tenth in {1..9}; do
    head -c "$((size * tenth / 10))" "${W}/whole" >"${FILE}"
    refused 5 'unpack' --latest
  done
}

@test "flipped bits, with and without its checksum" {
  local at size flipped
  size=$(stat -c %s "${FILE}")
  cp "${FILE}" "${W}/whole"
  for at in 0 "$((size / 3))" "$((size / 2))" "$((size - 3))"; do
    cp "${W}/whole" "${FILE}"
    flipped=$(od -An -tu1 -j "${at}" -N1 "${FILE}")
    printf '%b' "\\x$(printf %x "$((flipped ^ 16))")" | dd of="${FILE}" bs=1 seek="${at}" conv=notrunc status=none
    refused 5 'not what its .sha256 says' --latest
    mv "${FILE}.sha256" "${W}/sum"
    refused 5 'unpack' --latest
    mv "${W}/sum" "${FILE}.sha256"
  done
}

@test "a page that was damaged before it was compressed, with a checksum that fits" {
  restore "${FILE}"
  dd if=/dev/urandom of="${W}/restored.db" bs=4096 seek=3 count=3 conv=notrunc status=none
  gzip -c "${W}/restored.db" >"${FILE}"
  (cd "${FILE%/*}" && sha256sum "${FILE##*/}" >"${FILE}.sha256")
  refused 5 "${FILE##*/}" --latest
}

@test "rows or tables that are missing, although file and checksum are sound" {
  restore "${FILE}"
  local change
  for change in 'DELETE FROM torrents WHERE id = 7' 'DROP TABLE ledger' 'CREATE TABLE more(x)'; do
    cp "${W}/restored.db" "${W}/changed.db"
    sqlite3 "${W}/changed.db" "${change}"
    gzip -c "${W}/changed.db" >"${FILE}"
    (cd "${FILE%/*}" && sha256sum "${FILE##*/}" >"${FILE}.sha256")
    refused 5 'not what' --latest
  done
}

@test "the checksum is right under whatever path it was written, in capitals, and for a renamed file" {
  sed -i "s|  .*|  /some/where/else/${FILE##*/}|; s|^[0-9a-f]*|\U&|" "${FILE}.sha256"
  tracker_restore --latest --dry-run
  [[ ${status} -eq 0 ]]
  local part
  for part in '' .sha256 .meta; do cp "${FILE}${part}" "${W}/copy.db.gz${part}"; done
  tracker_restore "${W}/copy.db.gz" --dry-run
  [[ ${status} -eq 0 ]]
  echo 'nothing' >"${FILE}.sha256"
  refused 5 'not what its .sha256 says' --latest
  : >"${FILE}.sha256"
  refused 5 'not what its .sha256 says' --latest
}

@test "a backup of another engine, of another database, or of a name that begins alike" {
  mkdir "${W}/backups/mysql"
  printf -- '-- MariaDB dump 10\n' | gzip >"${W}/backups/mysql/mysql_${ID}.sql.gz"
  refused 2 'not a backup of tracker' "${W}/backups/mysql/mysql_${ID}.sql.gz"
  cp "${W}/backups/mysql/mysql_${ID}.sql.gz" "${W}/renamed.gz"
  refused 5 'does not unpack to an SQLite database' "${W}/renamed.gz"
  local part
  for part in '' .sha256 .meta; do cp "${FILE}${part}" "${W}/backups/sqlite/sqlite-index_20270101_000000.db.gz${part}"; done
  refused 2 'not a backup of tracker' "${W}/backups/sqlite/sqlite-index_20270101_000000.db.gz"
  jq '.database = "tracker2"' "${FILE}.meta" >"${W}/meta"
  cp "${W}/meta" "${FILE}.meta"
  refused 2 'of the database tracker2' "${FILE}"
  jq '.engine = "mysql" | .database = "tracker"' "${W}/meta" >"${FILE}.meta"
  refused 2 'is a backup of mysql' "${FILE}"
  echo '{' >"${FILE}.meta"
  refused 5 '.meta is damaged' "${FILE}"
}

@test "a partial file, a file of a newer SQLite, a raw safety copy, a directory, a file that is not there" {
  cp "${FILE}" "${W}/sqlite_${ID}.db.gz.partial"
  refused 2 'not complete' "${W}/sqlite_${ID}.db.gz.partial"
  restore "${FILE}"
  printf '\003\003' | dd of="${W}/restored.db" bs=1 seek=18 conv=notrunc status=none
  gzip -c "${W}/restored.db" >"${W}/newer.db.gz"
  refused 2 'newer SQLite' "${W}/newer.db.gz"
  jq '.strategy = "raw"' "${FILE}.meta" >"${W}/meta"
  cp "${W}/meta" "${FILE}.meta"
  refused 2 'raw files' "${FILE}"
  refused 2 'no such backup' "${W}"
  refused 2 'no such backup' "${W}/none.db.gz"
}

@test "no room beside the database, or in the backup directory" {
  # Each check of space is the df of its own directory.
  tool df 'case "$*" in *data*) printf "Avail\n1000\n" ;; *) exec /bin/df "$@" ;; esac'
  PATH=${W}/tools:${PATH} refused 6 "are needed in ${W}/data" --latest
  tool df 'case "$*" in *backups*) printf "Avail\n1000\n" ;; *) exec /bin/df "$@" ;; esac'
  PATH=${W}/tools:${PATH} refused 6 "are needed in ${W}/backups" --latest
  cp "${FILE}" "${W}/away.db.gz"
  PATH=${W}/tools:${PATH} refused 6 "are needed in ${W}/backups" "${W}/away.db.gz"
}

@test "a disk that is full in the middle" {
  mkdir -p "${W}/small"
  mount -t tmpfs -o size=130k tmpfs "${W}/small"
  cp "${DB}" "${W}/small/tracker.db"
  printf 'tracker sqlite3 sqlite %s %s\n' "${W}/small/tracker.db" "${W}/small/tracker.db" >"${W}/etc/databases"
  tool df 'printf "Avail\n999999999999\n"'
  PATH=${W}/tools:${PATH} tracker_restore --latest --yes
  local left
  left=$(find "${W}/small" -name '.*')
  [[ $(sqlite_content "${W}/small/tracker.db") == "${AFTER}" ]] || status=different
  umount "${W}/small"
  [[ ${status} -eq 6 && -z ${left} ]] || { echo "${status} ${left} ${output}" && false; }
}

# --- interruptions ----------------------------------------------------------------------------------------------------

# kill_at PHASE: SIGKILL for the script and all that it started, at the moment when the journal says so.
kill_at() {
  tool mv '/bin/mv "$@" || exit
    if grep -q "^${KILL_AT} " "${W}/state/restore" 2>/dev/null && [[ ! -e ${W}/killed ]]; then touch "${W}/killed"; sleep 30; fi'
  sed -i '1s/.*/#!\/bin\/bash/' "${W}/tools/mv"
  export KILL_AT=$1
  TRACKER_BACKUP_LOG=${W}/log PATH=${W}/tools:${PATH} setsid "${HOST}/../restore/tracker-restore" "${@:2}" --yes >"${W}/out" 2>&1 </dev/null 3>&- &
  local main=$! _
  for _ in {1..200}; do
    if [[ -e ${W}/killed ]]; then break; fi
    sleep 0.1
  done
  [[ -e ${W}/killed ]] || { cat "${W}/out" && return 1; }
  pkill -KILL --session "${main}"
  wait "${main}" || :
  [[ $(<"${W}/state/restore") == "$1 "* ]]
}

@test "killed before the swap: the next call leaves the old database, and then restores" {
  local at
  for at in loading holding; do
    rm -f "${W}/killed"
    kill_at "${at}" --latest
    PATH=${PATH#"${W}/tools:"} maintenance --recover
    [[ ${status} -eq 0 && ${output} == *'Nothing was swapped yet'* ]]
    is_untouched
  done
  rm "${W}/killed"
  kill_at holding --latest
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]]
  is_restored
}

@test "killed in the swap and after it: the next call finishes it" {
  local at
  for at in swapping starting cleaning; do
    rm -f "${W}/killed" "${W}"/backups/sqlite/*pre-restore*
    sqlite3 "${DB}" "DELETE FROM keys"
    kill_at "${at}" --latest
    maintenance --recover
    [[ ${status} -eq 0 ]]
    is_restored
  done
}

@test "killed between any two renames of the swap: the next call finishes it" {
  local count
  for count in 1 2 3; do
    sqlite3 "${DB}" "PRAGMA journal_mode = wal; DELETE FROM keys; INSERT INTO keys(key) VALUES ('new')" >/dev/null
    sqlite3 "${DB}" '.filectrl persist_wal 1' "INSERT INTO keys(key) VALUES ('in the log')" >/dev/null
    [[ -s ${DB}-wal ]]
    : >"${W}/moves"
    tool mv "case \"\$*\" in *data/*) echo x >>${W}/moves; /bin/mv \"\$@\"; [ \$(wc -l <${W}/moves) -ne ${count} ] || pkill -KILL --session \$(ps -o sid= -p \$\$) ;; *) exec /bin/mv \"\$@\" ;; esac"
    PATH=${W}/tools:${PATH} TRACKER_BACKUP_LOG=${W}/log setsid "${HOST}/../restore/tracker-restore" --latest --yes >"${W}/out" 2>&1 </dev/null 3>&- &
    local main=$!
    for _ in {1..300}; do
      if [[ $(wc -l <"${W}/moves") -ge ${count} ]]; then break; fi
      sleep 0.1
    done
    pkill -KILL --session "${main}" || :
    wait "${main}" || :
    tracker_restore --run 20000101_000000 --yes # which is not there, but first it settles
    [[ ${status} -eq 2 ]]
    [[ $(sqlite_content) == "${BEFORE}" ]] || { echo "${count}: $(ls -la "${W}/data")" && cat "${W}/out" && false; }
    is_tidy
  done
}

@test "killed while the old database was put back: the next call puts it back" {
  setting HEALTH_TIMEOUT_SECONDS 1
  echo unhealthy >"${W}/health"
  kill_at reverting --latest
  rm "${W}/health"
  maintenance --recover
  [[ ${status} -eq 0 && ${output} == *'old database is in service again'* ]]
  is_untouched
}

@test "SIGTERM before the swap undoes, and after its beginning finishes" {
  local at
  for at in loading swapping; do
    rm -f "${W}/killed"
    tool mv '/bin/mv "$@" || exit
      if grep -q "^${KILL_AT} " "${W}/state/restore" 2>/dev/null && [[ ! -e ${W}/killed ]]; then touch "${W}/killed"; sleep 1; fi'
    sed -i '1s/.*/#!\/bin\/bash/' "${W}/tools/mv"
    KILL_AT=${at} TRACKER_BACKUP_LOG=${W}/log PATH=${W}/tools:${PATH} "${HOST}/../restore/tracker-restore" --latest --yes >"${W}/out" 2>&1 </dev/null 3>&- &
    local main=$! code=0
    for _ in {1..200}; do
      if [[ -e ${W}/killed ]]; then break; fi
      sleep 0.1
    done
    kill -TERM "${main}"
    wait "${main}" || code=$?
    [[ ${code} -eq 143 ]]
    if [[ ${at} == loading ]]; then is_untouched; else is_restored; fi
  done
}

@test "a backup that finds an unfinished restore ends it first, and is a backup of the result" {
  kill_at swapping --latest
  maintenance
  [[ ${status} -eq 0 && ${output} == *'Ending a restore'*'stored '* ]]
  is_restored
}

@test "an unfinished restore is left alone by --dry-run and --list" {
  kill_at swapping --latest
  tracker_restore --latest --dry-run
  [[ ${status} -eq 4 && ${output} == *'A restore was interrupted'* && -s ${W}/state/restore ]]
  tracker_restore --list
  [[ ${status} -eq 0 && -s ${W}/state/restore ]]
}

@test "a swap that fails leaves the old database in service" {
  tool mv 'case "$*" in *.db.restore*) echo "mv: Input/output error" >&2; exit 1 ;; esac; exec /bin/mv "$@"'
  PATH=${W}/tools:${PATH} tracker_restore --latest --yes
  [[ ${status} -eq 4 && ${output} == *'cannot be swapped'* ]]
  is_untouched
}
