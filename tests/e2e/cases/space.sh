# shellcheck shell=bash
# The place for backups: full, read-only, gone.

# space_limited SIZE: backups go to a file system of their own. Its size can be changed at any moment.
space_limited() {
  host_sh 'mount -t tmpfs -o "size=$2,mode=0700,uid=1000,gid=1000" backups "$1"' "${BACKUPS}" "$1"
}

# Nothing more fits from here on; what is written meanwhile makes a size too small, and then the next one is tried.
space_gone() {
  host_sh 'size=$(df --output=used -BM "$1" | tr -dc 0-9); until mount -o "remount,size=$((size++))M" "$1" 2>/dev/null; do :; done' "${BACKUPS}"
}

space_full() { # PHASE
  stack_up sqlite WAL "${BIG}"
  backup_install "${SLOW}"
  space_limited 400M
  expect_exit 0 backup_run
  local good
  good=$(backup_listing)
  backup_start
  host_until "$1"
  space_gone
  expect_exit 6 backup_wait
  expect_log 'ERROR: .*(No space left|disk is full)'
  expect_equal "databases under good names" "$(backup_listing)" "${good}"
  expect_backups_sound
}

case_disk_full_while_copying() {
  space_full "${AT_COPY}"
}

case_disk_full_while_compressing() {
  space_full "${AT_COMPRESSION}"
}

case_disk_too_small() {
  stack_up sqlite "" "${BIG}"
  backup_install "${SLOW_WINDOW}"
  space_limited 40M
  local before
  before=$(stack_tracker)
  expect_exit 6 backup_run
  expect_equal "tracker" "$(stack_tracker)" "${before}"
  expect_equal "databases under good names" "$(backup_listing)" ""
}

case_backups_read_only() {
  stack_up sqlite WAL
  backup_install '{}'
  space_limited 100M
  host_sh 'mount -o remount,ro "$1"' "${BACKUPS}"
  local before
  before=$(stack_tracker)
  expect_exit 2 backup_run
  expect_log 'ERROR: .*Read-only file system'
  expect_equal "tracker" "$(stack_tracker)" "${before}"
}

# A volume that a boot did not mount: nothing goes to the disk beneath, and a tracker that a power cut left stopped comes back.
case_backups_not_mounted() {
  stack_up sqlite "" "${BIG}"
  backup_install "${SLOW_WINDOW}"
  space_limited 2G
  BEFORE=$(stack_tracker '{{.Id}}')
  expect_exit 0 backup_run
  backup_start
  host_until "${AT_WINDOW}"
  host_power_cut
  host_power_on # without the volume
  host_until '[[ $(docker inspect --format "{{.State.Status}}" tracker) == running && ! -e /var/lib/tracker-backup/held ]]'
  expect_exit 2 backup_run
  expect_log 'ERROR: .*is its disk mounted'
  expect_equal "databases on the disk beneath" "$(backup_listing)" ""
  expect_tracker_running
}
