# shellcheck shell=bash
# The restore drill: it proves the newest backup, leaves a verdict and nothing else, and never touches the live stack.

readonly VERDICTS=/var/lib/tracker-backup/drills.jsonl

# drill_run: the command of the installed schedule, as cron would run it.
drill_run() {
  scheduled_run tracker-drill
}

verdict() { # FILTER
  host_sh 'tail -n 1 "$1"' "${VERDICTS}" | jq -r "$1"
}

expect_nothing_left_by_drill() {
  host_sh '! docker ps -aq --filter name=tracker-drill --filter name=tracker-backup-run | grep -q . && ! docker network ls -q --filter name=tracker-drill | grep -q . && [[ ! -e $1/.drill && ! -e $1/.restore ]]' \
    "${BACKUPS}" || fail "the drill has left something"
}

# drilled ENGINE [JOURNAL_MODE]: a backup under load, and a drill under load.
drilled() {
  stack_up "$1" "${2:-}"
  backup_install '{"backup": {"verify": {"queries": [{"sql": "SELECT info_hash FROM torrents WHERE completed >= 0", "min_rows": 20000}]}}}'
  expect_exit 0 backup_run
  local before tables
  before=$(host_sh 'docker ps --quiet --no-trunc | sort | xargs docker inspect --format "{{.Id}} {{.State.StartedAt}}"')
  probe_start
  expect_exit 0 drill_run
  probe_stop
  expect_equal "announces refused" "$(probe_failures read)" 0
  expect_equal "writes refused" "$(probe_failures write)" 0
  expect_equal "containers" "$(host_sh 'docker ps --quiet --no-trunc | sort | xargs docker inspect --format "{{.Id}} {{.State.StartedAt}}"')" "${before}"
  expect_equal "verdict" "$(verdict '"\(.verdict) \(.exit_code) \(.file)"')" "ok 0 $(basename "$(backup_newest)")"
  tables=$(host_sh 'jq -S .tables "$1.meta"' "$(backup_newest)")
  expect_equal "tables" "$(verdict . | jq -S .tables)" "${tables}"
  expect_nothing_left_by_drill
  expect_no_secret_in "$(backup_log)" "$(verdict .)"
  host_sh '/usr/local/bin/maintenance-backup.sh --status' | grep -q '^last drill: .*ok' || fail "the status does not tell of the drill"
  note "drill $(verdict .seconds) s"
}

case_drill_sqlite() {
  drilled sqlite
}

case_drill_mysql() {
  drilled mysql
}

case_drill_postgresql() {
  drilled postgresql
}

# drill_fails EXIT LOG: with a verdict that says so.
drill_fails() {
  expect_exit "$1" drill_run
  expect_log "ERROR: .*$2"
  expect_equal "verdict" "$(verdict '"\(.verdict) \(.exit_code)"')" "failed $1"
  [[ $(verdict .cause) =~ $2 ]] || fail "the verdict's cause is $(verdict .cause)"
  expect_nothing_left_by_drill
}

# One host for all of them: nothing there, rotten bytes, a query that is not met, a backup under way, a drill that was killed.
case_drill_that_fails() {
  stack_up sqlite WAL 100000
  backup_install '{}'
  drill_fails 5 'nothing to restore'
  expect_exit 0 backup_run
  local newest
  newest=$(backup_newest)

  host_sh 'cp "$1" /root/good; printf rot | dd of="$1" bs=1 seek=5000 conv=notrunc status=none' "${newest}"
  drill_fails 5 'is not what its .sha256 says'
  host_sh 'cp /root/good "$1"' "${newest}"

  host_sh 'cp "$1.meta" /root/meta; jq ".tables.torrents += 1" /root/meta >"$1.meta"' "${newest}"
  drill_fails 5 'is not what .*meta says'
  host_sh 'cp /root/meta "$1.meta"' "${newest}"

  host_sh 'echo "tracker 100001 SELECT 1 FROM torrents WHERE id <= 100000" >>/etc/tracker-backup/queries'
  drill_fails 5 'SELECT 1 FROM torrents'
  host_sh 'sed -i /100001/d /etc/tracker-backup/queries'

  host_sh '(flock "$1/.lock" sleep 20) &>/dev/null & sleep 0.5' "${BACKUPS}"
  expect_exit 9 drill_run
  host_until 'flock --nonblock /opt/torrust/storage/backup/.lock true'

  drill_run &
  local drill=$!
  host_until 'ls /opt/torrust/storage/backup/.drill/place/spool || ls /opt/torrust/storage/backup/.drill/place/.tracker.db.restore'
  host_sh 'pkill -KILL -f /usr/local/bin/tracker-drill'
  wait "${drill}" || : # killed
  host_until 'flock --nonblock /opt/torrust/storage/backup/.lock true'
  expect_exit 0 drill_run
  expect_nothing_left_by_drill
  expect_backups_sound
}
