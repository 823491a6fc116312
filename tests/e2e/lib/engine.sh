# shellcheck shell=bash
# The Docker engine that holds the hosts: the machine's own where one answers, else one of ours, stopped at the end.
: "${E2E_STATE:?}"

# Of this checkout alone, and short: a socket's path may have 107 bytes.
ENGINE_RUN=/run/trackgen-e2e-$(cksum <<<"${E2E_STATE}" | cut -d ' ' -f 1)
readonly ENGINE_RUN
readonly ENGINE_NETWORK=trackgen-e2e
ENGINE_PID=""

engine_packages() {
  local missing=() tool package
  while read -r tool package; do
    command -v "${tool}" >/dev/null || missing+=("${package}")
  done <<'TOOLS'
dockerd docker.io
docker docker.io
mmdebstrap mmdebstrap
jq jq
ssh openssh-client
TOOLS
  ((${#missing[@]} == 0)) && return
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

engine_answers() {
  docker version --format '{{.Server.Version}}' &>/dev/null
}

# Also takes over the one that a killed run, or one with --keep, has left.
engine_start() {
  mkdir -p "${ENGINE_RUN}" "${E2E_STATE}/engine"
  export DOCKER_HOST="unix://${ENGINE_RUN}/docker.sock"
  if ! engine_answers; then
    # No default bridge, so that it meets no other engine on the machine; everything runs in our own network.
    setsid dockerd --data-root "${E2E_STATE}/engine/data" --exec-root "${ENGINE_RUN}/exec" --pidfile "${ENGINE_RUN}/docker.pid" \
      --host "${DOCKER_HOST}" --bridge none &>"${E2E_STATE}/engine/dockerd.log" &
    engine_wait "$!"
  fi
  ENGINE_PID=$(<"${ENGINE_RUN}/docker.pid")
}

engine_wait() { # PID
  local _
  for _ in {1..300}; do
    engine_answers && return
    kill -0 "$1" || break
    sleep 0.1
  done
  tail -n 20 "${E2E_STATE}/engine/dockerd.log" >&2
  return 1
}

engine_up() {
  engine_packages &>"${E2E_STATE}/packages.log"
  engine_answers || engine_start
  engine_clear # of a run that was killed
  docker network create --label trackgen-e2e "${ENGINE_NETWORK}" >/dev/null
}

# engine_thaw CONTAINER: under cgroups v1 what a paused container inside has frozen cannot die, and its host neither.
engine_thaw() {
  local id
  id=$(docker inspect --format '{{.Id}}' "$1") || return
  local frozen=/sys/fs/cgroup/freezer/docker/${id}
  [[ ! -d ${frozen} ]] || find "${frozen}" -mindepth 2 -name freezer.state -exec sh -c 'echo THAWED >"$1"' sh {} \;
}

# engine_kill CONTAINER: the engine waits ten seconds for the end, which a busy machine may take longer to bring.
engine_kill() {
  engine_thaw "$1" || return
  docker kill "$1" &>/dev/null || { engine_thaw "$1" && timeout 60 docker wait "$1" >/dev/null; }
}

# engine_remove CONTAINER: with its volumes.
engine_remove() {
  # One that has ended cannot be killed.
  engine_kill "$1" || :
  docker rm -fv "$1" >/dev/null
}

# Everything of ours by its label; the volumes, with the images that hosts have loaded, are the cache.
engine_clear() {
  local container
  while container=$(docker ps -aq --filter label=trackgen-e2e | sed -n 1p) && [[ -n ${container} ]]; do
    engine_remove "${container}" 2>/dev/null || sleep 0.5 # a case that ends may be removing its own
  done
  docker network ls -q --filter label=trackgen-e2e | xargs -r docker network rm >/dev/null
}

engine_down() {
  engine_clear
  [[ -n ${ENGINE_PID} ]] || return 0
  kill "${ENGINE_PID}"
  while [[ -e /proc/${ENGINE_PID} ]]; do
    sleep 0.1
  done
  # An engine that was killed once leaves the mount of its data behind, and later ones take it for somebody else's.
  awk -v root="${E2E_STATE}/engine" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n 1 umount
  rm -rf "${ENGINE_RUN}"
}
