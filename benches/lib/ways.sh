# shellcheck shell=bash disable=SC2016  # what a host runs stands in single quotes: its variables are the host's
# The ways that are compared: each a function that leaves a running tracker, and what the outside saw of it.
: "${HOST?}" "${SIZE?}" "${STACK_ENGINE?}" "${DATABASE:?}" "${DEPLOY_DIR:?}" "${BACKUPS:?}" "${IMAGE_TRACKER:?}"
: "${E2E_STATE:?}" "${E2E_WORK:?}" "${BENCH:?}" "${RESULTS:?}"

readonly COPY=${DEPLOY_DIR}/storage/bare.db

# install_with JSON: renders and installs; the host keeps everything else.
install_with() { backup_install "$1" >>"${E2E_WORK}/log" 2>&1; }

# stack_with ROWS: the stack on SQLite with that file, and the rendered system on it. What the deployer's container lacks,
# the signal that the tracker listens to, is given to it here, so that no way is charged for the tracker's deafness.
stack_with() {
  local file
  file=$(seed_file "$1")
  stack_lay sqlite
  host_sh 'install -m 0644 -o 1000 -g 1000 /seeds/"$1" "$2"' "${file##*/}" "${DATABASE}"
  install_with '{}'
  compose up --detach --quiet-pull
  stack_wait
}

# The copies of the last way are away, nothing waits to be written, and the database is in memory: the same for all. The notes
# beside the backups stay: without them each run would make its weekly check.
settle() {
  host_sh 'rm -f "$1"; find "$2" -type f -name "*_[0-9]*" ! -name "*.meta" -delete; cat "$3" >/dev/null; sync -f "$4"; sleep 1' \
    "${COPY}" "${BACKUPS}" "${DATABASE}" "${DEPLOY_DIR}"
}

tracker_lost() {
  docker exec "${HOST}" docker logs tracker 2>&1 | grep -c '^write lost' || : # none is 1 for grep
}

# observe WAY COMMAND...: one line of JSON about what readers and writers outside noticed of it.
observe() {
  local way=$1 before lost load from to seconds held stopped=false
  settle
  before=$(stack_tracker) lost=$(tracker_lost) load=$(cut -d ' ' -f 1 /proc/loadavg)
  probe_start
  from=${EPOCHREALTIME}
  "${@:2}" >>"${E2E_WORK}/log" 2>&1 || {
    tail -n 20 "${E2E_WORK}/log" >&2
    backup_log | tail -n 20 >&2
    return 1
  }
  seconds=$(awk -v a="${from}" -v b="${EPOCHREALTIME}" 'BEGIN { printf "%.2f", b - a }')
  stack_wait
  sleep 1
  to=${EPOCHREALTIME}
  probe_stop
  held=$(held_since "${from}")
  [[ $(stack_tracker) == "${before}" ]] || stopped=true
  jq -nc --arg way "${way}" --argjson size "${SIZE}" --argjson stopped "${stopped}" --argjson seconds "${seconds}" --argjson load "${load}" \
    --argjson at "$(gap_at "${from}" "${to}")" --argjson writes "$(probe_gap write "${from}" "${to}")" --argjson reads "$(probe_gap read "${from}" "${to}")" \
    --argjson waited "$(longest_write "${from}" "${to}")" --argjson lost "$(($(probe_failures write) + $(tracker_lost) - lost))" --argjson held "${held:-null}" '$ARGS.named' | tee -a "${RESULTS}"
}

# longest_write FROM TO: seconds that the slowest accepted write took.
longest_write() {
  awk -v from="$1" -v to="$2" '$1 == "write" && $4 == 1 && $2 >= from && $2 <= to && $3 > longest { longest = $3 }
    END { printf "%.3f\n", longest }' "${E2E_WORK}/probe.log"
}

# gap_at FROM TO: how long after the beginning the longest gap in writes began: in the window, or in what comes after it.
gap_at() {
  awk -v from="$1" -v to="$2" '
    $1 == "write" && $4 == 1 {
      now = $2 + $3
      if (last && now >= from && last <= to && now - last > gap) { gap = now - last; at = last - from }
      last = now
    }
    END { printf "%.1f\n", at }' "${E2E_WORK}/probe.log"
}

# held_since TIME: seconds that the backup's own notes say that it held the tracker or its writers for.
held_since() {
  host_sh '[[ ! -d $1 ]] || find "$1" -name "*.meta" ! -name "config*" -newermt "@$2" -exec jq ".write_wait_seconds // .downtime_seconds" {} +' \
    "${BACKUPS}/${STACK_ENGINE}" "$1"
}

# copy_alone: nobody is stopped, so the copy is worth nothing; its time is the floor of all others.
copy_alone() {
  settle
  local seconds
  seconds=$(host_sh 'from=$EPOCHREALTIME; cp "$1" "$2"; awk -v a="$from" -v b="$EPOCHREALTIME" "BEGIN { printf \"%.3f\", b - a }"' "${DATABASE}" "${COPY}")
  jq -nc --argjson size "${SIZE}" --argjson seconds "${seconds}" '{way: "copy", size: $size, seconds: $seconds}' | tee -a "${RESULTS}"
}

nothing() { sleep 10; }

bare_pause() { host_sh 'docker pause tracker; cp "$1" "$2"; docker unpause tracker' "${DATABASE}" "${COPY}"; }

bare_stop() { host_sh 'docker stop tracker; cp "$1" "$2"; docker start tracker' "${DATABASE}" "${COPY}"; }

seeds_install() {
  host_put "${BENCH}/seeds" /root/seeds
  local image
  image=$(host_sh 'cd "$1" && docker compose --profile backup config --images | sed -n /^tracker-backup:/p' "${DEPLOY_DIR}")
  host_sh 'printf "SEEDS_IMAGE=%s\n" "$2" >>"$1/.env"' "${DEPLOY_DIR}" "${image}"
}

seeds() { host_sh 'bash /root/seeds/host'; }
