#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# maintenance-backup.sh where the disk of the backups fails it, and where it is only asked something.

bats_require_minimum_version 1.5.0
load helpers

setup() { tracker_world; }

teardown() { ! mountpoint --quiet "${W}/disk" || umount "${W}/disk"; }

# disk: a small file system of its own for the backups.
disk() {
  setting BACKUP_DIRECTORY "${W}/disk/backups"
  setting BACKUPS "${W}/disk/backups"
  mkdir "${W}/disk"
  mount -t tmpfs -o size=64m none "${W}/disk"
}

fill_disk() { dd if=/dev/zero of="${W}/disk/fill$1" bs=4k 2>/dev/null || :; }

left_stopped() {
  echo 'maintenance-window tracker-id 20260204_030000' >"${W}/state/held"
  echo exited >"${W}/tracker"
}

@test "a tracker that was left stopped comes back, whatever the disk of the backups is like" {
  disk
  maintenance
  [[ ${status} -eq 0 ]]
  fill_disk 1
  : >"${W}/disk/backups/.lock"
  fill_disk 2
  left_stopped
  maintenance --recover
  [[ ${status} -eq 0 && $(tracker) == running ]]
  rm "${W}"/disk/fill*
  mount -o remount,ro "${W}/disk"
  left_stopped
  maintenance --recover
  [[ ${status} -eq 2 && ${output} == *'Read-only file system'* && $(tracker) == running ]]
  left_stopped
  maintenance
  [[ ${status} -ne 0 && $(tracker) == running ]]
  umount "${W}/disk"
  left_stopped
  maintenance --recover
  [[ ${status} -eq 2 && ${output} == *'is its disk mounted'* && $(tracker) == running ]]
  setting BACKUP_DIRECTORY /proc/nothing
  left_stopped
  maintenance --recover
  [[ ${status} -eq 2 && ${output} == */proc/nothing* && $(tracker) == running ]]
}

@test "a run on a read-only disk says so, in the status as well" {
  disk
  maintenance
  mount -o remount,ro "${W}/disk"
  maintenance
  [[ ${status} -gt 1 && ${output} == *ERROR*'Read-only file system'* ]]
  local code=${status}
  maintenance --status
  [[ ${output} == *"exit code ${code}"* ]]
}

@test "a disk that is not mounted is no place for backups" {
  disk
  maintenance
  umount "${W}/disk"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'is its disk mounted'*'Backup failed (exit code 2)' && ! -e ${W}/disk/backups ]]
  maintenance --status
  [[ ${output} == *'exit code 2'* ]]
  maintenance --dry-run
  [[ ${status} -eq 2 ]]
  # A directory that moved with its backups, and one whose backups were given up.
  mkdir -p "${W}/disk/backups/config"
  : >"${W}/disk/backups/config/config_20260101_000000.tar.gz.meta"
  maintenance
  [[ ${status} -eq 0 ]]
  rm -r "${W}/disk/backups" "${W}/state/status.json"
  maintenance
  [[ ${status} -eq 0 ]]
}

@test "an unfinished restore on a disk that is not mounted is not taken for finished" {
  disk
  maintenance
  umount "${W}/disk"
  left_stopped
  echo 'swapping tracker 20260204_030000 - -' >"${W}/state/restore"
  maintenance --recover
  [[ ${status} -eq 8 && $(tracker) == exited && -s ${W}/state/restore ]]
}

@test "what only looks never begins a run, whatever fails" {
  maintenance
  : >"${W}/docker.log"
  echo '{"environment": "pro' >"${W}/state/status.json"
  maintenance --status
  [[ ${status} -eq 2 && ${output} == *'is damaged'* && ! -s ${W}/docker.log ]]
  local word
  for word in --status --list --help --verify-install; do
    run bash -c '"$1" "$2" >/dev/full' - "${HOST}/maintenance-backup.sh" "${word}"
    [[ ${status} -ne 0 && ! -s ${W}/docker.log ]]
  done
  run bash -c '"$1" --frobnicate 2>/dev/full' - "${HOST}/maintenance-backup.sh"
  [[ ${status} -ne 0 && ! -s ${W}/docker.log ]]
  printf '{"time": "2026-11-' >"${W}/state/drills.jsonl"
  setting DRILL_TIMEOUT_SECONDS 60
  run "${HOST}/../restore/tracker-drill" --list
  [[ ! -s ${W}/docker.log ]]
}
