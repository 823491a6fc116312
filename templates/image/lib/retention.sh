# shellcheck shell=bash
# What lies in the backup directory, and which of it stays: by the time in the name, per database, and only verified ones count. Same answer as `restic forget`.
: "${BACKUPS:?}" "${RETENTION_DAYS:?}" "${KEEP_LAST:?}" "${KEEP_DAILY:?}" "${KEEP_WEEKLY:?}" "${KEEP_MONTHLY:?}"

# Other folders in the backup directory are somebody else's.
DATABASE_FOLDERS=(sqlite mysql postgresql)

# keep_set CURRENT RUN_ID...: prints the ones to keep. Runs later than the current one (the clock was ahead) stay and do not count.
keep_set() {
  local current=$1 limit id keep rule bucket newest='' i
  local -A left=([last]=${KEEP_LAST} [day]=${KEEP_DAILY} [week]=${KEEP_WEEKLY} [month]=${KEEP_MONTHLY}) seen=()
  local -a ids=() weeks=()
  limit=$(days_before "${current}" "${RETENTION_DAYS}")
  mapfile -t ids < <(printf '%s\n' "${@:2}" | sort -ru)
  mapfile -t weeks < <(as_date "${ids[@]}" | date -f - +%G%V)
  for i in "${!ids[@]}"; do
    id=${ids[i]}
    if [[ ${id} > ${current} ]]; then
      printf '%s\n' "${id}"
      continue
    fi
    # The newest verified one is never removed, whatever the settings say.
    keep=
    if [[ -z ${newest} || ${id} > ${limit} ]]; then keep=yes; fi
    newest=${newest:-${id}}
    for rule in "last ${id}" "day ${id:0:8}" "week ${weeks[i]}" "month ${id:0:6}"; do
      bucket=${rule% *}
      if ((left[${bucket}] > 0)) && [[ ${seen[${bucket}]:-} != "${rule#* }" ]]; then
        keep=yes seen[${bucket}]=${rule#* } left[${bucket}]=$((left[${bucket}] - 1))
      fi
    done
    [[ -z ${keep} ]] || printf '%s\n' "${id}"
  done
}

# remove_backup DIRECTORY STEM RUN_ID REASON: the file and all that lies beside it.
remove_backup() {
  if [[ -n ${DRY_RUN:-} ]]; then
    log INFO "Would remove $1/$2_$3: $4"
  else
    rm -f -- "$1/$2_$3".* || die 7 "Cannot remove $1/$2_$3"
    log INFO "Removed $1/$2_$3: $4"
  fi
}

# prune_safety_copies DIRECTORY STEM: the newest three of what restores have saved stay.
prune_safety_copies() {
  local meta
  while read -r meta; do
    rm -f -- "${meta%%.pre-restore.*}.pre-restore."*
    log INFO "Removed ${meta%.meta}: there are three newer safety copies"
  done < <(find "$1" -maxdepth 1 -name "$2_*.pre-restore.*.meta" | sort -r | tail -n +4)
}

# run_ids DIRECTORY STEM: of every backup, verified or not.
run_ids() {
  local file id
  for file in "$1/$2"_*; do
    id=${file##*/"$2"_}
    id=${id%%.*}
    if [[ ${id} =~ ^[0-9]{8}_[0-9]{6}$ && ${file} != *.@(partial|pre-restore)* ]]; then
      printf '%s\n' "${id}"
    fi
  done | sort -u
}

# prune_database DIRECTORY STEM CURRENT: applies the policy to one database.
prune_database() {
  local directory=$1 stem=$2 current=$3 id limit meta verified=' ' keep
  for meta in "${directory}/${stem}"_*.meta; do
    if [[ -e ${meta%.meta} ]] && is_verified "${meta}"; then
      id=${meta##*/"${stem}"_}
      verified+="${id%%.*} "
    fi
  done
  [[ ${verified} != ' ' ]] || return 0
  # What a dry run would remove is what the run would remove: it counts as done.
  [[ -z ${DRY_RUN:-} ]] || verified+="${current} "
  limit=$(days_before "${current}" "${RETENTION_DAYS}")
  # shellcheck disable=SC2086  # words are wanted
  keep=$(keep_set "${current}" ${verified} | tr '\n' ' ')
  [[ -n ${keep} ]] || die 7 "Retention would keep nothing of ${stem}: nothing is removed"
  while read -r id; do
    if [[ " ${keep}" == *" ${id} "* ]]; then
      continue
    elif [[ ${verified} == *" ${id} "* ]]; then
      remove_backup "${directory}" "${stem}" "${id}" 'outside the retention policy'
    elif [[ ! ${id} > ${limit} ]]; then
      remove_backup "${directory}" "${stem}" "${id}" "not verified and older than ${RETENTION_DAYS} days"
    fi
  done < <(run_ids "${directory}" "${stem}")
}

# prune_config CURRENT: a configuration archive goes with the last database of its run, the newest complete one excepted.
prune_config() {
  local id limit folder newest
  newest=$(newest_good "${BACKUPS}/config" config "$1")
  limit=$(days_before "$1" "${RETENTION_DAYS}")
  while read -r id; do
    for folder in "${DATABASE_FOLDERS[@]}"; do
      if compgen -G "${BACKUPS}/${folder}/*_${id}.*" >/dev/null; then continue 2; fi
    done
    if [[ ! ${id} > ${limit} && ${newest##*/} != "config_${id}."* ]]; then
      remove_backup "${BACKUPS}/config" config "${id}" 'no database of this run is left'
    fi
  done < <(run_ids "${BACKUPS}/config" config)
}

# prune CURRENT STEM_TO_SKIP...: every database that was ever backed up here, except those that failed in this run.
prune() {
  local current=$1 folder stem
  for folder in "${DATABASE_FOLDERS[@]}"; do
    while read -r stem; do
      if [[ " ${*:2} " != *" ${stem} "* ]]; then prune_database "${BACKUPS}/${folder}" "${stem}" "${current}"; fi
    done < <(find "${BACKUPS}/${folder}" -maxdepth 1 -name '*_*.meta' -printf '%f\n' 2>/dev/null | sed 's/_.*//' | sort -u)
  done
  prune_config "${current}"
}

# remove_leftovers DIRECTORY RUN_ID: what a killed run left behind, except what the host staged for this one.
remove_leftovers() {
  local folder file
  for folder in "${DATABASE_FOLDERS[@]}" config; do
    for file in "$1/${folder}"/*.partial*; do
      if [[ -e ${file} && ${file} != *"_$2."* ]]; then
        log WARNING "Removing a leftover of an interrupted run: ${file}"
        rm -f "${file}"
      fi
    done
    for file in "$1/${folder}"/*.{sha256,meta}; do
      if [[ -e ${file} && ! -e ${file%.*} ]]; then rm -f "${file}"; fi
    done
  done
}

# newest_good DIRECTORY STEM RUN_ID: the newest verified one that is not after RUN_ID.
newest_good() {
  local meta
  meta=$(RUN_ID=$3 last_good "$1" "$2")
  meta=${meta##* }
  printf '%s' "${meta%.meta}"
}

# list_backups DIRECTORY FORMAT: what is there, newest last.
list_backups() {
  local meta filter='.[] | [.run_id, .database, .verdict, .bytes, .file] | @tsv'
  if [[ $2 == json ]]; then filter=.; fi
  for meta in "$1"/*/*.meta; do
    # A damaged one must not hide the others.
    [[ ! -e ${meta} ]] || jq -c . "${meta}" 2>/dev/null || log WARNING "Cannot be read: ${meta}"
  done | jq -rs "sort_by(.run_id, .database) | ${filter}"
}
