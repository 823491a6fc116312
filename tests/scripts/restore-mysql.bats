#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# tracker-restore against a real MariaDB server on the loopback.

bats_require_minimum_version 1.5.0
load helpers
load servers
load restores

setup_file() {
  server_place mysql
  start_mariadb --skip-name-resolve --event-scheduler=ON
}

teardown_file() { stop_mariadb; }

as_root() { mariadb_as_root "$@"; }

setup() {
  world
  fake_docker
  echo 'tracker mysql mysql V' >"${W}/etc/databases"
  local password
  password=$(printf '%b' "$(printf '\\x%x' {33..38} {40..126})")
  as_root -e "DROP DATABASE IF EXISTS tracker; DROP DATABASE IF EXISTS other; CREATE DATABASE tracker COLLATE utf8mb4_unicode_ci;
    DROP DATABASE IF EXISTS tracker_restore_new; DROP DATABASE IF EXISTS tracker_restore_old;
    DROP USER IF EXISTS 't'@'127.0.0.1'; CREATE USER 't'@'127.0.0.1' IDENTIFIED BY 'secret'; GRANT ALL ON tracker.* TO 't'@'127.0.0.1';
    DROP USER IF EXISTS root@'127.0.0.1'; CREATE USER root@'127.0.0.1' IDENTIFIED BY '${password//\\/\\\\}'; GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;"
  printf "V='mysql://t:secret@127.0.0.1:%s/tracker'\nMYSQL_ROOT_PASSWORD='%s'\n" "${PORT}" "${password}" >"${W}/deploy/.env"
  as_root tracker <<'SQL'
CREATE TABLE z_parent(id INT PRIMARY KEY AUTO_INCREMENT, b LONGBLOB, s TEXT, at TIMESTAMP NULL, d DATETIME(6));
CREATE TABLE a_child(id INT PRIMARY KEY, p INT, g INT GENERATED ALWAYS AS (id * 2) STORED, v INT AS (id + 1) VIRTUAL, FOREIGN KEY (p) REFERENCES z_parent(id) ON DELETE CASCADE);
CREATE TABLE `keys`(`id` INT PRIMARY KEY AUTO_INCREMENT, `key` VARCHAR(32) UNIQUE, `select` INT);
CREATE TABLE `odd "name'x`(`a b` INT);
INSERT INTO z_parent(b, s, at, d) VALUES (x'00FF0A0D275C', '🦀 it''s "odd" \\ ü', '2026-03-29 00:30:00', '2026-03-29 02:30:00.123456'), (repeat(x'FE', 70000), NULL, NULL, NULL);
INSERT INTO a_child(id, p) VALUES (1, 1), (2, 2);
INSERT INTO `keys`(`key`) VALUES ('a'), ('b'), ('c');
DELETE FROM `keys` WHERE `key` = 'c';
INSERT INTO `odd "name'x` VALUES (7);
CREATE TRIGGER g BEFORE INSERT ON a_child FOR EACH ROW SET NEW.p = NEW.p;
DELIMITER ;;
CREATE DEFINER='t'@'127.0.0.1' FUNCTION f(x INT) RETURNS INT DETERMINISTIC BEGIN RETURN x + 1; END;;
CREATE DEFINER='t'@'127.0.0.1' PROCEDURE p() BEGIN SELECT 1; END;;
CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO BEGIN DELETE FROM a_child WHERE id = 99; END;;
DELIMITER ;
SQL
}

# The rest of the schema, once its parts are there; then a backup, and then other rows.
prepare() {
  as_root tracker -e 'CREATE VIEW z_view AS SELECT id, f(id) AS n FROM `keys`; CREATE VIEW a_view AS SELECT * FROM z_view'
  BEFORE=$(content)
  SUMS=$(as_root -N -e 'CHECKSUM TABLE tracker.z_parent, tracker.a_child, tracker.keys' | cut -f 2 | paste -sd ' ')
  run "${IMAGE}/backup.sh" --run-id "${ID}"
  [[ ${status} -eq 0 ]] || echo "${output}"
  FILE=${W}/backups/mysql/mysql_${ID}.sql.gz
  as_root tracker -e 'DROP VIEW a_view; DROP EVENT e; DROP PROCEDURE p; DELETE FROM `keys`; INSERT INTO z_parent(s) VALUES ("later"); CREATE TABLE later(i INT);
    CREATE TRIGGER later_t BEFORE INSERT ON later FOR EACH ROW SET NEW.i = 1; CREATE DEFINER=`t`@`127.0.0.1` PROCEDURE q() SELECT 2'
  AFTER=$(content)
}

