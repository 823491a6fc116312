# shellcheck shell=bash
# What the outside sees of the tracker: see images/tracker/probe.py. Times are seconds since the epoch.
: "${HOST?}" "${ENGINE_NETWORK:?}" "${IMAGE_TRACKER:?}" "${E2E_WORK:?}"

probe_start() {
  docker run --detach --name "${HOST/host/probe}" --label trackgen-e2e --network "${ENGINE_NETWORK}" --entrypoint python3 \
    "$(image_here "${IMAGE_TRACKER}")" -u /usr/lib/stand-in/probe.py "http://${HOST}:7070" >/dev/null
  sleep 1 # a second of answers before whatever comes
}

probe_stop() {
  sleep 0.5
  docker logs "${HOST/host/probe}" >"${E2E_WORK}/probe.log"
  docker rm -fv "${HOST/host/probe}" >/dev/null
}

# probe_gap KIND FROM TO: the longest time without a good answer, in seconds.
probe_gap() {
  awk -v kind="$1" -v from="$2" -v to="$3" '
    $1 == kind && $4 == 1 {
      now = $2 + $3
      if (last && now >= from && last <= to && now - last > gap) gap = now - last
      last = now
    }
    END { if (last < to && to - last > gap) gap = to - last; printf "%.2f\n", gap }' "${E2E_WORK}/probe.log"
}

probe_failures() { # KIND
  awk -v kind="$1" '$1 == kind && $4 == 0 { n++ } END { print n + 0 }' "${E2E_WORK}/probe.log"
}

# probe_acknowledged TIME: the last write that the tracker had acknowledged by then.
probe_acknowledged() {
  awk -v time="$1" '$1 == "write" && $4 == 1 && $2 + $3 <= time && $5 > seq { seq = $5 } END { print seq + 0 }' "${E2E_WORK}/probe.log"
}
