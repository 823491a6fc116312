# shellcheck shell=bash
# Credentials: read from the stack's .env by a parser, never by a shell, and never put into an argument list.

# env_value FILE NAME: the value that Docker Compose would give to NAME. The last line that sets it wins.
env_value() {
  local line found='' value=''
  [[ -r $1 ]] || die 2 "Cannot read the stack's environment file $1"
  while IFS= read -r line || [[ -n ${line} ]]; do
    if [[ ${line} =~ ^[[:space:]]*(export[[:space:]]+)?"$2"[[:space:]]*=[[:space:]]*(.*)$ ]]; then
      value=${BASH_REMATCH[2]} found=yes
    fi
  done <"$1"
  [[ -n ${found} ]] || die 2 "$2 is not set in $1"
  unquote "$2" "${value}"
}

# unquote NAME TEXT: the rules of Compose's .env files. What Compose would interpolate is refused, not guessed.
unquote() {
  local name=$1 text=$2 quote=${2:0:1} value='' char i
  if [[ ${quote} != [\"\'] ]]; then
    value=${text%%[[:space:]]#*}
    value=${value%"${value##*[![:space:]]}"}
    [[ ${value} != *\$* ]] || die 2 "${name} holds a \$ outside single quotes: put the value in single quotes"
    printf '%s' "${value}"
    return
  fi
  for ((i = 1; i < ${#text}; i++)); do
    char=${text:i:1}
    if [[ ${char} == "${quote}" ]]; then
      printf '%s' "${value}"
      return
    elif [[ ${char} == \\ && (${text:i+1:1} == "${quote}" || (${quote} == \" && ${text:i+1:1} == [\\\$])) ]]; then
      i=$((i + 1))
      char=${text:i:1}
    elif [[ ${char} == \$ && ${quote} == \" ]]; then
      die 2 "${name} holds a \$ in double quotes: put the value in single quotes"
    fi
    value+=${char}
  done
  die 2 "${name} has no closing quote"
}

# percent_decode TEXT: every %XX becomes its byte.
percent_decode() {
  local text=$1
  [[ ! ${text} =~ %([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$) && ${text} != *%00* ]] || die 2 'The database address has a % without two hex digits'
  text=${text//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}

# parse_dsn TEXT: sets DSN_{USER,PASSWORD,HOST,PORT,DATABASE}. No message may quote the address: it holds the password.
parse_dsn() {
  local pattern='^([a-z]+)://([^:@/]+)(:(.*))?@(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:([0-9]+))?/([^/?#]+)(\?.*)?$'
  [[ $1 =~ ${pattern} ]] || die 2 'The database address is not of the form engine://user:password@host:port/database'
  DSN_HOST=${BASH_REMATCH[5]//[\[\]]/}
  case ${BASH_REMATCH[1]} in
    mysql | mariadb) DSN_PORT=${BASH_REMATCH[7]:-3306} ;;
    postgres | postgresql) DSN_PORT=${BASH_REMATCH[7]:-5432} ;;
    *) die 2 "The database address is for ${BASH_REMATCH[1]}, which is no database server known here" ;;
  esac
  local user=${BASH_REMATCH[2]} password=${BASH_REMATCH[4]} database=${BASH_REMATCH[8]}
  DSN_USER=$(percent_decode "${user}")
  DSN_PASSWORD=$(percent_decode "${password}")
  DSN_DATABASE=$(percent_decode "${database}")
}
