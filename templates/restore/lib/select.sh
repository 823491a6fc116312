# shellcheck shell=bash
# Which backup a restore is to take (by its file, its run, its time, or the newest good one), and what is said before it begins.
: "${BACKUP_DIRECTORY:?}" "${WANTED?}" "${WHICH?}" "${DATABASE:?}" "${TABLES?}" "${TARGET?}" "${YES?}" "${DRY_RUN?}" "${WORK:?}" "${RUN_ID?}"

# backup_file DIRECTORY STEM RUN_ID: the file of this run, and not what lies beside it.
backup_file() {
  local file
  for file in "$1/$2_$3".*; do
    if [[ -e ${file} && ${file} != *.@(sha256|meta|roles.sql) && ${file} != *.partial* ]]; then
      printf '%s\n' "${file}"
      return
    fi
  done
}

# select_backup FOLDER STEM: prints the file.
select_backup() {
  local directory=${BACKUP_DIRECTORY}/$1 stem=$2 found='' now limit
  printf -v now '%(%Y%m%d_%H%M%S)T' -1
  case ${WHICH} in
    file) found=${WANTED} ;;
    run)
      [[ ${WANTED} =~ ^[0-9]{8}_[0-9]{6}$ ]] || die 2 "--run needs the id of a run, such as ${now}, not '${WANTED}'"
      found=$(backup_file "${directory}" "${stem}" "${WANTED}")
      ;;
    at)
      limit=$(run_id_of "${WANTED}") || exit
      found=$(newest_good "${directory}" "${stem}" "${limit}")
      ;;
    *) found=$(newest_good "${directory}" "${stem}" "${now}") ;;
  esac
  [[ -n ${found} && -f ${found} ]] || die 2 "There is no such backup in ${directory} (${WHICH} ${WANTED}); maintenance-backup.sh --list shows what there is, and a file without .meta must be named"
  readlink -f "${found}"
}

# run_id_in FILE: from its name; nothing where it has another one.
run_id_in() {
  if [[ ${1##*/} =~ _([0-9]{8}_[0-9]{6})\. ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}

# age_of FILE: by the time in its name, in words.
age_of() {
  local id when seconds
  id=$(run_id_in "$1")
  if [[ -n ${id} ]]; then
    when=$(as_date "${id}")
    seconds=$(date --utc --date="${when}" +%s)
  else
    seconds=$(stat -c %Y "$1")
  fi
  seconds=$((EPOCHSECONDS - seconds))
  if ((seconds < 7200)); then
    printf '%d minutes' "$((seconds / 60))"
  elif ((seconds < 172800)); then
    printf '%d hours' "$((seconds / 3600))"
  else
    printf '%d days' "$((seconds / 86400))"
  fi
}

# bring_in FILE: the container sees the backup directory only, and what root has copied here may be closed to it.
bring_in() {
  local part size
  if [[ $1 == "${BACKUP_DIRECTORY}"/* ]]; then
    printf '%s' "$1"
    return
  fi
  size=$(stat -c %s "$1")
  NAME=${DATABASE} check_space "${size}" "${BACKUP_DIRECTORY}"
  for part in "$1" "$1.sha256" "$1.meta" "${1%.sql*}.roles.sql"; do
    if [[ -f ${part} ]]; then
      cp --reflink=auto "${part}" "${SPOOL:?}/" 2>"${ERRORS:?}" || fail 4 $? "${part} cannot be copied"
      chown 1000:1000 "${SPOOL}/${part##*/}"
    fi
  done
  printf '%s/%s' "${SPOOL}" "${1##*/}"
}

confirm() {
  local answer=''
  [[ -z ${YES}${DRY_RUN} ]] || return 0
  [[ -t 0 ]] || die 2 'Nobody can be asked here: say --yes'
  # Nobody there: the night's backup must not find the lock taken.
  read -r -t 600 -p 'Go on? [y/N] ' answer || true
  [[ ${answer} == [yY]* ]] || die 2 'Nothing was changed'
}

# check_database FILE: sets FACTS.
check_database() {
  local status=0 line options=()
  [[ -z ${DRY_RUN} ]] || options=(--dry-run yes)
  FACTS=''
  step check --file "$1" "${options[@]}" >"${WORK}/check" || status=$?
  while IFS= read -r line; do
    if [[ ${line} == 'FACT '* ]]; then FACTS+="${line#FACT }"$'\n'; else printf '%s\n' "${line}"; fi
  done <"${WORK}/check"
  return "${status}"
}

announce() {
  local verdict bytes left_out
  verdict=$(sed -n 's/^verdict //p' <<<"${FACTS}")
  bytes=$(sed -n 's/^bytes //p' <<<"${FACTS}")
  log INFO "Restore of ${DATABASE} (${ENGINE:?}) from $1: ${bytes} bytes, $(age_of "$1") old, $([[ -z ${verdict} ]] && echo 'no .meta' || echo "verdict ${verdict}")"
  [[ ${verdict:-ok} == ok ]] || log WARNING "This backup is ${verdict}: it was told by name, so it is taken"
  left_out=$(sed -n 's/^left_out //p' <<<"${FACTS}")
  [[ -z ${left_out} || -n ${TABLES} ]] || log WARNING "This backup leaves out the rows of ${left_out}: these tables will be empty"
  if [[ -n ${TARGET} ]]; then
    log INFO "It goes to ${TARGET}; nothing is stopped or replaced"
  else
    log INFO "It is loaded and verified beside the running database${TABLES:+ (only ${TABLES} will be replaced)}; the present state is saved as ${FOLDER:?}/${STEM:?}_${RUN_ID}.pre-restore.*; then $([[ ${DATABASE} == tracker ]] && echo 'the tracker is stopped for the swap' || echo 'they are swapped; what uses an SQLite file must be stopped before')"
  fi
}
