#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# lib/retention.sh: what stays, against `restic forget`, and what must never go.

bats_require_minimum_version 1.5.0
load helpers

setup() { world; }

prune() { run "${IMAGE}/backup.sh" retention --run-id "$@"; }

ids() { compgen -G "${W}/backups/*/${1:-sqlite}_*.gz" | sed 's/.*_\([0-9]*_[0-9]*\)\..*/\1/' | sort | paste -sd ' '; }

@test "newer than retention_days stays, older goes, to the second" {
  setting KEEP_LAST 1
  fake_backup 20260128_025959
  fake_backup 20260128_030000
  fake_backup 20260128_030001
  fake_backup 20260204_030000
  prune 20260204_030000
  [[ ${status} -eq 0 && $(ids) == '20260128_030001 20260204_030000' ]]
}

@test "keep_last counts verified runs only" {
  setting RETENTION_DAYS 1
  setting KEEP_LAST 2
  fake_backup 20260101_030000
  fake_backup 20260102_030000
  fake_backup 20260103_030000 suspicious
  fake_backup 20260204_030000
  prune 20260204_030000
  [[ $(ids) == '20260102_030000 20260204_030000' ]]
}

@test "the newest verified one stays whatever the settings say" {
  setting RETENTION_DAYS 1
  setting KEEP_LAST 0
  fake_backup 20260101_030000
  fake_backup 20260102_030000
  prune 20260204_030000
  [[ $(ids) == 20260102_030000 ]]
}

@test "without a verified one nothing goes" {
  fake_backup 20250101_030000 suspicious
  fake_backup 20250102_030000 suspicious
  prune 20260204_030000
  [[ $(ids) == '20250101_030000 20250102_030000' ]]
}

@test "the file, its sidecars and the archive of its run go together" {
  setting KEEP_LAST 1
  fake_backup 20260101_030000
  fake_backup 20260101_030000 ok config
  fake_backup 20260204_030000
  fake_backup 20260204_030000 ok config
  : >"${W}/backups/sqlite/sqlite_20260101_030000.roles.sql"
  prune 20260204_030000
  [[ $(compgen -G "${W}/backups/*/*_20260101_*" | wc -l) -eq 0 ]]
  [[ $(compgen -G "${W}/backups/*/*_20260204_*" | wc -l) -eq 6 ]]
}

@test "an archive stays as long as one database of its run" {
  setting KEEP_LAST 1
  fake_backup 20260101_030000 ok sqlite-index
  fake_backup 20260101_030000 ok config
  fake_backup 20260101_030000
  fake_backup 20260204_030000
  prune 20260204_030000
  [[ $(ids) == 20260204_030000 && $(ids config) == 20260101_030000 ]]
}

@test "a change of engine takes nothing away that is still promised" {
  setting KEEP_LAST 2
  local id
  for id in 20260101_030000 20260102_030000 20260103_030000; do fake_backup "${id}"; done
  fake_backup 20260204_030000 ok mysql
  prune 20260204_030000
  [[ $(ids) == '20260102_030000 20260103_030000' && $(ids mysql) == 20260204_030000 ]]
}

@test "a stem is not mistaken for another that begins with it" {
  setting KEEP_LAST 1
  setting RETENTION_DAYS 1
  mkdir -p "${W}/backups/sqlite"
  local id
  for id in 20260101_030000 20260102_030000; do
    fake_backup "${id}"
    fake_backup "${id}" ok sqlite-index
  done
  prune 20260103_040000
  [[ $(ids) == 20260102_030000 && $(ids sqlite-index) == 20260102_030000 ]]
}

@test "folders that are not ours are left alone" {
  setting KEEP_LAST 1
  local id
  for id in 20260101_030000 20260102_030000 20260204_030000; do fake_backup "${id}"; done
  cp -r "${W}/backups/sqlite" "${W}/backups/kept-by-hand"
  : >"${W}/backups/kept-by-hand/orphan.sha256"
  : >"${W}/backups/kept-by-hand/download.partial"
  prune 20260204_030000
  [[ $(compgen -G "${W}/backups/sqlite/*.gz" | wc -l) -eq 1 ]]
  try retention 'remove_leftovers "${BACKUPS}" 20260204_030000'
  [[ $(compgen -G "${W}/backups/kept-by-hand/*" | wc -l) -eq 11 ]]
}