content() { mariadb-dump --no-defaults --default-character-set=utf8mb4 -S "${DATA}/s" -uroot --routines --events --triggers --hex-blob --skip-dump-date "${1:-tracker}" | sed "s/'${1:-tracker}'//; /Database: /d"; }

is_restored() { diff <(printf '%s\n' "${BEFORE}") <(content) && is_tidy; }
is_untouched() { diff <(printf '%s\n' "${AFTER}") <(content) && is_tidy; }

is_tidy() {
  [[ $(<"${W}/tracker") == running && ! -e ${W}/state/restore && ! -e ${W}/backups/.restore ]]
  [[ $(as_root -Ne "SHOW DATABASES LIKE 'tracker\_%'") == '' ]]
}

@test "everything comes back equal: reserved words, keys, generated columns, triggers, routines, events, views, blobs, utf8mb4" {
  prepare
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'keys: 2 rows'* ]] || { echo "${output}" && false; }
  is_restored
  [[ $(as_root -Ne "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = 'tracker'") == utf8mb4_unicode_ci ]]
  mariadb --no-defaults -h127.0.0.1 -P"${PORT}" -ut -psecret tracker -e 'INSERT INTO a_child(id, p) VALUES (5, 1); SELECT * FROM a_view' >/dev/null
  refute mariadb --no-defaults -h127.0.0.1 -P"${PORT}" -ut -psecret tracker -e 'INSERT INTO a_child(id, p) VALUES (6, 77)'
  # And the next backup is an ordinary one.
  run "${IMAGE}/backup.sh"
  [[ ${status} -eq 0 ]]
}

@test "the safety copy holds what was there, and comes back when it is told" {
  prepare
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]]
  tracker_restore "$(only 'backups/mysql/*.pre-restore.sql.zst')" --yes
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  is_untouched
}

@test "a database that was emptied or dropped comes back" {
  prepare
  as_root -e 'DROP DATABASE tracker; CREATE DATABASE tracker COLLATE utf8mb4_unicode_ci'
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'nothing to save'* ]] || { echo "${output}" && false; }
  is_restored
  as_root -e 'DROP DATABASE tracker'
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  is_restored
}

@test "--tables replaces these and their triggers, and refuses to tear a foreign key" {
  prepare
  tracker_restore --latest --yes --tables keys
  [[ ${status} -eq 0 && ${output} == *'keys: 2 rows'* ]] || { echo "${output}" && false; }
  is_tidy
  [[ $(as_root -N tracker -e 'SELECT count(*) FROM `keys`; SELECT count(*) FROM z_parent') == $'2\n3' ]]
  [[ $(as_root -Ne "SELECT count(*) FROM information_schema.routines WHERE routine_schema = 'tracker'") == 2 ]]
  tracker_restore --latest --yes --tables z_parent
  [[ ${status} -eq 2 && ${output} == *'foreign key joins a_child and z_parent'* ]]
  tracker_restore --latest --yes --tables a_child,z_parent
  [[ ${status} -eq 0 && $(as_root -N tracker -e 'SELECT count(*) FROM z_parent') == 2 ]]
  [[ $(as_root -Ne "SELECT group_concat(trigger_name ORDER BY 1) FROM information_schema.triggers WHERE trigger_schema = 'tracker'") == g,later_t ]]
  is_tidy
}

@test "--target-db makes a database beside it, and stops nothing" {
  prepare
  tracker_restore --latest --yes --target-db other
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  # The view that calls t's function cannot be made where t has no rights; the tables are all there.
  [[ ${output} == *'WARNING'*'not every view'* ]]
  [[ $(as_root -N -e 'CHECKSUM TABLE other.z_parent, other.a_child, other.keys' | cut -f 2 | paste -sd ' ') == "${SUMS}" ]]
  refute called '^stop'
  is_untouched
  tracker_restore --latest --yes --target-db other
  [[ ${status} -eq 2 && ${output} == *'already'* ]]
}

