# shellcheck shell=bash
# A database server that cannot be dumped, and passwords that try to break out.

# server_fault ENGINE FAULT EXIT LOG
server_fault() {
  stack_up "$1"
  backup_install '{}'
  expect_exit 0 backup_run
  local good
  good=$(backup_listing)
  host_sh "cd ${DEPLOY_DIR}; $2"
  expect_exit "$3" backup_run
  expect_log "ERROR: .*$4"
  expect_no_secret_in "$(backup_log)"
  expect_equal "databases under good names" "$(backup_listing)" "${good}"
  expect_backups_sound
}

readonly WRONG_PASSWORD='sed -i "/__PATH=/s/tracker_user:[^@]*@/tracker_user:wrong@/" .env'

case_mysql_down() {
  server_fault mysql 'docker stop -t 30 mysql' 3 'refuses'
  expect_equal "server" "$(docker exec "${HOST}" docker inspect --format '{{.State.Status}}' mysql)" exited
}

case_mysql_wrong_password() {
  server_fault mysql "${WRONG_PASSWORD}" 3 'Access denied'
}

case_mysql_account_locked() {
  server_fault mysql 'docker exec mysql mysql -uroot -pstand-in-root-password -e "ALTER USER tracker_user ACCOUNT LOCK"' 3 'account is locked'
}

case_postgresql_refuses() {
  server_fault postgresql 'docker exec postgresql psql -q -U tracker_user -d postgres -c "ALTER DATABASE tracker ALLOW_CONNECTIONS false"' 3 'not currently accepting connections'
}

# The kernel takes the connection, and nobody answers.
case_mysql_hangs() {
  server_fault mysql 'docker pause mysql || docker pause mysql' 3 'refuses'
}

case_postgresql_hangs() {
  server_fault postgresql 'docker pause postgresql || docker pause postgresql' 3 'refuses'
}

# hangs_in_dump ENGINE: it stops answering in the middle; the step's time limit ends that.
hangs_in_dump() {
  stack_up "$1" "" 400000
  backup_install '{"backup": {"compression": {"level": 9}}}'
  setting STEP_TIMEOUT_SECONDS 12
  backup_start
  host_until "ls /opt/torrust/storage/backup/$1/*.sql.gz.partial"
  host_sh 'docker pause "$1" || docker pause "$1"' "$1"
  local code=0
  backup_wait || code=$?
  expect_equal "exit code" "${code}" 10
  expect_log 'ERROR: .*no end within its time limit'
  expect_equal "databases under good names" "$(backup_listing)" ""
  host_sh 'docker unpause "$1"' "$1"
  setting STEP_TIMEOUT_SECONDS 3600
  expect_exit 0 backup_run
  expect_restorable "$(backup_newest)"
}

case_mysql_hangs_in_dump() {
  hangs_in_dump mysql
}

case_postgresql_hangs_in_dump() {
  hangs_in_dump postgresql
}

# ends_in_dump COMMAND: it is gone in the middle, with or without a word to its clients.
ends_in_dump() {
  stack_up mysql "" 400000
  backup_install '{"backup": {"compression": {"level": 9}}}'
  backup_start
  host_until 'ls /opt/torrust/storage/backup/mysql/*.sql.gz.partial'
  host_sh "$1"
  local code=0
  backup_wait || code=$?
  expect_equal "exit code" "${code}" 4
  expect_log 'ERROR: .*the dump failed'
  expect_equal "databases under good names" "$(backup_listing)" ""
}

case_mysql_killed_in_dump() {
  ends_in_dump 'docker kill mysql'
}

# Nobody says goodbye: only the keepalive of the backup container notices, after two minutes.
case_mysql_network_lost_in_dump() {
  ends_in_dump 'docker network disconnect --force torrust_database_network mysql'
}

case_postgresql_down() {
  server_fault postgresql 'docker stop -t 30 postgresql' 3 'refuses'
}

case_postgresql_wrong_password() {
  server_fault postgresql "${WRONG_PASSWORD}" 3 'password authentication failed'
}

# Every printable ASCII character, and some that are not.
password() {
  local code
  for code in {32..126}; do
    # shellcheck disable=SC2059 # the format is the point
    printf "\\x$(printf %x "${code}")"
  done
  printf 'ünï€'
}

percent_encoded() {
  printf %s "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' %
}

# any_password ENGINE STATEMENT: STATEMENT gives the server's user the password PASSWORD.
any_password() {
  stack_up "$1"
  backup_install '{}'
  local password encoded
  password=$(password)
  encoded=$(percent_encoded "${password}")
  host_sh "$2" "${password//\'/\'\'}"
  host_sh 'sed -i "/__PATH=/s/tracker_user:[^@]*@/tracker_user:$1@/" "$2/.env"' "${encoded}" "${DEPLOY_DIR}"
  compose up --detach --quiet-pull
  stack_wait
  expect_exit 0 backup_run
  expect_restorable "$(backup_newest)"
  expect_backups_sound
}

case_mysql_any_password() {
  any_password mysql 'printf "SET sql_mode = NO_BACKSLASH_ESCAPES; ALTER USER tracker_user IDENTIFIED BY \x27%s\x27;" "$1" \
    | docker exec -i mysql mysql --default-character-set=utf8mb4 -uroot -pstand-in-root-password'
}

case_postgresql_any_password() {
  any_password postgresql 'printf "ALTER ROLE tracker_user PASSWORD \x27%s\x27;" "$1" | docker exec -i postgresql psql -q -U tracker_user tracker'
}
