# shellcheck shell=bash
# The rendered user data, applied by cloud-init itself on a host that has just been made and reaches nobody.

# cloud_boot FIRST SECOND: a fresh host with these two parts of user data, in this order.
cloud_boot() {
  local seed=${E2E_WORK}/seed
  host_down
  rm -rf "${seed}"
  mkdir -p "${seed}"
  printf 'instance-id: %s\nlocal-hostname: tracker\n' "${1##*/}" >"${seed}/meta-data"
  docker run --rm --label trackgen-e2e --network none --volume "${E2E_WORK}:${E2E_WORK}:ro" --volume "${E2E}:${E2E}:ro" --entrypoint cloud-init \
    "${IMAGE_HOST}" devel make-mime --attach "$1:cloud-config" --attach "$2:cloud-config" >"${seed}/user-data"
  host_boot "${LANE}" --volume "${seed}:/var/lib/cloud/seed/nocloud:ro" --volume /dev/null:/etc/apt/sources.list:ro
  host_sh 'cloud-init status --wait --long' || fail "cloud-init has ended with errors"
  host_sh 'cloud-init schema --system' || fail "cloud-init does not accept what it was given"
}

# cloud_render JSON: renders, and installs nothing.
cloud_render() {
  STACK_ENGINE=sqlite
  backup_render "$1"
  OURS=${E2E_WORK}/rendered/cloud-init/user-data.yml THEIRS=${E2E}/stack/deployer-user-data.yml
}

# All that an installation leaves, as lines of path, mode, owner, and checksum or target.
readonly INSTALLED_FILES='
  for root in /etc/tracker-backup /etc/cron.d /etc/logrotate.d /etc/systemd/system /usr/local /opt/torrust/{docker-compose.override.yml,storage/backup}; do
    [[ ! -e $root ]] || find "$root" ! -path "*/__pycache__*" \( -type f -printf "%p %m %U:%G " -exec sha256sum {} \; -o -type l -printf "%p -> %l\n" -o -type d -printf "%p %m %U:%G\n" \)
  done | sed "s/  .*//" | sort'

# Both orders, and the same files as another way to install leaves. Where both parts have a list, the later part decides whether it
# is added or replaced, and the deployer's says nothing: with a port of its own it comes first.
case_cloud_init_merges() {
  local first
  cloud_render '{}'
  cloud_boot "${OURS}" "${THEIRS}"
  first=$(host_sh "${INSTALLED_FILES}")
  cloud_boot "${THEIRS%.yml}-with-a-port.yml" "${OURS}"
  host_sh 'id -u torrust; [[ -e /root/runcmd-of-the-deployer && -e /etc/ssh/sshd_config.d/99-custom-port.conf ]]' || fail "the deployer's part is not applied"
  diff <(printf '%s\n' "${first}") <(host_sh "${INSTALLED_FILES}") || fail "the order of the parts makes a difference"
  host_down
  host_boot "${LANE}"
  stack_lay sqlite
  ansible_up
  expect_exit 0 ansible_playbook install --skip-tags backup
  host_sh 'rmdir "$1/etc"' "${BACKUPS}" # the deployer's
  diff <(printf '%s\n' "${first}") <(host_sh "${INSTALLED_FILES}") || fail "cloud-init and Ansible do not install the same"
}

# From boot to a first good backup without a hand: the deployer brings the stack, and cron does the rest.
case_cloud_init_to_the_first_backup() {
  cloud_render '{"backup": {"schedule": "* * * * *"}}'
  cloud_boot "${THEIRS}" "${OURS}"
  stack_up sqlite WAL
  host_images "${BASE_IMAGE:?}"
  host_until 'jq -e .last_good.run_id /var/lib/tracker-backup/status.json'
  host_until 'flock --nonblock "$1/.lock" true' "${BACKUPS}"
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

# The other scheduler, and a host that says of itself that all is there.
case_cloud_init_systemd() {
  cloud_render '{"backup": {"scheduler": "systemd", "timezone": "Europe/Berlin"}}'
  cloud_boot "${THEIRS}" "${OURS}"
  expect_installation 0 'As installed: [0-9]+ files, started by systemd'
}
