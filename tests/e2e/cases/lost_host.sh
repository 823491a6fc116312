# shellcheck shell=bash
# The host is gone: what is left is the rendered tree and a copy of the backups. The commands are the runbook's own.

# runbook_block HEADING: the first block of commands below it.
runbook_block() {
  local block
  block=$(awk -v heading="### $1" '$0 == heading { here = 1 } here && /^```$/ { exit } here && block { print } here && /^```sh$/ { block = 1 }' "${E2E_WORK}/rendered/README.md")
  [[ -n ${block} ]] || fail "the runbook has no commands below '$1'"
  printf '%s\n' "${block}"
}

# lost_host IMAGE... : a stack under load is backed up, destroyed, and brought back on a host that has just these images. With
# LOST_HOST_CHANGE, a filter of jq, the tree was rendered anew meanwhile.
lost_host() {
  local started acknowledged state
  backup_install '{}'
  probe_start
  started=${EPOCHREALTIME}
  expect_exit 0 backup_run
  probe_stop
  acknowledged=$(probe_acknowledged "${started}")
  mkdir -p "${E2E_WORK}/rescued"
  host_sh 'tar -C "$1" -c .' "${BACKUPS}" | tar -C "${E2E_WORK}/rescued" -x
  host_down
  jq "${LOST_HOST_CHANGE:-.}" "${E2E_WORK}/environment.json" >"${E2E_WORK}/changed.json"
  "${TRACKGEN:?}" render "${E2E_WORK}/changed.json" --out "${E2E_WORK}/rendered"

  host_boot "${LANE:?}"
  host_images "$@" "${BASE_IMAGE:?}"
  host_put "${E2E_WORK}/rendered" "${RENDERED}"
  host_put "${E2E_WORK}/rescued" /root/rescued
  started=${EPOCHREALTIME}
  runbook_block 'A lost host' | sed 's#BACKUPS#/root/rescued#' | host_sh 'cd "$1" && bash -euxo pipefail /dev/stdin' "${RENDERED}"
  note "back after $(awk -v a="${started}" -v b="${EPOCHREALTIME}" 'BEGIN { printf "%.1f", b - a }') s"
  stack_wait
  state=$(stack_live_check) || fail "the database that came back is ${state}"
  expect_less "last write acknowledged before the backup" "$((acknowledged - 1))" "$(jq .seq <<<"${state}")"
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)"
  host_sh '[[ $(stat -c "%a %u" /opt/torrust/.env) == "640 1000" ]]' || fail ".env is not as it was"
  host_sh 'systemctl enable --quiet --now cron; maintenance-backup.sh --verify-install' || fail "the installation is not what it should be"
}

case_lost_host_sqlite() {
  stack_up sqlite WAL
  lost_host "${IMAGE_TRACKER}"
}

# The archive of the configuration brings the old schedule, which must go.
case_lost_host_other_scheduler() {
  stack_up sqlite WAL
  LOST_HOST_CHANGE='.backup.scheduler = "systemd"' lost_host "${IMAGE_TRACKER}"
}

case_lost_host_mysql() {
  stack_up mysql
  lost_host "${IMAGE_TRACKER}" "${IMAGE_MYSQL}"
}

case_lost_host_postgresql() {
  stack_up postgresql
  lost_host "${IMAGE_TRACKER}" "${IMAGE_POSTGRES}"
}
