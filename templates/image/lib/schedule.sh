# shellcheck shell=bash
# When the next run is due: the settings' schedule, as cron reads it, and a timer of systemd that was made from it.
: "${SCHEDULE:?}" "${TIMEZONE?}"

# in_field VALUE FIELD FIRST LAST: whether this field of the schedule has the value: lists, ranges and steps, as cron reads them.
in_field() {
  local part range step low high parts
  IFS=, read -ra parts <<<"$2"
  for part in "${parts[@]}"; do
    range=${part%/*} step=1
    if [[ ${part} == */* ]]; then step=${part#*/}; fi
    if [[ ${range} == '*' ]]; then range=$3-$4; fi
    low=${range%-*} high=${range#*-}
    if (($1 >= 10#${low} && $1 <= 10#${high} && ($1 - 10#${low}) % 10#${step} == 0)); then return 0; fi
  done
  return 1
}

# on_day DAY WEEKDAY: if neither field of the schedule begins with a star, one of the two is enough.
on_day() {
  local by_day=no by_weekday=no
  if in_field "$1" "${fields[2]}" 1 31; then by_day=yes; fi
  if in_field "$2" "${fields[4]}" 0 7 || { (($2 == 0)) && in_field 7 "${fields[4]}" 0 7; }; then by_weekday=yes; fi
  if [[ ${fields[2]} == \** || ${fields[4]} == \** ]]; then
    [[ ${by_day}${by_weekday} == yesyes ]]
  else
    [[ ${by_day}${by_weekday} == *yes* ]]
  fi
}

# next_due AFTER: the next minute of the schedule, in seconds since the epoch, in the time zone of the settings or the host's own.
next_due() (
  local fields now minute hour day month weekday at=$(($1 - $1 % 60 + 60))
  if [[ -n ${TIMEZONE} ]]; then TZ=${TIMEZONE}; else unset TZ; fi
  read -ra fields <<<"${SCHEDULE:?}"
  # 29 February can be eight years away, around 2100.
  while ((at < $1 + 8 * 366 * 86400)); do
    printf -v now '%(%-M %-H %-d %-m %w)T' "${at}"
    read -r minute hour day month weekday <<<"${now}"
    if ! in_field "${month}" "${fields[3]}" 1 12 || ! on_day "${day}" "${weekday}"; then
      # To the next day's first quarter or a little before: a day can be two hours short, and the hour changes on a quarter.
      at=$((at - at % 900 + (hour < 21 ? (21 - hour) * 3600 : 900)))
    elif ! in_field "${hour}" "${fields[1]}" 0 23; then
      at=$((at - at % 900 + 900))
    elif in_field "${minute}" "${fields[0]}" 0 59; then
      printf '%s\n' "${at}"
      return
    else
      at=$((at + 60))
    fi
  done
)
