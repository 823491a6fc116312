# shellcheck shell=bash
# A changed environment is rendered and applied again: the host becomes what it says now, and every older backup is still of use.

# schedules: of every line that would start a backup, wherever it stands.
schedules() {
  host_sh 'grep -rhE "^[^#]*maintenance-backup[.]sh" /etc/cron.d /etc/crontab /var/spool/cron | cut -d " " -f 1-5' || : # none
}

# files_in DIRECTORY: of databases.
files_in() {
  host_sh 'cd "$1" && find sqlite mysql postgresql -type f | sort' "$1" || : # one engine only
}

# Another time and another disk, then no schedule, then no such section.
case_ansible_moved_and_disabled() {
  stack_up sqlite WAL
  backup_install '{}'
  expect_exit 0 backup_run
  ansible_up
  local before
  before=$(files_in "${BACKUPS}")

  backup_render '{"backup": {"schedule": "15 4 * * *", "directory": "/srv/backup"}}'
  host_sh 'mkdir /srv/backup; mount -t tmpfs tmpfs /srv/backup; mkdir /srv/backup/sqlite; touch /srv/backup/sqlite/sqlite_20200101_000000.db.gz'
  expect_exit 2 ansible_playbook install --tags files
  expect_ansible 'Both /opt/torrust/storage/backup and /srv/backup hold backups'
  host_sh 'rm /srv/backup/sqlite/*; (flock "$1/.lock" sleep 30) &>/dev/null & sleep 0.5' "${BACKUPS}"
  expect_exit 2 ansible_playbook install --tags files
  expect_ansible 'A backup, restore or drill is running in /opt/torrust/storage/backup'
  host_sh 'pkill -x sleep'
  expect_equal "backups after the refusals" "$(files_in "${BACKUPS}")" "${before}"

  expect_exit 0 ansible_playbook install
  expect_as_planned
  expect_equal "schedules" "$(schedules)" "15 4 * * *"
  expect_equal "backups in the new directory" "$(files_in /srv/backup)" "${before}"
  expect_equal "backups in the former directory" "$(files_in "${BACKUPS}")" ""
  expect_equal "good runs" "$(good_runs)" 1
  expect_exit 0 restore_run --latest --dry-run

  backup_render '{"backup": {"enabled": false, "directory": "/srv/backup"}}'
  expect_exit 0 ansible_playbook install --tags files,schedule,verify
  expect_as_planned
  expect_nothing_scheduled

  cp -r "${E2E_WORK}/rendered" "${E2E_WORK}/committed"
  backup_render '{"backup": null}' 2>&1 | tee "${E2E_WORK}/said"
  grep -q 'uninstall.yml' "${E2E_WORK}/said" || fail "nobody is told to uninstall"
  rm -r "${E2E_WORK}/rendered"
  mv "${E2E_WORK}/committed" "${E2E_WORK}/rendered"
  host_put "${E2E_WORK}/rendered" "${RENDERED}"
  uninstalled
  expect_equal "backups after all" "$(files_in /srv/backup)" "${before}"
}

# units: of ours that are there, but for the recovery.
units() {
  host_sh 'cd /etc/systemd/system && ls -d tracker-* timers.target.wants/tracker-* 2>/dev/null | grep -v recover' || : # none
}

# From cron to systemd, there to another time and to none, back again, and away from either.
case_ansible_scheduler_switched() {
  stack_lay sqlite
  backup_install '{}'
  ansible_up
  backup_render '{"backup": {"scheduler": "systemd", "timezone": "Europe/Berlin"}}'
  expect_exit 0 ansible_playbook install --skip-tags backup
  expect_as_planned
  expect_equal "schedules of cron" "$(schedules)" ""
  expect_equal "timers that are on" "$(host_sh 'systemctl list-timers --no-legend "tracker-*" | wc -l')" 2
  expect_exit 0 ansible_playbook install --skip-tags backup
  expect_unchanged

  backup_render '{"backup": {"scheduler": "systemd", "timezone": "Europe/Berlin", "schedule": "7 4 * * *"}}'
  expect_exit 0 ansible_playbook install --tags schedule
  host_sh '[[ $(TZ=Europe/Berlin date -d "$(TZ=UTC systemctl show --property=NextElapseUSecRealtime --value tracker-backup.timer)" +%R) == 04:0[78] ]]' \
    || fail "the timer goes on as before"
  backup_render '{"backup": {"scheduler": "systemd", "enabled": false}}'
  expect_exit 0 ansible_playbook install --tags schedule
  expect_nothing_scheduled

  backup_render '{}'
  expect_exit 0 ansible_playbook install --tags schedule
  expect_equal "schedules of cron" "$(schedules)" "0 3 * * *"
  expect_equal "units" "$(units)" ""
  backup_install '{"backup": {"scheduler": "systemd"}}'
  expect_exit 0 ansible_playbook uninstall
  expect_nothing_scheduled
  expect_equal "units" "$(units)" ""
}

