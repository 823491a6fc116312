#!/usr/bin/env bats
# tests/e2e/run itself, with cases that need no host.

bats_require_minimum_version 1.5.0

setup() {
  state=${BATS_TEST_TMPDIR:?}/state
  fake=${BATS_TEST_TMPDIR}/e2e
  mkdir -p "${state}" "${fake}/lib" "${fake}/cases"
  cat >"${fake}/cases/fake.sh" <<'END'
case_good() {
  :
}
case_bad() {
  echo "it is broken"
  false
}
case_tired() {
  [[ -e ${E2E_STATE}/slept ]] || { touch "${E2E_STATE}/slept"; echo "not yet"; false; }
}
END
  cat >"${fake}/lib/case" <<'END'
#!/usr/bin/env bash
set -euo pipefail
source "${E2E}/cases/fake.sh"
"case_$1"
END
  chmod +x "${fake}/lib/case"
  : >"${fake}/lib/none.sh"
}

with_cases() { # NAME...
  exec bash -c '
    source "$1"
    E2E=$2 E2E_STATE=$3
    machine_up() { exec 9>"${E2E_STATE}/lock"; }
    main "${@:4}"
  ' tests/e2e/run "${BATS_TEST_DIRNAME:?}/../e2e/run" "${fake}" "${state}" "$@"
}

@test "a case that fails twice is named on the last lines, and the exit code says it" {
  run -1 with_cases good bad
  [[ ${output} == *'once more, alone:'* && ${lines[-2]} == 'FAILED bad' && ${lines[-1]} == '1 passed, 1 failed' ]]
}

@test "a case that passes alone is counted and named unsteady, and its first log is kept" {
  run -0 with_cases good tired
  [[ ${lines[-2]} == 'UNSTEADY tired' && ${lines[-1]} == '2 passed, 0 failed' ]]
  [[ $(<"${state}/first-tries/tired/log") == 'not yet' ]]
}

@test "a case that ran alone has had its try" {
  run -1 with_cases tired
  [[ ${lines[-2]} == 'FAILED tired' && ${lines[-1]} == '0 passed, 1 failed' ]]
}

@test "a case whose try never ended has failed" {
  # the whole lane dies, not only the case
  cat >"${fake}/lib/case" <<'END'
#!/usr/bin/env bash
[[ $1 != bad ]] || kill -KILL "$(ps -o ppid= "${PPID}")"
END
  run -1 with_cases good bad
  [[ ${lines[-2]} == 'FAILED bad' && ${lines[-1]} == '1 passed, 1 failed' ]]
}

@test "nothing but passes says nothing else" {
  run -0 with_cases good
  [[ ${lines[-1]} == '1 passed, 0 failed' && ${output} != *UNSTEADY* && ${output} != *FAILED* ]]
}
