# shellcheck shell=bash
# The storage is gone, or the whole host, of which the rendered tree and a copy of the backups are left. The commands are the runbook's own.

# Where the runbook is, below the rendered tree.
RUNBOOK_AT=.

# runbook_block HEADING: the first block of commands below it.
runbook_block() {
  local block
  block=$(awk -v heading="### $1" '$0 == heading { here = 1 } here && /^```$/ { exit } here && block { print } here && /^```sh$/ { block = 1 }' "${E2E_WORK}/rendered/${RUNBOOK_AT}/README.md")
  [[ -n ${block} ]] || fail "the runbook has no commands below '$1'"
  printf '%s\n' "${block}"
}

# A backup under load. Sets ACKNOWLEDGED, the last write that the tracker had acknowledged when it began.
acknowledged_backup() {
  local started
  backup_install '{}'
  probe_start
  started=${EPOCHREALTIME}
  expect_exit 0 backup_run
  probe_stop
  ACKNOWLEDGED=$(probe_acknowledged "${started}")
}

# follow HEADING: what the runbook says there, on the host.
follow() {
  local started=${EPOCHREALTIME}
  runbook_block "$1" | sed 's#BACKUPS#/root/rescued#' | host_sh 'cd "$1" && bash -euxo pipefail /dev/stdin' "${RENDERED}/${RUNBOOK_AT}"
  stack_wait
  note "back after $(awk -v a="${started}" -v b="${EPOCHREALTIME}" 'BEGIN { printf "%.1f", b - a }') s"
}

# Nothing acknowledged is missing, and the nights go on.
expect_back() {
  local state
  state=$(stack_live_check) || fail "the database that came back is ${state}"
  expect_less "last write acknowledged before the backup" "$((ACKNOWLEDGED - 1))" "$(jq .seq <<<"${state}")"
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

# lost_storage: all of it but the backups, under the running stack.
lost_storage() {
  acknowledged_backup
  host_sh 'cd "$1/storage" && find . -mindepth 1 -maxdepth 1 ! -name backup -exec rm -rf {} +' "${DEPLOY_DIR}"
  follow 'The storage directory is gone'
  expect_back
}

# lost_host IMAGE... : a stack is backed up, destroyed, and brought back on a host that has just these images. With LOST_HOST_CHANGE,
# a filter of jq, the tree was rendered anew meanwhile; with LOST_HOST_FLEET, it is a fleet's with these environments besides; with
# LOST_HOST_FIRST, commands that come before.
LOST_HOST_FLEET=()
lost_host() {
  acknowledged_backup
  mkdir -p "${E2E_WORK}/rescued"
  host_sh 'tar -C "$1" -c .' "${BACKUPS}" | tar -C "${E2E_WORK}/rescued" -x
  host_down
  jq "${LOST_HOST_CHANGE:-.}" "${E2E_WORK}/environment.json" >"${E2E_WORK}/changed.json"
  rm -r "${E2E_WORK}/rendered"
  "${TRACKGEN:?}" render "${E2E_WORK}/changed.json" "${LOST_HOST_FLEET[@]}" --out "${E2E_WORK}/rendered"

  host_boot "${LANE:?}"
  host_images "$@" "${BASE_IMAGE:?}"
  host_put "${E2E_WORK}/rendered" "${RENDERED}"
  host_put "${E2E_WORK}/rescued" /root/rescued
  [[ -z ${LOST_HOST_FIRST:-} ]] || host_sh 'cd "$1" && eval "$2"' "${RENDERED}/${RUNBOOK_AT}" "${LOST_HOST_FIRST}"
  follow 'A lost host'
  expect_back
  host_sh '[[ $(stat -c "%a %u" /opt/torrust/.env) == "640 1000" ]]' || fail ".env is not as it was"
  host_sh 'systemctl enable --quiet --now cron; maintenance-backup.sh --verify-install' || fail "the installation is not what it should be"
}

case_lost_storage_sqlite() {
  stack_up sqlite WAL
  lost_storage
}

case_lost_storage_mysql() {
  stack_up mysql
  lost_storage
}

case_lost_storage_postgresql() {
  stack_up postgresql
  lost_storage
}

case_lost_host_sqlite() {
  stack_up sqlite WAL
  lost_host "${IMAGE_TRACKER}"
}

# A copy of the backups that lacks the database ends the recovery in the middle, and nothing may be started by then; the whole copy
# ends it.
case_lost_host_at_the_second_try() {
  stack_up sqlite WAL
  LOST_HOST_FIRST='mv /root/rescued/sqlite /root; if restore/recover.sh /root/rescued; then exit 1; fi; mv /root/sqlite /root/rescued
    [[ -e /opt/torrust/docker-compose.yml && -z $(docker ps --quiet) && ! -e /etc/cron.d/tracker-backup ]]'
  lost_host "${IMAGE_TRACKER}"
}

# The archive of the configuration brings the old schedule, which must go.
case_lost_host_other_scheduler() {
  stack_up sqlite WAL
  LOST_HOST_CHANGE='.backup.scheduler = "systemd"' lost_host "${IMAGE_TRACKER}"
}

case_lost_host_of_a_fleet() {
  stack_up sqlite WAL
  jq '.environment.name = "another"' "${E2E}/stack/environment.json" | jq --slurpfile database "${E2E}/stack/mysql/database.json" \
    '.tracker.core.database = $database[0]' >"${E2E_WORK}/another.json"
  LOST_HOST_FLEET=("${E2E_WORK}/another.json") RUNBOOK_AT=hosts/e2e-sqlite
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