@test "a tracker that is not healthy with it gets the old database back, whole" {
  prepare
  dislike_what_is_restored
  tracker_restore --latest --yes
  [[ ${status} -eq 8 && ${output} == *'old database is in service again'* ]]
  is_untouched
}

@test "killed before and after each statement of the swap: old before it began, new afterwards" {
  prepare
  killed_at_calls mariadb '*swapping*' 1 3 5 7 8 9 10 11
  [[ ${KILL_AT} -ge 8 ]]
}

# killed_in_the_swap WORDS: SIGKILL for a restore that is about to give the server these words, of its swap.
killed_in_the_swap() {
  tool mariadb "case \"\$(cat '${W}/state/restore' 2>/dev/null)\" in
    swapping*)
      cat >'${W}/stdin'
      ! printf '%s\n' \"\$*\" | cat - '${W}/stdin' | grep -q '$1' || pkill -KILL --session \$(ps -o sid= -p \$\$)
      exec $(type -P mariadb) \"\$@\" <'${W}/stdin' ;;
    esac
    exec $(type -P mariadb) \"\$@\""
  PATH=${W}/tools:${PATH} TRACKER_BACKUP_LOG=${W}/log setsid "${HOST}/../restore/tracker-restore" --latest --yes >"${W}/out" 2>&1 </dev/null 3>&- &
  wait $! || :
  [[ $(<"${W}/state/restore") == swapping* ]]
}

# without_the_disk WORDS SAID: a boot after that, at which the disk of the backups is not mounted, and then one at which it is.
without_the_disk() {
  prepare
  killed_in_the_swap "$1"
  mv "${W}/backups" "${W}/disk"
  maintenance --recover
  [[ ${status} -eq 8 && ${output} == *"$2"* && ${output} != *'in service again'* ]] || { echo "${output}" && false; }
  [[ $(<"${W}/tracker") == exited && -s ${W}/state/restore ]]
  rm -r "${W}/backups"
  mv "${W}/disk" "${W}/backups"
  maintenance --recover
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  is_restored
}

@test "the disk of the backups is not there after the tables were renamed: refused, nothing is dropped, and it goes on with the disk" {
  without_the_disk 'CREATE.*TRIGGER' 'the restored tables are in tracker, the former ones in tracker_restore_old'
}

@test "the disk of the backups is not there when the tables are still to be renamed: the same" {
  without_the_disk '^RENAME' 'the former tables are in tracker, the restored ones in tracker_restore_new'
}

@test "the disk of the backups is not there before anything was touched: the database is what it was" {
  prepare
  killed_in_the_swap 'SELECT table_name'
  mv "${W}/backups" "${W}/disk"
  maintenance --recover
  [[ ${status} -eq 4 ]] || { echo "${output}" && false; }
  is_untouched
}

# The tracker does not like it, and what the way back needs is lost.
@test "no way back without the former triggers and views: the old database is kept, and the tracker stays down" {
  prepare
  dislike_what_is_restored
  sed -i "s|^  stop\*)|  stop*) [[ ! -s ${W}/stops ]] \|\| rm -r ${W}/backups/.restore;|" "${W}/bin/docker"
  tracker_restore --latest --yes
  [[ ${status} -eq 8 && ${output} == *'the former ones in tracker_restore_old'* && ${output} != *'in service again'* ]] || { echo "${output}" && false; }
  [[ $(<"${W}/tracker") == exited && $(<"${W}/state/restore") == reverting* ]]
  [[ $(as_root -N tracker_restore_old -e 'SELECT count(*) FROM z_parent') == 3 ]]
}

@test "a dump of whole databases, of a newer server, without its end, of another engine: refused, nothing is touched" {
  prepare
  local whole
  whole=$(zcat "${FILE}")
  rm "${FILE}".*
  { printf '%s\n' "${whole}" | sed '9i USE `tracker`;'; } | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'not the dump of one database'* ]] || { echo "${output}" && false; }
  is_untouched
  printf '%s\n' "${whole}" | sed 's/^-- Server version.*/-- Server version\t99.1.2-MariaDB/' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 2 && ${output} == *'older server does not take it'* ]]
  printf '%s\n' "${whole}" | head -n 60 | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'completion line'* || ${status} -eq 4 ]]
  is_untouched
  printf -- '--\n-- PostgreSQL database dump\n' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'does not unpack to a dump of MySQL'* ]]
  printf '%s\n' "${whole}" | sed '$d' | sed 's/VALUES/VALUUS/' | gzip >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 4 && ${output} == *'cannot be loaded'* ]]
  printf '%s\n' "${whole}" | gzip | head -c 900 >"${FILE}"
  tracker_restore "${FILE}" --yes
  [[ ${status} -eq 5 && ${output} == *'cannot be unpacked'* ]]
  is_untouched
}

