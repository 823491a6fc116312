# shellcheck shell=bash
# What stands above a table, and how a table gets into a document.
: "${ROOT:?}"

# report_machine: what it was measured on.
report_machine() {
  local model memory system
  model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | sed -n 1p)
  memory=$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
  system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)
  printf '%s, %s cores (%s), %s GB of memory, Linux %s, %s' "$(date -u +'%-d %B %Y')" "$(nproc)" "${model}" "${memory}" "$(uname -r)" "${system}"
}

# report_load FILE: the loads that stand in a file of results.
report_load() {
  jq -rs '[.[].load // empty] | sort | "load before each measurement \(first) to \(last), median \(.[length / 2 | floor])"' "$1"
}

# report_into FILE MARKER TEXT: replaces what is between the marker's two comments.
report_into() {
  TEXT=$3 awk -v marker="$2" '
    $0 == "<!-- /" marker " -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- " marker " -->" { inside = 1; print ENVIRON["TEXT"] }' "${ROOT}/$1" >"${ROOT}/$1.new"
  mv "${ROOT}/$1.new" "${ROOT}/$1"
}
