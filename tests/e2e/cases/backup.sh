# shellcheck shell=bash
# A backup of each engine under load: complete, restorable, and the tracker untouched as far as its strategy promises.

# backup_under_load ENGINE JOURNAL_MODE JSON STRATEGY: the whole round; sets META to what was written down about it.
backup_under_load() {
  stack_up "$1" "$2"
  backup_install "$3"
  probe_start
  local before started ended acknowledged backup
  before=$(stack_tracker)
  started=${EPOCHREALTIME}
  expect_exit 0 backup_run
  ended=${EPOCHREALTIME}
  probe_stop
  acknowledged=$(probe_acknowledged "${started}")

  expect_backups_sound
  backup=$(backup_newest)
  META=$(host_sh 'cat "$1.meta"' "${backup}")
  expect_equal "strategy in the metadata" "$(jq -r .strategy <<<"${META}")" "$4"
  expect_restorable "${backup}" "${acknowledged}"
  expect_no_secret_in "$(backup_log)" "${META}"
  expect_archived "${DEPLOY_DIR}/.env" "${DEPLOY_DIR}/docker-compose.yml" "${DEPLOY_DIR}/docker-compose.override.yml" \
    "${DEPLOY_DIR}/storage/tracker/etc/tracker.toml" /etc/tracker-backup/backup.conf /etc/cron.d/tracker-backup

  stack_live_check >/dev/null || fail "the live database is no longer sound"
  [[ $4 == maintenance-window ]] || expect_equal "tracker" "$(stack_tracker)" "${before}"
  note "$(awk -v a="${started}" -v b="${ended}" 'BEGIN { printf "run %.1f s", b - a }')," \
    "longest gap in reads $(probe_gap read "${started}" "${ended}") s, in writes $(probe_gap write "${started}" "${ended}") s"
}

# Nobody was refused anything while it ran.
expect_nothing_refused() {
  expect_equal "announces refused" "$(probe_failures read)" 0
  expect_equal "writes refused" "$(probe_failures write)" 0
}

case_sqlite_rollback() {
  backup_under_load sqlite "" '{}' locked-copy
  expect_nothing_refused
}

case_sqlite_wal() {
  backup_under_load sqlite WAL '{}' online
  expect_nothing_refused
}

case_mysql() {
  backup_under_load mysql "" '{}' online
  expect_nothing_refused
}

case_postgresql() {
  backup_under_load postgresql "" '{}' online
  expect_nothing_refused
}

# A dump without its owner does not restore on a bare server, so the roles are a backup like any other.
case_postgresql_roles_are_verified() {
  stack_up postgresql
  backup_install '{}'
  expect_exit 0 backup_run
  host_sh 'cd "$1/postgresql" && roles=$(ls *.roles.sql) && grep -h -F "$roles" ./*.sha256 | sha256sum -c' "${BACKUPS}" \
    || fail "no checksum covers the file of roles"
}

# The state that pausing leaves is that of a power cut, so the copy's journal is replayed before it counts.
case_sqlite_pause() {
  backup_under_load sqlite "" '{"backup": {"strategy": "pause"}}' pause
  expect_nothing_refused
}

case_sqlite_maintenance_window() {
  backup_under_load sqlite "" '{"backup": {"strategy": "maintenance-window"}}' maintenance-window
  expect_equal "tracker" "$(stack_tracker '{{.State.Status}}')" running
}

case_zstd_and_exclude_tables() {
  stack_up sqlite WAL
  backup_install '{"backup": {"compression": {"algorithm": "zstd"}, "exclude_tables": ["whitelist"]}}'
  expect_exit 0 backup_run
  expect_backups_sound
  local backup state
  backup=$(backup_newest)
  [[ ${backup} == *.db.zst ]] || fail "${backup} is not compressed with zstd"
  state=$(restore_backup "${backup}") || : # it lacks rows, on purpose
  expect_equal "rows of the table left out" "$(jq .whitelist <<<"${state}")" 0
  expect_equal "rows of another table" "$(jq .keys <<<"${state}")" 20
  expect_equal "integrity" "$(jq -r .integrity <<<"${state}")" ok
}
