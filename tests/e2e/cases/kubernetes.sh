# shellcheck shell=bash
# A cluster is not at hand, but its job's container is: with the image, the settings, the user and the mounts of the manifest.

case_kubernetes_job() {
  stack_up postgresql
  backup_install '{}'
  backup_render '{"backup": {"scheduler": "kubernetes", "image": "tracker-backup:pushed"}}'
  [[ ! -e ${E2E_WORK}/rendered/ansible ]] || fail "the tree has something for a host"
  # The secret is the stack's .env, which only its owner may read.
  host_sh 'docker tag "$(docker image ls --quiet tracker-backup | head -n 1)" tracker-backup:pushed
    install -d /root/secret; install -m 0440 -g 1000 "$1/.env" /root/secret/stack.env' "${DEPLOY_DIR}"
  local status=0
  docker exec -i "${HOST}" python3 - "${RENDERED}/kubernetes/cronjob.yaml" torrust_database_network "${BACKUPS}" /root/secret/stack.env \
    <"${E2E}/lib/cron_job.py" >"${E2E_WORK}/job" 2>&1 || status=$?
  expect_equal "exit code of the job, which says $(<"${E2E_WORK}/job")" "${status}" 0
  expect_backups_sound
  expect_restorable "$(backup_newest)"
  expect_no_secret_in "$(<"${E2E_WORK}/job")"
}
