#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# tracker-restore --config: what comes back, and that a tampered archive writes nowhere else.

bats_require_minimum_version 1.5.0
load helpers
load restores

setup() {
  tracker_world
  mkdir -p "${W}/deploy/storage/etc/sub dir" "${W}/outside"
  echo secret >"${W}/outside/victim"
  echo toml >"${W}/deploy/storage/etc/tracker.toml"
  echo deep >"${W}/deploy/storage/etc/sub dir/deep file"
  ln -s tracker.toml "${W}/deploy/storage/etc/link"
  printf 'required %s\noptional %s\n' "${W}/deploy/.env" "${W}/deploy/storage/etc" >"${W}/etc/paths"
  chown 33:44 "${W}/deploy/storage/etc/tracker.toml" "${W}/deploy/storage/etc/sub dir"
  chmod 2750 "${W}/deploy/storage/etc/sub dir"
  chmod 640 "${W}/deploy/.env" "${W}/deploy/storage/etc/tracker.toml"
  maintenance
  [[ ${status} -eq 0 ]]
  ARCHIVE=$(only 'backups/config/config_*.tar.gz')
}

look() { (cd "${W}/deploy" && find . -printf '%p %m %U %G %l\n' | sort && cat .env storage/etc/tracker.toml "storage/etc/sub dir/deep file"); }

@test "files, links and directories come back with owner and mode; what is there now is saved first" {
  local before
  before=$(look)
  rm -r "${W}/deploy/storage/etc/sub dir" "${W}/deploy/storage/etc/link"
  echo changed >"${W}/deploy/.env"
  tracker_restore --config --yes
  [[ ${status} -eq 0 && ${output} == *'restored 4 files'* ]] || { echo "${output}" && false; }
  diff <(printf '%s\n' "${before}") <(look)
  [[ $(tar -xOzf "$(only 'backups/config/*.pre-restore.tar.gz')" "${W#/}/deploy/.env") == changed ]]
  refute called '^stop'
}

@test "a .env that is gone is no obstacle; the archive may be named, or chosen with a database" {
  rm "${W}/deploy/.env"
  tracker_restore "${ARCHIVE}" --yes
  [[ ${status} -eq 0 && -s ${W}/deploy/.env ]] || { echo "${output}" && false; }
  rm "${W}/deploy/.env"
  tracker_restore --latest --config --yes
  [[ ${status} -eq 0 && -s ${W}/deploy/.env && ${output} == *'torrents: 500 rows'* ]] || { echo "${output}" && false; }
}

@test "--target unpacks it elsewhere; a dry run changes nothing" {
  local before
  before=$(look)
  tracker_restore --config --yes --target "${W}/there"
  [[ ${status} -eq 0 && $(<"${W}/there${W}/deploy/storage/etc/tracker.toml") == toml ]] || { echo "${output}" && false; }
  echo more >>"${W}/deploy/.env"
  tracker_restore --config --dry-run
  [[ ${status} -eq 0 && $(tail -n 1 "${W}/deploy/.env") == more && ! -e ${W}/state/restore ]]
  [[ -z $(compgen -G "${W}/backups/config/*.pre-restore*") ]]
}

# tampered WORDS TAR-ARGUMENT...: an archive made by these is refused with these words, or what it holds stays inside.
tampered() {
  local file=${W}/config_20260204_030000.tar.gz before
  rm -f "${file}"
  tar -czf "${file}" -C "${W}/evil" "${@:2}"
  before=$(look && find "${W}/outside" -type f -exec cat {} +)
  tracker_restore "${file}" --yes
  [[ ${status} -eq 5 && ${output} == *"$1"* ]] || { echo "${*:2}: ${status} ${output}" && return 1; }
  [[ $(look && find "${W}/outside" -type f -exec cat {} +) == "${before}" ]]
  tracker_restore "${file}" --yes --target "${W}/there"
  [[ $(find "${W}/outside" -type f -exec cat {} +) == secret ]]
  [[ ! -e /tmp/trackgen-escaped && -z $(find "${W}" -name escaped -not -path '*/evil/*' -not -path '*/there/*') ]]
  rm -rf "${W}/there"
}

