#!/usr/bin/env bash
# Brings a lost host back, on a bare one: configuration, databases, stack and schedule, from this directory and a copy of the backups.
set -euo pipefail

TREE=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")

usage() {
  cat <<'TEXT'
As root, on a fresh Debian or Ubuntu host, in the directory that trackgen has rendered for this environment:

restore/recover.sh DIRECTORY              from the newest good backups below DIRECTORY
restore/recover.sh DIRECTORY --at TIME    from the newest good backups that are not after TIME (UTC)

--host NAME, before all else, says which host it is, in the directory of a fleet.

Exit codes: 0 ok, 1 a command failed (its words are above), 2 usage, or this is no bare host; else those of tracker-restore.
TEXT
  exit "${1:-0}"
}

# rendered PATH: of a fleet's tree, what differs between hosts has a directory for each.
rendered() { if [[ -e ${TREE}/hosts/${NAME}/$1 ]]; then printf '%s' "${TREE}/hosts/${NAME}/$1"; else printf '%s' "${TREE}/$1"; fi; }

# installation KIND: the rest of its lines.
installation() { sed -n "s/^$1 //p" "$(rendered restore/installation)"; }

check_ground() {
  ((EUID == 0)) || die 2 'Only root can do this'
  [[ -d ${SOURCE}/config ]] || die 2 "${SOURCE} holds no backups: it has no directory config"
  # What an earlier call has begun, this one goes on with.
  [[ ! -e ${DEPLOY_DIR:?}/docker-compose.yml || -e ${BEGUN} ]] || die 2 "There is a stack in ${DEPLOY_DIR}, and recovery is for a bare host: use tracker-restore"
}

install_packages() {
  local package missing=()
  while read -r package; do
    # What dpkg has never heard of is an error to it, and missing to us.
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "${package}" 2>/dev/null) == installed ]] || missing+=("${package}")
  done < <(installation package)
  # Docker's own packages or Debian's: whichever are there.
  docker compose version &>/dev/null || missing+=(docker.io docker-compose)
  ((${#missing[@]} > 0)) || return 0
  log INFO "Installing ${missing[*]}"
  apt-get update --quiet
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
}

# install_files: all of them but the schedule, which waits until there is something to back up.
install_files() {
  local mode target source
  while read -r mode target source; do
    install -D -m "${mode}" "$(rendered "${source}")" "${target}"
  done < <(installation file)
  [[ -e /var/log/tracker-backup.log ]] || install -m 0640 -g adm /dev/null /var/log/tracker-backup.log
  systemctl daemon-reload
  systemctl enable --quiet tracker-backup-recover.service
}

bring_backups() {
  install -d -m 0700 -o 1000 -g 1000 "${BACKUP_DIRECTORY:?}"
  if [[ ! ${SOURCE} -ef ${BACKUP_DIRECTORY} ]]; then
    log INFO "Copying the backups from ${SOURCE} to ${BACKUP_DIRECTORY}"
    cp --archive --no-clobber "${SOURCE}/." "${BACKUP_DIRECTORY}/"
  fi
  chown --recursive 1000:1000 "${BACKUP_DIRECTORY}"
}

# Servers first, each with the service of its engine's name; a file needs its directory.
restore_databases() {
  local name engine path services
  services=$(docker compose config --services)
  while read -r -u 8 name engine _ path _; do
    if [[ ${engine} == sqlite3 ]]; then
      install -d -o 1000 -g 1000 "${path%/*}"
    elif grep -qx "${engine}" <<<"${services}"; then
      log INFO "Starting ${engine}"
      docker compose up --detach --wait "${engine}"
    fi
    tracker-restore "${WHICH[@]}" --database "${name}" --yes
  done 8< <(settings_lines databases)
}

# unschedule: removes the files of schedulers that stdin names.
unschedule() {
  local target
  while read -r target; do
    [[ ${target} != *.timer || ! -e ${target} ]] || systemctl disable --quiet --now "${target##*/}"
    rm -f "${target}"
  done
}

install_schedule() {
  local mode target source timers=()
  # What another scheduler has left; the archive of the configuration may have brought it.
  unschedule < <(installation absent)
  while read -r mode target source; do
    install -D -m "${mode}" "$(rendered "${source}")" "${target}"
    [[ ${target} != *.timer ]] || timers+=("${target##*/}")
  done < <(installation schedule)
  systemctl daemon-reload
  ((${#timers[@]} == 0)) || systemctl enable --quiet --now "${timers[@]}"
}

main() {
  local started=${SECONDS} archive limit=99999999_999999
  NAME=''
  if [[ ${1:-} == --host ]]; then
    NAME=${2:-}
    shift $(($# > 1 ? 2 : 1))
  fi
  [[ ${1:-} != --help && ${1:-} != -h ]] || usage
  [[ $# -eq 1 || ($# -eq 3 && $2 == --at) ]] || usage 2 >&2
  # shellcheck source=../image/lib/common.sh
  source "${TREE}/image/lib/common.sh"
  # What is installed here is not as private as a backup.
  umask 022
  TRACKER_BACKUP_ETC=$(dirname "$(rendered host/backup.conf)")
  load_settings
  # shellcheck source=../image/lib/store.sh
  source "${TREE}/image/lib/store.sh"
  # shellcheck source=../image/lib/retention.sh
  source "${TREE}/image/lib/retention.sh"
  SOURCE=$(readlink -f "$1") WHICH=(--latest) BEGUN=${STATE_DIRECTORY:?}/recovering
  if (($# == 3)); then
    limit=$(run_id_of "$3")
    WHICH=(--at "$3")
  fi
  check_ground
  install -D -m 0644 /dev/null "${BEGUN}"
  install_packages
  install_files
  bring_backups
  mkdir -p "${DEPLOY_DIR}"
  archive=$(newest_good "${BACKUP_DIRECTORY}/config" config "${limit}")
  if [[ -z ${archive} ]]; then
    # Better than nothing, and its run has said what it lacks. None of these either is grep's error.
    archive=$(grep -ls '^  "verdict": "incomplete"' "${BACKUP_DIRECTORY}"/config/config_*.meta | tail -n 1) || :
    archive=${archive%.meta}
    log WARNING "There is no complete configuration archive: ${archive:-and no other one} is taken"
  fi
  [[ -n ${archive} ]] || die 2 "There is no configuration archive in ${BACKUP_DIRECTORY}/config, or none so old"
  tracker-restore "${archive}" --yes
  # The archive has brought the schedule, and a backup now would be in the way.
  unschedule < <(installation schedule | cut -d ' ' -f 2)
  # What is rendered today counts, not what was installed when the backup was made.
  install_files
  cd "${DEPLOY_DIR}"
  restore_databases
  log INFO 'Starting the stack'
  docker compose up --detach --wait
  install_schedule
  rm "${BEGUN}"
  log INFO 'The first backup of the new host'
  maintenance-backup.sh
  log INFO "The host is back after $((SECONDS - started)) s"
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