@test "a dump of the deployer's own comes back; the password of root is seen by nobody" {
  prepare
  rm "${FILE}".*
  mariadb-dump --no-defaults -S "${DATA}/s" -uroot --single-transaction --ignore-table=tracker.a_view --ignore-table=tracker.z_view tracker | gzip >"${FILE}"
  tool mariadb 'printf "%s\n" "$@" >>"${W}/arguments"; env >>"${W}/arguments"; exec /usr/bin/mariadb "$@"'
  PATH=${W}/tools:${PATH} tracker_restore "${FILE}" --yes
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  [[ $(as_root -N tracker -e 'SELECT count(*) FROM z_parent') == 3 ]]
  refute grep -F 'STUVWX' "${W}/arguments" "${W}/log"
  [[ ${output} != *STUVWX* ]]
}

@test "no root password, a wrong one, no server: said, and nothing is touched" {
  prepare
  sed -i "s/^MYSQL_ROOT.*/MYSQL_ROOT_PASSWORD='wrong'/" "${W}/deploy/.env"
  tracker_restore --latest --yes
  [[ ${status} -eq 3 && ${output} == *'refuses root'*'Access denied'* ]]
  sed -i '/^MYSQL_ROOT/d' "${W}/deploy/.env"
  tracker_restore --latest --yes
  [[ ${status} -eq 2 && ${output} == *"needs the server's root"* ]]
  is_untouched
  sed -i "s/:${PORT}/:1/; \$a MYSQL_ROOT_PASSWORD='x'" "${W}/deploy/.env"
  tracker_restore --latest --yes
  [[ ${status} -eq 3 ]]
}

# MySQL itself is in no Debian release, and MariaDB takes values for generated columns: so the text is looked at too.
@test "for MySQL, rows with generated columns come by a table where these are plain" {
  as_root tracker -e "CREATE TABLE more(g INT AS (n + 1) VIRTUAL COMMENT 'a GENERATED ALWAYS AS (b) STORED c', n INT UNIQUE COMMENT 'no GENERATED ALWAYS AS (b) STORED c',
      t VARCHAR(20) AS (concat('(', n, ') STORED')) STORED, KEY (g)) COMMENT 'x' PARTITION BY RANGE (n) (PARTITION a VALUES LESS THAN (2), PARTITION b VALUES LESS THAN MAXVALUE);
    INSERT INTO more(n) VALUES (1), (2); CREATE TABLE none(i INT, g INT AS (i) STORED); DROP TRIGGER g; DROP FUNCTION f; DROP PROCEDURE p; DROP EVENT e; CREATE DATABASE other COLLATE utf8mb4_unicode_ci"
  mkdir -p "${W}"/{work,spool}
  mariadb-dump --no-defaults --default-character-set=utf8mb4 -S "${DATA}/s" -uroot --hex-blob tracker >"${W}/dump"
  bash -c "NAME=x WORK=${W}/work SPOOL=${W}/spool; source ${IMAGE}/../restore/steps/mysql_load.sh; watch_load plain" <"${W}/dump" >"${W}/changed"
  [[ $(<"${W}/work/facts") == complete ]]
  refute grep -E '^(INSERT INTO|LOCK TABLES) `(more|a_child)` (VALUES|WRITE)' "${W}/changed"
  grep -qxF 'INSERT INTO `more` (`n`) SELECT `n` FROM `rows of a table with generated columns`;' "${W}/changed"
  grep -qxF 'INSERT INTO `a_child` (`id`, `p`) SELECT `id`, `p` FROM `rows of a table with generated columns`;' "${W}/changed"
  as_root other <"${W}/changed"
  diff <(content tracker) <(content other)
  [[ $(as_root -N other -e 'SELECT group_concat(g, t) FROM more') == '2(1) STORED,3(2) STORED' ]]
}
