#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154  # code for another program in single quotes; variables of helpers
# host/lib/installation.sh: what differs from what was installed, and who else starts backups.

bats_require_minimum_version 1.5.0
load helpers

# A host below ${ROOT} as the manifest says, and a systemd that only pretends: tools/on has its units that are on.
setup() {
  world
  export ROOT=${W}/root TRACKER_BACKUP_ROOT=${W}/root
  export TRACKER_BACKUP_ETC=${ROOT}/etc/tracker-backup PATH=${W}/tools:${PATH}
  mkdir -p "${ROOT}"/{etc/{cron.d,systemd/system},usr/local/{bin,share/tracker-backup/image},var/spool/cron/crontabs}
  mv "${W}/etc" "${TRACKER_BACKUP_ETC}"
  printf 'true\n' | place 0755 /usr/local/bin/maintenance-backup.sh
  printf 'true\n' | place 0644 /usr/local/share/tracker-backup/image/backup.sh
  printf '0 3 * * * root /usr/local/bin/maintenance-backup.sh\n' | place 0644 /etc/cron.d/tracker-backup
  local file
  for file in backup.conf databases paths; do place 0644 "/etc/tracker-backup/${file}" <"${TRACKER_BACKUP_ETC}/${file}"; done
  printf 'cron.service\n' >"${W}/on"
  tool systemctl '
case "$*" in
  list-*) grep "timer$" "'"${W}"'/on" ;;
  show\ --property=Unit\ *) for unit; do :; done; echo "${unit%timer}service" ;;
  show\ --property=ExecStart\ *) for unit; do :; done; cat "'"${ROOT}"'/etc/systemd/system/${unit}" ;;
  is-enabled*) grep -qx "$2" "'"${W}"'/on" && echo enabled || { echo disabled; exit 1; } ;;
  is-active*) grep -qx "$2" "'"${W}"'/on" && echo active || { echo inactive; exit 3; } ;;
esac'
}

# place MODE FILE: installs stdin, and writes it into the manifest.
place() {
  local file=${ROOT}$2 sum
  [[ ${file} -ef /dev/stdin ]] || cat >"${file}"
  chmod "$1" "${file}"
  sum=$(sha256sum "${file}")
  printf '%s %s %s\n' "$1" "${sum%% *}" "$2" >>"${TRACKER_BACKUP_ETC}/manifest"
}

# by_systemd: the same host with a timer.
by_systemd() {
  sed -i '/cron.d/d' "${TRACKER_BACKUP_ETC}/manifest"
  rm "${ROOT}/etc/cron.d/tracker-backup"
  sed -i '/backup.conf/d' "${TRACKER_BACKUP_ETC}/manifest"
  printf "SCHEDULER='systemd'\n" >>"${TRACKER_BACKUP_ETC}/backup.conf"
  place 0644 /etc/tracker-backup/backup.conf <"${TRACKER_BACKUP_ETC}/backup.conf"
  printf 'ExecStart=/usr/local/bin/maintenance-backup.sh\n' | place 0644 /etc/systemd/system/tracker-backup.service
  printf 'OnCalendar=3:00\n' | place 0644 /etc/systemd/system/tracker-backup.timer
  printf 'tracker-backup.timer\n' >"${W}/on"
}

