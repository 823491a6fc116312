#!/bin/bash
# Stand-in for postgres:17 with Debian's PostgreSQL: the same variables, the same empty-directory initialisation.
set -euo pipefail

as_postgres() {
  setpriv --reuid postgres --regid postgres --clear-groups "$@"
}

first_start() {
  install -o postgres -m 0600 <(printf '%s\n' "${POSTGRES_PASSWORD}") /tmp/password
  as_postgres initdb -D "${PGDATA}" --auth-local trust --auth-host scram-sha-256 -U "${POSTGRES_USER}" -E UTF8 --locale=C.UTF-8 --no-sync \
    --pwfile=/tmp/password >/dev/null
  echo 'host all all all scram-sha-256' >>"${PGDATA}/pg_hba.conf"
  printf 'CREATE DATABASE "%s";\n' "${POSTGRES_DB}" | as_postgres postgres --single -D "${PGDATA}" postgres >/dev/null
}

install -d -o postgres -g postgres -m 0700 "${PGDATA}"
install -d -o postgres -g postgres /var/run/postgresql
[[ -s ${PGDATA}/PG_VERSION ]] || first_start
exec setpriv --reuid postgres --regid postgres --clear-groups postgres -D "${PGDATA}" -c listen_addresses='*' -c fsync=off -c jit=off "$@"
