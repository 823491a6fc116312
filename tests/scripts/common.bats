#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# lib/common.sh: settings, log, errors, time limits, signals, lock.

bats_require_minimum_version 1.5.0
load helpers

setup() { world; }

@test "a log line has the form that operators know, in UTC" {
  export TZ=Asia/Tokyo
  try '' 'log INFO "Tracker stopped successfully"'
  [[ ${output} =~ ^\[[0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}:[0-9]{2}\]\ INFO:\ Tracker\ stopped\ successfully$ ]]
  [[ ${output} == "[$(date -u '+%Y-%m-%d %H')"* ]]
}

@test "a log line for machines is one JSON object" {
  try '' 'LOG_FORMAT=json; log ERROR "a \"quoted\" word, a \\ and" $'"'line\\nbreak'"' ü'
  [[ $(jq -r '.level + " " + .message' <<<"${output}") == 'ERROR a "quoted" word, a \ and line break ü' ]]
  [[ $(jq -r '.time | fromdate' <<<"${output}") -gt 1700000000 ]]
}

@test "a message inside a command substitution reaches the log" {
  try '' 'x=$(die 5 "from inside") || echo "status $? <${x}>"'
  [[ ${output} == *'ERROR: from inside'*'status 5 <>'* ]]
}

@test "die ends with the code it is given" {
  try '' 'die 7 "no"; echo unreachable'
  [[ ${status} -eq 7 && ${output} != *unreachable* ]]
}

@test "fail quotes the tool's last words" {
  try '' 'printf "one\ntwo\n" >"${ERRORS}"; fail 4 1 "The copy failed"'
  [[ ${status} -eq 4 && ${output} == *'ERROR: The copy failed (status 1): one two'* ]]
}

@test "fail knows a full disk, whatever the tool was doing" {
  try '' 'echo "cp: error writing x: No space left on device" >"${ERRORS}"; fail 4 1 "The copy failed"'
  [[ ${status} -eq 6 ]]
}

@test "fail takes an I/O error on a full disk for a full disk, and no other" {
  tool df 'printf "Avail\n%s\n" "$(cat "${W}/free")"'
  echo 4096 >"${W}/free"
  PATH=${W}/tools:${PATH} try '' 'echo "Error: disk I/O error" >"${ERRORS}"; fail 5 1 text'
  [[ ${status} -eq 6 ]]
  echo 4096000000 >"${W}/free"
  PATH=${W}/tools:${PATH} try '' 'echo "Error: disk I/O error" >"${ERRORS}"; fail 5 1 text'
  [[ ${status} -eq 5 ]]
}

@test "fail knows a time limit" {
  try '' 'fail 4 124 "The dump failed"'
  [[ ${status} -eq 10 && ${output} == *'time limit'* ]]
}

@test "settings that are missing are named, with exit code 2" {
  sed -i '/^KEEP_LAST/d' "${W}/etc/backup.conf"
  try '' 'echo unreachable'
  [[ ${status} -eq 2 && ${output} == *KEEP_LAST* && ${output} != *unreachable* ]]
}

@test "an empty setting that must not be empty is named" {
  setting COMPRESSION ''
  try '' :
  [[ ${status} -eq 2 && ${output} == *COMPRESSION* ]]
}

@test "no settings file is exit code 2" {
  rm "${W}/etc/backup.conf"
  try '' :
  [[ ${status} -eq 2 && ${output} == *backup.conf* ]]
}

@test "settings_lines skips comments and empty lines, and takes CRLF and an unterminated last line" {
  printf '# comment\n\n  \nrequired /a b\r\n  # more\noptional /c' >"${W}/etc/paths"
  try '' 'settings_lines paths | od -c | head -3; settings_lines paths'
  [[ ${output} == *$'required /a b\noptional /c' && ${output} != *'\r'* ]]
}

@test "settings_lines without its file is exit code 2" {
  try '' 'settings_lines nothing'
  [[ ${status} -eq 2 ]]
}

@test "a run id is free: the second of an existing backup is not used again" {
  local second
  for second in 0 1 2; do fake_backup "$(date -u -d "+${second} sec" +%Y%m%d_%H%M%S)"; done
  try '' 'new_run_id "${BACKUPS}"'
  [[ ${output} =~ ^[0-9]{8}_[0-9]{6}$ ]]
  refute compgen -G "${W}/backups/*/*_${output}.*"
}

@test "days_before crosses months and leap days" {
  try '' 'days_before 20240301_030000 1; days_before 20260101_000000 1; days_before 20260329_013000 7'
  [[ ${output} == $'20240229_030000\n20251231_000000\n20260322_013000' ]]
}

@test "seconds prints milliseconds as seconds" {
  try '' 'seconds 0; seconds 7; seconds 61042'
  [[ ${output} == $'0.000\n0.007\n61.042' ]]
}

@test "a duration stays right when the clock is set back" {
  try '' 'a=$(milliseconds); sleep 0.1; EPOCHREALTIME=1.0; b=$(milliseconds); seconds $((b - a))'
  [[ ${output} =~ ^0\.[1-9] ]]
}

@test "limited ends a tool at the time limit" {
  setting STEP_TIMEOUT_SECONDS 1
  try '' 'limited sleep 20'
  [[ ${status} -eq 124 ]]
}

@test "supervise passes the status on" {
  try '' 'supervise bash -c "exit 7" || echo "status $?"'
  [[ ${output} == 'status 7' ]]
}

@test "a signal ends the supervised command with all its children, and then us" {
  setsid bash -c "$(library)"'trap_signals; supervise bash -c "sleep 300 & touch \${W}/started; sleep 300; :"' >"${W}/out" 3>&- &
  local main=$! status=0
  until [[ -e ${W}/started ]]; do sleep 0.05; done
  kill -TERM "${main}"
  wait "${main}" || status=$?
  [[ ${status} -eq 143 ]]
  grep -q 'WARNING: Stopping on SIGTERM' "${W}/out"
  # A dead orphan is listed until init has seen it.
  timeout 5 bash -c "while pgrep --session ${main}; do sleep 0.1; done"
}

@test "the lock is for one, and the loser says who holds it" {
  bash -c "$(library)"'take_lock "${BACKUPS}/.lock" "the first"; touch "${BACKUPS}/held"; sleep 10' 3>&- &
  local holder=$!
  until [[ -e ${W}/backups/held ]]; do sleep 0.05; done
  try '' 'take_lock "${BACKUPS}/.lock" "the second"'
  kill "${holder}"
  [[ ${status} -eq 9 && ${output} == *'the first since '* ]]
}

@test "the lock of a dead run is free" {
  try '' 'take_lock "${BACKUPS}/.lock" "the first"; kill -9 $$'
  try '' 'take_lock "${BACKUPS}/.lock" "the second"; echo mine'
  [[ ${output} == mine ]]
}

@test "a lock that cannot be written is exit code 2" {
  try '' 'take_lock "${W}/no/such/.lock" me'
  [[ ${status} -ne 0 ]]
  try '' 'take_lock /proc/no-lock me'
  [[ ${status} -eq 2 ]]
}
