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

# What is wrong is looked at where nothing is: the commands are the same.
case_docs_operations() {
  stack_up sqlite WAL
  reader_up
  follow_page docs/operations.md
  stack_live_check
}

case_docs_troubleshooting() {
  stack_up sqlite WAL
  backup_install '{}'
  expect_exit 0 backup_run
  reader_up
  follow_page docs/troubleshooting.md
}
