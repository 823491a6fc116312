# shellcheck shell=bash
# SQLite: which way to copy the file so that the tracker notices least, and the driver's interface.
: "${NAME:?}" "${STEM:?}" "${RUN_ID:?}" "${BACKUPS:?}" "${WORK:?}" "${ERRORS:?}"
: "${STRATEGY:?}" "${MAX_DOWNTIME_SECONDS:?}" "${MAX_WRITE_WAIT_SECONDS:?}" "${SQLITE_JOURNAL_MODE:?}"

FILE=${2:?path of the database in the container}
FOLDER=${BACKUPS}/sqlite
RAW=${FOLDER}/${STEM}_${RUN_ID}.raw.partial
PROBE=${FOLDER}/${STEM}_${RUN_ID}.probe.partial

# shellcheck source=../lib/sqlite.sh
source "${HERE:?}/lib/sqlite.sh"

check_source() {
  [[ -e ${FILE} ]] || die 3 "${NAME}: there is no database at ${FILE}"
  # Through a read-only mount BEGIN IMMEDIATE would take no lock, and say nothing.
  [[ -r ${FILE} && -w ${FILE} && -w ${FILE%/*} ]] || die 3 "${NAME}: ${FILE} and its directory must be readable and writable for uid ${EUID}"
  [[ -s ${FILE} ]] || die 5 "${NAME}: ${FILE} is empty"
  cmp -s -n 15 "${FILE}" <(printf 'SQLite format 3') || die 5 "${NAME}: ${FILE} is not an SQLite database"
}

# The header tells: bytes 18 and 19 are 1 for a rollback journal and 2 for WAL.
journal_mode() {
  local bytes
  bytes=$(od -An -v -tu1 -j18 -N2 "${FILE}")
  case ${bytes//[[:space:]]/} in
    11) printf 'rollback' ;;
    22) printf 'wal' ;;
    *) die 5 "${NAME}: ${FILE} has an unknown journal mode" ;;
  esac
}

database_size() {
  local size wal=0
  size=$(stat -c %s "${FILE}")
  [[ ! -e ${FILE}-wal ]] || wal=$(stat -c %s "${FILE}-wal")
  printf '%s' "$((size + wal))"
}

# Bytes per second of a copy into the backup directory: what the last big one of this week showed, else a trial of at most 256 MiB.
copy_rate() {
  local started elapsed bytes known
  # A file that cannot be read is none.
  known=$(find "${BACKUPS}" -maxdepth 1 -name .copy-rate -mtime -7 -exec cat {} + 2>/dev/null | tr -d '\0') || :
  if [[ ${known} =~ ^[1-9][0-9]*$ ]]; then
    printf '%s\n' "${known}"
    return
  fi
  started=$(milliseconds)
  limited dd if="${FILE}" of="${PROBE}" bs=1M count=256 conv=fsync status=none 2>"${ERRORS}" \
    || fail 4 $? "${NAME}: a trial copy into ${FOLDER} failed"
  elapsed=$(milliseconds)
  bytes=$(stat -c %s "${PROBE}")
  rm -f "${PROBE}"
  learn_rate "${BACKUPS}" "${bytes}" "$((elapsed - started))"
  printf '%s\n' "$((bytes * 1000 / (elapsed - started + 1) + 1))"
}

reflink_works() {
  local status=0
  # The message is dropped: "not supported" is the answer, not an error.
  cp --reflink=always "${FILE}" "${PROBE}" 2>/dev/null || status=$?
  rm -f "${PROBE}"
  return "${status}"
}

# The first row of the table that holds. Sets CHOICE, PREDICTED (milliseconds of waiting writes or of downtime) and BECAUSE.
choose() {
  local mode rate wanted=${STRATEGY}
  mode=$(journal_mode)
  [[ ${mode} == wal || ${SQLITE_JOURNAL_MODE} != wal ]] || mode=to-wal
  SIZE=$(database_size)
  CHOICE=locked-copy REFLINK='' PREDICTED=0
  if [[ ${wanted}:${mode} != @(auto|online):@(wal|to-wal) ]]; then
    rate=$(copy_rate)
    PREDICTED=$((SIZE * 1000 / rate))
  fi
  # Only the tracker can be held still; another program's database is copied while it runs.
  [[ ${NAME} == tracker ]] || wanted=auto
  case ${wanted}:${mode} in
    pause:* | maintenance-window:*) CHOICE=${wanted} BECAUSE='the settings ask for it' ;;
    auto:wal | online:wal) CHOICE=online BECAUSE='WAL mode: one read transaction, nobody waits' ;;
    auto:to-wal | online:to-wal) CHOICE=online BECAUSE='the settings switch it to WAL mode: then one read transaction, nobody waits' ;;
    online:*) die 2 "${NAME}: strategy online needs WAL mode (backup.sqlite_journal_mode: wal)" ;;
    auto:* | locked-copy:*)
      if ((MAX_WRITE_WAIT_SECONDS > 0)) && reflink_works; then
        PREDICTED=10 REFLINK=yes BECAUSE="${mode} mode, and the file system can share the blocks (reflink)"
      elif ((MAX_WRITE_WAIT_SECONDS > 0 && PREDICTED <= MAX_WRITE_WAIT_SECONDS * 1000)); then
        BECAUSE="${mode} mode, and the copy is faster than max_write_wait_seconds (${MAX_WRITE_WAIT_SECONDS})"
      elif [[ ${wanted}:${NAME} == auto:tracker ]]; then
        CHOICE=pause BECAUSE="${mode} mode, and writes would wait longer than max_write_wait_seconds (${MAX_WRITE_WAIT_SECONDS})"
      else
        die 2 "${NAME}: writes would wait $(seconds "${PREDICTED}") s, longer than max_write_wait_seconds (${MAX_WRITE_WAIT_SECONDS})"
      fi
      ;;
    *) die 2 "STRATEGY is auto, online, locked-copy, pause or maintenance-window, not '${STRATEGY}'" ;;
  esac
  if [[ -n ${HELD} ]]; then
    # The host has decided, and copied already.
    [[ ${HELD} == "${CHOICE}" ]] || BECAUSE='the host had to hold the tracker'
    CHOICE=${HELD}
  elif [[ ${CHOICE} == @(pause|maintenance-window) ]] && ((MAX_DOWNTIME_SECONDS == 0 || PREDICTED > MAX_DOWNTIME_SECONDS * 1000)); then
    die 2 "${NAME}: ${CHOICE} would take $(seconds "${PREDICTED}") s, longer than max_downtime_seconds (${MAX_DOWNTIME_SECONDS})"
  fi
}

driver_plan() {
  check_source
  choose
  # The copy, the compressed file, and a tenth for the write-ahead log that grows meanwhile.
  [[ -e ${RAW} ]] || check_space "$((SIZE * 21 / 10))"
}

# Switches to WAL mode, once, while the tracker runs; it stays so, the mode is in the file.
driver_prepare() {
  local mode deadline
  deadline=$(($(milliseconds) + 60000))
  check_source
  mode=$(journal_mode)
  [[ ${SQLITE_JOURNAL_MODE}:${mode} == wal:rollback ]] || return 0
  # SQLite does not wait where two connections would wait for each other; asking again is all that is left.
  until mode=$(printf 'PRAGMA journal_mode = WAL;\n' | sql "${FILE}"); do
    if (($(milliseconds) >= deadline)) || ! grep -qi 'is locked' "${ERRORS}"; then fail 4 1 "${NAME}: the switch to WAL mode failed"; fi
    sleep 0.5
  done
  [[ ${mode} == wal ]] || die 4 "${NAME}: ${FILE} stays in ${mode} mode"
  log INFO "${NAME}: ${FILE} is in WAL mode now"
}

driver_backup() {
  local file
  file=$(backup_name db)
  case ${CHOICE} in
    online)
      driver_prepare
      copy_online
      ;;
    locked-copy) copy_locked ;;
    *) adopt_staged ;;
  esac
  lap copy
  verify_copy
  leave_out_rows
  lap verify
  RAW_BYTES=$(stat -c %s "${RAW}")
  write_partial "${file}" <"${RAW}"
  lap compress
  # At once: a clone that stays makes the next reflink slower.
  rm -f "${RAW}" "${RAW}"-{wal,shm,journal}
  fact client "sqlite3 $(sqlite3 --version | cut -d ' ' -f 1)"
  store "${file}"
}
