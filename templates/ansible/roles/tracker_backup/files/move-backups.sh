#!/usr/bin/env bash
# move-backups.sh FROM TO: brings all backups from one directory to another one. At any time each file is whole in one of them,
# and a move that was interrupted is continued by the next.
set -euo pipefail

die() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

# backups DIRECTORY: companions before their file, which is a backup of nobody's without them.
backups() {
  # Not every engine has its folder, and the directory itself may be gone.
  (cd "$1" && find sqlite mysql postgresql config -type f ! -name '*.partial*' | sort --reverse) 2>/dev/null || :
}

# move FILE: a rename where that is possible.
move() {
  install -d -m 0700 -o 1000 -g 1000 "${TO}/${1%/*}"
  if [[ $(stat -c %d "${FROM}/${1%/*}") == $(stat -c %d "${TO}") ]]; then
    mv "${FROM}/$1" "${TO}/$1"
  else
    cp --archive "${FROM}/$1" "${TO}/$1.partial"
    sync "${TO}/$1.partial"
    mv "${TO}/$1.partial" "${TO}/$1"
    rm "${FROM:?}/$1"
  fi
}

main() {
  FROM=$1 TO=$2
  local files file there begun=$2/.moving-from
  files=$(backups "${FROM}")
  [[ -n ${files} ]] || return 0
  exec 9>>"${FROM}/.lock"
  flock --nonblock 9 || die 9 "A backup, restore or drill is running in ${FROM}: wait for its end"
  there=$(backups "${TO}")
  if [[ -n ${there} && $(cat "${begun}" 2>/dev/null) != "${FROM}" ]]; then
    die 2 "Both ${FROM} and ${TO} hold backups. Bring them together by hand, or move those of ${FROM} out of the way"
  fi
  install -d -m 0700 -o 1000 -g 1000 "${TO}"
  printf '%s\n' "${FROM}" >"${begun}"
  while read -r file; do
    move "${file}"
  done <<<"${files}"
  rm "${begun}"
  printf 'moved %s files from %s to %s\n' "$(wc -l <<<"${files}")" "${FROM}" "${TO}"
}

main "$@"
