# shellcheck shell=bash
# The configuration archive, put back: unpacked aside, looked at, and only then moved into place, file by file.
: "${BACKUP_DIRECTORY:?}" "${WORK:?}" "${ERRORS:?}" "${LOG_FORMAT:?}" "${DRY_RUN?}"

# check_archive FILE: nothing in it may reach out of the directory that it is unpacked into.
check_archive() {
  local sum wanted
  if [[ -e $1.sha256 ]]; then
    read -r wanted _ <"$1.sha256"
    read -r sum _ < <(limited sha256sum <"$1")
    [[ ${sum} == "${wanted}" ]] || die 5 "$1 is not what its .sha256 says: it is damaged"
  else
    log WARNING "There is no $1.sha256: nothing tells whether the archive was changed"
  fi
  limited tar --list --absolute-names --quoting-style=escape --file "$1" >"${WORK}/names" 2>"${ERRORS}" || fail 5 $? "$1 cannot be unpacked"
  limited tar --list --absolute-names --quoting-style=literal --file "$1" >"${WORK}/members" 2>"${ERRORS}" || fail 5 $? "$1 cannot be unpacked"
  limited tar --list --verbose --numeric-owner --file "$1" >"${WORK}/kinds" 2>"${ERRORS}" || fail 5 $? "$1 cannot be unpacked"
  [[ -s ${WORK}/members ]] || die 5 "$1 is empty"
  if grep -E '^/|(^|/)[.][.](/|$)' "${WORK}/members" >"${ERRORS}"; then fail 5 1 "$1 was tampered with: a name leaves the archive"; fi
  # After an odd number of backslashes: below 0200 octal are control characters, above it are names that are not ASCII.
  if grep -E '(^|[^\])([\][\])*[\]([abfnrtv]|[01][0-7]{2})' "${WORK}/names" >"${ERRORS}"; then fail 5 1 "$1 was tampered with: a control character in a name"; fi
  if grep -vE '^[-dlhp]' "${WORK}/kinds" >"${ERRORS}"; then fail 5 1 "$1 was tampered with: neither file, directory nor link"; fi
  if grep -E '^-..[sS]' "${WORK}/kinds" >"${ERRORS}"; then fail 5 1 "$1 was tampered with: a program with its owner's rights"; fi
}

# unpack_archive FILE DIRECTORY: no member may lie below a link of the same archive.
unpack_archive() {
  local link
  mkdir "$2"
  limited tar --extract --file "$1" --directory "$2" --same-owner --numeric-owner --preserve-permissions --delay-directory-restore 2>"${ERRORS}" \
    || fail 5 $? "$1 cannot be unpacked"
  while IFS= read -r -d '' link; do
    if grep -Fq -- "${link#"$2/"}/" "${WORK}/members"; then die 5 "$1 was tampered with: ${link#"$2"} is a link and a directory"; fi
  done < <(find "$2" -type l -print0)
}

# listed_above PATH: the entry of the list of saved paths that PATH is, or lies below.
listed_above() {
  local path
  while read -r _ path; do
    if [[ $1 == "${path%/}" || $1 == "${path%/}"/* ]]; then
      printf '%s' "${path%/}"
      return
    fi
  done < <(settings_lines paths)
  die 5 "The archive holds $1, which ${TRACKER_BACKUP_ETC:?}/paths does not list: with --target it can be unpacked elsewhere"
}

# check_way PATH TOP: between the listed path and the file there may be no link, which could have been put there by anybody.
check_way() {
  local way=${1%/*}
  while [[ ${way} == "$2" || ${way} == "$2"/* ]]; do
    [[ ! -L ${way} ]] || die 5 "${way} is a link: the configuration is not restored through it"
    way=${way%/*}
  done
}

# place_files FROM TO: first a copy beside each file, then the renames, so that a full disk replaces nothing.
place_files() {
  local from=$1 to=$2 path top
  STAGED_FILES=()
  while IFS= read -r -d '' path; do
    path=${path#"${from}"}
    if [[ -z ${to} ]]; then
      top=$(listed_above "${path}") || exit
      check_way "${path}" "${top}"
    fi
  done < <(find "${from}" -mindepth 1 ! -type d -print0)
  while IFS= read -r -d '' path; do
    path=${path#"${from}"}
    make_way "${from}" "${to}" "${path%/*}"
    [[ ! -d ${to}${path} || -L ${to}${path} ]] || die 5 "${to}${path} is a directory, and a file in the archive"
    STAGED_FILES+=("${to}${path}")
    cp --archive --no-target-directory "${from}${path}" "${to}${path%/*}/.${path##*/}.tracker-restore" 2>"${ERRORS}" || fail 4 $? "${to}${path} cannot be written"
  done < <(find "${from}" -mindepth 1 ! -type d -print0)
  sync
  for path in "${STAGED_FILES[@]}"; do
    mv --no-target-directory "${path%/*}/.${path##*/}.tracker-restore" "${path}" 2>"${ERRORS}" || fail 4 $? "${path} cannot be replaced"
  done
  sync
}

# make_way FROM TO DIRECTORY: a directory that is missing comes back with the owner and the mode that it had.
make_way() {
  [[ -n $3 && ! -d $2$3 ]] || return 0
  make_way "$1" "$2" "${3%/*}"
  mkdir "$2$3" 2>"${ERRORS}" || fail 4 $? "$2$3 cannot be made"
  chown --reference="$1$3" "$2$3"
  chmod --reference="$1$3" "$2$3"
}

unstage_files() {
  local path
  for path in "${STAGED_FILES[@]}"; do rm -f "${path%/*}/.${path##*/}.tracker-restore"; done
}

# restore_configuration FILE [DIRECTORY]: in a process of its own.
restore_configuration() {
  check_archive "$1"
  unpack_archive "$1" "${WORK}/configuration"
  [[ -z ${DRY_RUN} ]] || return 0
  if [[ -z ${2:-} ]]; then
    (KIND=pre-restore archive_config) || die $? 'The present configuration cannot be saved: nothing was changed'
    prune_safety_copies "${BACKUP_DIRECTORY}/config" config
  fi
  trap unstage_files EXIT
  place_files "${WORK}/configuration" "${2:-}"
  log INFO "config: restored ${#STAGED_FILES[@]} files from ${1##*/}"
}
