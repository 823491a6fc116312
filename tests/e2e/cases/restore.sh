# shellcheck shell=bash
# tracker-restore on a real host. What came back is held against the backup by content: the next backup must say the same.

restore_run() {
  host_sh 'exec env -i HOME=/root SHELL=/bin/bash PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin tracker-restore "$@" </dev/null' "$@"
}

# restorable_stack ENGINE JOURNAL_MODE: a backup made under load, later writes, and then silence. Sets FIRST.
restorable_stack() {
  stack_up "$1" "$2"
  backup_install "${3:-{\}}"
  expect_exit 0 backup_run
  FIRST=$(backup_newest)
  sleep 1
  stack_misbehave load 0
  sleep 0.5
  BEFORE=$(stack_tracker '{{.Id}}')
}

# content FILE: all that a backup holds, without what differs between two dumps of the same rows.
content() {
  host_sh "${RESTORE_UNPACK}"'
    case $1 in
      *.db*) unpack "$1" >/root/content.db && sqlite3 /root/content.db .dump ;;
      *) unpack "$1" | grep -vE "^(-- Dump completed on|.(un)?restrict )" ;;
    esac | sha256sum' "$1"
}

# The tracker is the same one and answers, a backup is possible, and it says what the one that was restored says.
expect_restored() {
  stack_wait
  expect_equal "tracker's container" "$(stack_tracker '{{.Id}}')" "${BEFORE}"
  stack_live_check >/dev/null || fail "the restored database is not sound"
  expect_exit 0 backup_run
  expect_equal "content" "$(content "$(backup_newest)")" "$(content "${FIRST}")"
  expect_backups_sound
  host_sh '[[ ! -e /var/lib/tracker-backup/restore && ! -e /var/lib/tracker-backup/held && ! -e $1/.restore ]]
    ! compgen -G "${2%/*}/.*.restore*"; ! compgen -G "${2%/*}/.*.before-restore*"' "${BACKUPS}" "${DATABASE}" || fail "something of the restore is left"
}

# restore_round ENGINE JOURNAL_MODE DAMAGE: a command on the host that takes the database away.
restore_round() {
  restorable_stack "$1" "$2"
  host_sh "$3" >/dev/null
  expect_exit 0 restore_run --latest --yes
  expect_restored
  expect_no_secret_in "$(backup_log)"
  note "$(backup_log | grep -oE 'Tracker was down for .*|completed successfully after .*' | paste -sd ' ')"
}

case_restore_sqlite_deleted() {
  restore_round sqlite "" "rm ${DATABASE}"
}

# Pages are overwritten under the running tracker.
case_restore_sqlite_wal_damaged() {
  restore_round sqlite WAL "head -c 400000 /dev/urandom | dd of=${DATABASE} bs=4096 seek=3 conv=notrunc status=none"
}

case_restore_mysql() {
  restore_round mysql "" "docker exec mysql mysql -uroot -pstand-in-root-password -e 'DROP DATABASE tracker; CREATE DATABASE tracker'"
}

case_restore_postgresql() {
  restore_round postgresql "" "docker exec postgresql psql -U tracker_user -d postgres -c 'DROP DATABASE tracker WITH (FORCE)'"
}

readonly MARK_SQLITE="sqlite3 ${DATABASE} 'DELETE FROM whitelist WHERE id = 1'"
readonly MARK_MYSQL="docker exec mysql mysql -uroot -pstand-in-root-password tracker -e 'DELETE FROM whitelist WHERE id = 1'"
readonly MARK_POSTGRESQL="docker exec postgresql psql -q -U tracker_user -d tracker -c 'DELETE FROM whitelist WHERE id = 1'"

# The first row of the whitelist is in the backup and not in the present database.
rows() {
  { stack_live_check || :; } | jq .whitelist # it lacks a row, on purpose
}

restore_start() {
  restore_run --latest --yes &
  RESTORE_RUN=$!
}

# killed_in PHASE: SIGKILL for the script. What it had started may end its work, and holds the lock until then.
killed_in() {
  restore_start
  host_until 'grep -q "^$1 " /var/lib/tracker-backup/restore' "$1"
  host_sh 'kill -KILL "$(pgrep -o -f "^bash .*tracker-restore")"'
  wait "${RESTORE_RUN}" || :
  host_until 'flock --nonblock "$1/.lock" true' "${BACKUPS}"
}

# restore_killed ENGINE MARK: old before the swap began, new afterwards, whoever comes next.
restore_killed() {
  restorable_stack "$1" ""
  local at
  for at in loading holding swapping starting cleaning; do
    host_sh "$2" || fail "the database cannot be marked"
    killed_in "${at}"
    expect_exit 0 host_sh 'maintenance-backup.sh --recover'
    stack_wait
    case ${at} in
      loading | holding) expect_equal "rows after a kill in ${at}" "$(rows)" 19 ;;
      *) expect_equal "rows after a kill in ${at}" "$(rows)" 20 ;;
    esac
  done
  expect_restored
}

case_restore_sqlite_killed() {
  restore_killed sqlite "${MARK_SQLITE}"
}

case_restore_mysql_killed() {
  restore_killed mysql "${MARK_MYSQL}"
}

case_restore_postgresql_killed() {
  restore_killed postgresql "${MARK_POSTGRESQL}"
}

# restore_power_cut ENGINE MARK: in the swap. The unit at boot finishes it; nobody logs in.
restore_power_cut() {
  restorable_stack "$1" ""
  host_sh "$2" || fail "the database cannot be marked"
  restore_start
  host_until 'grep -q "^swapping " /var/lib/tracker-backup/restore'
  host_power_cut
  wait "${RESTORE_RUN}" || :
  host_power_on
  host_until '[[ ! -e /var/lib/tracker-backup/restore && $(docker inspect --format "{{.State.Status}}" tracker) == running ]]'
  host_until 'flock --nonblock "$1/.lock" true' "${BACKUPS}"
  expect_restored
}

case_restore_power_cut_in_the_swap() {
  restore_power_cut sqlite "${MARK_SQLITE}"
}

# A server needs its time after a boot, and the recovery waits for it.
case_restore_mysql_power_cut_in_the_swap() {
  restore_power_cut mysql "${MARK_MYSQL}"
}

# The stack's own files, taken away and brought back with owner and mode; then the database of the same run with them.
case_restore_configuration() {
  restorable_stack sqlite ""
  host_sh 'cd "$1"; stat -c "%a %u %g %n" .env storage/tracker/etc/tracker.toml >/root/before; cp .env /root/; rm -r .env storage/tracker/etc/tracker.toml; echo other >docker-compose.override.yml.bak' "${DEPLOY_DIR}"
  expect_exit 0 restore_run --config --yes
  host_sh 'cd "$1"; stat -c "%a %u %g %n" .env storage/tracker/etc/tracker.toml | cmp - /root/before; cmp .env /root/.env; ls "$2"/config/*.pre-restore.tar.gz' "${DEPLOY_DIR}" "${BACKUPS}" \
    || fail "the configuration is not what it was"
  expect_exit 0 restore_run --latest --config --yes
  expect_restored
  expect_exit 0 restore_run --config --yes --target /root/elsewhere
  host_sh 'cmp /root/elsewhere"$1"/.env "$1"/.env' "${DEPLOY_DIR}"
}
