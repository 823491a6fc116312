# shellcheck shell=bash
# The host is gone: what is left is the rendered tree and a copy of the backups. The commands are the runbook's own.

# runbook_block HEADING: the first block of commands below it.
runbook_block() {
  local block
  block=$(awk -v heading="### $1" '$0 == heading { here = 1 } here && /^```$/ { exit } here && block { print } here && /^```sh$/ { block = 1 }' "${E2E_WORK}/rendered/README.md")
  [[ -n ${block} ]] || fail "the runbook has no commands below '$1'"
  printf '%s\n' "${block}"
}

# lost_host IMAGE... : a stack under load is backed up, destroyed, and brought back on a host that has just these images.
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
  host_sh '[[ -e /etc/cron.d/tracker-backup && $(stat -c "%a %u" /opt/torrust/.env) == "640 1000" ]]' || fail "schedule or .env is not as it was"
}

case_lost_host_sqlite() {
  stack_up sqlite WAL
  lost_host "${IMAGE_TRACKER}"
}

case_lost_host_mysql() {
  stack_up mysql
  lost_host "${IMAGE_TRACKER}" "${IMAGE_MYSQL}"
}

case_lost_host_postgresql() {
  stack_up postgresql
  lost_host "${IMAGE_TRACKER}" "${IMAGE_POSTGRES}"
}
