# shellcheck shell=bash
# What an operator does with it, and what cron does.

# One round for all three: without -f, as uid 1000, without the host script.
compose_run() { # ENGINE
  stack_up "$1"
  backup_install '{}'
  expect_exit 0 compose run --rm backup
  expect_restorable "$(backup_newest)"
  expect_backups_sound
}

case_compose_run_sqlite() {
  compose_run sqlite
}

case_compose_run_mysql() {
  compose_run mysql
}

case_compose_run_postgresql() {
  compose_run postgresql
}

case_second_run_is_refused() {
  stack_up sqlite WAL "${BIG}"
  backup_install "${SLOW}"
  backup_start
  host_until "${AT_COMPRESSION}"
  expect_exit 9 backup_run
  expect_log 'ERROR: .*maintenance-backup.sh, process [0-9]+'
  expect_exit 0 backup_wait
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

case_cron_fires() {
  stack_up sqlite WAL
  backup_install '{}'
  cron_at '2026-12-24 02:59:57'
  host_until 'grep -q "Backup completed successfully" /var/log/tracker-backup.log'
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

# Everything is checked and told, and nothing is changed.
case_dry_run() {
  stack_up sqlite
  backup_install '{"backup": {"strategy": "maintenance-window"}}'
  local before
  before=$(stack_tracker)
  expect_exit 0 host_sh '/usr/local/bin/maintenance-backup.sh --dry-run'
  expect_equal "tracker" "$(stack_tracker)" "${before}"
  expect_equal "databases under good names" "$(backup_listing)" ""
}

case_status_and_list() {
  stack_up sqlite
  backup_install '{}'
  expect_exit 0 backup_run
  host_sh '/usr/local/bin/maintenance-backup.sh --status --json' | jq -e '.last_run.exit_code == 0 and .last_good == .last_run' \
    || fail "the status does not tell of the good run"
  host_sh '/usr/local/bin/maintenance-backup.sh --list --json' | jq -e 'any(.[]; .database == "tracker" and .verdict == "ok")' \
    || fail "the list does not have the backup"
}

# The setting's one change to the live database, and from then on nobody waits.
case_switch_to_wal() {
  stack_up sqlite
  backup_install '{"backup": {"sqlite_journal_mode": "wal"}}'
  probe_start
  expect_exit 0 backup_run
  probe_stop
  expect_equal "journal mode" "$(host_sh 'sqlite3 "$1" "PRAGMA journal_mode"' "${DATABASE}")" wal
  expect_equal "announces refused" "$(probe_failures read)" 0
  expect_equal "writes refused" "$(probe_failures write)" 0
  expect_restorable "$(backup_newest)"
  stack_live_check
}

# A second program's file, which nothing may stop, and a directory on another volume.
case_second_database_and_other_volume() {
  stack_up sqlite WAL
  host_sh 'install -d -o 1000 -g 1000 "$1" /srv/backup
    sqlite3 "$1/index.db" "CREATE TABLE users (name); INSERT INTO users VALUES (1), (2)"; chown -R 1000:1000 "$1"' "${DEPLOY_DIR}/storage/index/lib"
  backup_install '{"backup": {"directory": "/srv/backup", "strategy": "pause",
    "databases": [{"name": "index", "driver": "sqlite3", "path": "storage/index/lib/index.db"}]}}'
  expect_exit 0 backup_run
  expect_equal "rows of the second database" 2 \
    "$(host_sh 'gunzip -c /srv/backup/sqlite/sqlite-index_*.db.gz >/root/index.db; sqlite3 /root/index.db "SELECT count(*) FROM users"')"
  host_sh 'cd /srv/backup/sqlite && sha256sum -c ./*.sha256 && ls -d sqlite_*.db.gz'
}

# Neither in a command line of any process, nor in the environment of one of ours.
case_no_password_in_any_process() {
  stack_up mysql "" 400000
  backup_install '{}'
  host_sh 'while [[ ! -e /run/enough ]]; do
      cat /proc/[0-9]*/cmdline
      for process in $(pgrep -f "maintenance-backup|backup.sh|mariadb-dump|compose.*run"); do cat "/proc/$process/environ"; done
    done >/root/seen 2>/dev/null' & # processes end while they are read
  local watcher=$!
  expect_exit 0 backup_run
  host_sh 'touch /run/enough'
  wait "${watcher}" || : # the last of them ended as well
  host_sh 'grep -aq mariadb-dump /root/seen' || fail "the dump was never seen"
  host_sh '! grep -aqE "tr4ck(@|%40)r" /root/seen' || fail "the password was seen"
}
