#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# drivers/mysql.sh against a real MariaDB server on the loopback.

bats_require_minimum_version 1.5.0
load helpers
load servers

setup_file() {
  server_place mysql
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "${DATA}/key.pem" -out "${DATA}/cert.pem" -days 2 -subj /CN=stack 2>/dev/null
  chown mysql "${DATA}"/*.pem
  start_mariadb --ssl-cert="${DATA}/cert.pem" --ssl-key="${DATA}/key.pem"
}

teardown_file() { stop_mariadb; }

as_root() { mariadb_as_root "$@"; }

setup() {
  world
  echo 'tracker mysql mysql V' >"${W}/etc/databases"
  as_root -e "DROP DATABASE IF EXISTS tracker; CREATE DATABASE tracker; DROP USER IF EXISTS 't'@'127.0.0.1';"
  user 'secret'
  as_root tracker <<'SQL'
CREATE TABLE torrents(id INT PRIMARY KEY AUTO_INCREMENT, info_hash VARCHAR(40) UNIQUE, b BLOB, s TEXT);
INSERT INTO torrents(info_hash, b, s) VALUES ('a', x'00FF0A', 'line\n(1,2),\n(3,4);'), ('b', NULL, 'ü');
CREATE TABLE `keys`(id INT);
CREATE VIEW v AS SELECT id FROM torrents;
CREATE TRIGGER g BEFORE INSERT ON torrents FOR EACH ROW SET NEW.s = concat(NEW.s, '');
CREATE DEFINER='t'@'127.0.0.1' PROCEDURE p() SELECT 1;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;
SQL
}

# user PASSWORD: a user that may use its own database only, and the .env that the deployer writes for it.
user() {
  local quoted=${1//\\/\\\\}
  as_root -e "DROP USER IF EXISTS 't'@'127.0.0.1'; CREATE USER 't'@'127.0.0.1' IDENTIFIED BY '${quoted//\'/\'\'}'; GRANT ALL ON tracker.* TO 't'@'127.0.0.1';"
  address "mysql://t:$(encode "$1")@127.0.0.1:${PORT}/tracker"
}

teardown() { [[ -z ${BACKGROUND:-} ]] || end_background; }

address() { printf "V='%s'\n" "$1" >"${W}/deploy/.env"; }

backup() { run "${IMAGE}/backup.sh"; }

dump() { zcat "$(only 'backups/mysql/mysql_*.sql.gz')"; }

@test "a dump is complete, loads again, and holds what the server holds" {
  backup
  [[ ${status} -eq 0 ]]
  [[ $(jq -c '[.tables, .strategy, .verdict]' "$(only 'backups/mysql/*.meta')") == '[{"keys":0,"torrents":2},"online","ok"]' ]]
  as_root -e 'DROP DATABASE IF EXISTS restored; CREATE DATABASE restored'
  dump | as_root restored
  [[ $(as_root -N restored -e 'SELECT hex(b), s FROM torrents WHERE id = 1') == $'00FF0A\tline\\n(1,2),\\n(3,4);' ]]
  [[ $(as_root -N restored -e 'CHECKSUM TABLE torrents, tracker.torrents' | cut -f 2 | sort -u | wc -l) -eq 1 ]]
  [[ $(as_root -N restored -e 'SELECT count(*) FROM v') == 2 ]]
  local schema
  for schema in triggers:trigger_schema events:event_schema routines:routine_schema views:table_schema; do
    [[ $(as_root -N -e "SELECT count(*) FROM information_schema.${schema%:*} WHERE ${schema#*:} = 'restored'") == 1 ]]
  done
}

@test "the dump can be loaded with MySQL's own client: no MariaDB command in the first line" {
  backup
  [[ $(dump | head -n 1) == '-- MariaDB dump'* && $(dump | tail -n 1) == '-- Dump completed'* ]]
}

@test "a password of every printable character works, and is in no argument, log or file" {
  local password
  password=$(printf '%b' "$(printf '\\x%x' {32..126})")ñ✓
  user "${password}"
  tool mariadb-dump 'printf "%s\n" "$@" >>"${W}/arguments"; env >>"${W}/arguments"; exec /usr/bin/mariadb-dump "$@"'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 ]]
  refute grep -F 'XYZ[' "${W}/arguments"
  refute grep -rF 'XYZ[' "${W}/backups"
  [[ ${output} != *'XYZ['* ]]
}

@test "a password with backslashes is not unescaped by the option file" {
  user 'a\n\\t\s"b#c'
  backup
  [[ ${status} -eq 0 ]]
}

@test "the connection is encrypted, although nobody signed the server's certificate" {
  as_root -e "ALTER USER 't'@'127.0.0.1' REQUIRE SSL"
  # The client of Debian 12 asks for TLS only when told; that of the image does by itself.
  tool mariadb 'file=$1; shift; exec /usr/bin/mariadb "$file" --ssl "$@"'
  tool mariadb-dump 'file=$1; shift; exec /usr/bin/mariadb-dump "$file" --ssl "$@"'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 0 ]]
}

@test "rows of excluded tables are left out, their schema stays" {
  setting EXCLUDE_TABLES torrents
  backup
  [[ ${status} -eq 0 && $(dump) == *'CREATE TABLE `torrents`'* && $(dump) != *'INSERT INTO'* ]]
}

@test "a dump under load is one moment: counter and ledger agree" {
  as_root tracker -e 'CREATE TABLE counter(n INT) ENGINE=InnoDB; INSERT INTO counter VALUES (0); CREATE TABLE ledger(seq INT PRIMARY KEY) ENGINE=InnoDB'
  load_writer() { while echo 'START TRANSACTION; UPDATE counter SET n = n + 1; INSERT INTO ledger SELECT n FROM counter; COMMIT;'; do :; done | as_root tracker; }
  in_background load_writer
  local round
  for round in 1 2 3; do
    sleep 1
    backup
    [[ ${status} -eq 0 ]]
    as_root -e 'DROP DATABASE IF EXISTS restored; CREATE DATABASE restored'
    zcat "$(compgen -G "${W}/backups/mysql/*.gz" | sort | tail -n 1)" | as_root restored
    [[ $(as_root -N restored -e 'SELECT n > 0 AND n = (SELECT count(*) FROM ledger) AND n = (SELECT max(seq) FROM ledger) FROM counter') == 1 ]]
  done
}

@test "wrong password, no server, unknown database: exit code 3 with the server's words, and no secret" {
  address "mysql://t:wrong-secret@127.0.0.1:${PORT}/tracker"
  backup
  [[ ${status} -eq 3 && ${output} == *'Access denied'* && ${output} != *wrong-secret* ]]
  address 'mysql://t:wrong-secret@127.0.0.1:1/tracker'
  backup
  [[ ${status} -eq 3 && ${output} != *wrong-secret* ]]
  address "mysql://t:secret@127.0.0.1:${PORT}/nothing"
  backup
  [[ ${status} -eq 3 ]]
  [[ -z $(find "${W}/backups" -name 'mysql_*') ]]
}

@test "a database without tables is exit code 5" {
  as_root -e 'DROP DATABASE tracker; CREATE DATABASE tracker'
  backup
  [[ ${status} -eq 5 && ${output} == *'holds no table'* ]]
}

@test "a server that dies in the dump leaves nothing under a good name" {
  tool mariadb-dump 'echo "CREATE TABLE \`torrents\` ("; echo "mariadb-dump: Error 2013: Lost connection to server" >&2; exit 3'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 4 && ${output} == *'Lost connection'* && -z $(ls "${W}/backups/mysql") ]]
}

@test "a dump that ends early without an error is exit code 5" {
  tool mariadb-dump '/usr/bin/mariadb-dump "$@" | head -n 40'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 5 && ${output} == *'completion line'* && -z $(ls "${W}/backups/mysql") ]]
}

@test "a dump that hangs is ended at the time limit" {
  setting STEP_TIMEOUT_SECONDS 1
  tool mariadb-dump 'exec sleep 30'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 10 && -z $(ls "${W}/backups/mysql") ]]
}

@test "no variable of that name is exit code 2" {
  echo "W='x'" >"${W}/deploy/.env"
  backup
  [[ ${status} -eq 2 && ${output} == *'V is not set'* ]]
}
