#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# lib/dsn.sh: credentials out of the stack's .env, without a shell.

bats_require_minimum_version 1.5.0
load helpers

setup() { world; }

# value LINE...: what the parser makes of V in an .env of these lines.
value() {
  printf '%s\n' "$@" >"${W}/deploy/.env"
  try dsn 'env_value "${STACK_ENV}" V'
}

@test "single quotes hold everything as it is" {
  value "V='a b#c\$d\"e\\f'"
  [[ ${output} == 'a b#c$d"e\f' ]]
}

@test "an escaped quote inside single quotes is a quote" {
  value "V='it\\'s'"
  [[ ${output} == "it's" ]]
}

@test "double quotes know their escapes" {
  value 'V="a\"b\\c\$d"'
  [[ ${output} == 'a"b\c$d' ]]
}

@test "without quotes a comment and trailing space go" {
  value 'V=abc#d   # a comment'
  [[ ${output} == 'abc#d' ]]
}

@test "text behind the closing quote is a comment" {
  value "V='x' # y"
  [[ ${output} == x ]]
}

@test "the last setting wins, export and spaces are allowed, CRLF goes" {
  value "V='first'" 'export V = second'$'\r'
  [[ ${output} == second ]]
}

@test "a name is matched whole" {
  value "XV='wrong'" "VX='wrong'" '#V=wrong' "V='right'"
  [[ ${output} == right ]]
}

@test "the last line needs no newline" {
  printf "V='x'" >"${W}/deploy/.env"
  try dsn 'env_value "${STACK_ENV}" V'
  [[ ${output} == x ]]
}

@test "nothing is executed" {
  value 'V='"'"'$(touch '"${W}"'/pwned)`touch '"${W}"'/pwned`'"'"
  [[ ! -e ${W}/pwned && ${output} == '$(touch '* ]]
}

@test "what Compose would interpolate is refused" {
  value 'V=$OTHER'
  [[ ${status} -eq 2 && ${output} == *'single quotes'* ]]
  value 'V="$OTHER"'
  [[ ${status} -eq 2 ]]
}

@test "an open quote, a missing variable and a missing file are exit code 2" {
  value "V='open"
  [[ ${status} -eq 2 ]]
  value "W='x'"
  [[ ${status} -eq 2 && ${output} == *'V is not set'* ]]
  rm "${W}/deploy/.env"
  try dsn 'env_value "${STACK_ENV}" V'
  [[ ${status} -eq 2 ]]
}

@test "every printable character survives percent-encoding" {
  local raw
  raw=$(printf '%b' "$(printf '\\x%x' {32..126})")ñ✓
  try dsn "percent_decode $(jq -rn --arg v "${raw}" '$v | @uri | @sh')"
  [[ ${output} == "${raw}" ]]
}

@test "a backslash is no escape, and a bare % is refused" {
  try dsn "percent_decode 'a\\n%5Cb'"
  [[ ${output} == 'a\n\b' ]]
  local bad
  for bad in '%' 'a%2' '%zz' 'x%4gy' '%00'; do
    try dsn "percent_decode '${bad}'"
    [[ ${status} -eq 2 ]]
  done
}

# parts DSN: what parse_dsn sets.
parts() { try dsn "parse_dsn '$1'; printf '%s|' \"\${DSN_USER}\" \"\${DSN_PASSWORD}\" \"\${DSN_HOST}\" \"\${DSN_PORT}\" \"\${DSN_DATABASE}\""; }

@test "an address has five parts" {
  parts 'mysql://u%40x:p%3A%2F%40w@mysql:3307/track%20er'
  [[ ${output} == 'u@x|p:/@w|mysql|3307|track er|' ]]
}

@test "the port has the engine's default, options are ignored, IPv6 loses its brackets" {
  parts 'mysql://u:p@h/d?ssl-mode=x'
  [[ ${output} == 'u|p|h|3306|d|' ]]
  parts 'postgresql://u:p@[2001:db8::1]/d'
  [[ ${output} == 'u|p|2001:db8::1|5432|d|' ]]
}

@test "a password that nobody encoded still works where it is unambiguous" {
  parts 'postgresql://u:p:w/o@rd@h:1/d'
  [[ ${output} == 'u|p:w/o@rd|h|1|d|' ]]
}

@test "an empty or absent password is empty" {
  parts 'mysql://u:@h/d'
  [[ ${output} == 'u||h|3306|d|' ]]
  parts 'mysql://u@h/d'
  [[ ${output} == 'u||h|3306|d|' ]]
}

@test "an address that is none is exit code 2 and is not quoted" {
  local bad
  for bad in '/var/lib/tracker.db' 'mysql://u:secret@h' 'redis://u:secret@h/0' 'mysql://:secret@h/d' 'mysql://u:secret%@h/d'; do
    parts "${bad}"
    [[ ${status} -eq 2 && ${output} != *secret* ]]
  done
}
