# shellcheck shell=bash
# The pages of docs/ as a reader follows them: block by block, on the host or on a machine of his own beside it.
: "${E2E:?}" "${E2E_WORK:?}" "${TRACKGEN:?}"

# reader_up: his home with a key for the host, and a directory for his environments.
reader_up() {
  ansible_up
  READER=${E2E_WORK}/reader
  mkdir -p "${READER}/.ssh" "${READER}/site/envs"
  mv "${E2E_WORK}/key" "${READER}/.ssh/id_ed25519"
  mv "${E2E_WORK}/key.pub" "${READER}/.ssh/id_ed25519.pub"
  cp "${E2E%/tests/e2e}"/envs/* "${READER}/site/envs"
}

# page_blocks PAGE DIRECTORY: each block of commands that is run anywhere as a file NUMBER.here, .host or .control.
page_blocks() {
  awk -v directory="$2" '
    /^ *```/ && open { open = 0; close(file); file = ""; next }
    /^ *```/ {
      open = 1
      if ($1 != "```sh" || $2 ~ /^not-run/) next
      where = $2 == "host" || $2 == "control" ? $2 : "here"
      expected = $2 ~ /^exit=/ ? substr($2, 6) : 0
      file = sprintf("%s/%02d.%s", directory, ++blocks, where)
      printf "# exit=%d\n", expected >file
      next
    }
    open && file { print >file }' "$1"
}

# reader_does FILE: in his directory; SSH trusts the host already.
reader_does() {
  (cd "${READER}/site" && env HOME="${READER}" ANSIBLE_SSH_CONTROL_PATH_DIR="${E2E_WORK}/s" \
    ANSIBLE_SSH_COMMON_ARGS="-o UserKnownHostsFile=${E2E_WORK}/known_hosts -o ControlPersist=no" \
    PATH="${TRACKGEN%/*}:${E2E%/tests/e2e}/target/tools/bin:${PATH}" bash -euxo pipefail "$1" </dev/null)
}

# follow_page PAGE: all of it, in order. The first block that does not end as the page says is a failure.
follow_page() {
  local block blocks expected
  blocks=$(mktemp -d -p "${E2E_WORK}")
  page_blocks "${E2E%/tests/e2e}/$1" "${blocks}"
  for block in "${blocks}"/*; do
    sed -i "s/ADDRESS/${ANSIBLE_ADDRESS}/g" "${block}"
    expected=$(sed -n '1s/# exit=//p' "${block}")
    echo "--- $1: ${block##*/}"
    case ${block} in
      *.host) expect_exit "${expected}" host_sh 'cd && bash -euxo pipefail /dev/stdin' <"${block}" ;;
      *) expect_exit "${expected}" reader_does "${block}" ;;
    esac
  done
}
