# shellcheck shell=bash
# The rendered role on a real host, over SSH as the deployer's user: what it leaves there, and what it refuses.

# host_state: what an installation may touch: modes, owners and sums of files, images, containers, units.
host_state() {
  host_sh 'places=(/etc /usr/local /opt/torrust $(compgen -G "/var/lib/tracker-backup*" || :) -xdev -path /opt/torrust/storage/tracker -prune -o)
    find "${places[@]}" -printf "%y %m %u %g %p %l\n" | sort
    find "${places[@]}" -type f -print0 | sort -z | xargs -0 sha256sum
    docker image ls --format "{{.Repository}}:{{.Tag}}" | sort
    docker ps --all --format "{{.Names}} {{.CreatedAt}}" | sort
    systemctl list-unit-files --no-legend "*backup*" "cron*"'
}

# expect_as_planned: every installed file has the bytes, the mode and the owner of the plan.
expect_as_planned() {
  host_sh 'cd "$1"
    sed -n "s/^\(file\|schedule\) //p" restore/installation | while read -r mode target source; do
      cmp "$source" "$target"
      [[ $(stat -c "0%a %U:%G" "$target") == "$mode root:root" ]] || { stat "$target"; exit 1; }
    done' "${RENDERED}" || fail "a file is not as planned"
}

good_runs() {
  host_sh 'grep -c "Backup completed successfully" /var/log/tracker-backup.log || :'
}

# expect_nothing_scheduled: no line of a schedule, and no container of a backup.
expect_nothing_scheduled() {
  host_sh '! grep -r -E "^[^#]*(maintenance-backup|tracker-drill)" /etc/cron.d /etc/crontab /var/spool/cron \
    && ! systemctl list-timers --all --no-legend "tracker-*" | grep . && [[ -z $(docker ps --all --quiet --filter name=backup) ]]' || fail "something of a backup is left"
}

case_ansible_install() {
  stack_up sqlite WAL
  backup_render '{}'
  ansible_up
  local before
  before=$(host_state)
  expect_exit 0 ansible_playbook install --check --diff
  expect_equal "host after the check" "$(host_state)" "${before}"

  expect_exit 0 ansible_playbook install
  expect_as_planned
  expect_equal "good runs after the installation" "$(good_runs)" 1
  expect_log 'Restore of tracker .*verdict ok'
  expect_backups_sound

  before=$(host_state)
  expect_exit 0 ansible_playbook install
  expect_unchanged
  expect_exit 0 ansible_playbook install --check --diff
  expect_unchanged
  expect_equal "host after the second installation" "$(host_state)" "${before}"

  cron_at '2026-12-24 02:59:57'
  host_until '[[ $(grep -c "Backup completed successfully" /var/log/tracker-backup.log) == 2 ]]'
  sleep 2 # it would begin with the minute
  expect_equal "runs of one minute" "$(backup_log | grep -c 'Backup of .* started')" 2
  expect_restorable "$(backup_newest)"
  expect_backups_sound
}

# Whatever it refuses, it says why and changes nothing.
case_ansible_refuses() {
  stack_lay sqlite
  backup_render '{}'
  ansible_up
  local before
  host_sh 'touch "$1/compose.override.yaml"; cp /etc/{os-release,debian_version} /root/
    sed -i "s/^VERSION_ID=.*/VERSION_ID=\"11\"/" /etc/os-release; echo 11.9 >/etc/debian_version' "${DEPLOY_DIR}"
  before=$(host_state)
  expect_exit 2 ansible_playbook install
  expect_ansible 'Debian 11.* is not supported. Supported are Debian 12'
  expect_equal "host" "$(host_state)" "${before}"

  host_sh 'cp /root/{os-release,debian_version} /etc/'
  before=$(host_state)
  expect_exit 2 ansible_playbook install
  expect_ansible 'compose.override.yaml was not written by trackgen'
  expect_equal "host" "$(host_state)" "${before}"

  # What Compose says of a broken .env quotes it.
  host_sh 'cd "$1"; rm compose.override.yaml; cp .env /root/; echo "BROKEN=\"stand-in-root-password" >>.env' "${DEPLOY_DIR}"
  before=$(host_state)
  expect_exit 2 ansible_playbook install -vvv
  expect_ansible 'what it says is not shown here'
  expect_no_secret_in "$(<"${ANSIBLE_LOG}")"
  expect_equal "host" "$(host_state)" "${before}"

  # A stack that does not run is installed on, and told that nothing has been proved.
  host_sh 'cp /root/.env "$1"' "${DEPLOY_DIR}"
  expect_exit 2 ansible_playbook install
  expect_ansible 'It ended with 5: .* Everything is installed; with a stack that runs'
  expect_as_planned
}
