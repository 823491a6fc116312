# shellcheck shell=bash
# Databases of the tracker stand-in to measure with.
: "${E2E:?}" "${E2E_STATE:?}" "${IMAGE_TRACKER:?}"

# seed_file ROWS: path of a tracker's database with so many rows; the cache keeps it.
seed_file() {
  local file=${E2E_STATE}/seeds/$1.db
  mkdir -p "${file%/*}"
  if [[ ! ${file} -nt ${E2E}/images/tracker/store.py ]]; then
    rm -f "${file}".partial*
    docker run --rm --label trackgen-e2e --network none --volume "${file%/*}:/seeds" --entrypoint python3 \
      --env "TORRUST_TRACKER_CONFIG_OVERRIDE_CORE__DATABASE__PATH=/seeds/$1.db.partial" \
      "$(image_here "${IMAGE_TRACKER}")" /usr/lib/stand-in/tracker.py seed "$1"
    mv "${file}.partial" "${file}"
  fi
  printf '%s\n' "${file}"
}
