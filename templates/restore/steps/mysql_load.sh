# shellcheck shell=bash
# A dump on its way into the new database.
: "${NAME:?}" "${WORK:?}" "${SPOOL:?}"

# watch_load GENERATED: holds back views, events and routines: their definers may have rights in the database of the right name only,
# and the server would start to run events at once. Ends at a statement that would leave the new database.
#
# With "plain" the rows of a table that has generated columns go through one where these are plain: MySQL, unlike MariaDB, takes no
# value for them, and mariadb-dump before 13.1 writes their values (MDEV-32362).
watch_load() {
  awk -v objects="${SPOOL}/new.sql" -v facts="${WORK}/facts" -v generated="$1" '
    function column(line,   name, rest) {
      match(line, /`([^`]|``)*`/)
      name = substr(line, RSTART, RLENGTH)
      rest = substr(line, RSTART + RLENGTH)
      sub(/,$/, "", rest)
      if (match(rest, / GENERATED ALWAYS AS \(/) && substr(rest, 1, RSTART) !~ / (COMMENT|DEFAULT) /) {
        computed = 1
        rest = substr(rest, 1, RSTART - 1)
      } else {
        names = names (names == "" ? "" : ", ") name
        sub(/ AUTO_INCREMENT/, "", rest)
      }
      columns = columns (columns == "" ? "" : ",\n") name rest
    }
    BEGIN { plain = "`rows of a table with generated columns`" }
    held && /^-- (Table structure for table|Dumping data for table)/ { held = 0 }
    /^\// && /^\/\*!40103 SET TIME_ZONE=@OLD_TIME_ZONE/ { held = 0 }
    held { print >>objects; next }
    /^\(/ { print; last = $0; next }
    /^(USE|CREATE DATABASE) / { print "a dump of whole databases: " $0 >"/dev/stderr"; stray = 1; exit 1 }
    /^-- (Temporary (table|view) structure for view|Dumping (events|routines) for database|Final view structure)/ { held = 1; print >>objects; next }
    /^\/\*M!999999/ { next }
    generated == "plain" && /^CREATE TABLE `.*` \($/ { table = substr($0, 14, length - 15); columns = names = ""; computed = 0; shape = 1 }
    shape && /^  `/ { column($0) }
    shape && /^\)/ { shape = 0; if (computed) ending = $0; sub(/;?$/, ";", ending) }
    computed && $0 == "LOCK TABLES " table " WRITE;" { print "CREATE TABLE " plain " (\n" columns "\n" ending; next }
    computed && index($0, "INSERT INTO " table " ") == 1 { $0 = "INSERT INTO " plain substr($0, length("INSERT INTO " table) + 1) }
    computed && $0 == "UNLOCK TABLES;" { print "INSERT INTO " table " (" names ") SELECT " names " FROM " plain ";\nDROP TABLE " plain ";"; next }
    { print; last = $0 == "" ? last : $0 }
    END { print (last ~ /^-- Dump completed/ ? "complete" : "cut") >facts; exit stray }'
}
