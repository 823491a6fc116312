# shellcheck shell=bash
# The host's dealings with the backup container: the image, one-shot runs, and what a killed run has left.
: "${DEPLOY_DIR:?}" "${ERRORS:?}" "${HEALTH_TIMEOUT_SECONDS:?}" "${STEP_TIMEOUT_SECONDS:?}" "${WORK:?}" "${LOG_FORMAT:?}" "${DRY_RUN?}"

# Copy, check, count, leave out rows, count, compress.
STEPS_OF_A_DATABASE=6
# More options of docker compose run.
CONTAINER_OPTIONS=()

check_host() {
  local image
  [[ -r docker-compose.yml ]] || die 2 "No docker-compose.yml in ${DEPLOY_DIR:?}"
  docker_do version --format '{{.Server.Version}}' >/dev/null || fail 2 $? 'Docker does not answer'
  compose --profile backup config --format json >"${WORK}/compose.json" || fail 2 $? 'Docker Compose cannot read the project'
  image=$(jq -r '.services.backup.image // empty' "${WORK}/compose.json")
  [[ -n ${image} ]] || die 2 "The project in ${DEPLOY_DIR} has no backup service: is docker-compose.override.yml in place?"
  if ! docker_do image inspect "${image}" >/dev/null; then
    [[ -z ${DRY_RUN} ]] || die 2 "Image ${image} is missing: a run would get it first"
    log INFO "Image ${image} is missing: it is built or pulled now, before anything is touched"
    if jq -e '.services.backup.build' "${WORK}/compose.json" >/dev/null; then
      LIMIT=${STEP_TIMEOUT_SECONDS:?} supervise compose build --quiet backup || fail 2 $? "Image ${image} cannot be built"
    else
      LIMIT=${STEP_TIMEOUT_SECONDS:?} supervise docker_do pull --quiet "${image}" >/dev/null || fail 2 $? "Image ${image} cannot be pulled"
    fi
  fi
  TRACKER=$(compose ps --all --quiet tracker) || fail 2 $? 'Docker Compose cannot list the tracker'
}

# Docker gives up when its output cannot be written (the disk of the log is full); this does not.
relay() {
  local line
  while IFS= read -r line; do printf '%s\n' "${line}" || :; done
}

# The container of this run has a name, so that an interrupted run can be found and ended. It limits its steps itself, so that
# the log can name the one that hangs; should the container hang as a whole, there is a limit for all of its steps.
in_container() {
  local status=0 databases limit
  databases=$(settings_lines databases | wc -l)
  limit=$((STEP_TIMEOUT_SECONDS * STEPS_OF_A_DATABASE * databases))
  LIMIT=${limit} compose run --rm --no-TTY --no-deps --name tracker-backup-run --env "LOG_FORMAT=${LOG_FORMAT}" \
    "${CONTAINER_OPTIONS[@]}" backup "$@" \
    | relay || status=${PIPESTATUS[0]}
  if ((status == 124)); then
    : >"${ERRORS}"
    log ERROR "The backup container did not end within ${limit} s"
  fi
  own_code "${status}"
}

# own_code STATUS: of a container, as ours. What is not one of our own codes comes from Docker.
own_code() {
  case $1 in
    124) return 10 ;;
    [02-9] | 10) return "$1" ;;
    *) return 4 ;;
  esac
}

# patiently COMMAND...: again while it is exit code 3, as a server that has just been started needs its time.
patiently() {
  local status=0 deadline=$(($(milliseconds) + HEALTH_TIMEOUT_SECONDS * 1000))
  "$@" || status=$?
  while ((status == 3 && $(milliseconds) < deadline)); do
    sleep 2
    status=0
    "$@" || status=$?
  done
  return "${status}"
}

remove_container() {
  local container
  container=$(docker_do ps --all --quiet --filter 'name=^tracker-backup-run$') || return 0
  if [[ -n ${container} ]]; then
    log WARNING 'Ending the container of an interrupted run'
    docker_do rm --force "${container}" >/dev/null
  fi
}
