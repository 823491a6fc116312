# shellcheck shell=bash
# The other scheduler: timers of systemd, and services that may do no more than they must.

readonly ZONE=Asia/Kolkata

# systemd_install SCHEDULE [JSON]
systemd_install() {
  backup_install "$(jq -n --arg schedule "$1" --arg zone "${ZONE}" --argjson more "${2:-{\}}" \
    '{backup: ({scheduler: "systemd", schedule: $schedule, timezone: $zone} + $more)}')"
}

# expect_installation CODE REGEX...: what the host says of itself, a line each.
expect_installation() {
  local code=$1 said line
  said=$(host_sh '/usr/local/bin/maintenance-backup.sh --verify-install || echo "exit code $?"')
  shift
  for line in "$@" "exit code ${code}"; do
    [[ ${line} == 'exit code 0' ]] || grep -Eqx -- "${line}" <<<"${said}" || fail "the check of the installation does not say '${line}':"$'\n'"${said}"
  done
  expect_equal "lines of the check" "$(wc -l <<<"${said}")" "$(($# + (code != 0)))"
}

# timer_fires: within a minute and a half of what it waits for, as it adds its own delay of up to a minute.
timer_fires() {
  local started=${SECONDS}
  until host_sh 'grep -q "Backup completed successfully" /var/log/tracker-backup.log'; do
    ((SECONDS - started < 180)) || fail "the timer did not fire: $(host_sh 'systemctl list-timers "tracker-*"')"
    sleep 2
  done
  note "fired after $((SECONDS - started)) s"
}

# The clock is the host's own: the schedule is set to a minute that is near.
case_systemd_timer_fires() {
  stack_up sqlite WAL
  backup_install '{}'
  systemd_install "$(TZ=${ZONE} date -d '+75 seconds' '+%-M %-H * * *')"
  host_sh '[[ ! -e /etc/cron.d/tracker-backup ]]' || fail "the cron file is still there"
  expect_installation 0 'As installed: [0-9]+ files, started by systemd'
  local due
  timer_fires
  expect_backups_sound
  expect_restorable "$(backup_newest)"
  # What the status says of the next run is what the timer will do, but for its delay.
  due=$(host_sh 'maintenance-backup.sh --status --json' | jq '.next_due | fromdate')
  expect_less "the timer's distance from the status" "$(($(host_sh \
    'date -d "$(TZ=UTC systemctl show --property=NextElapseUSecRealtime --value tracker-backup.timer)" +%s') - due))" 61
}

# Under either scheduler, on a host of its own: as installed, then edited, robbed, and scheduled twice.
case_installation_that_differs() {
  stack_lay sqlite
  backup_install '{}'
  host_sh 'systemctl enable --quiet --now cron'
  expect_installation 0 'As installed: [0-9]+ files, started by cron'
  host_sh 'cp /usr/local/bin/maintenance-backup.sh /usr/local/bin/nightly.sh
    printf "[Timer]\nOnCalendar=4:00\n[Install]\nWantedBy=timers.target\n" >/etc/systemd/system/nightly.timer
    printf "[Service]\nExecStart=/bin/sh -c /usr/local/bin/maintenance-backup.sh\n" >/etc/systemd/system/nightly.service
    systemctl enable --quiet --now nightly.timer'
  expect_installation 2 'second scheduler: nightly.timer'
  host_sh 'systemctl disable --quiet --now nightly.timer; echo "5 3 * * * /usr/local/bin/maintenance-backup.sh" | crontab -'
  expect_installation 2 'second scheduler: /var/spool/cron/crontabs/root:[0-9]+:5 3 .*'
  host_sh 'crontab -r; systemctl stop cron'
  expect_installation 2 'nothing is scheduled: cron.service is enabled inactive'

  systemd_install '0 3 * * *'
  expect_installation 0 'As installed: [0-9]+ files, started by systemd'
  host_sh 'echo "# 1" >>/usr/local/bin/tracker-drill; chmod 0600 /etc/tracker-backup/paths; chown 1000 /etc/tracker-backup/databases
    rm /usr/local/share/tracker-backup/image/lib/dsn.sh; touch /etc/tracker-backup/old
    echo "0 3 * * * root cd /opt/torrust && /usr/local/bin/maintenance-backup.sh" >/etc/cron.d/tracker-backup
    systemctl disable --quiet --now tracker-drill.timer'
  expect_installation 5 'edited: /usr/local/bin/tracker-drill' 'mode or owner: /etc/tracker-backup/paths is 0600 root, not 0644 root' \
    'mode or owner: /etc/tracker-backup/databases is 0644 .*, not 0644 root' 'missing: .*/dsn.sh' 'extra: /etc/tracker-backup/old' \
    'second scheduler: /etc/cron.d/tracker-backup:1:0 3 .*' 'nothing is scheduled: tracker-drill.timer is disabled inactive'
}

# One host for all of it: every strategy, an image that is missing, the drill, and a failure, which is told.
case_systemd_services() {
  local strategy
  stack_up sqlite
  for strategy in pause maintenance-window locked-copy; do
    systemd_install '0 3 * * *' '{"strategy": "'"${strategy}"'"}'
    expect_exit 0 backup_run
    expect_log "Tracker (paused|stopped) successfully|locked-copy"
    expect_restorable "$(backup_newest)"
  done
  expect_backups_sound
  host_sh 'docker image rm --force $(docker image ls --quiet tracker-backup)' >/dev/null
  expect_exit 0 backup_run
  expect_log 'is missing: it is built'
  expect_exit 0 scheduled_run tracker-drill
  expect_equal "verdict of the drill" "$(host_sh 'tail -n 1 /var/lib/tracker-backup/drills.jsonl' | jq -r .verdict)" ok

  host_sh '! journalctl --quiet --priority err --identifier tracker-backup.service | grep -q .' || fail "a failure is told that was none"
  host_sh 'mv /opt/torrust/docker-compose.override.yml /root/'
  expect_exit 2 backup_run
  host_until 'journalctl --quiet --priority err --identifier tracker-backup.service | grep "ERROR: Backup failed (exit code 2)"'
  host_sh 'mv /root/docker-compose.override.yml /opt/torrust/'
  stack_live_check
  note "$(host_sh 'systemd-analyze security --no-pager tracker-backup.service | tail -n 1')"
}

# Stopped in the window it puts the tracker back, and what the timer has missed while the host was off it makes up.
case_systemd_interrupted() {
  stack_up sqlite "" "${BIG}"
  systemd_install '0 3 * * *' '{"strategy": "maintenance-window", "compression": {"level": 9}}'
  host_sh 'systemctl start --no-block tracker-backup.service'
  host_until "${AT_WINDOW}"
  host_sh 'systemctl stop tracker-backup.service'
  expect_log 'INFO: Tracker started successfully'
  expect_log 'ERROR: Backup failed \(exit code 143\)'
  expect_equal "tracker" "$(stack_tracker '{{.State.Status}}')" running
  host_sh '[[ ! -e /var/lib/tracker-backup/held ]] && ! docker ps --all --quiet --filter name=tracker-backup-run | grep -q .' || fail "something is left"
  expect_backups_sound

  host_sh 'systemctl stop tracker-backup.timer; touch -d "3 days ago" /var/lib/systemd/timers/stamp-tracker-backup.timer
    systemctl start tracker-backup.timer'
  timer_fires
  expect_restorable "$(backup_newest)"
}

case_systemd_services_mysql() {
  stack_up mysql
  systemd_install '0 3 * * *'
  expect_exit 0 backup_run
  expect_restorable "$(backup_newest)"
  expect_exit 0 scheduled_run tracker-drill
}
