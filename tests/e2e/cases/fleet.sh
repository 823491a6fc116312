# shellcheck shell=bash
# Five hosts, one Ansible project, one run; and one of them is down.

readonly FLEET=(alpha beta gamma delta omega)

# fleet_knows NAME: the project knows where that host is now, and how to get in.
fleet_knows() {
  local fleet=${E2E_WORK}/fleet keys=${E2E_WORK}/keys E2E_WORK=${E2E_WORK}/hosts/$1
  mkdir -p "${E2E_WORK}"
  host_until 'systemctl is-active ssh'
  ansible_up
  printf 'tracker_address: %s\nansible_ssh_private_key_file: %s\n' "${ANSIBLE_ADDRESS}" "${E2E_WORK}/key" >"${fleet}/ansible/host_vars/$1.yml"
  cat "${E2E_WORK}/known_hosts" >>"${keys}"
}

# fleet_host NAME: a host of its own, whose stack runs, and which has the backup image.
fleet_host() {
  # The case has one already.
  [[ $1 == "${FLEET[0]}" ]] || host_boot "${LANE}-$1"
  stack_up sqlite WAL 1000
  host_images "${FLEET_IMAGE}"
  fleet_knows "$1"
}

# fleet_playbook NAME [ARGUMENT...]
fleet_playbook() {
  ansible_in "${E2E_WORK}/fleet/ansible" "$1" --ssh-common-args "-o UserKnownHostsFile=${E2E_WORK}/keys" "${@:2}"
}

# fleet_up: the environments, the project, and the hosts. Sets HOSTS, by name.
fleet_up() {
  local name job files=() jobs=()
  for name in "${FLEET[@]}"; do
    jq --arg name "${name}" '.environment.name = $name | .tracker.core.database = {driver: "sqlite3", database_name: "tracker.db"} | .backup.spread_minutes = 30' \
      "${E2E}/stack/environment.json" >"${E2E_WORK}/${name}.json"
    files+=("${E2E_WORK}/${name}.json")
  done
  "${TRACKGEN}" render "${files[@]}" --out "${E2E_WORK}/fleet"
  mkdir -p "${E2E_WORK}/fleet/ansible/host_vars"
  FLEET_IMAGE=$(sed -n 's/^ *tracker_backup_image: "\(.*\)"/\1/p' "${E2E_WORK}/fleet/ansible/inventory.yml" | sort -u)
  docker build --quiet --network "${ENGINE_NETWORK}" --build-arg "BASE_IMAGE=$(image_here "${BASE_IMAGE}")" \
    --tag "$(image_here "${FLEET_IMAGE}")" "${E2E_WORK}/fleet/image" >/dev/null
  for name in "${FLEET[@]}"; do
    fleet_host "${name}" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "${job}"; done
}

# on HOST COMMAND...
on() {
  local HOST=trackgen-e2e-host-${LANE}-$1
  [[ $1 != "${FLEET[0]}" ]] || HOST=trackgen-e2e-host-${LANE}
  "${@:2}"
}

fleet_down() {
  local name
  for name in "${FLEET[@]:1}"; do
    on "${name}" host_down
    docker volume rm "trackgen-e2e-engine-${LANE}-${name}" >/dev/null
  done
}

stop_host() { docker stop --signal SIGKILL "${HOST}" >/dev/null; }

case_fleet() {
  fleet_up
  on gamma stop_host
  expect_exit 4 fleet_playbook install
  expect_ansible 'gamma *: ok=0 changed=0 unreachable=1'
  expect_ansible 'alpha *: ok=[0-9]+ changed=[0-9]+ unreachable=0 failed=0.*omega *: ok=[0-9]+ changed=[0-9]+ unreachable=0 failed=0'
  expect_exit 2 fleet_playbook status
  expect_ansible 'alpha .*good.*gamma .*no answer.*omega .*good'

  on gamma host_power_on
  on gamma fleet_knows gamma
  expect_exit 0 fleet_playbook install --limit gamma
  expect_exit 0 fleet_playbook status
  expect_ansible 'alpha .*good.*beta .*good.*delta .*good.*gamma .*good.*omega .*good'

  local name starts=""
  for name in "${FLEET[@]}"; do
    on "${name}" expect_backups_sound
    starts+=$(on "${name}" host_sh 'grep "maintenance-backup" /etc/cron.d/tracker-backup | cut -d " " -f 1,2')$'\n'
  done
  expect_equal "different starts" "$(sort -u <<<"${starts}" | grep -c '^[0-9]')" 5
  fleet_down
}
