# shellcheck shell=bash
# What must not come back: a database that the tracker does not accept, and files that are damaged or somebody else's.

# restore_unhealthy ENGINE MARK: the old database is back, with exit code 8.
restore_unhealthy() {
  restorable_stack "$1" ""
  host_sh "$2"
  host_sh "sed -i \"s/^HEALTH_TIMEOUT_SECONDS=.*/HEALTH_TIMEOUT_SECONDS='6'/\" /etc/tracker-backup/backup.conf"
  stack_misbehave unhealthy
  expect_exit 8 restore_run --latest --yes
  expect_log 'old database is in service again'
  host_sh 'rm "$1"/storage/tracker/lib/stand-in/unhealthy; sed -i "s/^HEALTH_TIMEOUT_SECONDS=.*/HEALTH_TIMEOUT_SECONDS=60/" /etc/tracker-backup/backup.conf' "${DEPLOY_DIR}"
  stack_wait
  expect_equal "rows" "$(rows)" 19
  expect_exit 0 restore_run --latest --yes
  expect_restored
}

case_restore_sqlite_unhealthy() {
  restore_unhealthy sqlite "${MARK_SQLITE}"
}

case_restore_mysql_unhealthy() {
  restore_unhealthy mysql "${MARK_MYSQL}"
}

case_restore_postgresql_unhealthy() {
  restore_unhealthy postgresql "${MARK_POSTGRESQL}"
}

# not_restored CODE COMMAND [FILE]: after COMMAND on a copy of the backup it is not restored, and the tracker never notices.
not_restored() {
  local tracker
  tracker=$(stack_tracker)
  host_sh 'rm -rf /root/hostile; mkdir /root/hostile; cp "$1"* /root/hostile/; cd /root/hostile; file=${1##*/}; eval "$2"' "${FIRST}" "$2"
  expect_exit "$1" restore_run "/root/hostile/${3:-${FIRST##*/}}" --yes
  expect_equal "tracker after: $2" "$(stack_tracker)" "${tracker}"
  expect_equal "rows after: $2" "$(rows)" 19
}

# Damaged or foreign files, one after the other on the same host.
restore_hostile() {
  restorable_stack "$1" ""
  host_sh "$2"
  local tenth
  for tenth in 1 5 9; do
    not_restored 5 "truncate -s \$((\$(stat -c %s \$file) * ${tenth} / 10)) \$file"
    not_restored 5 "rm *.sha256; truncate -s \$((\$(stat -c %s \$file) * ${tenth} / 10)) \$file"
  done
  not_restored 5 'printf "\x55" | dd of=$file bs=1 seek=$(($(stat -c %s $file) / 2)) conv=notrunc status=none'
  not_restored 5 'rm *.sha256; printf "\x55\x66\x77" | dd of=$file bs=1 seek=$(($(stat -c %s $file) / 2)) conv=notrunc status=none'
  not_restored 5 'sed -i "s/^./g/" *.sha256'
  not_restored 2 'for part in *; do mv "$part" "'"$1"'-index_${part#*_}"; done' "$1-index_${FIRST#*_}"
  not_restored 2 'sed -i "s/\"database\": .*/\"database\": \"index\",/" *.meta'
  not_restored 2 'sed -i "s/\"engine\": .*/\"engine\": \"oracle\",/" *.meta'
  not_restored 5 'rm *.meta *.sha256; echo "-- a dump" | gzip >$file'
  not_restored 5 'jq ".tables |= map_values(. + 1)" $file.meta >meta && mv meta $file.meta'
  host_sh 'chown root "$1"' "${FIRST}"
  expect_exit 2 restore_run --latest --yes
  expect_log 'uid 1000 may not read .*: it must belong to 1000'
  host_sh 'chown 1000 "$1"' "${FIRST}"
  flock_held expect_exit 9 restore_run --latest --yes
  expect_exit 2 restore_run --latest
  expect_exit 0 restore_run --latest --yes
  expect_restored
}

# A backup, or another restore, is under way.
flock_held() {
  host_sh 'flock "$1/.lock" sleep 3 & sleep 0.5' "${BACKUPS}"
  "$@"
  host_until 'flock --nonblock "$1/.lock" true' "${BACKUPS}"
}

case_restore_sqlite_hostile() {
  restore_hostile sqlite "${MARK_SQLITE}"
}

case_restore_mysql_hostile() {
  restore_hostile mysql "${MARK_MYSQL}"
}

case_restore_postgresql_hostile() {
  restore_hostile postgresql "${MARK_POSTGRESQL}"
}

# No room for a second database: nothing is stopped, and nothing is left.
case_restore_disk_full() {
  restorable_stack sqlite ""
  host_sh "${MARK_SQLITE}"
  host_sh 'cd "$1"; mkdir /root/full; cp -a . /root/full/; mount -t tmpfs -o size=5m,uid=1000,gid=1000 tmpfs "$1"; cp -a /root/full/. "$1/"' "${DATABASE%/*}"
  expect_exit 6 restore_run --latest --yes
  host_sh '! compgen -G "$1/.*restore*"' "${DATABASE%/*}" || fail "something of the restore is left"
  host_sh 'umount "$1"' "${DATABASE%/*}"
  expect_equal "rows" "$(rows)" 19
}
