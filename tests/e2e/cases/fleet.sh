# shellcheck shell=bash
# Five hosts, one Ansible project, one run; and one of them is down.

readonly FLEET=(alpha beta gamma delta omega)

# fleet_host NAME: its stack runs, it has the backup image, and the project knows where it is.
fleet_host() {
  STACK_ENGINE=sqlite
  stack_up sqlite WAL 1000
  ansible_up
  host_images "${FLEET_IMAGE}"
  printf 'tracker_address: %s\nansible_ssh_private_key_file: %s\n' "${ANSIBLE_ADDRESS}" "${E2E_WORK}/keys/$1" >"${E2E_WORK}/fleet/ansible/host_vars/$1.yml"
  mv "${E2E_WORK}/key" "${E2E_WORK}/keys/$1"
  cat "${E2E_WORK}/known_hosts" >>"${E2E_WORK}/keys/known_hosts"
}

# fleet_playbook NAME [ARGUMENT...]
fleet_playbook() {
  ansible_in "${E2E_WORK}/fleet/ansible" "$1" --ssh-common-args "-o UserKnownHostsFile=${E2E_WORK}/keys/known_hosts" "${@:2}"
}

# fleet_up: the environments, the project, and the hosts. Sets HOSTS, by name.
fleet_up() {
  local name files=()
  for name in "${FLEET[@]}"; do
    jq --arg name "${name}" '.environment.name = $name | .tracker.core.database = {driver: "sqlite3", database_name: "tracker.db"} | .backup.spread_minutes = 30' \
      "${E2E}/stack/environment.json" >"${E2E_WORK}/${name}.json"
    files+=("${E2E_WORK}/${name}.json")
  done
  "${TRACKGEN}" render "${files[@]}" --out "${E2E_WORK}/fleet"
  mkdir -p "${E2E_WORK}/fleet/ansible/host_vars" "${E2E_WORK}/keys"
  FLEET_IMAGE=$(sed -n 's/^ *tracker_backup_image: "\(.*\)"/\1/p' "${E2E_WORK}/fleet/ansible/inventory.yml" | sort -u)
  docker build --quiet --network "${ENGINE_NETWORK}" --build-arg "BASE_IMAGE=$(image_here "${BASE_IMAGE}")" \
    --tag "$(image_here "${FLEET_IMAGE}")" "${E2E_WORK}/fleet/image" >/dev/null
  declare -gA HOSTS=()
  for name in "${FLEET[@]}"; do
    # The case has one already.
    ((${#HOSTS[@]} == 0)) || host_boot "${LANE}-${name}"
    HOSTS[${name}]=${HOST}
    fleet_host "${name}"
  done
}

fleet_down() {
  local name
  for name in "${FLEET[@]:1}"; do
    HOST=${HOSTS[${name}]}
    host_down
    docker volume rm "trackgen-e2e-engine-${LANE}-${name}" >/dev/null
  done
  HOST=${HOSTS[${FLEET[0]}]}
}

case_fleet() {
  fleet_up
  docker stop --signal SIGKILL "${HOSTS[gamma]}" >/dev/null
  expect_exit 4 fleet_playbook install
  expect_ansible 'gamma *: ok=0 changed=0 unreachable=1'
  expect_ansible 'alpha *: ok=[0-9]+ changed=[0-9]+ unreachable=0 failed=0.*omega *: ok=[0-9]+ changed=[0-9]+ unreachable=0 failed=0'

  docker start "${HOSTS[gamma]}" >/dev/null
  HOST=${HOSTS[gamma]} host_wait
  expect_exit 0 fleet_playbook install --limit gamma
  expect_exit 0 fleet_playbook install --forks 2
  expect_ansible 'alpha *: ok=[0-9]+ changed=0 .*beta *: ok=[0-9]+ changed=0 .*gamma *: ok=[0-9]+ changed=0 '
  expect_exit 0 fleet_playbook status
  expect_ansible 'alpha.*good.*beta.*good.*delta.*good.*gamma.*good.*omega.*good'

  local name lines=""
  for name in "${FLEET[@]}"; do
    HOST=${HOSTS[${name}]}
    expect_backups_sound
    lines+=$(host_sh 'sed -n "s/^\([0-9]* [0-9]*\) .*maintenance-backup.*/\1/p" /etc/cron.d/tracker-backup')$'\n'
  done
  expect_equal "different starts" "$(sort -u <<<"${lines}" | grep -c .)" 5
  fleet_down
}
