# shellcheck shell=bash
# Real servers on the loopback, each with its own port and below BATS_FILE_TMPDIR, for as long as the tests of one file run.

# free_port: sets PORT, for setup_file and every test of the file.
free_port() {
  PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export PORT
}

# A server needs a user of its own, which must reach its directory. Sets DATA.
server_place() {
  free_port
  export DATA=${BATS_FILE_TMPDIR:?}/data
  chmod 711 "${BATS_RUN_TMPDIR:?}" "${BATS_FILE_TMPDIR}"
  install -d -o "$1" "${DATA}"
}

# start_mariadb OPTION...: the root account has no password at the socket.
start_mariadb() {
  mariadb-install-db --no-defaults --user=mysql --datadir="${DATA}" --skip-test-db --auth-root-authentication-method=normal >/dev/null
  mariadbd --no-defaults --user=mysql --datadir="${DATA}" --socket="${DATA}/s" --pid-file="${DATA}/pid" --port="${PORT}" \
    --bind-address=127.0.0.1 "$@" >"${DATA}/log" 2>&1 3>&- &
  timeout 60 bash -c "until mariadb-admin --no-defaults -S '${DATA}/s' -uroot ping >/dev/null 2>&1; do sleep 0.1; done"
}

stop_mariadb() { mariadb-admin --no-defaults -S "${DATA}/s" -uroot shutdown; }

mariadb_as_root() { mariadb --no-defaults --default-character-set=utf8mb4 -S "${DATA}/s" -uroot "$@"; }

# postgres_do PROGRAM ARGUMENT...: of the newest PostgreSQL that is installed, as its user.
postgres_do() {
  local program
  program=$(compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -n 1)
  (cd "${DATA}" && setpriv --reuid=postgres --regid=postgres --clear-groups "${program}" "${@:2}")
}

# The password of the superuser is "root".
start_postgresql() {
  echo root >"${DATA}/password"
  postgres_do initdb -D "${DATA}/db" -A scram-sha-256 -U postgres --pwfile="${DATA}/password" --no-sync >/dev/null
  postgres_do pg_ctl -D "${DATA}/db" -w -l "${DATA}/log" -o "-p ${PORT} -c listen_addresses=127.0.0.1 -k ${DATA} -c fsync=off" start >/dev/null 3>&-
}

stop_postgresql() { postgres_do pg_ctl -D "${DATA}/db" -m fast stop; }

postgresql_as_root() { PGPASSWORD=root psql -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "${PORT}" -U postgres "$@"; }
