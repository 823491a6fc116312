#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# The verdicts of drills. Drills themselves need Docker, and are end-to-end cases.

bats_require_minimum_version 1.5.0
load helpers

DRILL=${BATS_TEST_DIRNAME}/../../templates/restore/tracker-drill

setup() {
  world
  VERDICTS=${W}/state/drills.jsonl
}

@test "a verdict after a line that a power cut has damaged is a line of its own, and is listed" {
  printf '{"time":"2026-02-08T04:00:00Z","database":"trac' >"${VERDICTS}"
  mkdir "${W}/findings"
  echo '[2026-02-15 04:00:00] ERROR: rotten' >"${W}/findings/log"
  run bash -c "$(library store) source '${DRILL}'; VERDICTS='${VERDICTS}' FINDINGS='${W}/findings'; write_verdict tracker 5 1000; write_verdict index 0 1000"
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  [[ $(jq -rR 'fromjson? | "\(.database) \(.verdict) \(.cause)"' "${VERDICTS}") == $'tracker failed rotten\nindex ok rotten' ]]
  run "${DRILL}" --list
  [[ ${status} -eq 0 && ${output} == *tracker*'failed'*'exit code 5'*index*'ok'* ]] || { echo "${output}" && false; }
}
