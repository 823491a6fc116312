#!/usr/bin/env bats
# tests/run itself, with steps of its own.

bats_require_minimum_version 1.5.0

setup() {
  runner=${BATS_TEST_DIRNAME:?}/../run
}

# runs tests/run's main with the steps that are given as functions
with_steps() {
  exec bash -c '
    source "$1"
    logs=$2
    steps=(good bad counted unsteady endless)
    step_good() { echo fine; }
    step_bad() { false; echo never; }
    step_counted() { printf "ok 1 a\nnot ok 2 b\ntest result: ok. 3 passed; 0 failed; 0 ignored\n4 passed, 1 failed\n"; }
    step_unsteady() { printf "UNSTEADY name\n2 passed, 0 failed\n"; }
    step_endless() { setsid sleep 600 & echo "-${BASHPID}" "$!" >"${logs}/ids"; sleep 600; }
    main "${@:3}"
  ' tests/run "${runner}" "${BATS_TEST_TMPDIR:?}/logs" "$@"
}

@test "a failing step does not stop the others, and the last line counts" {
  run -1 with_steps bad good
  [[ ${lines[0]} == FAIL*bad* && ${lines[1]} == PASS*good* && ${lines[-1]} == '1 passed, 1 failed' ]]
}

@test "nothing but passes is exit code 0" {
  run -0 with_steps good
  [[ ${lines[-1]} == '1 passed, 0 failed' ]]
}

@test "tests are counted in the words of cargo, bats and the end-to-end run" {
  run -1 with_steps counted
  [[ ${lines[-1]} == '8 passed, 2 failed' ]]
}

@test "a failing step shows all that it said, a passing one nothing" {
  run -1 with_steps counted good
  [[ ${output} == *'counted | not ok 2 b'* && ${output} != *fine* ]]
}

@test "what failed, or passed only at its second try, is named again at the end" {
  run -1 with_steps counted unsteady good
  [[ ${lines[-3]} == 'counted | not ok 2 b' && ${lines[-2]} == 'unsteady | UNSTEADY name' ]]
}

@test "a step that does not exist is exit code 2" {
  run -2 with_steps good nonsense
  [[ ${output} != *PASS* ]]
}

@test "a signal ends the step with all that it started, a server of its own session too" {
  local runner_id group server status=0
  with_steps endless >/dev/null 3>&- &
  runner_id=$!
  until [[ -s ${BATS_TEST_TMPDIR}/logs/ids ]]; do sleep 0.1; done
  read -r group server <"${BATS_TEST_TMPDIR}/logs/ids"
  kill -TERM "${runner_id}"
  wait "${runner_id}" || status=$?
  ((status == 143))
  run -1 kill -0 -- "${group}"
  # init may take its time to bury it
  run -1 test -e "/proc/${server}/exe"
}

@test "it works from another directory" {
  cd /
  run -0 "${runner}" --list
  [[ ${lines[0]} == tools ]]
}
