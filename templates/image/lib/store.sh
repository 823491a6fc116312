# shellcheck shell=bash
# From bytes to a backup: written as .partial, proved, fsynced, and only then given its name.
: "${COMPRESSION:?}" "${COMPRESSION_LEVEL:?}"

META=() LAPS='' LAP=$(milliseconds)

# Facts of the .meta file, in the order in which they are told.
fact() { META+=(--arg "$1" "$2"); }
fact_json() { META+=(--argjson "$1" "$2"); }

# lap NAME: what has passed since the last one was for this.
lap() {
  local now
  now=$(milliseconds)
  LAPS+="${LAPS:+, }\"$1\": $(seconds "$((now - LAP))")"
  LAP=${now}
}

suffix() {
  case ${COMPRESSION} in
    gzip) printf '.gz' ;;
    zstd) printf '.zst' ;;
    none) ;;
    *) die 2 "COMPRESSION is gzip, zstd or none, not '${COMPRESSION}'" ;;
  esac
}

gzip_tool() { command -v pigz || command -v gzip; }

compress() {
  local tool
  case ${COMPRESSION} in
    gzip)
      tool=$(gzip_tool)
      limited "${tool}" -c "-${COMPRESSION_LEVEL}"
      ;;
    zstd) limited zstd -q -c -T0 "-${COMPRESSION_LEVEL}" ;;
    *) cat ;;
  esac
}

decompress() {
  local tool
  case ${COMPRESSION} in
    gzip)
      tool=$(gzip_tool)
      limited "${tool}" -dc
      ;;
    zstd) limited zstd -q -dc ;;
    *) cat ;;
  esac
}

# Decompresses to prove that it can be done. igzip takes half the time; that it never says why it cannot write does not matter here.
prove() {
  if [[ ${COMPRESSION} == gzip ]] && command -v igzip >/dev/null; then limited igzip -dc; else decompress; fi
}

# write_partial FILE [WATCHER]: compresses stdin to FILE.partial, then reads what was written, by two at once: one takes the checksum,
# one proves that it decompresses, for the watcher to look at. Pipes through tee cost more than they save: docs/benchmarks.md.
write_partial() {
  local partial=$1.partial watcher=${2:-} sum status=0
  : "${WORK:?}" "${ERRORS:?}"
  : 2>"${ERRORS}" >"${partial}" || fail 4 1 "Cannot write ${partial}"
  compress 2>"${ERRORS}" >"${partial}" || fail 4 $? "Writing ${partial} failed"
  sha256sum <"${partial}" >"${WORK}/sha256" &
  sum=$!
  if [[ -n ${watcher} ]]; then
    prove <"${partial}" 2>"${ERRORS}" | "${watcher}" || status=$?
  else
    prove <"${partial}" 2>"${ERRORS}" >/dev/null || status=$?
  fi
  wait "${sum}" || fail 4 $? "${partial} cannot be read"
  ((status == 0)) || fail 5 "${status}" "${partial} does not decompress"
}

# write_dump FILE COMMAND...: the same for what a dump program prints. It must end with its completion line and hold every
# table in source.tsv; the driver's watch_dump notes what it sees in dump.tsv (rows per table) and facts (bytes, ending).
write_dump() {
  local file=$1 dump missing ending
  mkfifo "${WORK}/dump.pipe"
  "${@:2}" >"${WORK}/dump.pipe" 2>"${WORK}/dump.errors" &
  dump=$!
  write_partial "${file}" watch_dump <"${WORK}/dump.pipe"
  wait "${dump}" || ERRORS=${WORK}/dump.errors fail 4 $? "${NAME:?}: the dump failed"
  read -r RAW_BYTES ending <"${WORK}/facts"
  [[ ${ending} == complete ]] || die 5 "${NAME}: the dump has no completion line"
  [[ -s ${WORK}/source.tsv ]] || die 5 "${NAME}: the database holds no table"
  sort -o "${WORK}/source.tsv" "${WORK}/source.tsv"
  sort -o "${WORK}/dump.tsv" "${WORK}/dump.tsv"
  join -t $'\t' "${WORK}/source.tsv" "${WORK}/dump.tsv" >"${WORK}/tables.tsv"
  missing=$(comm -23 "${WORK}/source.tsv" <(cut -f 1 "${WORK}/tables.tsv"))
  [[ -z ${missing} ]] || die 5 "${NAME}: the dump lacks ${missing//$'\n'/, }"
  lap dump
}

