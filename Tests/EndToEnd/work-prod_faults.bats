#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# A work-prod service behind a network that cuts, delays, lies and redirects: nothing is lost and nothing made twice.

load helper
load support/faults

# Times do not matter here, numbers of attempts do.
export DEV_INFRA_TEST_RETRY_DELAY=10

setup() {
  begin
  start_service --plain
  start_faults "$SERVICE"
  REMOTE_URL=work-prod::http://127.0.0.1:$FAULTS_PORT
  machine laptop
  project laptop src/app https://github.com/acme/app.git
  project laptop src/lib https://github.com/acme/lib.git
  project laptop src/whole https://github.com/acme/whole.git
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register src/app src/lib src/whole
  succeeds on laptop dev-infra set app 'description=As it was'
  succeeds on laptop dev-infra remote add wp "$REMOTE_URL"
}

teardown() { stop_servers; }

# pushed: what laptop has to send is sent, and what the service has is what laptop has, each project once.
pushed() {
  plan
  succeeds on laptop dev-infra push
  equal "$(records '[.[].name] | sort | join(" ")')" "$(names_of laptop --all)" 'the names of the records' || return
  equal "$(records 'map(select(.name == "app").description | split("\n")[0])[]')" "$(field laptop app description | jq -r .)" \
    'a description' || return
  plan
  succeeds on laptop dev-infra push
  equal "$(changing_requests)" '' 'nothing is left to send'
}

# refuses_partly TEXT COMMAND…: not all could be sent, which is 1, or nothing, which is 128; TEXT is on stderr.
refuses_partly() {
  local text=$1
  shift
  run --separate-stderr "$@"
  case $status in 1 | 128) ;; *) explain 'expected 1 or 128' || return ;; esac
  assert_stderr_has "$text"
  assert_clean_text "$stderr"
}

# changes N: one project more of each kind, one changed, one fewer.
changes() {
  project laptop "src/new$1" "https://github.com/acme/new$1.git"
  project laptop "src/local$1"
  # Of the same remote URL as the whole, so that a service's import would pass it over.
  mkdir -p "laptop/src/whole/part$1"
  printf 'name: part%s\n' "$1" >"laptop/src/whole/part$1/.dev-infra.yml"
  git -C laptop/src/whole add .
  on laptop dev-infra register --quiet "src/new$1" "src/local$1" "src/whole/part$1"
  on laptop dev-infra set --quiet app "description=change $1"
  if [ -d "laptop/src/new$(($1 - 1))" ]; then on laptop dev-infra rm --quiet "new$(($1 - 1))"; fi
}

