# shellcheck shell=bash
# The host's half of a drill: the scratch place, the throwaway server, and the steps of a restore in a container that sees nothing else.
: "${SHARE:?}" "${SCRATCH:?}" "${WORK:?}" "${FINDINGS:?}" "${DEADLINE:?}" "${IMAGE:?}" "${COMPOSE_JSON:?}" "${BACKUP_DIRECTORY:?}" "${RUN_ID?}"
: "${NAME?}" "${ENGINE?}" "${FILE?}" "${LOCATION?}" "${DSN_HOST?}" "${DSN_USER?}" "${DRILL_TIMEOUT_SECONDS:?}" "${TRACKER_BACKUP_ETC:?}"

# What an earlier drill has left, if it was killed, and what this one leaves.
tidy() {
  local container
  # Most of it is not there, which is what is wanted.
  for container in tracker-backup-run tracker-drill; do docker_do rm --force --volumes "${container}" &>/dev/null || :; done
  docker_do network rm tracker-drill &>/dev/null || :
  rm -rf "${SCRATCH}"
}

# step NAME: one step of a restore, in a container of the backup image. It may take what is left of the drill's time.
step() {
  local status=0
  LIMIT=$(((DEADLINE - $(milliseconds)) / 1000))
  ((LIMIT > 0)) || die 10 "The drill may take ${DRILL_TIMEOUT_SECONDS} s, and they are over"
  docker_do run --rm --init --name tracker-backup-run --network "${NETWORK}" --user 1000:1000 --read-only --cap-drop ALL \
    --security-opt no-new-privileges:true --pids-limit 128 --tmpfs /tmp:mode=1777,size=64m --env LOG_FORMAT --env SPOOL=/scratch/spool \
    --volume "${TRACKER_BACKUP_ETC}:/etc/tracker-backup:ro" --volume "${SHARE}/restore/steps:/usr/local/lib/tracker-backup/restore:ro" \
    --volume "${BACKUP_DIRECTORY}:/backups:ro" --volume "${SCRATCH}/place:/scratch" \
    --volume "${SCRATCH}/stack.env:/run/tracker-backup/stack.env:ro" \
    "${IMAGE}" restore "$1" "${NAME}" --file "/backups/${FILE#"${BACKUP_DIRECTORY}"/}" --run-id "${RUN_ID}" --target "${TARGET}" || status=$?
  own_code "${status}"
}

# check_scratch: whether the backup can be loaded there; what it says while a server is not ready yet is of no interest.
check_scratch() { supervise step check >"${WORK}/answer"; }

# room_for_server DIRECTORY BYTES: rows, indexes and the server's own journals. In memory where that is a small part of it.
room_for_server() {
  local need=$(($2 * 3 + 1073741824)) available
  available=$(($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) * 1024))
  if ((need < available / 4)); then
    ROOM=(--tmpfs "$1:size=${need}")
  else
    check_space "${need}" "${SCRATCH}"
    mkdir -m 0777 "${SCRATCH}/data"
    ROOM=(--volume "${SCRATCH}/data:$1")
  fi
}

# start_server RAW_BYTES: the stack's own image, no published port, and a password that nobody knows.
start_server() {
  local dsn user service image directory command=() password
  dsn=$(env_value .env "${LOCATION}")
  parse_dsn "${dsn}"
  # As the address has it: the objects of the dump belong to this user.
  user=${dsn#*://} user=${user%%[:@]*}
  service=$(jq -c --arg host "${DSN_HOST}" --arg engine "${ENGINE}" '.services[$host] // .services[$engine] // empty' "${COMPOSE_JSON}")
  [[ -n ${service} ]] || die 2 "${NAME}: the stack has no service ${DSN_HOST} or ${ENGINE} whose image a drill could take"
  image=$(jq -r .image <<<"${service}")
  mapfile -t command < <(jq -r '.command // [] | .[]' <<<"${service}")
  password=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "MYSQL_ROOT_PASSWORD=${password}" 'MYSQL_DATABASE=drill' "MYSQL_USER=drill" "MYSQL_PASSWORD=${password}" \
    "POSTGRES_PASSWORD=${password}" "POSTGRES_USER=${DSN_USER}" 'POSTGRES_DB=drill' >"${SCRATCH}/server.env"
  printf "%s='%s'\nMYSQL_ROOT_PASSWORD='%s'\n" "${LOCATION}" "${ENGINE}://${user}:${password}@tracker-drill/drill" "${password}" >"${SCRATCH}/stack.env"
  directory=/var/lib/postgresql/data
  [[ ${ENGINE} != mysql ]] || directory=/var/lib/mysql
  room_for_server "${directory}" "$1"
  docker_do network create --internal tracker-drill >/dev/null || fail 4 $? 'The network of the drill cannot be made'
  NETWORK=tracker-drill TARGET=restored
  docker_do run --detach --name tracker-drill --network tracker-drill --env-file "${SCRATCH}/server.env" "${ROOM[@]}" "${image}" \
    "${command[@]}" >/dev/null || fail 4 $? "${NAME}: the scratch server cannot be started"
  printf '%s\n' "${image}" >"${FINDINGS}/server_image"
}