# publish FILE: fsync, then the names, that of the file itself last. What has a good name is complete.
publish() {
  local file=$1 name=${1##*/} sum bytes part
  [[ ! -e ${file} ]] || die 4 "${file} exists already"
  [[ -s ${file}.partial ]] || die 5 "${file}.partial is empty"
  read -r sum _ <"${WORK}/sha256"
  : >"${WORK}/none.sum"
  bytes=$(stat -c %s "${file}.partial")
  fact file "${name}"
  fact sha256 "${sum}"
  fact_json bytes "${bytes}"
  {
    { printf '%s  %s\n' "${sum}" "${name}" && cat "${WORK}"/*.sum; } >"${file}.sha256.partial" \
      && jq -n "${META[@]}" '$ARGS.named' >"${file}.meta.partial" \
      && jq -e .verdict "${file}.meta.partial" >/dev/null \
      && sync "${file%/*}/${name%%.*}".*.partial
  } 2>"${ERRORS}" || fail 4 $? "Writing ${file} to the disk failed"
  for part in "${file%/*}/${name%%.*}".*.partial; do
    [[ ${part} == "${file}.partial" ]] || mv "${part}" "${part%.partial}"
  done
  mv "${file}.partial" "${file}"
  sync "${file%/*}"
}

# store FILE: what every database driver ends with. Takes RAW_BYTES, CHOICE, BECAUSE and tables.tsv from the driver.
store() {
  local file=$1 tables decision
  tables=$(jq -Rn '[inputs | split("\t") | {key: .[0], value: (.[1] | tonumber)}] | from_entries' "${WORK}/tables.tsv")
  # A safety copy is of whatever is there: too small is no fault of it, and it never counts as a backup.
  decision=${KIND:-}
  [[ -n ${decision} ]] || decision=$(verdict "${file%/*}" "${STEM:?}" "${RAW_BYTES:?}")
  fact run_id "${RUN_ID:?}"
  fact database "${NAME:?}"
  fact engine "${ENGINE:?}"
  fact strategy "${CHOICE:?}"
  fact because "${BECAUSE:?}"
  fact_json raw_bytes "${RAW_BYTES}"
  fact_json tables "${tables}"
  [[ -z ${LEFT_OUT:-} ]] || fact left_out "${LEFT_OUT}"
  fact_json downtime_seconds "$(seconds "${DOWNTIME:-0}")"
  fact_json predicted_seconds "$(seconds "${PREDICTED:?}")"
  fact_json durations "{${LAPS}}"
  fact verdict "${decision}"
  publish "${file}"
  log INFO "${NAME}: stored ${file}, $(stat -c %s "${file}") bytes"
  if [[ ${decision} == suspicious ]]; then
    log ERROR "${NAME}: ${file##*/} is kept but suspicious: ${RAW_BYTES} bytes, less than ${MINIMUM_SIZE_PERCENT:-50} % of the last good one"
    die 5 "${NAME}: if that is right, say so once: docker compose run --rm --env MINIMUM_SIZE_PERCENT=0 backup"
  fi
}

# backup_name EXTENSION: the file that this run writes. KIND is empty, or what tells a safety copy from a backup.
backup_name() {
  local ending
  ending=$(suffix) || exit
  printf '%s/%s_%s%s.%s%s' "${FOLDER:?}" "${STEM:?}" "${RUN_ID:?}" "${KIND:+.${KIND}}" "$1" "${ending}"
}

# check_space BYTES [DIRECTORY]: fails unless that much is free, and 16 MiB more.
check_space() {
  local free needed=$(($1 + 16777216)) directory=${2:-${BACKUPS:?}}
  free=$(df --output=avail -B1 "${directory}" | tail -n 1)
  ((free > needed)) || die 6 "${NAME:?}: $((needed >> 20)) MiB are needed in ${directory}, $((free >> 20)) MiB are free"
}

# last_size DIRECTORY STEM: what the next backup will need: the last one's size and a fifth more.
last_size() {
  local meta
  meta=$(last_good "$1" "$2")
  if [[ -n ${meta} ]]; then jq '.bytes * 6 / 5 | floor' "${meta}"; else printf '0'; fi
}

# last_good DIRECTORY STEM: the newest .meta of a verified backup, or nothing. One from the future (the clock was ahead) is not it.
last_good() {
  local metas=() meta
  for meta in "$1/$2"_*.meta; do
    if [[ -e ${meta%.meta} && ! ${meta##*/} > $2_${RUN_ID:?}~ ]] && is_verified "${meta}"; then
      metas=("${meta}")
    fi
  done
  printf '%s' "${metas[*]:-}"
}

# Metas are written by jq alone, so one line of text is proof enough and a damaged file is just not verified.
is_verified() { [[ -r $1 ]] && grep -q '^  "verdict": "ok"' "$1"; }

# verdict DIRECTORY STEM RAW_BYTES: says whether the size has collapsed against the last good backup.
verdict() {
  local meta before
  meta=$(last_good "$1" "$2")
  before=0
  if [[ -n ${meta} ]]; then
    before=$(jq '.raw_bytes // 0' "${meta}")
  fi
  if (($3 * 100 < before * ${MINIMUM_SIZE_PERCENT:-50})); then
    printf 'suspicious'
  else
    printf 'ok'
  fi
}
