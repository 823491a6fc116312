#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# lib/store.sh: from bytes to a backup with a name.

bats_require_minimum_version 1.5.0
load helpers

setup() {
  world
  FOLDER=${W}/backups/sqlite
  mkdir -p "${FOLDER}"
}

# pack TEXT: through write_partial and publish.
pack() { try store "printf '%s' '$1' | write_partial ${FOLDER}/x_1.bin; fact verdict ok; publish ${FOLDER}/x_1.bin"; }

@test "each algorithm gives a file that its own tool unpacks" {
  local algorithm tool
  for algorithm in 'gzip gzip' 'zstd zstd' 'none cat'; do
    setting COMPRESSION "${algorithm% *}"
    pack "hello ${algorithm}"
    [[ ${status} -eq 0 ]]
    tool=${algorithm#* }
    if [[ ${tool} == cat ]]; then run cat "${FOLDER}/x_1.bin"; else run "${tool}" -dc "${FOLDER}/x_1.bin"; fi
    [[ ${output} == "hello ${algorithm}" ]]
    rm "${FOLDER}"/*
  done
}

@test "a host without pigz uses gzip" {
  try store 'command() { [[ $2 != pigz ]] && builtin command "$@"; }; gzip_tool; printf hello | compress | decompress'
  [[ ${status} -eq 0 && ${output} == *'/gzip'$'\n'hello ]]
}

@test "the suffix follows the algorithm, and an unknown one is exit code 2" {
  try store 'suffix; COMPRESSION=zstd; suffix; COMPRESSION=none; suffix'
  [[ ${output} == .gz.zst ]]
  try store 'COMPRESSION=lzma; suffix'
  [[ ${status} -eq 2 ]]
}

@test "the checksum file works from the folder" {
  pack hello
  cd "${FOLDER}"
  run sha256sum -c x_1.bin.sha256
  [[ ${output} == 'x_1.bin: OK' ]]
}

@test "everything that is written is private" {
  pack hello
  run find "${FOLDER}" -type f -not -perm 600
  [[ -z ${output} ]]
  [[ $(compgen -G "${FOLDER}/*" | wc -l) -eq 3 ]]
}

@test "until the last moment no good name exists" {
  try store "printf x | write_partial ${FOLDER}/x_1.bin; ls ${FOLDER}"
  [[ ${output} == x_1.bin.partial ]]
}

@test "an existing backup is never written over" {
  pack first
  pack second
  [[ ${status} -eq 4 && ${output} == *'exists already'* ]]
  [[ $(gzip -dc "${FOLDER}/x_1.bin") == first ]]
}

@test "nothing in is an error" {
  setting COMPRESSION none
  pack ''
  [[ ${status} -eq 5 && ${output} == *'is empty'* && ! -e ${FOLDER}/x_1.bin ]]
}

@test "a target that cannot be written fails at once" {
  try store 'printf x | write_partial /proc/x_1.bin'
  [[ ${status} -eq 4 ]]
}

@test "a compressor that fails is exit code 4" {
  tool pigz '[ "$1" = -dc ] || { echo "pigz: broken" >&2; exit 1; }; exec gzip "$@"'
  PATH=${W}/tools:${PATH} pack hello
  [[ ${status} -eq 4 && ${output} == *'pigz: broken'* ]]
}

@test "a compressor that writes nonsense is exit code 5" {
  tool pigz '[ "$1" = -dc ] || { cat >/dev/null; echo nonsense; exit 0; }; exec gzip "$@"'
  PATH=${W}/tools:${PATH} pack hello
  [[ ${status} -eq 5 && ${output} == *'does not decompress'* ]]
}

@test "a full disk while writing is exit code 6" {
  # /dev/full is a disk that is always full.
  ln -s /dev/full "${FOLDER}/x_1.bin.partial"
  try store "head -c 1000000 /dev/urandom | write_partial ${FOLDER}/x_1.bin"
  [[ ${status} -eq 6 && ${output} == *'No space left'* ]]
}

@test "too little free space is found before" {
  try store 'check_space 1'
  [[ ${status} -eq 0 ]]
  try store 'check_space 9000000000000000'
  [[ ${status} -eq 6 ]]
}

@test "a size that has collapsed is suspicious" {
  fake_backup 20260203_030000
  jq '.raw_bytes = 1000' "${FOLDER}/sqlite_20260203_030000.db.gz.meta" >"${W}/m"
  mv "${W}/m" "${FOLDER}/sqlite_20260203_030000.db.gz.meta"
  try store 'verdict "${BACKUPS}/sqlite" sqlite 499; echo; verdict "${BACKUPS}/sqlite" sqlite 500; echo; MINIMUM_SIZE_PERCENT=90 verdict "${BACKUPS}/sqlite" sqlite 800'
  [[ ${output} == $'suspicious\nok\nsuspicious' ]]
}

@test "the last good one is the newest that is verified and there" {
  fake_backup 20260201_030000
  fake_backup 20260202_030000 suspicious
  fake_backup 20260203_030000
  rm "${FOLDER}/sqlite_20260203_030000.db.gz"
  fake_backup 20260204_030000
  printf 'garbage' >"${FOLDER}/sqlite_20260204_030000.db.gz.meta"
  try store 'last_good "${BACKUPS}/sqlite" sqlite'
  [[ ${output} == */sqlite_20260201_030000.db.gz.meta ]]
}

@test "one from a time when the clock was ahead is not the last good one" {
  fake_backup 20260201_030000
  fake_backup 20280201_030000
  try store 'last_good "${BACKUPS}/sqlite" sqlite'
  [[ ${output} == */sqlite_20260201_030000.db.gz.meta ]]
}

@test "without any backup there is no last good one, and no size is suspicious" {
  try store 'last_good "${BACKUPS}/sqlite" sqlite; verdict "${BACKUPS}/sqlite" sqlite 1; last_size "${BACKUPS}/sqlite" sqlite'
  [[ ${output} == ok0 ]]
}

# A dump of two tables; the watcher is the smallest that does.
dump() {
  try store "printf 't\nu\n' >\"\${WORK}/source.tsv\"
    watch_dump() { cat >/dev/null; printf '$1' >\"\${WORK}/dump.tsv\"; echo '$2' >\"\${WORK}/facts\"; }
    dump() { $3; }
    write_dump ${FOLDER}/x_1.sql dump; cat \"\${WORK}/tables.tsv\""
}

@test "a dump that is complete and has every table passes" {
  dump 'u\t2\nt\t1\nview\t0\n' '12 complete' 'echo x'
  [[ ${status} -eq 0 && ${output} == $'t\t1\nu\t2' ]]
}

@test "a dump without its completion line is exit code 5" {
  dump 't\t1\nu\t2\n' '12 cut' 'echo x'
  [[ ${status} -eq 5 && ${output} == *'completion line'* ]]
}

@test "a dump that lacks a table is exit code 5 and names it" {
  dump 't\t1\n' '12 complete' 'echo x'
  [[ ${status} -eq 5 && ${output} == *'lacks u'* ]]
}

@test "a dump program that fails is exit code 4 with its own words" {
  dump 't\t1\nu\t2\n' '12 complete' 'echo x; echo "server has gone away" >&2; return 3'
  [[ ${status} -eq 4 && ${output} == *'(status 3): server has gone away'* ]]
}

@test "a dump program that fails before its first word is exit code 4 too, without compression" {
  setting COMPRESSION none
  dump '' '0 cut' 'echo "server has gone away" >&2; return 3'
  [[ ${status} -eq 4 && ${output} == *'(status 3): server has gone away'* ]]
}
