# shellcheck shell=bash
# The stack as the deployer leaves it on a host, and the rendered backup system on top of it.
: "${E2E:?}" "${E2E_STATE:?}" "${HOST?}" "${TRACKGEN:?}"

readonly DEPLOY_DIR=/opt/torrust
readonly DATABASE=${DEPLOY_DIR}/storage/tracker/lib/database/tracker.db
readonly RENDERED=/root/rendered
STACK_ENGINE=""

# The directories and owners of the deployer's `release`; uid 1000 is its ssh user, 999 its servers.
readonly STACK_LAYOUT='
  cd "$1"
  install -d -o 1000 -g 1000 storage/tracker/{etc,lib/database,log} storage/backup/etc
  install -d -o 999 -g 999 storage/mysql/data storage/postgresql/data
  install -m 0644 -o 1000 -g 1000 tracker.toml storage/tracker/etc/tracker.toml
  install -m 0644 -o 1000 -g 1000 /dev/null storage/tracker/lib/database/tracker.db
  rm tracker.toml database.json
  chown 1000:1000 . .env docker-compose.yml
  chmod 0755 .
  chmod 0640 .env docker-compose.yml
  [[ -z $2 ]] || sqlite3 storage/tracker/lib/database/tracker.db "PRAGMA journal_mode = $2" >/dev/null'

# stack_lay ENGINE [JOURNAL_MODE]: its files, and nothing runs.
stack_lay() {
  STACK_ENGINE=$1
  case $1 in
    sqlite) host_images "${IMAGE_TRACKER}" ;;
    mysql) host_images "${IMAGE_TRACKER}" "${IMAGE_MYSQL}" ;;
    *) host_images "${IMAGE_TRACKER}" "${IMAGE_POSTGRES}" ;;
  esac
  host_put "${E2E}/stack/$1" "${DEPLOY_DIR}"
  host_sh "${STACK_LAYOUT}" "${DEPLOY_DIR}" "${2:-}"
}

# stack_up ENGINE [JOURNAL_MODE] [ROWS]: with a database that has rows, under load, answering.
stack_up() {
  stack_lay "$1" "${2:-}"
  compose run --rm --quiet-pull tracker python3 /usr/lib/stand-in/tracker.py seed "${3:-20000}"
  compose up --detach --quiet-pull
  stack_wait
}

compose() {
  docker exec -i --workdir "${DEPLOY_DIR}" "${HOST}" docker compose --progress quiet "$@"
}

stack_wait() {
  host_sh 'until ((SECONDS > 60)); do
    python3 -c "import urllib.request as r; r.urlopen(\"http://127.0.0.1:7070/announce\", timeout=1)" 2>/dev/null && exit # until it answers
    sleep 0.1
  done
  docker logs --tail 20 tracker; exit 1' >&2
}

# stack_misbehave SWITCH [CONTENT]: see images/tracker/tracker.py
stack_misbehave() {
  host_sh 'mkdir -p "$1/storage/tracker/lib/stand-in"; printf %s "$3" >"$1/storage/tracker/lib/stand-in/$2"' "${DEPLOY_DIR}" "$1" "${2:-}"
}

# What changes when the tracker was restarted or recreated, and what it is doing now.
stack_tracker() {
  docker exec "${HOST}" docker inspect --format "${1:-{{.Id\}\} {{.State.StartedAt\}\} {{.State.Status\}\}}" tracker
}

# stack_live_check: the invariant in the live database.
stack_live_check() {
  docker exec "${HOST}" docker exec --user 1000 tracker python3 /usr/lib/stand-in/tracker.py check
}

# backup_render [JSON]: the environment with JSON merged into it, over what was rendered before.
backup_render() {
  jq -s --arg name "e2e-${STACK_ENGINE}" '.[0] * {environment: {name: $name}, tracker: {core: {database: .[1]}}} * .[2]' \
    "${E2E}/stack/environment.json" "${E2E}/stack/${STACK_ENGINE}/database.json" - <<<"${1:-{\}}" >"${E2E_WORK:?}/environment.json"
  "${TRACKGEN}" render "${E2E_WORK}/environment.json" --out "${E2E_WORK}/rendered"
  host_sh 'rm -rf "$1"' "${RENDERED}"
  host_put "${E2E_WORK}/rendered" "${RENDERED}"
}

# backup_install [JSON]: and installed by its own inventory's table.
backup_install() {
  backup_render "$@"
  docker exec -i "${HOST}" python3 - "${RENDERED}" <"${E2E}/lib/install.py"
  backup_image
}

# The build is the installer's own; a lane that has built this very context before still has the image.
backup_image() {
  local image
  image=$(host_sh 'cd "$1" && docker compose --profile backup config --images | sed -n /^tracker-backup:/p' "${DEPLOY_DIR}")
  docker exec "${HOST}" docker image inspect "${image}" &>/dev/null && return
  host_images "${BASE_IMAGE:?}"
  compose --profile backup build --quiet backup
}

# scheduled_run PROGRAM: its command in the installed schedule, in cron's environment, or its service. Prints nothing; gives its
# exit code.
scheduled_run() {
  host_sh '
    unit=$(grep -lx "ExecStart=/usr/local/bin/$1" /etc/systemd/system/*.service) || :
    if [[ -n ${unit} ]]; then
      systemctl start "${unit##*/}" 2>/dev/null || exit "$(systemctl show --property=ExecMainStatus --value "${unit##*/}")"
      exit
    fi
    command=$(sed -n "s/^[0-9*].* root //p" /etc/cron.d/tracker-backup | grep "/$1 ")
    exec env -i HOME=/root LOGNAME=root SHELL=/bin/bash PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      /bin/bash -c "${command:?}"' "$1"
}

backup_run() {
  scheduled_run maintenance-backup.sh
}

# cron_at TIME: cron itself, with its clock set; the job gets the true one.
cron_at() {
  host_sh 'systemctl stop cron.service; chmod 0755 /etc/cron.d
    LD_PRELOAD=$(find /usr/lib -name libfaketimeMT.so.1) FAKETIME="@$1" FAKETIME_NO_CACHE=1 cron' "$1"
}

backup_log() {
  host_sh 'cat /var/log/tracker-backup.log'
}

# backup_start: the same in the background; backup_wait gives its exit code.
backup_start() {
  backup_run &
  BACKUP_RUN=$!
}

backup_wait() {
  wait "${BACKUP_RUN}"
}

# The first process of the running script, as an operator would find it.
readonly BACKUP_SCRIPT_PID='pgrep -o -f "^(/bin/)?bash /usr/local/bin/maintenance-backup.sh"'

backup_signal() { # SIGNAL
  host_sh 'kill -"$1" "$('"${BACKUP_SCRIPT_PID}"')"' "$1"
}

# When a run has come to a phase, as the host sees it.
readonly AT_WINDOW='[[ -s /var/lib/tracker-backup/held ]]'
readonly AT_COPY="ls ${DEPLOY_DIR}/storage/backup/sqlite/*.raw.partial"
readonly AT_COMPRESSION="ls ${DEPLOY_DIR}/storage/backup/sqlite/*.db.gz.partial"

# A database and settings with which each phase takes a while.
readonly BIG=600000
readonly SLOW='{"backup": {"compression": {"level": 9}}}'
readonly SLOW_WINDOW='{"backup": {"strategy": "maintenance-window", "compression": {"level": 9}}}'
