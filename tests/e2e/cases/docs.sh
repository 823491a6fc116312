# shellcheck shell=bash
# The guide, followed. A page with a block for a host is in here (tests/suite/docs.rs sees to it).

# From nothing to a restored backup; what came back is what was there.
case_tutorial() {
  local before after
  stack_up sqlite WAL
  reader_up
  stack_misbehave load 0
  sleep 0.5
  before=$(stack_live_check | jq .ledger)
  follow_page docs/tutorial.md
  stack_wait
  after=$(stack_live_check | jq .ledger) || fail "the database that came back is not sound"
  expect_equal "rows" "${after}" "${before}"
}

# To the end of the page, where it is uninstalled. The next host with this engine would have to build the image.
case_docs_operations() {
  local image
  stack_up sqlite WAL
  reader_up
  image=$(host_sh 'docker image ls --format "{{.Repository}}:{{.Tag}}" tracker-backup | sed -n 1p')
  [[ -z ${image} ]] || host_sh 'docker tag "$1" kept:1' "${image}"
  follow_page docs/operations.md
  [[ -z ${image} ]] || host_sh 'docker tag kept:1 "$1"; docker image rm kept:1' "${image}"
  stack_live_check
}

# What is wrong is looked at where nothing is: the commands are the same.
case_docs_troubleshooting() {
  stack_up sqlite WAL
  backup_install '{}'
  host_sh 'systemctl enable --quiet --now cron' # off in the image of the hosts
  expect_exit 0 backup_run
  reader_up
  follow_page docs/troubleshooting.md
}