# verify EXIT_CODE [LINE]...: these lines, and no other.
verify() {
  local code=$1
  shift
  maintenance --verify-install
  [[ ${status} -eq ${code} ]] || return 1
  (($# == 0)) || [[ $(sort <<<"${output}") == "$(printf '%s\n' "$@" | sort)" ]]
}

@test "a host that is as it was installed" {
  verify 0 'As installed: 6 files, started by cron'
  by_systemd
  verify 0 'As installed: 7 files, started by systemd'
}

@test "every difference of files is told, a line each" {
  printf '#\n' >>"${ROOT}/usr/local/bin/maintenance-backup.sh"
  chmod 0777 "${ROOT}/etc/tracker-backup/paths"
  chown 1000 "${ROOT}/etc/tracker-backup/databases"
  rm "${ROOT}/usr/local/share/tracker-backup/image/backup.sh"
  : >"${ROOT}/usr/local/share/tracker-backup/image/.hidden"
  mkdir "${ROOT}/etc/systemd/system/tracker-backup.service.d"
  : >"${ROOT}/etc/systemd/system/tracker-backup.service.d/override.conf"
  verify 5 'edited: /usr/local/bin/maintenance-backup.sh' \
    'mode or owner: /etc/tracker-backup/paths is 0777 root, not 0644 root' \
    "mode or owner: /etc/tracker-backup/databases is 0644 $(id -un 1000 2>/dev/null || echo UNKNOWN), not 0644 root" \
    'missing: /usr/local/share/tracker-backup/image/backup.sh' \
    'extra: /usr/local/share/tracker-backup/image/.hidden' \
    'extra: /etc/systemd/system/tracker-backup.service.d/override.conf'
}

@test "a link in the place of a file is a missing file" {
  mv "${ROOT}/etc/tracker-backup/paths" "${W}/paths"
  ln -s "${W}/paths" "${ROOT}/etc/tracker-backup/paths"
  verify 5 'missing: /etc/tracker-backup/paths'
}

@test "another line of cron is a second scheduler, wherever it is" {
  printf '# 1 3 * * * root maintenance-backup.sh\n0 4 * * * root maintenance-backup.sh\n' >"${ROOT}/etc/crontab"
  printf '0 5 * * * /usr/local/bin/maintenance-backup.sh --json\n' >"${ROOT}/var/spool/cron/crontabs/root"
  printf '0 6 * * * root maintenance-backup.sh\n' | tee "${ROOT}/etc/cron.d/other" >"${ROOT}/etc/cron.d/tracker-backup.dpkg-old"
  verify 2 'second scheduler: /etc/crontab:2:0 4 * * * root maintenance-backup.sh' \
    'second scheduler: /var/spool/cron/crontabs/root:1:0 5 * * * /usr/local/bin/maintenance-backup.sh --json' \
    'second scheduler: /etc/cron.d/other:1:0 6 * * * root maintenance-backup.sh'
}

@test "a timer beside cron is a second scheduler, by whatever name" {
  printf 'ExecStart=/usr/local/bin/maintenance-backup.sh\n' >"${ROOT}/etc/systemd/system/nightly.service"
  printf 'ExecStart=/bin/true\n' >"${ROOT}/etc/systemd/system/innocent.service"
  printf 'nightly.timer\ninnocent.timer\n' >>"${W}/on"
  verify 2 'second scheduler: nightly.timer'
}

@test "the deployer's cron file beside a timer is a second scheduler" {
  by_systemd
  printf '0 3 * * * root cd /opt/torrust && /usr/local/bin/maintenance-backup.sh\n' >"${ROOT}/etc/cron.d/tracker-backup"
  verify 2 'second scheduler: /etc/cron.d/tracker-backup:1:0 3 * * * root cd /opt/torrust && /usr/local/bin/maintenance-backup.sh'
}

@test "a scheduler that is off is told" {
  : >"${W}/on"
  verify 2 'nothing is scheduled: cron.service is disabled inactive'
  by_systemd
  : >"${W}/on"
  verify 2 'nothing is scheduled: tracker-backup.timer is disabled inactive'
}

@test "where nothing is to be scheduled, no scheduler is missed" {
  sed -i -e '/cron.d/d' -e '/backup.conf/d' "${TRACKER_BACKUP_ETC}/manifest"
  rm "${ROOT}/etc/cron.d/tracker-backup"
  printf "SCHEDULE_ENABLED='false'\n" >>"${TRACKER_BACKUP_ETC}/backup.conf"
  place 0644 /etc/tracker-backup/backup.conf <"${TRACKER_BACKUP_ETC}/backup.conf"
  : >"${W}/on"
  verify 0
}

@test "files and schedulers are told together, and files give the exit code" {
  printf '#\n' >>"${ROOT}/usr/local/bin/maintenance-backup.sh"
  : >"${W}/on"
  verify 5 'edited: /usr/local/bin/maintenance-backup.sh' 'nothing is scheduled: cron.service is disabled inactive'
}

@test "without a manifest there is nothing to hold against" {
  rm "${TRACKER_BACKUP_ETC}/manifest"
  verify 2
  [[ ${output} == *'Settings cannot be read: '*/manifest ]]
}
