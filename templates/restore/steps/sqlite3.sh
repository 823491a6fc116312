# shellcheck shell=bash
# SQLite: the new file lies beside the old one, on the same file system, and takes its name by a rename.
: "${NAME:?}" "${FILE:?}" "${FOLDER:?}" "${STEM:?}" "${RUN_ID?}" "${WORK:?}" "${ERRORS:?}" "${TARGET?}" "${TABLES?}" "${STEPS:?}" "${SOURCE?}"

PLACE=${TARGET:-${FILE%/*}}
NEW=${PLACE}/.${FILE##*/}.restore
MERGED=${PLACE}/.${FILE##*/}.merge
OLD=${PLACE}/.${FILE##*/}.before-restore

# number FILE OFFSET BYTES: a big-endian number.
number() { printf '%d' "0x$(od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n')"; }

restore_check() {
  local header=${WORK}/header
  head -c 100 < <(unpack <"${SOURCE}" 2>/dev/null) >"${header}"
  cmp -s -n 15 "${header}" <(printf 'SQLite format 3') || die 5 "${NAME}: ${SOURCE##*/} does not unpack to an SQLite database"
  # 1 and 2 are known; what is higher was written by an SQLite of the future.
  (($(number "${header}" 19 1) <= 2)) || die 2 "${NAME}: ${SOURCE##*/} was written by a newer SQLite than this one"
  [[ -d ${PLACE} && -w ${PLACE} ]] || die 3 "${NAME}: ${PLACE} must be writable for uid ${EUID}"
  if [[ -n ${TARGET} ]]; then
    [[ ! -e ${TARGET}/${FILE##*/} ]] || die 2 "${TARGET}/${FILE##*/} exists already"
  elif [[ -e ${OLD} ]]; then
    die 4 "${OLD} is there, and no restore is under way: look at it, then remove it"
  fi
  if [[ -z ${RAW_BYTES} ]]; then
    RAW_BYTES=$(($(number "${header}" 16 2) * $(number "${header}" 28 4)))
  fi
  # With tables the present database is copied as well.
  check_space "$((RAW_BYTES + (${#TABLES} > 0 ? $(stat -c %s "${FILE}" 2>/dev/null || printf 0) : 0)))" "${PLACE}"
}

restore_ask() { printf '%s;\n' "$1" | sql "${PLACE}/${FILE##*/}"; }

tidy() { rm -f "$1"{,-wal,-shm,-journal}; }

restore_load() {
  local check=quick_check
  # With a checksum these are the bytes that were checked when the backup was made.
  [[ -e ${SOURCE}.sha256 && $(of_meta .verdict) == @(ok|pre-restore) ]] || check=integrity_check
  tidy "${NEW}"
  unpack <&7 2>"${ERRORS}" >"${NEW}" || fail 5 $? "${NAME}: ${SOURCE##*/} cannot be unpacked"
  check_file "${check}" "${NEW}" "${SOURCE##*/}"
  count_rows "${WORK}/tables.tsv" | sql "${NEW}" >/dev/null || fail 5 $? "${NAME}: the rows of ${SOURCE##*/} cannot be counted"
  [[ ! -s ${NEW}-wal ]] || die 5 "${NAME}: ${NEW} was left with a write-ahead log"
  rm -f "${NEW}"-{wal,shm,journal}
  chmod 0660 "${NEW}"
  if [[ -e ${FILE} ]]; then chmod --reference="${FILE}" "${NEW}"; fi
  sync "${NEW}" "${PLACE}" 2>"${ERRORS}" || fail 4 $? "${NEW} cannot be written to the disk"
  if [[ -n ${TARGET} ]]; then
    mv "${NEW}" "${TARGET}/${FILE##*/}"
    sync "${TARGET}"
  fi
}

# Of the safety copy: the full check takes twenty times as long, and somebody waits.
which_check() { printf 'quick_check'; }

# A damaged database must not stand in the way: its bytes are saved as they lie.
restore_save() {
  local status=0
  if [[ ! -e ${FILE} ]]; then
    log INFO "${NAME}: there is no database at ${FILE}: nothing to save"
    return
  fi
  supervise "${STEPS}/restore.sh" save-orderly "${NAME}" --run-id "${RUN_ID}" || status=$?
  if ((status != 0)); then
    is_damaged || die "${status}" "${NAME}: the safety copy failed: nothing was changed"
    log WARNING "${NAME}: the present database is damaged, so its files are saved as they are"
    rm -f "${FOLDER}/${STEM}_${RUN_ID}".*partial*
    save_raw
  fi
}

# One that is busy is not damaged.
is_damaged() {
  local answer
  [[ -r ${FILE} ]] || return 1
  [[ -s ${FILE} ]] || return 0
  answer=$(printf 'PRAGMA quick_check(1);\nSELECT count(*) FROM sqlite_schema;\n' | sql "${FILE}") || true
  [[ ${answer} != ok$'\n'[1-9]* ]] && ! grep -q 'locked' "${ERRORS}"
}

save_raw() {
  local part parts=() file
  file=$(backup_name tar)
  for part in '' -wal -journal; do
    [[ ! -e ${FILE}${part} ]] || parts+=("${FILE##*/}${part}")
  done
  # 1 is "changed as we read it", which a damaged database in use may do.
  { limited tar --create --directory="${FILE%/*}" -- "${parts[@]}" 2>"${WORK}/tar.errors" || (($? == 1)); } | write_partial "${file}" || exit
  RAW_BYTES=$(stat -c %s "${FILE}") CHOICE=raw PREDICTED=0 BECAUSE='the database was damaged when a restore began'
  : >"${WORK}/tables.tsv"
  store "${file}"
}

# columns TABLE DATABASE: those that can be written, quoted.
columns() {
  printf "SELECT group_concat('\"' || replace(name, '\"', '\"\"') || '\"', ', ') FROM pragma_table_xinfo('%s') WHERE hidden = 0;\n" "$1" | sql "$2"
}

# The present database with these tables of the backup, as a file of its own: the swap is then the same, and so is the way back.
restore_merge() {
  local table names part
  tidy "${MERGED}"
  for part in '' -wal -journal; do
    if [[ -e ${FILE}${part} ]]; then
      limited cp --reflink=auto "${FILE}${part}" "${MERGED}${part}" 2>"${ERRORS}" || fail 4 $? "${NAME}: the present database cannot be copied"
    fi
  done
  {
    printf ".dbconfig enable_trigger off\nATTACH '%s' AS restored;\nBEGIN IMMEDIATE;\n" "${NEW//\'/\'\'}"
    for table in ${TABLES}; do
      names=$(columns "${table}" "${MERGED}") || fail 4 $? "${NAME}: ${table} cannot be read"
      [[ -n ${names} ]] || die 2 "${NAME}: the present database has no table ${table}"
      [[ ${names} == "$(columns "${table}" "${NEW}")" ]] || die 2 "${NAME}: ${table} has other columns in the backup: restore the whole database"
      printf 'DELETE FROM main."%s"; INSERT INTO main."%s" (%s) SELECT %s FROM restored."%s";\n' "${table}" "${table}" "${names}" "${names}" "${table}"
    done
    printf 'COMMIT;\n'
  } >"${WORK}/merge.sql"
  sql "${MERGED}" <"${WORK}/merge.sql" >/dev/null || fail 4 $? "${NAME}: the tables cannot be replaced"
  check_file quick_check "${MERGED}" "${MERGED##*/}"
  [[ ! -s ${MERGED}-wal ]] || die 4 "${NAME}: ${MERGED} was left with a write-ahead log"
  chmod --reference="${FILE}" "${MERGED}"
  rm -f "${MERGED}"-{wal,shm,journal}
  sync "${MERGED}"
  mv "${MERGED}" "${NEW}"
}

# Can be done again from wherever it was interrupted: as long as there is a new file, its turn has not come.
restore_swap() {
  local part
  [[ -e ${NEW} ]] || return 0
  if [[ -e ${FILE} && ! -e ${OLD} ]]; then
    for part in -wal -journal ''; do
      if [[ -e ${FILE}${part} ]]; then mv -T "${FILE}${part}" "${OLD}${part}"; fi
    done
  fi
  # What belongs to another file would be played into the new one.
  rm -f "${FILE}"-{wal,shm,journal}
  sync "${PLACE}"
  mv -T "${NEW}" "${FILE}"
  sync "${PLACE}"
}

restore_revert() {
  local part
  if [[ -e ${OLD} ]]; then
    rm -f "${FILE}"-{wal,shm,journal}
    mv -T "${OLD}" "${FILE}"
  elif [[ ! -e ${NEW} ]]; then
    log WARNING "${NAME}: there was no old database to go back to: the restored one stays"
  fi
  for part in -wal -journal; do
    if [[ -e ${OLD}${part} ]]; then mv -T "${OLD}${part}" "${FILE}${part}"; fi
  done
  restore_finish
}

restore_finish() {
  tidy "${NEW}"
  tidy "${MERGED}"
  tidy "${OLD}"
  sync "${PLACE}"
}

restore_discard() {
  tidy "${NEW}"
  tidy "${MERGED}"
}
