# shellcheck shell=bash
# What can be known of a backup file before anything is changed: whose it is, and whether its bytes are those that were written.
: "${NAME:?}" "${ENGINE:?}" "${STEM:?}" "${SOURCE?}" "${TABLES?}" "${ERRORS:?}" "${DRY_RUN?}"

of_meta() { if [[ -e ${SOURCE}.meta ]]; then jq -r "$1 // empty" "${SOURCE}.meta"; fi; }

check_meta() {
  local engine database
  [[ -e ${SOURCE}.meta ]] || return 0
  jq -e '.verdict and .engine and .database' "${SOURCE}.meta" >/dev/null 2>"${ERRORS}" || fail 5 $? "${SOURCE}.meta is damaged"
  engine=$(of_meta .engine)
  database=$(of_meta .database)
  [[ ${engine} == "${ENGINE}" ]] || die 2 "${SOURCE##*/} is a backup of ${engine}, and ${NAME} is ${ENGINE}"
  [[ ${database} == "${NAME}" ]] || die 2 "${SOURCE##*/} is a backup of the database ${database}, not of ${NAME}"
  [[ $(of_meta .strategy) != raw ]] || die 2 "${SOURCE##*/} holds the raw files of a damaged database: unpack it with tar"
}

# A name of the usual form says whose backup it is, also where no .meta does.
check_name() {
  if [[ ${SOURCE##*/} =~ ^(.+)_[0-9]{8}_[0-9]{6}\. && ${BASH_REMATCH[1]} != "${STEM}" ]]; then
    die 2 "${SOURCE##*/} is not a backup of ${NAME}: those begin with ${STEM}_"
  fi
  [[ ${SOURCE} != *.partial* ]] || die 2 "${SOURCE##*/} is not complete: its run has not ended"
}

# The line of the file itself counts, under whatever directory it was written; a file that was renamed has the first line.
check_sum() {
  local wanted sum name=${SOURCE##*/}
  if [[ ! -e ${SOURCE}.sha256 ]]; then
    log WARNING "${NAME}: there is no ${name}.sha256: nothing tells whether the file was changed"
    return
  fi
  wanted=$(awk -v name="${name}" 'NR == 1 { first = $1 } { n = $2; sub(/^\*/, "", n); sub(/.*\//, "", n) } n == name { sum = $1 }
    END { print (sum ? sum : first) }' "${SOURCE}.sha256")
  read -r sum _ < <(limited sha256sum <"${SOURCE}") || die 4 "${SOURCE} cannot be read"
  [[ ${sum} == "${wanted,,}" ]] || die 5 "${NAME}: ${name} is not what its .sha256 says: it is damaged"
}

# check_left_out: a table whose rows were left out would be emptied, not restored.
check_left_out() {
  local table left_out
  left_out=" $(of_meta .left_out) "
  for table in ${TABLES}; do
    [[ ${left_out} != *" ${table} "* ]] || die 2 "${NAME}: ${SOURCE##*/} holds no rows of ${table}: exclude_tables left them out"
  done
}

fact_line() { printf 'FACT %s %s\n' "$1" "$2"; }

check() {
  [[ -e ${SOURCE} ]] || die 2 "There is no backup at ${SOURCE}"
  [[ -r ${SOURCE} ]] || die 2 "uid ${EUID} may not read ${SOURCE}: it must belong to 1000"
  [[ -s ${SOURCE} ]] || die 2 "${SOURCE} is empty"
  check_name
  check_meta
  check_left_out
  check_sum
  RAW_BYTES=$(of_meta .raw_bytes)
  restore_check
  fact_line bytes "$(stat -c %s "${SOURCE}")"
  fact_line verdict "$(of_meta .verdict)"
  fact_line left_out "$(of_meta .left_out)"
  # The rest of the bytes is looked at when they are loaded, before anything is stopped.
  if [[ -n ${DRY_RUN} ]]; then
    unpack <"${SOURCE}" 2>"${ERRORS}" >/dev/null || fail 5 $? "${NAME}: ${SOURCE##*/} cannot be unpacked"
  fi
}
