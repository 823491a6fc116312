# shellcheck shell=bash
# Holds the host against what was installed: the files of the manifest, and who starts a backup.
: "${WORK:?}" "${SCHEDULER:?}" "${SCHEDULE_ENABLED:?}"

ROOT=${TRACKER_BACKUP_ROOT:-}
UNITS=${ROOT}/etc/systemd/system

# is_installed FILE: whether the manifest has it.
is_installed() { grep -Fqx -- "${1#"${ROOT}"}" "${WORK}/installed"; }

differing_files() {
  local mode sum file found
  while read -r mode sum file; do
    if [[ ! -f ${ROOT}${file} || -L ${ROOT}${file} ]]; then
      printf 'missing: %s\n' "${file}"
      continue
    fi
    found=$(sha256sum "${ROOT}${file}")
    [[ ${found%% *} == "${sum}" ]] || printf 'edited: %s\n' "${file}"
    found=$(stat -c '%04a %U' "${ROOT}${file}")
    [[ ${found} == "${mode} root" ]] || printf 'mode or owner: %s is %s, not %s root\n' "${file}" "${found}" "${mode}"
  done <"${WORK}/manifest"
}

# In the directories that are ours alone, and among the units, drop-ins included.
extra_files() {
  local file
  while read -r file; do
    is_installed "${file}" || [[ ${file} == */manifest ]] || printf 'extra: %s\n' "${file#"${ROOT}"}"
  done < <(find "${ROOT}/etc/tracker-backup" "${ROOT}/usr/local/share/tracker-backup" "${UNITS}"/tracker-{backup,drill}* ! -type d 2>/dev/null)
}

# In whatever cron reads: in cron.d no name with a dot or a tilde, for one.
cron_lines() {
  find -L "${ROOT}"/etc/{anacron,cron}* "${ROOT}/var/spool/cron" -type f ! -regex '.*/cron\.d/.*[^A-Za-z0-9_-].*' \
    -exec grep -HnE '^[^#]*maintenance-backup[.]sh' {} + 2>/dev/null || :
}

# Timers that are on, or will be after a boot, and start a backup.
timers() {
  local timer service
  while read -r timer _; do
    service=$(systemctl show --property=Unit --value "${timer}" 2>/dev/null) || continue
    [[ $(systemctl show --property=ExecStart "${service}") != *maintenance-backup.sh* ]] || printf '%s\n' "${timer}"
  done < <({
    systemctl list-units --type=timer --state=active --plain --no-legend
    systemctl list-unit-files --type=timer --state=enabled --no-legend
  } | sort -u -k 1,1)
}

other_schedulers() {
  local line timer
  while read -r line; do
    is_installed "${line%%:*}" || printf 'second scheduler: %s\n' "${line#"${ROOT}"}"
  done < <(cron_lines)
  while read -r timer; do
    is_installed "/etc/systemd/system/${timer}" || printf 'second scheduler: %s\n' "${timer}"
  done < <(timers)
}

# What was installed to start backups, and does not.
idle_schedulers() {
  local unit state wanted=()
  if [[ ${SCHEDULER} == systemd ]]; then
    mapfile -t wanted < <(sed -n 's|^/etc/systemd/system/\(.*[.]timer\)$|\1|p' "${WORK}/installed")
  elif [[ ${SCHEDULE_ENABLED} == true ]]; then
    wanted=(cron.service)
  fi
  for unit in "${wanted[@]}"; do
    # Their exit codes say the same as their words.
    state="$(systemctl is-enabled "${unit}" 2>&1) $(systemctl is-active "${unit}")" || :
    [[ ${state} == 'enabled active' ]] || printf 'nothing is scheduled: %s is %s\n' "${unit}" "${state}"
  done
}

verify_install() {
  local files schedulers
  settings_lines manifest >"${WORK}/manifest"
  cut -d ' ' -f 3 "${WORK}/manifest" >"${WORK}/installed"
  files=$(differing_files && extra_files)
  schedulers=$(other_schedulers && idle_schedulers)
  [[ -z ${files} ]] || printf '%s\n' "${files}"
  [[ -z ${schedulers} ]] || printf '%s\n' "${schedulers}"
  [[ -z ${files} ]] || return 5
  [[ -z ${schedulers} ]] || return 2
  printf 'As installed: %d files, started by %s\n' "$(wc -l <"${WORK}/manifest")" "${SCHEDULER}"
}
