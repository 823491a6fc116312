#!/bin/bash
# Stand-in for mysql:8.4 with Debian's MariaDB: the same variables, the same empty-directory initialisation.
set -euo pipefail
data=/var/lib/mysql

quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

first_start() {
  chown mysql:mysql "${data}"
  mariadb-install-db --user=mysql --datadir="${data}" --skip-test-db >/dev/null
  cat >/tmp/first-start.sql <<SQL
ALTER USER root@localhost IDENTIFIED BY $(quoted "${MYSQL_ROOT_PASSWORD}");
CREATE USER root@'%' IDENTIFIED BY $(quoted "${MYSQL_ROOT_PASSWORD}");
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS \`${MYSQL_DATABASE}\`;
CREATE USER IF NOT EXISTS '${MYSQL_USER}'@'%' IDENTIFIED BY $(quoted "${MYSQL_PASSWORD}");
GRANT ALL ON \`${MYSQL_DATABASE}\`.* TO '${MYSQL_USER}'@'%';
SQL
  init=(--init-file=/tmp/first-start.sql)
}

init=()
arguments=()
for argument; do
  # MySQL's own option, which the deployer's compose file passes
  [[ ${argument} == --mysql-native-password=* ]] || arguments+=("${argument}")
done
install -d -o mysql /run/mysqld
[[ -d ${data}/mysql ]] || first_start
exec mariadbd --user=mysql --datadir="${data}" --bind-address=0.0.0.0 --skip-name-resolve \
  --innodb-flush-log-at-trx-commit=2 "${init[@]}" "${arguments[@]}"
