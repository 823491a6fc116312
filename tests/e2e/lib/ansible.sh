# shellcheck shell=bash
# The rendered playbooks as an operator runs them: from outside the host, over SSH, as the deployer's user, from the rendered tree.
: "${E2E:?}" "${HOST?}" "${E2E_WORK:?}" "${BASE_IMAGE:?}"

readonly ANSIBLE_LOG=${E2E_WORK}/ansible.log

# ansible_up: both sides know each other's key, and the host has what it can have without a network: the role's packages, an index
# of packages that passes for today's, and what the image is built from.
ansible_up() {
  ANSIBLE_ADDRESS=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "${HOST}")
  rm -f "${E2E_WORK}"/key{,.pub}
  ssh-keygen -q -t ed25519 -N '' -f "${E2E_WORK}/key"
  host_sh 'install -d -m 0700 -o torrust -g torrust ~torrust/.ssh
    install -m 0600 -o torrust -g torrust /dev/stdin ~torrust/.ssh/authorized_keys
    mkdir -p /var/lib/apt/periodic; touch /var/lib/apt/periodic/update-success-stamp' <"${E2E_WORK}/key.pub"
  host_sh 'cat /etc/ssh/ssh_host_ed25519_key.pub' | sed "s/^/${ANSIBLE_ADDRESS} /" >"${E2E_WORK}/known_hosts"
  host_images "${BASE_IMAGE}"
}

# ansible_in DIRECTORY NAME [ARGUMENT...]: a playbook of a project as it is. Its words go to the log of the case and to ANSIBLE_LOG.
ansible_in() {
  local status=0 sockets
  sockets=$(mktemp -d)
  (cd "$1" && ANSIBLE_SSH_CONTROL_PATH_DIR=${sockets} PATH=${E2E%/tests/e2e}/target/tools/bin:${PATH} \
    ansible-playbook "$2.yml" "${@:3}" </dev/null) >"${ANSIBLE_LOG}" 2>&1 || status=$?
  # Otherwise the shared connection would stay for a minute.
  find "${sockets}" -type s -exec ssh -O exit -o ControlPath={} host \; 2>/dev/null
  rm -rf "${sockets}"
  cat "${ANSIBLE_LOG}"
  return "${status}"
}

# ansible_playbook NAME [ARGUMENT...]: in the rendered tree.
ansible_playbook() {
  ansible_in "${E2E_WORK}/rendered/ansible" "$1" --extra-vars "tracker_address=${ANSIBLE_ADDRESS} ansible_ssh_private_key_file=${E2E_WORK}/key" \
    --ssh-common-args "-o UserKnownHostsFile=${E2E_WORK}/known_hosts" "${@:2}"
}

# expect_ansible REGEX: in what the last playbook said, whose lines YAML has folded.
expect_ansible() {
  tr -s '\n ' ' ' <"${ANSIBLE_LOG}" | grep -Eq -- "$1" || fail "Ansible did not say '$1'"
}

# expect_unchanged: by what the last playbook counted.
expect_unchanged() {
  expect_ansible 'ok=[0-9]+ changed=0 unreachable=0 failed=0'
}
