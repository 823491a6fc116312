# shellcheck shell=bash
# For a file of tests that all have one PostgreSQL server.

load servers

setup_file() {
  server_place postgres
  start_postgresql
}

teardown_file() { stop_postgresql; }
