# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of bats and helpers
# What the tests of restores share. The unfinished restore is seen in the journal, the tracker in the docker that pretends.

# sqlite_world: a backup of a small database, and then later changes. Sets FILE, BEFORE (its content then) and AFTER.
sqlite_world() {
  tracker_world
  sqlite3 "${DB}" "INSERT INTO keys(key) VALUES ('first'), ('it''s \"odd\"');"
  run "${IMAGE}/backup.sh" --run-id "${ID}"
  [[ ${status} -eq 0 ]]
  FILE=${W}/backups/sqlite/sqlite_${ID}.db.gz
  BEFORE=$(sqlite_content)
  sqlite3 "${DB}" "DELETE FROM keys; INSERT INTO torrents(info_hash, completed) VALUES ('later', 7);"
  AFTER=$(sqlite_content)
}

sqlite_content() { sqlite3 "${1:-${DB}}" .dump; }

is_restored() { [[ $(sqlite_content) == "${BEFORE}" ]] && is_tidy; }
is_untouched() { [[ $(sqlite_content) == "${AFTER}" ]] && is_tidy; }

# Nothing of a restore is left, and the tracker runs.
is_tidy() {
  [[ $(<"${W}/tracker") == running && ! -e ${W}/state/restore && ! -e ${W}/state/held && ! -e ${W}/backups/.restore ]]
  [[ -z $(find "${W}/data" -name '.*') && -z $(find "${W}/backups" -name '*.partial*') ]]
}

# tracker_restore ARGUMENT...: without a terminal.
tracker_restore() { TRACKER_BACKUP_LOG=${W}/log run "${HOST}/../restore/tracker-restore" "$@" </dev/null; }

# The tracker accepts the old database only: it is healthy as soon as it is stopped for the second time.
dislike_what_is_restored() {
  setting HEALTH_TIMEOUT_SECONDS 1
  echo unhealthy >"${W}/health"
  sed -i "s|^  stop\*)|  stop*) echo x >>${W}/stops; [[ \$(wc -l <${W}/stops) -lt 2 ]] \|\| echo healthy >${W}/health;|" "${W}/bin/docker"
}

# killed_at_calls CLIENT PHASES AT...: SIGKILL for the whole restore at each of these calls of a client in these phases, and
# recovery, until a restore ends before its call. KILL_AT is the last one.
killed_at_calls() {
  tool "$1" "case \"\$(cat '${W}/state/restore' 2>/dev/null)\" in
    $2) echo x >>'${W}/calls'; if [ \"\$(wc -l <'${W}/calls')\" = \"\${KILL_AT}\" ]; then pkill -KILL --session \$(ps -o sid= -p \$\$); fi ;; esac
    exec $(type -P "$1") \"\$@\""
  export KILL_AT
  for KILL_AT in "${@:3}"; do
    : >"${W}/calls"
    PATH=${W}/tools:${PATH} TRACKER_BACKUP_LOG=${W}/log setsid "${HOST}/../restore/tracker-restore" --latest --yes >"${W}/out" 2>&1 </dev/null 3>&- &
    wait $! || :
    [[ -s ${W}/state/restore ]] || break
    maintenance --recover
    [[ ${status} -eq 0 ]] || { echo "${KILL_AT}: ${output}" && cat "${W}/out" && return 1; }
    is_restored || { echo "at ${KILL_AT}" && return 1; }
  done
}
