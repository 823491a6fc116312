# shellcheck shell=bash
# Base image from Debian packages and, on top of it, the host and the stand-ins of the stack's images; each is built once.
: "${E2E:?}" "${E2E_STATE:?}" "${ENGINE_NETWORK:?}"

# shellcheck source=../../tools/apt-suite
source "${E2E}/../tools/apt-suite" # for mirror

readonly IMAGE_HOST=trackgen-e2e/host IMAGE_TRACKER=torrust/tracker:develop IMAGE_MYSQL=mysql:8.4 IMAGE_POSTGRES=postgres:17

# Only a host knows a stand-in by the name of what it stands for: the machine's engine may have the real one.
image_here() { # NAME
  printf 'trackgen-e2e/%s' "${1//[:\/]/-}"
}

# As in Debian's own images: no package and no index of packages stays in a layer.
readonly IMAGE_APT='DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";'

# image_base TAG: like Debian's own slim image: minbase without documentation and translations.
image_base() {
  local uri
  uri=$(mirror)
  # setsid: mmdebstrap signals its whole process group when its output breaks
  TMPDIR=/dev/shm setsid -w nice mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    --dpkgopt=force-unsafe-io --aptopt='Apt::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="printf '%s\n' '${IMAGE_APT}' >\"\$1/etc/apt/apt.conf.d/docker-clean\"; rm \"\$1\"/var/cache/apt/*.bin" \
    trixie - "deb ${uri} trixie main" \
    | docker import --change 'CMD ["bash"]' --change 'LABEL trackgen-e2e=image' \
      --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$1" >/dev/null
}

# image_build TAG DIRECTORY BASE. The classic builder: it needs no plugin and no default network.
image_build() {
  DOCKER_BUILDKIT=0 nice docker build --quiet --network "${ENGINE_NETWORK}" --build-arg "BASE=$3" --tag "$1" "${E2E}/images/$2" \
    >"${E2E_STATE}/image-$2.log" 2>&1 || {
    tail -n 20 "${E2E_STATE}/image-$2.log" >&2
    return 1
  }
}

# images_build BASE: the base is what the backup image is built from.
images_build() {
  local base
  base=$(image_here "$1")
  docker image inspect "${base}" &>/dev/null || image_base "${base}"
  image_build "${IMAGE_HOST}" host "${base}" &
  local host=$!
  image_build "$(image_here "${IMAGE_TRACKER}")" tracker "${base}"
  image_build "$(image_here "${IMAGE_MYSQL}")" mysql "${base}"
  image_build "$(image_here "${IMAGE_POSTGRES}")" postgres "${base}"
  wait "${host}"
}
