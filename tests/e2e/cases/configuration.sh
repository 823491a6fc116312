# shellcheck shell=bash
# The archive of the configuration, the image, and the clock.

case_required_path_missing() {
  stack_up sqlite WAL
  backup_install '{"backup": {"paths": ["/etc/gone", {"path": "/etc/gone-too", "optional": true}, "/etc/hostname"]}}'
  expect_exit 2 backup_run
  expect_log 'ERROR: .*/etc/gone'
  expect_archived /etc/hostname "${DEPLOY_DIR}/.env"
  expect_restorable "$(backup_newest)"
}

# Even root cannot read it; the database is backed up all the same.
case_unreadable_path() {
  stack_up sqlite WAL
  host_sh 'touch /etc/unreadable; mount --bind /sys/class/net/lo/speed /etc/unreadable'
  backup_install '{"backup": {"paths": ["/etc/unreadable"]}}'
  expect_exit 4 backup_run
  expect_log 'ERROR: .*etc/unreadable'
  expect_restorable "$(backup_newest)"
  expect_backups_sound
}

case_image_cannot_be_had() {
  stack_up sqlite
  backup_install '{}'
  host_sh 'sed -i "s#image: .*tracker-backup:.*#image: localhost:1/tracker-backup:1#; /build:/,+1d" "$1/docker-compose.override.yml"' "${DEPLOY_DIR}"
  local before
  before=$(stack_tracker)
  expect_exit 2 backup_run
  expect_log 'ERROR: .*localhost:1/tracker-backup:1'
  expect_equal "tracker" "$(stack_tracker)" "${before}"
}

# backup_run_at FAKETIME: the run takes this host's clock for something else.
backup_run_at() {
  host_sh 'cd "$1" && LD_PRELOAD=$(find /usr/lib -name libfaketimeMT.so.1) FAKETIME=$2 /usr/local/bin/maintenance-backup.sh >>/var/log/tracker-backup.log 2>&1' \
    "${DEPLOY_DIR}" "$1"
}

# Set back, it meets names that lie in the future; set forward, everything looks old. Neither costs a good backup.
case_clock_back_and_forward() {
  stack_up sqlite WAL
  backup_install '{}'
  expect_exit 0 backup_run
  local first
  first=$(backup_listing)
  expect_exit 0 backup_run_at -1h
  expect_exit 0 backup_run_at +400d
  expect_exit 0 backup_run
  expect_backups_sound
  expect_equal "backups" "$(backup_listing | grep -c 'db.gz ')" 4
  [[ $(backup_listing) == *"${first%% *}"* ]] || fail "the first backup is gone"
  # a name from a clock that was ahead must not pass for the newest for ever
  expect_restorable "$(backup_newest)"
}

# Thirty nights, every fourth one failing: what stays is what the policy promises, counted in good backups.
case_thirty_nights() {
  stack_up sqlite WAL 1000
  backup_install '{"backup": {"retention_days": 7, "retention": {"keep_last": 3, "weekly": 3}}}'
  host_sh 'cat >/root/nights <<"NIGHTS"
    for night in {01..30}; do
      # a copy that the host has promised and not made
      ((10#$night % 4)) && fault=() || fault=(--staged tracker=pause/0/0)
      /usr/local/lib/tracker-backup/backup.sh run --run-id "202604${night}_030000" "${fault[@]}" >/dev/null || [[ -n ${fault[*]} ]] || exit
    done
NIGHTS
  true'
  compose run --rm --no-TTY --volume /root/nights:/nights:ro --entrypoint bash backup /nights
  local kept
  kept=$(backup_listing | sed -n 's/.*_202604\([0-9]*\)_.*db.gz .*/\1/p' | paste -sd ' ')
  # seven days: 24 (failed) to 30; three last; the newest good one of three ISO weeks (27.-30., 20.-26., 13.-19. of April 2026)
  expect_equal "nights kept" "${kept}" "19 25 26 27 29 30"
}
