# shellcheck shell=bash
# What a case says about what it saw. The first thing that is not as expected ends it.
: "${HOST?}" "${E2E_WORK:?}"

fail() {
  echo "NOT AS EXPECTED: $*" >&2
  exit 1
}

# note TEXT...: a measured fact, printed beside the result.
note() {
  echo "$*" | tee -a "${E2E_WORK}/notes"
}

expect_equal() { # WHAT GOT WANTED
  [[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"
}

expect_less() { # WHAT GOT LIMIT
  awk -v got="$2" -v limit="$3" 'BEGIN { exit !(got != "" && got + 0 < limit) }' || fail "$1 is '$2', not below $3"
}

# expect_exit CODE COMMAND...
expect_exit() {
  local wanted=$1 got=0
  "${@:2}" || got=$?
  expect_equal "exit code of ${*:2:2}" "${got}" "${wanted}"
}

expect_log() { # REGEX
  local log
  log=$(backup_log)
  grep -Eq -- "$1" <<<"${log}" || fail "no '$1' in the log:"$'\n'"${log}"
}

# No password of this stack in what an operator, or anybody else, gets to read.
expect_no_secret_in() { # TEXT...
  local secret
  for secret in 'tr4ck@r' 'tr4ck%40r' stand-in-root-password stand-in-admin-token; do
    [[ $* != *"${secret}"* ]] || fail "the secret ${secret} stands in: $*"
  done
}

# Everything under a good name is complete: mode, owner, checksum, metadata; and nothing half-written lies beside it.
expect_backups_sound() {
  host_sh '
    cd "$1"
    complain() { echo "$*"; exit 1; }
    leftover=$(find . -name "*.partial*")
    [[ -z $leftover ]] || complain "leftovers: $leftover"
    for file in {sqlite,mysql,postgresql,config}/*_*; do
      [[ -e $file ]] || continue
      [[ $(stat -c %a "$file") == 600 ]] || complain "$(stat -c "%a %U %n" "$file")"
      case $file in
        *.sha256) (cd "${file%/*}" && sha256sum --quiet -c "${file##*/}") || complain "$file is not the sum" ;;
        *.meta) jq -e .verdict "$file" >/dev/null || complain "$file says no verdict" ;;
        *.roles.sql) ;;
        *)
          [[ -s $file && -s $file.sha256 && -s $file.meta ]] || complain "$file lacks a companion"
          grep -Eqx "[a-z]+/[a-z-]+_[0-9]{8}_[0-9]{6}([.]pre-restore)?[.](db|sql|tar)([.](gz|zst))?" <<<"$file" || complain "$file is no name for a backup"
          ;;
      esac
    done' "${BACKUPS}" || fail "the backups are not sound"
}

# expect_restorable FILE [SEQUENCE]: it restores, the invariant holds, and it has every write up to SEQUENCE.
expect_restorable() {
  local state
  [[ -n $1 ]] || fail "there is no backup to restore"
  state=$(restore_backup "$1") || fail "$1 restores to ${state}"
  expect_less "last write acknowledged before the run" "$((${2:-0} - 1))" "$(jq .seq <<<"${state}")"
}

# expect_archived PATH...: the newest configuration archive has them, under their path on the host without the first slash.
expect_archived() {
  local archive members path
  archive=$(backup_newest config)
  [[ -n ${archive} ]] || fail "there is no configuration archive"
  members=$(host_sh "${RESTORE_UNPACK}"'; unpack "$1" | tar -t' "${archive}")
  for path; do
    grep -Fqx -- "${path#/}" <<<"${members}" || fail "${path} is not in ${archive}, which has"$'\n'"${members}"
  done
}
