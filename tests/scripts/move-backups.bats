#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154  # code for another shell in single quotes; variables of bats
# What the role does with the backups when their directory changes: none is ever lost, and none hidden among another's.

bats_require_minimum_version 1.5.0

MOVE=${BATS_TEST_DIRNAME}/../../templates/ansible/roles/tracker_backup/files/move-backups.sh

setup() {
  FROM=${BATS_TEST_TMPDIR}/from TO=${BATS_TEST_TMPDIR}/to
  mkdir -p "${FROM}"/{sqlite,config,etc}
  touch "${FROM}"/sqlite/sqlite_20260101_030000.db.gz{,.meta,.sha256} "${FROM}/config/config_20260101_030000.tar.gz"
  touch "${FROM}/sqlite/sqlite_20260102_030000.db.gz.partial" "${FROM}/etc/backup.conf"
  ALL=$(files "${FROM}")
}

teardown() { rm -rf "${OTHER:-}"; }

# files DIRECTORY: that belong to a backup.
files() { (cd "$1" && find sqlite config -type f ! -name '*.partial' | sort); }

@test "every file of a backup is in the new directory, and nothing else is" {
  run -0 "${MOVE}" "${FROM}" "${TO}"
  [[ ${output} == "moved 4 files from ${FROM} to ${TO}" ]]
  [[ $(files "${TO}") == "${ALL}" ]]
  [[ -z $(files "${FROM}") ]]
  [[ -e ${FROM}/etc/backup.conf && ! -e ${TO}/etc ]]
  [[ $(stat -c '%a %u' "${TO}" "${TO}/sqlite") == $'700 1000\n700 1000' ]]
}

@test "the second time, and without a former directory, there is nothing to do and nothing to say" {
  "${MOVE}" "${FROM}" "${TO}"
  run -0 "${MOVE}" "${FROM}" "${TO}"
  [[ -z ${output} ]]
  run -0 "${MOVE}" "${BATS_TEST_TMPDIR}/none" "${TO}"
  [[ -z ${output} ]]
}

@test "backups are not mixed with those of another directory" {
  mkdir -p "${TO}/sqlite"
  touch "${TO}/sqlite/sqlite_20250101_030000.db.gz"
  run -2 "${MOVE}" "${FROM}" "${TO}"
  [[ ${output} == *"Both ${FROM} and ${TO} hold backups"* ]]
  [[ $(files "${FROM}") == "${ALL}" ]]
}

@test "a move that was interrupted is continued" {
  mkdir "${BATS_TEST_TMPDIR}/bin"
  # Fails at the second file.
  printf '#!/bin/bash\n[[ $1 != *.meta ]] && exec /bin/mv "$@"\nexit 1\n' >"${BATS_TEST_TMPDIR}/bin/mv"
  chmod +x "${BATS_TEST_TMPDIR}/bin/mv"
  PATH=${BATS_TEST_TMPDIR}/bin:${PATH} run -1 "${MOVE}" "${FROM}" "${TO}"
  [[ -e ${TO}/sqlite/sqlite_20260101_030000.db.gz.sha256 && -e ${FROM}/sqlite/sqlite_20260101_030000.db.gz ]]
  run -0 "${MOVE}" "${FROM}" "${TO}"
  [[ $(files "${TO}") == "${ALL}" && ! -e ${TO}/.moving-from ]]
}

@test "another file system gets whole files" {
  OTHER=$(mktemp -d /dev/shm/move-backups.XXXXXX)
  [[ $(stat -c %d "${OTHER}") != $(stat -c %d "${FROM}") ]]
  echo bytes >"${FROM}/sqlite/sqlite_20260101_030000.db.gz"
  run -0 "${MOVE}" "${FROM}" "${OTHER}"
  [[ $(files "${OTHER}") == "${ALL}" && $(<"${OTHER}/sqlite/sqlite_20260101_030000.db.gz") == bytes ]]
  [[ -z $(files "${FROM}") ]]
}

@test "nothing is moved under a run" {
  flock "${FROM}/.lock" sleep 5 3>&- &
  sleep 0.3
  run -9 "${MOVE}" "${FROM}" "${TO}"
  [[ ${output} == *'is running'* && $(files "${FROM}") == "${ALL}" ]]
  kill $!
}