@test "the file time does not matter" {
  setting KEEP_LAST 1
  fake_backup 20260101_030000
  fake_backup 20260203_030000
  fake_backup 20260204_030000
  touch -d '2020-01-01' "${W}"/backups/sqlite/*_20260203_*
  prune 20260204_030000
  [[ $(ids) == '20260203_030000 20260204_030000' ]]
}

@test "a clock set back removes nothing" {
  local id
  for id in 20260101_030000 20260102_030000 20260103_030000 20260104_030000 20260204_030000; do fake_backup "${id}"; done
  fake_backup 20250101_030000
  prune 20250101_030000
  [[ $(ids | wc -w) -eq 6 ]]
}

@test "runs of a clock that was ahead stay, and do not count" {
  setting RETENTION_DAYS 1
  setting KEEP_LAST 2
  local id
  for id in 20260101_030000 20260102_030000 20260204_030000 20280101_030000 20280102_030000; do fake_backup "${id}"; done
  prune 20260204_030000
  [[ $(ids) == '20260102_030000 20260204_030000 20280101_030000 20280102_030000' ]]
}

@test "a clock set forward leaves keep_last runs" {
  local id
  for id in 20260101_030000 20260102_030000 20260103_030000 20260104_030000; do fake_backup "${id}"; done
  fake_backup 20280101_030000
  prune 20280101_030000
  [[ $(ids) == '20260103_030000 20260104_030000 20280101_030000' ]]
}

@test "the deployer's old backups without a meta file age out, and only they" {
  fake_backup 20260101_030000
  rm "${W}"/backups/sqlite/*.meta
  fake_backup 20260201_030000
  rm "${W}"/backups/sqlite/*_20260201_*.meta
  fake_backup 20260204_030000
  : >"${W}/backups/sqlite/notes.txt"
  : >"${W}/backups/sqlite/sqlite_yesterday.db.gz"
  prune 20260204_030000
  [[ ${output} == *'Removed'*'20260101_030000: not verified'* ]]
  [[ $(compgen -G "${W}/backups/sqlite/*" | wc -l) -eq 7 ]]
}

@test "a dry run says what a run would remove, and removes nothing" {
  setting RETENTION_DAYS 1
  setting KEEP_LAST 2
  fake_backup 20260101_030000
  fake_backup 20260102_030000
  prune 20260204_030000 --dry-run
  [[ ${output} == *'Would remove '*20260101_030000* && ${output} != *20260102_030000* && $(ids | wc -w) -eq 2 ]]
}

@test "what cannot be removed is exit code 7" {
  setting KEEP_LAST 1
  fake_backup 20260101_030000
  fake_backup 20260204_030000
  mkdir "${W}/backups/sqlite/sqlite_20260101_030000.in-the-way"
  prune 20260204_030000
  [[ ${status} -eq 7 && ${output} == *'Cannot remove'* ]]
}

@test "leftovers of a killed run go, except what the host staged for this one" {
  mkdir -p "${W}/backups/sqlite"
  touch "${W}/backups/sqlite/"{sqlite_20260101_030000.raw.partial,sqlite_20260101_030000.raw.partial-wal,sqlite_20260101_030000.db.gz.partial,sqlite_20260204_030000.raw.partial,sqlite_20250101_030000.db.gz.meta}
  try retention 'remove_leftovers "${BACKUPS}" 20260204_030000'
  [[ $(ls "${W}/backups/sqlite") == sqlite_20260204_030000.raw.partial ]]
}

@test "the list is sorted by time, for people and for machines" {
  run "${IMAGE}/backup.sh" list
  [[ -z ${output} && ${status} -eq 0 ]]
  run "${IMAGE}/backup.sh" list --json
  [[ ${output} == '[]' ]]
  fake_backup 20260204_030000
  fake_backup 20260101_030000 suspicious sqlite-index
  run "${IMAGE}/backup.sh" list
  [[ ${lines[0]} == 20260101_030000*suspicious* && ${lines[1]} == 20260204_030000*ok* ]]
  run "${IMAGE}/backup.sh" list --json
  [[ $(jq -r '.[1].run_id' <<<"${output}") == 20260204_030000 ]]
}

@test "a damaged meta file does not hide the others" {
  fake_backup 20260101_030000
  fake_backup 20260102_030000
  echo '{"run_id":' >"${W}/backups/sqlite/sqlite_20260101_030000.db.gz.meta"
  run "${IMAGE}/backup.sh" list
  [[ ${status} -eq 0 && ${output} == *'WARNING: Cannot be read'* && ${output} == *$'20260102_030000\ttracker\tok'* ]]
}

# --- restic is the oracle ---------------------------------------------------------------------------------------------

# Snapshots at odd hours over a month around New Year; each policy is one `forget --dry-run`.
@test "the keep set is that of restic forget, for 20 random policies" {
  export RESTIC_REPOSITORY=${W}/repo RESTIC_PASSWORD=x RESTIC_CACHE_DIR=${W}/cache
  local when seconds ids=() policy ours theirs
  printf -v seconds '%s' "$(date -d '2025-12-14 01:00' +%s)"
  RANDOM=7
  restic init -q
  echo x >"${W}/x"
  for _ in {1..30}; do
    seconds=$((seconds + 20000 + RANDOM * 4))
    printf -v when '%(%Y-%m-%d %H:%M:%S)T' "${seconds}"
    restic backup -q --time "${when}" "${W}/x"
    ids+=("$(date -d "${when}" +%Y%m%d_%H%M%S)")
  done
  for _ in {1..20}; do
    policy=("$((1 + RANDOM % 9))" "$((1 + RANDOM % 4))" "$((RANDOM % 9))" "$((RANDOM % 6))" "$((RANDOM % 4))")
    theirs=$(restic forget --dry-run --json --keep-within "${policy[0]}d" --keep-last "${policy[1]}" \
      --keep-daily "${policy[2]}" --keep-weekly "${policy[3]}" --keep-monthly "${policy[4]}" \
      | jq -r '.[].keep[].time | .[0:19] | gsub("[-:]"; "") | sub("T"; "_")' | sort)
    try retention "RETENTION_DAYS=${policy[0]} KEEP_LAST=${policy[1]} KEEP_DAILY=${policy[2]} KEEP_WEEKLY=${policy[3]} KEEP_MONTHLY=${policy[4]}
      keep_set ${ids[-1]} ${ids[*]}"
    ours=$(sort <<<"${output}")
    [[ ${ours} == "${theirs}" ]] || {
      diff <(echo "${ours}") <(echo "${theirs}")
      echo "policy: ${policy[*]}"
      return 1
    }
  done
}

@test "the newest complete archive of the configuration stays, however long no new one could be made" {
  setting KEEP_LAST 1
  fake_backup 20260101_030000 ok config
  fake_backup 20260102_030000 ok config
  fake_backup 20260103_030000 incomplete config
  fake_backup 20260204_030000
  prune 20260204_030000
  [[ ${status} -eq 0 && $(ids config) == 20260102_030000 ]]
}
