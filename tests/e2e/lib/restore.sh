# shellcheck shell=bash
# Backups read back with nothing but the engines' own clients, into a fresh database, and held against the invariant.
: "${HOST?}" "${DEPLOY_DIR:?}" "${STACK_ENGINE?}"

readonly BACKUPS="${DEPLOY_DIR}/storage/backup"
readonly RESTORE_PASSWORD=restore

# backup_newest [ENGINE_DIRECTORY]: path of the newest file under a good name, empty when there is none.
backup_newest() {
  host_sh 'cd "$1" && find . -maxdepth 1 -type f -name "*_[0-9]*_[0-9]*" ! -name "*.sha256" ! -name "*.meta" ! -name "*.partial" ! -name "*.roles.sql" ! -name "*.pre-restore.*" -printf "$1/%f\n" \
    | sort | tail -n 1' "${BACKUPS}/${1:-${STACK_ENGINE}}"
}

# What an operator would type before the client of his engine.
readonly RESTORE_UNPACK='
  unpack() {
    case $1 in
      *.gz) gunzip -c "$1" ;;
      *.zst) zstd -dc --quiet "$1" ;;
      *) cat "$1" ;;
    esac
  }'

restore_check() { # WHERE
  docker exec "${HOST}" docker run --rm --network restore --volume /root/restore:/restore --entrypoint python3 "${IMAGE_TRACKER}" \
    /usr/lib/stand-in/tracker.py check "$1"
}

# restore_backup FILE: prints the invariant of what came out of it; fails when it does not restore, or does not hold.
restore_backup() {
  host_sh 'docker rm -fv restore; docker network create restore; mkdir -p /root/restore' &>/dev/null || : # left from the last one
  "restore_${STACK_ENGINE}" "$1"
}

restore_sqlite() {
  host_sh "${RESTORE_UNPACK}"'; rm -f /root/restore/*; unpack "$1" >/root/restore/tracker.db' "$1" || return 1
  restore_check /restore/tracker.db
}

restore_mysql() {
  host_sh "${RESTORE_UNPACK}"'
    docker run -d --name restore --network restore -e MYSQL_ROOT_PASSWORD="$2" -e MYSQL_DATABASE=tracker -e MYSQL_USER=tracker \
      -e MYSQL_PASSWORD="$2" "$3" >/dev/null
    until docker exec restore mysqladmin --protocol tcp -utracker "-p$2" ping &>/dev/null; do sleep 0.2; done
    unpack "$1" | docker exec -i restore mysql -uroot "-p$2" tracker' "$1" "${RESTORE_PASSWORD}" "${IMAGE_MYSQL}" || return 1
  restore_check "mysql://tracker:${RESTORE_PASSWORD}@restore:3306/tracker"
}

# The roles first: the objects in the dump belong to them.
restore_postgresql() {
  host_sh "${RESTORE_UNPACK}"'
    docker run -d --name restore --network restore -e POSTGRES_USER=admin -e POSTGRES_PASSWORD="$2" -e POSTGRES_DB=tracker "$3" >/dev/null
    until docker exec restore pg_isready -h localhost -U admin >/dev/null; do sleep 0.2; done
    roles=${1%.sql*}.roles.sql
    for file in "$roles" "$1"; do
      [[ ! -e $file ]] || unpack "$file" \
        | docker exec -i restore psql --quiet --output /dev/null --set ON_ERROR_STOP=1 -U admin -d tracker
    done' "$1" "${RESTORE_PASSWORD}" "${IMAGE_POSTGRES}" || return 1
  restore_check "postgresql://admin:${RESTORE_PASSWORD}@restore:5432/tracker"
}

# Every file of a database under a good name, with size and time.
backup_listing() {
  host_sh 'cd "$1"; find sqlite mysql postgresql -type f ! -name "*.partial*" -printf "%p %s %T@\n" 2>/dev/null | sort' "${BACKUPS}" || : # one engine only
}
