# shellcheck shell=bash
# Compose files of the deployer, some with a `backup` service and some without: ours in its shape, and its own where they are beside
# this project. Of each the tracker and its database run; caddy, Prometheus and Grafana have no part in a backup.

# stack_from FILE: the stack of that .env and the .yml beside it, with rows, under load, instead of what was there.
stack_from() {
  host_sh 'docker ps -aq | xargs -r docker rm -fv >/dev/null; docker network prune --force >/dev/null; find "$1" -mindepth 1 -delete' "${DEPLOY_DIR}"
  stack_lay "${STACK_ENGINE}"
  host_sh 'cat >"$1/.env"' "${DEPLOY_DIR}" <"$1"
  host_sh 'cat >"$1/docker-compose.yml"' "${DEPLOY_DIR}" <"${1%.env}.yml"
  compose run --rm --quiet-pull tracker python3 /usr/lib/stand-in/tracker.py seed 2000
  compose up --detach --quiet-pull tracker
  # Behind a proxy the host does not see its ports.
  host_until '[[ $(docker inspect --format "{{.State.Health.Status}}" tracker) == healthy ]]'
}

# every_stack ENGINE DRIVER: a backup, and a restore of it that changes nothing.
every_stack() {
  local file name count=0
  STACK_ENGINE=$1
  for file in "${E2E%/e2e}"/compose/*.env "${E2E%/tests/e2e}"/../shared/deployer/compose/*.env; do
    if [[ ! -e ${file} || ${file} == *-external.env ]] || ! grep -q "DATABASE__DRIVER='$2'" "${file}"; then continue; fi
    echo "--- ${file}"
    stack_from "${file}"
    name=$(sed -nE "s/^(MYSQL_DATABASE|POSTGRES_DB)='(.*)'$/\2/p" "${file}")
    backup_install "$(jq -n --arg name "${name:-tracker.db}" '{tracker: {core: {database: {database_name: $name}}}}')"
    expect_exit 0 backup_run
    expect_backups_sound
    expect_restorable "$(backup_newest)"
    expect_exit 0 restore_run --latest --dry-run
    # Given up on purpose, so that nobody looks for a disk.
    host_sh 'rm -rf "$1"/{sqlite,mysql,postgresql,config}/ /var/lib/tracker-backup/status.json' "${BACKUPS}"
    count=$((count + 1))
  done
  ((count > 0)) || fail "there is no stack with $1"
  note "${count} stacks"
}

case_stacks_sqlite() {
  every_stack sqlite sqlite3
}

case_stacks_mysql() {
  every_stack mysql mysql
}

case_stacks_postgresql() {
  every_stack postgresql postgresql
}
