# shellcheck shell=bash
# The playbooks of every day, one after the other, from status to uninstall.

# everyday_status CODE HOST_AND_RESULT...: with a second host that does not answer.
everyday_status() {
  local wanted=$1 line
  sed 's/"e2e-sqlite":/gone:/; s/ansible_port: .*/ansible_port: 1/' "${E2E_WORK}/rendered/ansible/inventory.yml" >"${E2E_WORK}/gone.yml"
  expect_exit "${wanted}" ansible_playbook status --inventory inventory.yml --inventory "${E2E_WORK}/gone.yml"
  for line in "${@:2}"; do
    expect_ansible "${line}"
  done
}

case_ansible_every_day() {
  stack_up sqlite WAL
  backup_install '{}'
  ansible_up
  everyday_status 2 'e2e-sqlite no backup - - - ' 'gone no answer - - - '

  expect_exit 0 ansible_playbook backup-now
  expect_ansible 'Backup completed successfully'
  expect_exit 0 ansible_playbook drill
  expect_ansible 'Drill completed successfully'
  everyday_status 2 'e2e-sqlite good 2[^ ]+Z 2[^ ]+Z 2[^ ]+Z ok 2[^ ]+Z' 'gone no answer'
  expect_exit 0 ansible_playbook status
  host_sh 'sed -i "s/\"verdict\":\"ok\"/\"verdict\":\"failed\"/" /var/lib/tracker-backup/drills.jsonl'
  expect_exit 2 ansible_playbook status
  expect_ansible 'e2e-sqlite drill failed 2'

  stack_misbehave load 0
  sleep 0.5
  host_sh "${MARK_SQLITE}"
  expect_exit 2 ansible_playbook restore --extra-vars run=20200101_000000 --extra-vars confirm=yes
  expect_ansible 'It ended with 2: .*arguments'
  expect_exit 2 ansible_playbook restore
  expect_ansible 'Restore of tracker .*verdict ok.* Nothing was changed'
  expect_exit 0 ansible_playbook restore --check
  expect_exit 2 ansible_playbook restore --extra-vars confirm=yes --inventory inventory.yml --inventory "${E2E_WORK}/gone.yml"
  expect_ansible 'One host at a time'
  expect_equal "rows after the refusals" "$(rows)" 19
  expect_exit 0 ansible_playbook restore --extra-vars confirm=yes
  expect_ansible 'Restore completed successfully'
  expect_equal "rows" "$(rows)" 20

  host_sh '(flock "$1/.lock" sleep 60) &>/dev/null & sleep 0.5' "${BACKUPS}"
  expect_exit 2 ansible_playbook backup-now
  expect_ansible 'It ended with 9: '
  host_sh 'pkill -x sleep'
  expect_backups_sound
  uninstalled
}

# uninstalled: backups, data and the running stack are as they were, and nothing else of the backup system is there.
uninstalled() {
  local before image
  image=$(host_sh 'docker image ls --format "{{.Repository}}:{{.Tag}}" tracker-backup | sed -n 1p')
  host_sh 'docker tag "$1" kept:1' "${image}"
  before=$(backup_listing && stack_tracker)
  expect_exit 0 ansible_playbook uninstall
  expect_ansible '[1-9][0-9]* files stay in'
  expect_equal "backups and tracker" "$(backup_listing && stack_tracker)" "${before}"
  stack_live_check
  expect_nothing_scheduled
  host_sh 'cd "$1"; sed -n "s/^\(file\|schedule\) //p" restore/installation | while read -r _ target _; do [[ ! -e $target ]] || { echo "$target"; exit 1; }; done
    ! docker image ls --format "{{.Repository}}" | grep -x tracker-backup \
      && [[ -z $(find /etc /usr/local -xdev -name "*tracker-backup*") ]]' "${RENDERED}" || fail "something is left"
  expect_exit 0 ansible_playbook uninstall
  expect_unchanged
  # The next host with this engine would have to build it.
  host_sh 'docker tag kept:1 "$1"; docker image rm kept:1' "${image}"
}