case_ansible_engine_switched() {
  stack_up sqlite WAL
  backup_install '{}'
  expect_exit 0 backup_run
  local before
  before=$(files_in "${BACKUPS}")
  compose down
  stack_up mysql
  backup_render '{}'
  ansible_up
  expect_exit 0 ansible_playbook install
  expect_as_planned
  expect_equal "schedules" "$(schedules)" "0 3 * * *"
  expect_equal "good runs" "$(good_runs)" 2
  expect_restorable "$(backup_newest)"
  [[ $(files_in "${BACKUPS}") == *"${before}"* ]] || fail "a backup of the former engine is gone"
  compose --profile backup config | grep -q '/tracker/lib/database' && fail "the container still sees the former database"
  expect_exit 0 ansible_playbook status
}

# The deployer's own backup, as it leaves it, with one backup of the day before yesterday and one of last month.
readonly DEPLOYERS_OWN='
  cd "$1"
  printf "%s\n" BACKUP_RETENTION_DAYS=7 DB_TYPE=sqlite DB_PATH=/data/storage/tracker/lib/database/tracker.db >storage/backup/etc/backup.conf
  printf "%s\n" SHELL=/bin/bash "17 2 * * * root cd $1 && /usr/local/bin/maintenance-backup.sh >> /var/log/tracker-backup.log 2>&1" >/etc/cron.d/tracker-backup
  printf "%s\n" "#!/bin/bash" "cd $1 && docker compose --profile backup run --rm backup" >/usr/local/bin/maintenance-backup.sh
  chmod 0755 /usr/local/bin/maintenance-backup.sh
  touch /var/log/tracker-backup.log
  install -d -o 1000 -g 1000 storage/backup/{sqlite,config}
  sqlite3 storage/tracker/lib/database/tracker.db ".backup /root/old.db"
  for days in 2 30; do
    at=$(date -d "-$days days" +%Y%m%d)_021700
    gzip -c /root/old.db >"storage/backup/sqlite/sqlite_$at.db.gz"
    tar -czf "storage/backup/config/config_$at.tar.gz" --transform "s,^,data/," storage/tracker/etc/tracker.toml
  done
  chown -R 1000:1000 storage/backup'

# Into another directory, which brings the old backups under the same retention as the new ones.
case_ansible_replaces_the_deployers_backup() {
  stack_up sqlite WAL
  host_sh "${DEPLOYERS_OWN}; mkdir /srv/backup" "${DEPLOY_DIR}"
  backup_render '{"backup": {"directory": "/srv/backup"}}'
  ansible_up
  expect_equal "old backups" "$(files_in "${BACKUPS}" | wc -l)" 2
  expect_exit 0 ansible_playbook install
  expect_as_planned
  expect_equal "schedules" "$(schedules)" "0 3 * * *"

  local old
  old=$(host_sh 'ls /srv/backup/sqlite/sqlite_*_021700.db.gz')
  expect_equal "old backups that are young enough" "$(wc -l <<<"${old}")" 1
  expect_equal "their configuration" "$(host_sh 'ls /srv/backup/config/config_*_021700.tar.gz | wc -l')" 1
  expect_equal "backups in the deployer's directory" "$(files_in "${BACKUPS}")" ""
  expect_exit 0 restore_run "${old}" --yes
  stack_wait
  stack_live_check
  # Its paths are those of the deployer's container.
  host_sh 'tracker-restore /srv/backup/config/config_*_021700.tar.gz --target /root/configuration --yes
    cmp /root/configuration/data/storage/tracker/etc/tracker.toml "$1/storage/tracker/etc/tracker.toml"' "${DEPLOY_DIR}"
  expect_exit 0 backup_run
}
