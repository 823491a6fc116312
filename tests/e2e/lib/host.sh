# shellcheck shell=bash
# A host: a systemd container with Debian's own engine and compose inside. Every case gets a fresh one; only the inner
# engine's images (a volume for each lane) outlive it.
: "${E2E:?}" "${ENGINE_NETWORK:?}" "${IMAGE_HOST:?}"

HOST=""

# host_boot LANE [OPTION...]: the options are for `docker run`, volumes for instance.
host_boot() {
  HOST="trackgen-e2e-host-$1"
  engine_remove "${HOST}" &>/dev/null || : # a case that ran out of time has left it
  docker run --detach --name "${HOST}" --hostname tracker --label trackgen-e2e --network "${ENGINE_NETWORK}" \
    --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
    --security-opt systempaths=unconfined --cgroupns private --stop-signal SIGRTMIN+3 \
    --tmpfs /run --tmpfs /run/lock --tmpfs /tmp:exec --volume "trackgen-e2e-engine-$1:/var/lib/docker" --volume /opt/torrust \
    "${@:2}" "${IMAGE_HOST}" >/dev/null
  host_wait
}

# Waits for the inner engine, which comes last.
host_wait() {
  local _
  for _ in {1..300}; do
    docker exec "${HOST}" docker version &>/dev/null && return
    sleep 0.1
  done
  echo "host ${HOST} did not boot" >&2
  return 1
}

host_down() {
  [[ -n ${HOST} ]] || return 0
  engine_remove "${HOST}"
  HOST=""
}

# host_sh SCRIPT [ARGUMENT...]: a root shell on the host.
host_sh() {
  docker exec -i "${HOST}" bash -euo pipefail -c "$1" host "${@:2}"
}

# host_put SOURCE TARGET: the content of a directory; through tar, as docker cp does not see the host's own mounts.
host_put() {
  tar -C "$1" --owner 0 --group 0 -c . | docker exec -i "${HOST}" sh -c 'mkdir -p "$1" && tar -C "$1" -x' host "$2"
}

# No sync, no signal to anything inside.
host_power_cut() {
  engine_kill "${HOST}"
}

host_power_on() {
  docker start "${HOST}" >/dev/null
  host_wait
}

# host_images NAME...: gives the host's engine the images that it does not have yet.
host_images() {
  local name here id
  for name; do
    here=$(image_here "${name}")
    id=$(docker image inspect --format '{{.Id}}' "${here}")
    docker exec "${HOST}" docker image inspect "${id}" &>/dev/null || docker save "${here}" | docker exec -i "${HOST}" docker load --quiet
    docker exec "${HOST}" docker tag "${id}" "${name}"
  done
}

# host_until SCRIPT [ARGUMENT...]: waits until it succeeds on the host; says what did not happen after a minute.
host_until() {
  host_sh 'script=$1; shift
    for _ in {1..1200}; do
      bash -c "$script" host "$@" &>/dev/null && exit
      sleep 0.05
    done
    exit 1' "$@" || fail "it never came to: $1"
}