# at_each_request_of_a_push FAULT…: one happens to the first request of a push, one to the second of another, and so on, the
# faults taking turns.
at_each_request_of_a_push() {
  local number fault
  plan
  succeeds on laptop dev-infra push
  for ((number = 1; number < 40; number++)); do
    ROUND=$((${ROUND:-0} + 1))
    changes "$ROUND"
    fault=${!#}
    if [ $((number % $#)) -gt 0 ]; then fault=${*:number % $#:1}; fi
    plan "$number $fault"
    run --separate-stderr on laptop dev-infra push
    refute_crash
    if [ "$(requests)" -lt "$number" ]; then
      equal "$status" 0
      break
    fi
    assert_clean_text "$stderr"
    if [ "$status" -ne 0 ]; then grep -qE '^(fatal|error): .' <<<"$stderr" || explain 'failed, and no word why'; fi
    pushed || explain "after '$fault' of request $number"
  done
  sound laptop
  # Listing, creating, listing again, changing, deleting.
  if [ "$number" -le 5 ] || [ "$number" -eq 40 ]; then explain "a push of $number requests"; fi
}

@test "a push of which any request is lost: the next is right, and the one after has nothing to send" {
  at_each_request_of_a_push cut-before
}

@test "the same where the request is carried out and the answer is lost" { at_each_request_of_a_push cut-after; }

@test "the same where half of the answer comes, or half of it and looks whole" {
  at_each_request_of_a_push cut-inside half-json
}

@test "the same where half of the request is lost, a gateway's patience ends too early, or a page comes instead" {
  at_each_request_of_a_push 'status-after 504' cut-request 'html 500'
}

@test "the same where a page with 200 comes instead, or an answer that is not the record" {
  at_each_request_of_a_push 'html 200' 'status 200' 'status 201' 'status-after 204'
}

@test "what is answered as done, and was not done, is neither taken for sent nor lost at the next pull" {
  local fault
  plan
  succeeds on laptop dev-infra push
  for fault in 'html 200' 'status 200' 'status 201'; do
    ROUND=$((${ROUND:-0} + 1))
    changes "$ROUND"
    plan "POST $fault" "PATCH $fault" "DELETE $fault"
    refuses_partly 'and not with the record' on laptop dev-infra push || return
    plan
    succeeds on laptop dev-infra pull
    equal "$(field laptop app description)" "\"change $ROUND\"" || return
    succeeds on laptop dev-infra path "new$ROUND" || return
    pushed || return
  done
}

@test "a pull that is cut, halved or answered with a page in any of its requests changes nothing, or is whole" {
  local fault number round=0
  plan
  succeeds on laptop dev-infra push
  machine desktop
  succeeds on desktop dev-infra init --name desktop
  succeeds on desktop dev-infra remote add wp "$REMOTE_URL"
  succeeds on desktop dev-infra pull
  for fault in cut-before cut-inside half half-json 'status 500' 'html 200' 'redirect http://127.0.0.1:9/'; do
    round=$((round + 1))
    changes "$round"
    succeeds on laptop dev-infra push
    for ((number = 1; number < 20; number++)); do
      plan "$number $fault"
      before=$(tree_of desktop)
      run --separate-stderr on desktop dev-infra pull
      if [ "$(requests)" -lt "$number" ]; then
        equal "$status" 0
        break
      fi
      # Unless the helper tried again, with success, there is an error, and nothing has come or gone.
      if [ "$status" -ne 0 ]; then
        assert_status 128
        equal "$(tree_of desktop)" "$before" "$fault of request $number" || return
      else
        equal "$(names_of desktop --all)" "$(names_of laptop --all)" "$fault of request $number" || return
      fi
    done
    [ "$number" -gt 1 ] && [ "$number" -lt 20 ]
    # At every request it cannot be whole, and so nothing may change.
    plan "* $fault"
    refuses 128 wp on desktop dev-infra pull
    plan
    succeeds on desktop dev-infra pull
    equal "$(names_of desktop --all)" "$(names_of laptop --all)" "after $fault"
    sound desktop
  done
}

@test "a service that is busy for a moment is asked again; one that stays so, or wants hours, is an error that says so" {
  plan '1 status 503 0' '3 status 429 0' 'PATCH status 502'
  succeeds on laptop dev-infra push
  equal "$(records length)" 3
  on laptop dev-infra set --quiet app description=busy
  plan 'PATCH status 502'
  refuses_partly 502 on laptop dev-infra push
  # Tried again, though not for ever.
  [ "$(grep -c PATCH "$FAULTS/log")" -gt 1 ]
  [ "$(grep -c PATCH "$FAULTS/log")" -lt 10 ]
  plan '* status 503 7200'
  refuses 128 503 on laptop dev-infra fetch
  [ "$(requests)" -lt 3 ]
  pushed
}

@test "of a gateway's page a few words are shown, and no control character of it" {
  plan '* html 502'
  refuses 128 '033[31mGateway' on laptop dev-infra push
  lacks "$stderr" doctype
  lacks "$stderr" xxxxxxxx
}

@test "a service that is not there, a name that does not exist, and one that says nothing: errors within the timeout, nothing changed" {
  local port
  port=$(python3 "$SUPPORT/free_port.py")
  on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$port"
  refuses 128 "http://127.0.0.1:$port" on laptop dev-infra push
  refuses 128 "http://127.0.0.1:$port" on laptop dev-infra pull
  on laptop dev-infra remote set-url wp "work-prod::http://no-such-host.invalid"
  refuses 128 no-such-host.invalid on laptop dev-infra fetch
  start_silent
  on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$SILENT_PORT"
  refuses 128 'said nothing for 1 second' on laptop timeout 60 dev-infra fetch --timeout 1
  on laptop dev-infra config dev-infra.timeout 1
  refuses 128 'said nothing for 1 second' on laptop timeout 60 dev-infra push
}

@test "a service that falls silent in the middle of a push: an error, and the next push is right" {
  on laptop dev-infra config dev-infra.timeout 1
  plan 'POST silent-after'
  refuses_partly 'said nothing' on laptop timeout 60 dev-infra push
  on laptop dev-infra config dev-infra.timeout 10
  pushed
}

@test "a push that is interrupted ends by the signal, and the next is right" {
  local pid
  plan 'POST delay 30'
  # Not `on`: the signal is for the commands, as one from a terminal is.
  (cd laptop && HOME=$WORLD/laptop exec setsid dev-infra push) >/dev/null 2>"$WORLD/errors" 3>&- &
  pid=$!
  eventually grep -q POST "$FAULTS/log"
  kill -INT -- "-$pid"
  eventually not running "$pid" || explain 'it goes on after the signal'
  code=0
  wait "$pid" || code=$?
  [ "$code" -ne 0 ]
  equal "$(running_with "127.0.0.1:$FAULTS_PORT")" '' 'no helper is left'
  sound laptop
  pushed
}

@test "a redirect to elsewhere is not followed, says where to, and the key does not go there" {
  local elsewhere=$FAULTS_PORT other=$FAULTS
  start_faults "$SERVICE"
  plan "* redirect http://127.0.0.1:$elsewhere/api/projects"
  on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$FAULTS_PORT"
  DEV_INFRA_API_KEY=open-sesame-4711 refuses 128 "http://127.0.0.1:$elsewhere/api" on laptop dev-infra push
  lacks "$stderr" open-sesame
  equal "$(cat "$other/log")" '' 'what came there'
  holds "$(cat "$FAULTS/log")" ' key' 'the key was sent where it belongs'
}

@test "a key from the environment, a wrong one, and none" {
  printf 'open-sesame-4711\n' >"$FAULTS/key"
  plan
  refuses 128 DEV_INFRA_API_KEY on laptop dev-infra push
  DEV_INFRA_API_KEY=wrong-key-4711 refuses 128 401 on laptop dev-infra push
  lacks "$stderr" wrong-key
  DEV_INFRA_API_KEY=open-sesame-4711 succeeds on laptop dev-infra push
  equal "$(records length)" 3
  plan '* status 403'
  DEV_INFRA_API_KEY=open-sesame-4711 refuses 128 403 on laptop dev-infra push
}

@test "a key from git's credential helpers: asked for when it is wanted, kept when it is right, forgotten when it is not" {
  printf 'open-sesame-4711\n' >"$FAULTS/key"
  plan
  # shellcheck disable=SC2016 # for the shell that git starts
  on laptop git config --global credential.helper \
    '!f() { echo "$1" >>"$HOME/asked"; if [ "$1" = get ]; then cat "$HOME/answer"; else cat >>"$HOME/told"; fi; }; f'
  printf 'username=me\npassword=wrong-key-4711\n' >laptop/answer
  refuses 128 401 on laptop dev-infra push
  lacks "$stderr" wrong-key
  holds "$(cat laptop/asked)" erase
  rm laptop/asked
  printf 'username=me\npassword=open-sesame-4711\n' >laptop/answer
  succeeds on laptop dev-infra push
  equal "$(records length)" 3
  lacks "$(cat laptop/asked)" erase
  holds "$(cat laptop/told)" "host=127.0.0.1:$FAULTS_PORT"
  equal "$(grep -rl 4711 laptop/.dev-infra)" '' 'the registry holds a key'
}

@test "a key of ~/.netrc goes to its own host, before any helper is asked" {
  local text
  printf 'open-sesame-4711\n' >"$FAULTS/key"
  plan
  # shellcheck disable=SC2016 # for the shell that git starts
  on laptop git config --global credential.helper \
    '!f() { echo "$1" >>"$HOME/asked"; if [ "$1" = get ] && [ -e "$HOME/answer" ]; then cat "$HOME/answer"; fi; }; f'
  for text in 'machine 127.0.0.1 login x password open-sesame-4711' $'machine h.example login y password z\nmachine 127.0.0.1\n  login x\n  password open-sesame-4711' \
    'default login x password open-sesame-4711'; do
    printf '%s\n' "$text" >laptop/.netrc
    DEV_INFRA_TRACE=$WORLD/trace succeeds on laptop dev-infra fetch
    [ ! -e laptop/asked ] || explain "a helper was asked beside: $text"
  done
  lacks "$(cat "$WORLD/trace")" sesame
  printf 'machine h.example login x password open-sesame-4711\n' >laptop/.netrc
  refuses 128 'asks for a key' on laptop dev-infra fetch
  # One that is wrong is followed by a helper's, and the environment's goes before both.
  printf 'machine 127.0.0.1 login x password wrong-4711\n' >laptop/.netrc
  printf 'username=me\npassword=open-sesame-4711\n' >laptop/answer
  succeeds on laptop dev-infra push
  equal "$(records length)" 3
  rm -f laptop/asked
  DEV_INFRA_API_KEY=open-sesame-4711 succeeds on laptop dev-infra fetch
  [ ! -e laptop/asked ] || explain 'a helper was asked beside the key of the environment'
}

@test "the key is on no command line, in no trace, message or file" {
  local pid file words found=
  printf 'open-sesame-4711\n' >"$FAULTS/key"
  plan '* delay 0.2'
  (
    export GIT_TRACE="$WORLD/trace" GIT_TRACE_CURL="$WORLD/trace" GIT_TRACE_PACKET="$WORLD/trace" GIT_CURL_VERBOSE=1
    export GIT_TRACE_SETUP="$WORLD/trace" GIT_TRACE2="$WORLD/trace" GIT_TRACE2_EVENT="$WORLD/trace"
    export GIT_TRACE_REDACT=0 GIT_TRANSPORT_HELPER_DEBUG=1 GIT_TRACE2_ENV_VARS=GIT_TRACE
    DEV_INFRA_API_KEY=open-sesame-4711 on laptop dev-infra push >"$WORLD/said" 2>&1 3>&-
  ) &
  pid=$!
  while running "$pid"; do
    for file in /proc/[0-9]*/cmdline; do
      { mapfile -d '' words <"$file"; } 2>/dev/null || continue
      if [[ ${words[*]} == *open-sesame-4711* ]]; then found="$found ${words[*]}"; fi
    done
  done
  wait "$pid"
  equal "$found" '' 'command lines with the key'
  # The traces are there, so that it means something that they lack the key.
  holds "$(cat "$WORLD/trace")" remote-work-prod
  lacks "$(cat "$WORLD/said" "$WORLD/trace")" open-sesame
  equal "$(grep -rl open-sesame laptop)" '' 'files with the key'
  equal "$(records length)" 3
}

@test "proxies: of the environment, of http.proxy, of a remote, and none where no_proxy says so" {
  local proxy=http://127.0.0.1:$FAULTS_PORT
  on laptop dev-infra remote set-url wp work-prod::http://service.invalid
  plan
  http_proxy=$proxy succeeds on laptop dev-infra push
  holds "$(cat "$FAULTS/log")" 'GET http://service.invalid/api/'
  equal "$(records length)" 3
  plan
  on laptop dev-infra config http.proxy "$proxy"
  succeeds on laptop dev-infra fetch
  holds "$(cat "$FAULTS/log")" 'GET http://service.invalid/api/'
  # git's own setting counts more than the environment's.
  plan
  http_proxy=http://127.0.0.1:9 succeeds on laptop dev-infra fetch
  on laptop dev-infra config --unset http.proxy
  on laptop dev-infra config http.http://service.invalid.proxy "$proxy"
  succeeds on laptop dev-infra fetch
  on laptop dev-infra config --unset http.http://service.invalid.proxy
  on laptop dev-infra config remote.wp.proxy "$proxy"
  succeeds on laptop dev-infra fetch
  on laptop dev-infra config --unset remote.wp.proxy
  plan
  refuses 128 service.invalid on laptop env "http_proxy=$proxy" no_proxy=service.invalid dev-infra fetch
  equal "$(requests)" 0
  # A proxy's password is nobody's affair.
  refuses 128 '127.0.0.1' on laptop env http_proxy=http://me:hunter2@127.0.0.1:9 dev-infra fetch
  lacks "$stderr" hunter2
}

@test "a proxy that asks: the password of a user that is named comes from where git's does, and is asked for once" {
  local port=$FAULTS_PORT
  on laptop dev-infra remote set-url wp work-prod::http://service.invalid
  printf 'ann:open-proxy' >"$FAULTS/login"
  plan
  refuses 128 'the proxy asks for a name and a password' on laptop env http_proxy="http://127.0.0.1:$port" dev-infra fetch
  on laptop dev-infra config http.proxy "http://ann@127.0.0.1:$port"
  refuses 128 "the proxy 127.0.0.1:$port takes a password, and there is none" on laptop dev-infra fetch
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"%s/asked"\necho open-proxy\n' "$WORLD" >"$WORLD/ask"
  chmod 755 "$WORLD/ask"
  GIT_ASKPASS=$WORLD/ask succeeds on laptop dev-infra push
  equal "$(cat "$WORLD/asked")" "Password for 'http://ann@127.0.0.1:$port': "
  equal "$(records length)" 3
  # A helper's, for a proxy of the environment as well; one that is wrong is forgotten.
  on laptop git config --global credential.helper store
  printf 'http://ann:open-proxy@127.0.0.1:%s\n' "$port" >laptop/.git-credentials
  DEV_INFRA_TRACE=$WORLD/trace succeeds on laptop dev-infra fetch
  lacks "$(cat "$WORLD/trace")" open-proxy
  on laptop dev-infra config --unset http.proxy
  http_proxy=http://ann@127.0.0.1:$port succeeds on laptop dev-infra fetch
  http_proxy=ann@127.0.0.1:$port succeeds on laptop dev-infra fetch
  printf 'http://ann:wrong@127.0.0.1:%s\n' "$port" >laptop/.git-credentials
  refuses 128 'the proxy did not take the name and the password' on laptop env "http_proxy=http://ann@127.0.0.1:$port" dev-infra fetch
  equal "$(cat laptop/.git-credentials)" ''
  # With both in its URL nobody is asked.
  http_proxy=http://ann:open-proxy@127.0.0.1:$port succeeds on laptop dev-infra fetch
}

# certificates HOST: an authority and a certificate of it for the host, in $WORLD/tls.
certificates() {
  mkdir -p "$WORLD/tls"
  (
    cd "$WORLD/tls" || return
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Tests \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign
    openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj "/CN=$1"
    printf 'subjectAltName=DNS:%s\n' "$1" >names
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out certificate.pem
  ) 2>/dev/null
}

@test "TLS: certificates are checked, http.sslCAInfo and GIT_SSL_CAINFO name an authority, http.sslVerify=false is warned of" {
  certificates localhost
  start_faults "$SERVICE" "$WORLD/tls/certificate.pem" "$WORLD/tls/key.pem"
  on laptop dev-infra remote set-url wp "work-prod::https://localhost:$FAULTS_PORT"
  refuses 128 http.sslCAInfo on laptop dev-infra push
  equal "$(requests)" 0
  on laptop dev-infra config http.sslCAInfo "$WORLD/tls/ca.pem"
  succeeds on laptop dev-infra push
  equal "$(records length)" 3
  on laptop dev-infra config --unset http.sslCAInfo
  GIT_SSL_CAINFO=$WORLD/tls/ca.pem succeeds on laptop dev-infra fetch
  # A certificate of another host does not count, even if it is well signed.
  on laptop dev-infra remote set-url wp "work-prod::https://127.0.0.1:$FAULTS_PORT"
  plan
  refuses 128 127.0.0.1 on laptop env "GIT_SSL_CAINFO=$WORLD/tls/ca.pem" dev-infra fetch
  equal "$(requests)" 0
  on laptop dev-infra config http.sslVerify false
  succeeds on laptop dev-infra fetch
  assert_stderr_line '^warning: .*not checked'
}

@test "the same with a service that keeps metadata" {
  start_service
  start_faults "$SERVICE"
  on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$FAULTS_PORT"
  at_each_request_of_a_push cut-after 'status-after 504' cut-inside
}

@test "a creation that the service carries out only after the next push has made the records itself" {
  local mode
  for mode in --plain ''; do
    start_service ${mode:+"$mode"}
    start_faults "$SERVICE"
    on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$FAULTS_PORT"
    changes "$((${mode:+1} + 1))"
    # What is on no machine any more has neither URL nor path by which a service could tell it.
    project laptop "src/gone${mode:+1}"
    on laptop dev-infra register --quiet "src/gone${mode:+1}"
    on laptop dev-infra forget --quiet "gone${mode:+1}"
    plan 'POST late'
    refuses_partly 504 on laptop dev-infra push
    pushed
    touch "$FAULTS/go"
    await_file "$FAULTS/gone"
    succeeds on laptop dev-infra push
    pushed
  done
}
