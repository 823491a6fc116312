#!/usr/bin/env bash
# Brings one database back, a step at a time; the host says which step comes next. Runs in the backup container.
set -euo pipefail

# shellcheck disable=SC2329  # main calls it, and another file has a main too
usage() {
  cat <<'TEXT'
restore.sh STEP DATABASE [OPTION...]

check     all that can be known without changing anything; prints "FACT name value"
answer    ask what load has made the operator's own queries
load      put the backup into a new place beside the database, and verify it there
save      the safety copy of the present state
merge     (with --tables) make the new place what the present database is, except for these tables
swap      the new database takes the place of the old one, which is kept
revert    the old one comes back
finish    remove the old one
discard   remove what load has made

--file FILE  --run-id ID  --tables A,B  --target NAME|DIRECTORY  --dry-run yes
TEXT
  exit "${1:-0}"
}

# Mounted into the image beside the scripts of the backup, whose settings, drivers and checks count here too.
STEPS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=../../image/backup.sh
source "${TRACKER_BACKUP_HOME:-${STEPS%/*}}/backup.sh"

# use_packing: the suffix says how a backup is packed, whatever the settings say now.
use_packing() {
  case ${SOURCE} in
    *.gz) COMPRESSION=gzip ;;
    *.zst) COMPRESSION=zstd ;;
    *) COMPRESSION=none ;;
  esac
}

unpack() { (use_packing && decompress); }

# The beginning, for a look at it: the unpacker may complain that nobody reads on.
beginning() { head -c 65536 < <(unpack <"${SOURCE}" 2>/dev/null) | tr -d '\0'; }

# Reads descriptor 7 beside the one who unpacks it, and so knows how far that one is. A pipe that nobody fills is the clock.
show_progress() {
  local size at _
  size=$(stat -c %s "${SOURCE}")
  mkfifo "${WORK}/clock"
  while ! read -r -t "${PROGRESS_SECONDS:-10}" _ <>"${WORK}/clock"; do
    read -r _ at <"/proc/${BASHPID}/fdinfo/7"
    log INFO "${NAME}: $((at * 100 / size)) % of ${SOURCE##*/} read"
  done
}

load() {
  exec 7<"${SOURCE}"
  show_progress &
  PROGRESS=$!
  trap 'kill "${PROGRESS}" 2>/dev/null || :; rm -rf "${WORK}"' EXIT
  restore_load
  kill "${PROGRESS}" || :
  sort -o "${WORK}/tables.tsv" "${WORK}/tables.tsv"
  [[ -s ${WORK}/tables.tsv ]] || die 5 "${NAME}: ${SOURCE##*/} holds no table"
  if [[ -n $(of_meta .tables) ]]; then
    jq -r '.tables | to_entries[] | "\(.key)\t\(.value)"' "${SOURCE}.meta" | sort >"${WORK}/wanted.tsv"
    # shellcheck disable=SC2154  # open_work sets it
    diff "${WORK}/wanted.tsv" "${WORK}/tables.tsv" >"${ERRORS}" || fail 5 $? "${NAME}: what was loaded is not what ${SOURCE##*/}.meta says"
  else
    log WARNING "${NAME}: ${SOURCE##*/} has no .meta: its rows are compared with nothing"
  fi
  check_tables
  mkdir -p "${SPOOL}"
  cp "${WORK}/tables.tsv" "${SPOOL}/tables.tsv"
  log INFO "${NAME}: loaded and verified, $(wc -l <"${WORK}/tables.tsv") tables"
}

# Tables that were asked for must be in the backup, in PostgreSQL in any schema that is named or else in public. Only they count.
check_tables() {
  local table row
  [[ -n ${TABLES} ]] || return 0
  for table in ${TABLES}; do
    row=$(awk -F '\t' -v table="${table}" '$1 == table || $1 == "public." table' "${WORK}/tables.tsv")
    [[ -n ${row} ]] || die 2 "${NAME}: the backup has no table ${table}"
    printf '%s\n' "${row}"
  done >"${WORK}/tables.part"
  mv "${WORK}/tables.part" "${WORK}/tables.tsv"
}

# answer: what the operator asks of a restored database, in a drill.
answer() {
  local database least sql rows
  while read -r -u 8 database least sql; do
    [[ ${database} == "${NAME}" ]] || continue
    rows=$(restore_ask "SELECT count(*) FROM (${sql}) AS answer") || fail 5 $? "${NAME}: no answer to: ${sql}"
    ((rows >= least)) || die 5 "${NAME}: ${rows} rows, and ${least} are the fewest, for: ${sql}"
    log INFO "${NAME}: ${rows} rows: ${sql}"
  done 8< <(settings_lines queries)
}

# Somebody waits for the restore, and this copy is not kept for long.
pack_fast() {
  if [[ ${COMPRESSION} != none ]]; then COMPRESSION=zstd COMPRESSION_LEVEL=1; fi
}

# The ordinary backup, under another name. It may wait for its lock as long as it must: nobody else will ask again.
save_orderly() {
  trap 'rm -rf "${WORK}"; rm -f "${FOLDER}/${STEM}_${RUN_ID}".*partial*' EXIT
  STRATEGY=auto MAX_WRITE_WAIT_SECONDS=${STEP_TIMEOUT_SECONDS:?} LEFT_OUT=''
  pack_fast
  driver_plan
  driver_backup
}

save() {
  pack_fast
  restore_save
  prune_safety_copies "${FOLDER}" "${STEM}"
}

# on_database STEP: with the drivers of its engine, those of the backup and those beside this file.
on_database() {
  local line
  line=$(database_line "${DATABASE}") || die 2 "No database is called ${DATABASE}: see ${TRACKER_BACKUP_ETC}/databases"
  # shellcheck disable=SC2086  # words are wanted
  with_driver ${line}
  LEFT_OUT='' SPOOL=${SPOOL:-${BACKUPS}/.restore}
  # shellcheck source=check.sh
  source "${STEPS}/check.sh"
  # shellcheck source=sqlite3.sh
  source "${STEPS}/${ENGINE}.sh"
  case $1 in
    check | load | save | save_orderly | answer) "$1" ;;
    merge | swap | revert | finish | discard) "restore_$1" ;;
    *) die 2 "Unknown step $1 (see --help)" ;;
  esac
}

main() {
  export RUN_ID=${RUN_ID:-} DRY_RUN=${DRY_RUN:-} KIND=pre-restore STAGED='' LOG_FORMAT=${LOG_FORMAT:-text}
  [[ ${1:-} != --help ]] || usage
  (($# > 1)) || die 2 'A step and a database are needed (see --help)'
  STEP=$1 DATABASE=$2 SOURCE='' TABLES='' TARGET=''
  shift 2
  while (($# > 0)); do
    (($# > 1)) || die 2 "$1 needs a value"
    case $1 in
      --dry-run) DRY_RUN=$2 ;;
      --file) SOURCE=$2 ;;
      --run-id) RUN_ID=$2 ;;
      --tables) TABLES=${2//,/ } ;;
      --target) TARGET=$2 ;;
      *) die 2 "Unknown option $1 (see --help)" ;;
    esac
    shift 2
  done
  load_settings
  # shellcheck source=../../image/lib/store.sh
  source "${HERE}/lib/store.sh"
  # shellcheck source=../../image/lib/retention.sh
  source "${HERE}/lib/retention.sh"
  trap_signals
  on_database "${STEP//-/_}"
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