@test "absolute names, dots, links, devices, programs with their owner's rights: refused, and nothing is written outside" {
  local inside=${W#/}/deploy/storage/etc
  mkdir -p "${W}/evil/${inside}"
  echo evil >"${W}/evil/escaped"
  tampered 'a name leaves the archive' -P --transform 's|^|/tmp/trackgen-|' escaped
  tampered 'a name leaves the archive' -P --transform "s|^|${inside}/../../../outside/|" escaped
  tampered 'does not list' --transform 's|^|root/.ssh/|' escaped
  ln -s "${W}/outside" "${W}/evil/${inside}/way"
  tampered 'cannot be unpacked' "${inside}/way" --transform "s|^escaped|${inside}/way/escaped|" escaped
  ln -sf ../../../outside "${W}/evil/${inside}/way2"
  tampered 'cannot be unpacked' "${inside}/way2" --transform "s|^escaped|${inside}/way2/escaped|" escaped
  mknod "${W}/evil/${inside}/null" c 1 3
  tampered 'neither file' "${inside}/null"
  cp "${W}/evil/escaped" "${W}/evil/${inside}/program"
  chmod 4755 "${W}/evil/${inside}/program"
  tampered "owner's rights" "${inside}/program"
  mkdir "${W}/evil/${inside}/tracker.toml"
  echo x >"${W}/evil/${inside}/tracker.toml/x"
}

@test "nothing is written through a link that somebody put into the way on the host" {
  rm -r "${W}/deploy/storage/etc/sub dir"
  ln -s "${W}/outside" "${W}/deploy/storage/etc/sub dir"
  tracker_restore --config --yes
  [[ ${status} -eq 5 && ${output} == *'is a link'* && ! -e "${W}/outside/deep file" ]] || { echo "${output}" && false; }
}

@test "truncated, changed, empty: refused before anything is written" {
  local before tenth
  echo mine >"${W}/deploy/.env"
  before=$(look)
  cp "${ARCHIVE}" "${W}/whole"
  for tenth in 0 3 6 9; do
    head -c "$(($(stat -c %s "${W}/whole") * tenth / 10))" "${W}/whole" >"${ARCHIVE}"
    tracker_restore --config --yes
    [[ ${status} -eq 5 ]] || { echo "${tenth} ${status} ${output}" && false; }
    mv "${ARCHIVE}.sha256" "${W}/sum"
    tracker_restore --config --yes
    [[ ${status} -eq 5 ]] || { echo "${tenth} ${status} ${output}" && false; }
    mv "${W}/sum" "${ARCHIVE}.sha256"
  done
  diff <(printf '%s\n' "${before}") <(look)
}

@test "a copy or a rename that fails leaves no file half written, and no copy behind" {
  local before
  echo mine >"${W}/deploy/.env"
  before=$(look)
  tool cp 'case "$*" in *deep*) echo "cp: No space left on device" >&2; exit 1 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} tracker_restore --config --yes
  [[ ${status} -eq 6 ]] || { echo "${output}" && false; }
  diff <(printf '%s\n' "${before}") <(look)
}

@test "names that are not ASCII, backslashes and pipes come back" {
  local name
  for name in 'Übersicht über alles.json' 'dev\x2ddisk' $'\377'; do echo "${name}" >"${W}/deploy/storage/etc/${name}"; done
  mkdir "${W}/deploy/storage/etc/日本"
  echo deep >"${W}/deploy/storage/etc/日本/ü"
  mkfifo "${W}/deploy/storage/etc/pipe"
  local before
  before=$(cd "${W}/deploy/storage" && find . -printf '%y %p\n' | sort)
  sleep 1
  maintenance
  [[ ${status} -eq 0 ]]
  rm -r "${W}/deploy/storage"
  tracker_restore --config --yes
  [[ ${status} -eq 0 ]] || { echo "${output}" && false; }
  diff <(printf '%s\n' "${before}") <(cd "${W}/deploy/storage" && find . -printf '%y %p\n' | sort)
}

@test "an archive that lacks a required path is not the one that a restore takes by itself" {
  printf 'required %s\n' "${W}/deploy/.env" "${W}/deploy/storage/etc" >"${W}/etc/paths"
  sleep 1
  maintenance
  [[ ${status} -eq 0 ]]
  rm -r "${W}/deploy/storage"
  sleep 1
  maintenance
  [[ ${status} -eq 2 && ${output} == *'Required, but not there'* ]]
  maintenance --list
  [[ ${output} == *config*incomplete* ]]
  tracker_restore --config --yes
  [[ ${status} -eq 0 && $(<"${W}/deploy/storage/etc/tracker.toml") == toml ]] || { echo "${output}" && false; }
}

@test "a link in the list of paths is not taken for what it leads to" {
  mkdir "${W}/volume"
  mv "${W}/deploy/storage/etc" "${W}/volume/etc"
  ln -s "${W}/volume/etc" "${W}/deploy/storage/etc"
  printf 'required %s\n' "${W}/deploy/storage/etc" >"${W}/etc/paths"
  sleep 1
  maintenance
  [[ ${status} -eq 2 && ${output} == *'a link'*"${W}/volume/etc"* ]]
}

@test "an archive may be named from where it lies" {
  rm "${W}/deploy/.env"
  cd "${ARCHIVE%/*}"
  tracker_restore "${ARCHIVE##*/}" --yes
  [[ ${status} -eq 0 && -s ${W}/deploy/.env ]] || { echo "${output}" && false; }
}
