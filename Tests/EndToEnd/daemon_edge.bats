#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # each test runs on its own; output and stderr are set by bats' run
# What stands around the daemon's calls: keys, TLS, the limits on what a client may take, and the registry by git.

load helper
load support/edge

setup() {
  begin_edge
}

teardown() { stop_servers; }

# ---------------------------------------------------------------- keys

@test "a key is asked for from the moment there is one, and opens until it is revoked" {
  serve
  ask 200 /api/projects
  local reading writing
  reading=$(key add --read-only reader)
  writing=$(key add writer)
  ask 401 /api/projects
  grep -q -x 'WWW-Authenticate: Bearer realm="dev-infra"' <<<"$HEADERS"
  if grep -q Basic <<<"$HEADERS"; then false; fi
  ask 401 /api/projects -H "Authorization: Bearer ${writing}0"
  ask 401 /api/projects -H "Authorization: Digest $writing"
  ask 401 /api/nothing
  ask 200 /api/health
  ask 200 /api/projects -H "Authorization: Bearer $reading"
  ask 200 /api/projects -u "anyone:$reading"
  post '{"name":"a"}' -H "Authorization: Bearer $writing"
  local method
  for method in PATCH PUT DELETE POST; do
    ask 403 /api/projects/1 -X "$method" -H "Authorization: Bearer $reading" -d '{}'
  done
  ask 200 /api/projects/1 -H "Authorization: Bearer $reading"
  quietly key revoke writer
  ask 401 /api/projects -H "Authorization: Bearer $writing"
  quietly key revoke reader
  # The last key is gone; the door is shut all the same.
  ask 401 /api/projects
  stop_daemon
  lacks "$(cat "$DAEMON_LOG")" "${writing:10}" 'a key in the log'
}

@test "of a key only a hash is stored, for its owner's eyes" {
  local secret file
  runs 0 key add laptop
  secret=$output
  [[ $secret =~ ^di_[0-9a-f]{64}$ ]]
  assert_stderr_has 'cannot be shown again'
  file=$(registry_of server)/daemon/keys
  equal "$(stat -c %a "$file")" 600
  lacks "$(cat "$file")" "${secret:3}"
  holds "$(cat "$file")" "$(printf %s "$secret" | sha256sum | cut -d ' ' -f 1)"
  runs 0 key list
  equal "$(cut -f 1,2 <<<"$output")" $'laptop\tread-write'
  lacks "$output" "${secret:3}"
}

@test "keys have names, and each name one key" {
  runs 0 key add ci
  local before name
  before=$(cat "$(registry_of server)/daemon/keys")
  refuses 1 'with the name ci already' key add ci
  refuses 1 "no key with the name 'nobody'" key revoke nobody
  for name in 'a b' '' $'a\tread-write' ../x; do refuses 128 'cannot be the name of a key' key add "$name"; done
  runs 129 key add
  runs 129 key list ci
  runs 129 key revoke --read-only ci
  equal "$(cat "$(registry_of server)/daemon/keys")" "$before"
}

@test "keys that others may write to, or that are damaged, open nothing" {
  local secret
  secret=$(key add ci)
  serve
  ask 200 /api/projects -H "Authorization: Bearer $secret"
  chmod 620 "$(registry_of server)/daemon/keys"
  ask 503 /api/projects -H "Authorization: Bearer $secret"
  runs 128 timeout 60 env HOME="$WORLD/server" dev-infra daemon --listen 127.0.0.1:0
  assert_stderr_has 'others may write'
  chmod 600 "$(registry_of server)/daemon/keys"
  ask 200 /api/projects -H "Authorization: Bearer $secret"
  printf 'x' >>"$(registry_of server)/daemon/keys"
  ask 503 /api/projects -H "Authorization: Bearer $secret"
}

@test "without a key only loopback is served" {
  runs 0 on server dev-infra init
  refuses 128 'there is no key' on server timeout 60 dev-infra daemon --listen 0.0.0.0:0
  local secret
  secret=$(key add ci)
  serve --listen 0.0.0.0:0
  DAEMON_URL=http://127.0.0.1:$PORT
  ask 401 /api/projects
  ask 200 /api/projects -H "Authorization: Bearer $secret" -H 'Host: any.example'
}

@test "wrong keys from one address are not looked at for ever, and hold up no right one" {
  local secret
  secret=$(key add ci)
  serve DEV_INFRA_TEST_DAEMON_LIMITS=wrong-keys=3
  for _ in 1 2 3; do ask 401 /api/projects -H 'Authorization: Bearer wrong'; done
  ask 429 /api/projects -H 'Authorization: Bearer wrong'
  grep -q -E '^Retry-After: [1-9][0-9]?$' <<<"$HEADERS"
  ask 401 /api/projects
  ask 200 /api/projects -H "Authorization: Bearer $secret"
}

# ---------------------------------------------------------------- where requests come from

@test "a loopback server answers to its own names only" {
  serve --allow-host Proxy.example
  local host
  for host in localhost "localhost:$PORT" 127.0.0.1 '[::1]' '[::1]:1' LOCALHOST proxy.example; do
    ask 200 /api/projects -H "Host: $host"
  done
  for host in evil.example "evil.example:$PORT" 127.0.0.1.evil.example localhost.evil.example 127.0.0.2 \
    '[::1].evil.example' 'localhost:x' '[::1' a@localhost; do
    ask 421 /api/projects -H "Host: $host"
    ask 421 '/registry.git/info/refs?service=git-upload-pack' -H "Host: $host"
  done
  raw 400 'GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n'
  raw 400 'GET /api/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
}

@test "web pages of other origins change nothing and read nothing, unless they may" {
  serve --allow-origin https://app.example
  local json='Content-Type: application/json'
  ask 403 /api/projects -H 'Origin: https://evil.example' -H "$json" -d '{"name":"a"}'
  ask 403 /api/projects -H 'Origin: null' -H "$json" -d '{"name":"a"}'
  # A browser that keeps the origin to itself says at least that it is another one.
  ask 403 /api/projects -H 'Sec-Fetch-Site: cross-site' -H "$json" -d '{"name":"a"}'
  ask 200 /api/projects -H 'Sec-Fetch-Site: cross-site'
  ask 200 /api/projects -H 'Origin: https://evil.example'
  lacks "$HEADERS" Access-Control
  equal "$ANSWER" '[]'
  post '{"name":"a"}' -H 'Origin: https://app.example'
  grep -q -x 'Access-Control-Allow-Origin: https://app.example' <<<"$HEADERS"
  post '{"name":"b"}' -H "Origin: $DAEMON_URL"
  lacks "$HEADERS" Access-Control
  ask 204 /api/projects -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PATCH'
  holds "$HEADERS" 'PATCH'
  ask 200 /api/projects -X OPTIONS -H 'Origin: https://evil.example' -H 'Access-Control-Request-Method: PATCH'
  lacks "$HEADERS" Access-Control
  runs 129 on server dev-infra daemon --allow-origin 'https://app.example/'
}

# ---------------------------------------------------------------- limits

@test "what is too large is refused with the status for it, and the server goes on" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=body=100000
  local long
  long=$(printf '%09000d' 0)
  ask 414 "/api/$long"
  raw 414 'GET /' --repeat 'aaaaaaaaaaaaaaaa' 5000
  ask 431 /api/health -H "X: $long$long"
  raw 431 'GET / HTTP/1.1\r\nHost: localhost\r\n' --repeat 'X: y\r\n' 2000
  head -c 200000 /dev/zero | tr '\0' ' ' >"$WORLD/large"
  ask 413 /api/projects -H 'Content-Type: application/json' --data-binary "@$WORLD/large"
  ask 413 /api/projects -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary "@$WORLD/large"
  ask 413 /api/projects -H 'Content-Type: application/json' -H 'Expect: 100-continue' --data-binary "@$WORLD/large"
  raw 413 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' \
    --repeat '400\r\n'"$(printf '%01024d' 0)"'\r\n' 5000
  # Nobody waits for the rest of what is not wanted; the limit may be reached before the answer is out.
  local nothing='POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
  raw 404 "$nothing" --repeat '400\r\n'"$(printf '%01024d' 0)"'\r\n' 5000 || case $HEADERS in 'HTTP/1.1 413 '*) ;; *) false ;; esac
  raw 404 "$nothing" --repeat '400\r\n'"$(printf '%01024d' 0)"'\r\n' 5
  alive
  ask 200 /api/projects
  equal "$ANSWER" '[]'
}

@test "what is not HTTP is refused" {
  serve
  raw 400 '\x00\x01\x02\r\n\r\n'
  raw 400 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
  raw 400 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'
  raw 400 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n'
  raw 400 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  raw 400 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
  alive
}

@test "an answer to HEAD has no body, whatever it says" {
  serve
  post '{"name":"a"}'
  local path paths=(/api/health /api/projects /api/projects/1 /api/openapi.yaml /api/projects/2 /api/projects/x
    /api/projects/1/archive /api/nothing /registry.git/info/refs '/api/projects?since=x')
  for path in "${paths[@]}"; do
    # What follows on the connection is the next answer, and nothing of this one.
    python3 "$SUPPORT/raw_http.py" "$PORT" \
      "HEAD $path HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" |
      tr -d '\r' >"$WORLD/heads"
    equal "$(grep -c '^HTTP/1.1 ' "$WORLD/heads")" 2 "$path"
    equal "$(grep -v -E '^HTTP/1.1 [2-5][0-9][0-9] |^[A-Za-z-]+: |^$' "$WORLD/heads" || true)" '' "$path"
  done
  python3 "$SUPPORT/raw_http.py" "$PORT" "HEAD /api/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n" | tr -d '\r' >"$WORLD/heads"
  equal "$(head -n 1 "$WORLD/heads")" 'HTTP/1.1 413 Payload Too Large'
  equal "$(grep -c error "$WORLD/heads")" 0
}

@test "requests that come at once are answered in their order, and one of HTTP/1.0 ends the connection" {
  serve
  local json='POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n'
  raw 201 "$json"'{"name":"a"}'"$json"'{"name":"b"}GET /api/projects/2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  equal "$(grep -a -o '"name":"[ab]","organization"' "$ANSWER_FILE.raw" | tr -d '\n')" \
    '"name":"a","organization""name":"b","organization""name":"b","organization"'
  # Not by the time for a connection without a request: the client ends only when the server does.
  raw 200 'GET /api/health HTTP/1.0\r\nHost: localhost\r\n\r\n'
  grep -q -x 'Connection: close' <<<"$HEADERS"
  raw 200 'GET /api/health HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\nGET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  equal "$(grep -a -o 'HTTP/1.1 200 OK' "$ANSWER_FILE.raw" | wc -l)" 2
  alive
}

@test "SIGHUP ends it as SIGTERM does, unless it is to outlive the terminal" {
  serve
  kill -HUP "$DAEMON"
  wait "$DAEMON"
  trap '' HUP
  serve
  trap - HUP
  kill -HUP "$DAEMON"
  sleep 0.5
  alive
  stop_daemon
}

@test "on IPv6, on a port that is free" {
  [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || skip 'there is no IPv6 here'
  serve --listen '[::1]:0'
  [[ $DAEMON_URL =~ ^http://\[::1\]:[1-9][0-9]*$ ]]
  ask 200 /api/projects
  git ls-remote -q "$DAEMON_URL/registry.git"
}

@test "half a body is not taken" {
  serve
  python3 "$SUPPORT/raw_http.py" --leave "$PORT" \
    'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"name":"half"}'
  sleep 0.5
  ask 200 /api/projects
  equal "$ANSWER" '[]'
}

@test "who sends slowly, or nothing, is not waited for" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=head-time=0.6,body-time=0.6,idle-time=0.6
  raw 408 'GET /api/health HTTP/1.1\r\nHo'
  local post='POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  raw 408 "${post}"'Content-Length: 50\r\n\r\n{'
  raw 408 --drip 0.1 "${post}"'Content-Length: 5000\r\n\r\n                                                            '
  raw 408 --drip 0.1 "${post}"'Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n'
  python3 "$SUPPORT/raw_http.py" "$PORT" '' >"$WORLD/silence"
  [ ! -s "$WORLD/silence" ]
  alive
}

@test "connections beyond the limit hear that there are too many" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=connections=2,idle-time=3
  local held=()
  for _ in 1 2; do
    python3 "$SUPPORT/raw_http.py" "$PORT" '' >/dev/null 3>&- &
    held+=("$!")
  done
  eventually ask 503 /api/health
  grep -q '^Retry-After: ' <<<"$HEADERS"
  wait "${held[@]}"
  alive
}

# ---------------------------------------------------------------- TLS

@test "by TLS, for REST and for git" {
  certificate one
  serve --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
  case $DAEMON_URL in https://127.0.0.1:*) ;; *) explain "$DAEMON_URL" ;; esac
  ask 200 /api/projects --cacert "$WORLD/one.pem"
  ask 200 /api/projects --cacert "$WORLD/one.pem" --tlsv1.3
  run curl -sS --max-time 30 "$DAEMON_URL/api/projects"
  [ "$status" -ne 0 ]
  run curl -sS --max-time 30 --cacert "$WORLD/one.pem" --tlsv1.0 --tls-max 1.1 "$DAEMON_URL/api/projects"
  [ "$status" -ne 0 ]
  run curl -sS --max-time 30 "http://127.0.0.1:$PORT/api/projects"
  [ "$status" -ne 0 ]
  git -c http.sslCAInfo="$WORLD/one.pem" clone -q "$DAEMON_URL/registry.git" "$WORLD/clone"
  [ -f "$WORLD/clone/format" ]
  ask 413 /api/projects --cacert "$WORLD/one.pem" -H 'Content-Length: 99999999' -d x
}

@test "a certificate that is renewed serves the connections that come after, and half a renewal changes nothing" {
  certificate one
  certificate two
  cp "$WORLD/one.pem" "$WORLD/live.pem"
  cp "$WORLD/one.key" "$WORLD/live.key"
  serve --tls-certificate "$WORLD/live.pem" --tls-key "$WORLD/live.key"
  ask 200 /api/projects --cacert "$WORLD/one.pem"
  cp "$WORLD/two.pem" "$WORLD/live.pem"
  ask 200 /api/projects --cacert "$WORLD/one.pem"
  holds "$(cat "$DAEMON_LOG")" "warning: the former certificate goes on to be served: the key in $WORLD/live.key does not belong"
  rm "$WORLD/live.key"
  ask 200 /api/projects --cacert "$WORLD/one.pem"
  cp "$WORLD/two.key" "$WORLD/live.key"
  ask 200 /api/projects --cacert "$WORLD/two.pem"
  run curl -sS --max-time 30 --cacert "$WORLD/one.pem" "$DAEMON_URL/api/projects"
  [ "$status" -ne 0 ]
  git -c http.sslCAInfo="$WORLD/two.pem" ls-remote -q "$DAEMON_URL/registry.git"
}

@test "files that are not certificates and keys are told by name" {
  certificate one
  certificate two
  printf 'nonsense\n' >"$WORLD/junk"
  chmod 600 "$WORLD/junk"
  runs 0 on server dev-infra init
  tls() { refuses 128 "$1" on server timeout 60 dev-infra daemon --listen 127.0.0.1:0 --tls-certificate "$2" --tls-key "$3"; }
  tls 'No such file' "$WORLD/missing" "$WORLD/one.key"
  tls 'No such file' "$WORLD/one.pem" "$WORLD/missing"
  tls 'not a certificate' "$WORLD/junk" "$WORLD/one.key"
  tls 'not a private key' "$WORLD/one.pem" "$WORLD/junk"
  tls 'does not belong' "$WORLD/one.pem" "$WORLD/two.key"
  runs 129 on server dev-infra daemon --tls-key "$WORLD/one.key"
}

# ---------------------------------------------------------------- git

@test "one truth: a machine by git, another by work-prod::, a client by REST" {
  serve
  machine laptop
  machine desktop
  machine tablet
  succeeds on tablet dev-infra init
  succeeds on tablet dev-infra remote add origin "work-prod::$DAEMON_URL"
  project laptop src/app https://example.org/app.git
  project desktop src/tool https://example.org/tool.git
  local name
  for name in laptop desktop; do
    succeeds on "$name" dev-infra init
    succeeds on "$name" dev-infra remote add origin "$DAEMON_URL/registry.git"
  done
  succeeds on laptop dev-infra register src/app
  succeeds on desktop dev-infra register src/tool
  succeeds on laptop dev-infra push
  ask 200 /api/projects
  equal "$(jq -r '.[].name' <<<"$ANSWER")" app
  succeeds on desktop dev-infra push
  ask 200 /api/projects
  equal "$(jq -r '[.[].name] | sort | join(" ")' <<<"$ANSWER")" 'app tool'
  local id
  id=$(jq -r '.[] | select(.name == "app").id' <<<"$ANSWER")
  ask 200 "/api/projects/$id" -X PATCH -H 'Content-Type: application/json' -d '{"description":"by REST"}'
  post '{"name":"new by REST"}'
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" '"by REST"'
  equal "$(names_of laptop --all)" 'app new by REST tool'
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra push
  ask 200 "/api/projects/$id"
  equal "$(jq -r '.status + " " + .description' <<<"$ANSWER")" 'paused by REST'
  succeeds on desktop dev-infra pull
  equal "$(field desktop app status)" '"paused"'
  project tablet src/notes https://example.org/notes.git
  succeeds on tablet dev-infra register src/notes
  succeeds on tablet dev-infra pull
  equal "$(names_of tablet --all)" 'app new by REST notes tool'
  succeeds on tablet dev-infra set tool 'description=by the service'
  succeeds on tablet dev-infra push
  ask 200 /api/projects
  equal "$(jq -r '[.[].name] | sort | join(" ")' <<<"$ANSWER")" 'app new by REST notes tool'
  succeeds on laptop dev-infra pull
  succeeds on desktop dev-infra pull
  equal "$(field desktop tool description)" '"by the service"'
  equal "$(field laptop notes name)" '"notes"'
  equal "$(tree_of tablet)" "$(tree_of server)"
  equal "$(tree_of laptop)" "$(tree_of server)"
  equal "$(tree_of desktop)" "$(tree_of server)"
  stop_daemon
  sound server laptop desktop tablet
}

@test "only a sound main is taken, and only forward" {
  serve
  post '{"name":"a"}'
  clone_registry
  cd "$WORLD/clone"
  local entry
  entry=$(git ls-files 'projects/*')
  git commit -q --allow-empty -m 'Nothing'
  git push -q
  push_refused 'only main can be pushed' origin HEAD:refs/heads/other
  push_refused 'only main can be pushed' origin HEAD:refs/tags/v1
  push_refused 'main cannot be removed' origin :refs/heads/main
  git commit -q --amend --allow-empty -m 'Another nothing'
  push_refused 'non-fast-forward' --force origin main
  git reset -q --hard origin/main
  printf '{}\n' >"$entry"
  git commit -q -a -m 'Break it'
  push_refused 'not a sound registry' origin main
  holds "$output" "remote: error: $entry: "
  git reset -q --hard origin/main
  # A file of a newer version is taken, one that no version may have is not.
  ln -s /etc/passwd link
  git add link
  git commit -q -m 'Add a link'
  push_refused 'not a sound registry' origin main
  git reset -q --hard origin/main
  git checkout -q --orphan alone
  git commit -q -m 'Begin anew'
  push_refused 'non-fast-forward' --force origin alone:main
  git checkout -q -f main
  ask 200 /api/projects
  equal "$(jq -r '.[].name' <<<"$ANSWER")" a
  sed -i 's/"name": "a"/"name": "b"/' "$entry"
  git commit -q -a -m 'Rename'
  git push -q
  ask 200 /api/projects
  equal "$(jq -r '.[].name' <<<"$ANSWER")" b
  stop_daemon
  sound server
}

@test "what is pushed must go with what is there" {
  serve
  machine laptop
  project laptop src/app https://example.org/app.git
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra register src/app
  succeeds on laptop dev-infra remote add origin "$DAEMON_URL/registry.git"
  succeeds on laptop dev-infra push
  post '{"name":"tool","remote_url":"https://example.org/tool.git"}'
  clone_registry
  cd "$WORLD/clone"
  local tool app root
  tool=$(grep -l '"tool"' projects/*/*.json)
  app=$(grep -l '"app"' projects/*/*.json)
  # As a machine writes it that has read the same repository; a client's record with that URL would be another project.
  root=$(grep '"root_commit"' "$app")
  sed -i -e '/"remote_url"/s|tool|app|' -e "/\"remote_url\"/a\\$root" "$tool"
  git commit -q -a -m 'Name a URL twice'
  push_refused 'not a sound registry' origin main
  holds "$output" 'the same project as'
  git reset -q --hard origin/main
  git rm -q machines/*/machine.json
  git commit -q -m 'Forget the machine of a checkout'
  push_refused 'not a sound registry' origin main
  holds "$output" 'the machine has checkouts'
  git reset -q --hard origin/main
  mkdir -p projects/00
  cp "$app" projects/00/
  git add projects/00
  git commit -q -m 'Have a project under two ids'
  push_refused 'not a sound registry' origin main
  git reset -q --hard origin/main
  # But for the server's own, below whose name only it writes.
  git rm -q -r "machines/$(git ls-files 'machines/*/checkouts/*' | cut -d / -f 2 | sort -u)" "$app"
  git commit -q -m 'Forget machine and project'
  git push -q
  stop_daemon
  sound server
}

@test "by git too, a key is needed, and a read-only one only reads" {
  local reading writing
  reading=$(key add --read-only reader)
  writing=$(key add writer)
  serve
  run git clone -q "$DAEMON_URL/registry.git" "$WORLD/none"
  [ "$status" -ne 0 ]
  # As a credential helper gives it: the key is the password.
  helper() { printf '!f() { printf "username=me\\npassword=%%s\\n" %s; }; f' "$1"; }
  clone_registry -c credential.helper= -c credential.helper="$(helper "$reading")"
  cd "$WORLD/clone"
  git commit -q --allow-empty -m 'Nothing'
  local before
  before=$(main_of server)
  run git push
  [ "$status" -ne 0 ]
  holds "$output" 403
  equal "$(main_of server)" "$before"
  git config --replace-all credential.helper "$(helper "$writing")"
  git push -q
  differ "$(main_of server)" "$before"
  ask 403 '/registry.git/info/refs?service=git-receive-pack' -H "Authorization: Bearer $reading"
  ask 401 '/registry.git/info/refs?service=git-upload-pack'
  grep -q '^WWW-Authenticate: Basic ' <<<"$HEADERS"
  ask 415 /registry.git/git-upload-pack -H "Authorization: Bearer $reading" -H 'Content-Type: text/plain' -d 0000
}

@test "other branches of the registry are not shown, and files not given" {
  runs 0 on server dev-infra init
  registry_git server update-ref refs/remotes/origin/main "$(main_of server)"
  registry_git server update-ref refs/heads/private "$(main_of server)"
  serve
  equal "$(git ls-remote "$DAEMON_URL/registry.git" | cut -f 2 | paste -s -d ' ')" 'HEAD refs/heads/main'
  equal "$(git -c protocol.version=0 ls-remote "$DAEMON_URL/registry.git" | cut -f 2 | paste -s -d ' ')" 'HEAD refs/heads/main'
  local path
  for path in HEAD config daemon/keys objects/info/packs ../.gitconfig %2e%2e/.gitconfig; do
    ask 404 "/registry.git/$path" --path-as-is
  done
  ask 400 /registry.git/info/refs
  ask 400 '/registry.git/info/refs?service=git-upload-archive'
}

@test "bodies that git compresses are taken" {
  serve
  printf '0032want %s\n00000009done\n' "$(main_of server)" | gzip -c >"$WORLD/body"
  ask 200 /registry.git/git-upload-pack -H 'Content-Type: application/x-git-upload-pack-request' \
    -H 'Content-Encoding: gzip' --data-binary "@$WORLD/body"
  head -c 12 "$ANSWER_FILE" | grep -q -a '^0008NAK'
}

@test "a client that goes away ends its git" {
  serve
  python3 "$SUPPORT/raw_http.py" --leave "$PORT" 'POST /registry.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-git-receive-pack-request\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n00aa\r\n'
  eventually no_children
  alive
}

@test "git requests beyond the limit hear that there are too many" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=git-requests=0
  ask 503 '/registry.git/info/refs?service=git-upload-pack'
  alive
}

@test "pushes by git and changes by REST at once lose nothing" {
  serve
  post '{"name":"first"}'
  clone_registry
  local number clients=()
  for number in 1 2 3 4 5 6 7 8; do
    curl -sS --max-time 60 -o /dev/null -H 'Content-Type: application/json' -d "{\"name\":\"rest-$number\"}" "$DAEMON_URL/api/projects" 3>&- &
    clients+=("$!")
  done
  for number in 1 2 3 4; do
    git -C "$WORLD/clone" commit -q --allow-empty -m "Push $number"
    until git -C "$WORLD/clone" push -q 2>/dev/null; do git -C "$WORLD/clone" pull -q --rebase; done
  done
  wait "${clients[@]}"
  ask 200 /api/projects
  equal "$(jq length <<<"$ANSWER")" 9
  equal "$(registry_git server log --format=%s | grep -c '^Push ')" 4
  stop_daemon
  sound server
}

# ---------------------------------------------------------------- the description

@test "the description is served, and each of its calls is there" {
  serve
  ask 200 /api/openapi.yaml
  equal "$ANSWER" "$(cat "$DEV_INFRA_PREFIX/share/dev-infra/openapi.yaml")"
  ask 200 /api/openapi.yaml --head
  holds "$HEADERS" "Content-Length: $(wc -c <"$DEV_INFRA_PREFIX/share/dev-infra/openapi.yaml")"
  ask 200 /api/openapi.yaml
  local path methods
  # PATH and its methods, a line each.
  awk '/^paths:/ { inside = 1; next } /^[a-z]/ { inside = 0 }
    inside && /^  \// { sub(/:$/, "", $1); path = $1 }
    inside && /^    (get|post|put|patch|delete):/ { sub(/:$/, "", $1); print path, toupper($1) }' <<<"$ANSWER" >"$WORLD/calls"
  [ "$(wc -l <"$WORLD/calls")" -ge 12 ]
  while read -r path method; do
    ask 200 "${path//\{id\}/1}" -X OPTIONS
    methods=$(sed -n 's/^Allow: //p' <<<"$HEADERS")
    holds ", $methods," ", $method," "$path"
  done <"$WORLD/calls"
}

# ---------------------------------------------------------------- what proxies, health checks and old clients send by default

@test "a health check of a load balancer or an orchestrator gets its 200" {
  serve
  # HAProxy, Kubernetes, AWS, nginx, Apache, a monitoring script, and one that only connects.
  raw 200 'OPTIONS /api/health HTTP/1.0\r\n\r\n'
  # HAProxy's own default, where nobody has named a path for it.
  raw 200 'OPTIONS / HTTP/1.0\r\n\r\n'
  raw 200 "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nUser-Agent: kube-probe/1.30\r\nAccept: */*\r\nConnection: close\r\n\r\n"
  raw 200 "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n"
  raw 200 "GET /api/health HTTP/1.0\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n\r\n"
  raw 200 'HEAD /api/health HTTP/1.0\r\n\r\n'
  equal "$ANSWER" ''
  raw 200 'HEAD /api/health HTTP/1.0\r\nUser-Agent: check_http/2.3\r\nConnection: close\r\n\r\n'
  ask 200 '/api/health?probe=1'
  local number
  for number in 1 2 3; do : <>"/dev/tcp/127.0.0.1/$PORT"; done
  alive
}

@test "each page says what may be asked of it, and another method is not taken for a page that is missing" {
  serve
  post '{"name":"a"}'
  local path id
  id=$(git -C "$WORLD/server/.dev-infra" ls-tree -r --name-only main projects | sed -n 's#^projects/\(.*\)\.json$#\1#p' | tr -d /)
  for path in / "/projects/$id" "/projects/$id/edit" /machines /activity /pictures /sign-in /sign-out; do
    ask 200 "$path" -X OPTIONS
    holds "$HEADERS" 'Allow: HEAD, GET, '
    ask 405 "$path" -X DELETE
  done
  ask 200 /sign-in -X OPTIONS
  holds "$HEADERS" 'Allow: HEAD, GET, POST, OPTIONS'
  ask 404 /nowhere -X OPTIONS
  ask 404 /projects -X OPTIONS
}

@test "what a proxy in front sends by its defaults is answered" {
  serve
  local head
  # nginx (HTTP/1.0, close), Apache, HAProxy, Caddy, Traefik, Envoy, and a cache that revalidates.
  for head in "HTTP/1.0\r\nHost: 127.0.0.1:$PORT\r\nConnection: close" \
    "HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: projects.example.org\r\nX-Forwarded-Server: www\r\nConnection: close" \
    "HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: https\r\nx-request-id: 7d\r\nx-envoy-expected-rq-timeout-ms: 15000\r\nconnection: close" \
    "HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 varnish\r\nForwarded: for=203.0.113.9;proto=https\r\nTE: trailers\r\nConnection: close, TE" \
    'HTTP/1.1\r\nHost: localhost\r\nProxy-Connection: keep-alive\r\nConnection: close' \
    'HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__' \
    'HTTP/1.1\r\nHost: localhost\r\nCache-Control: max-age=0\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\nConnection: close'; do
    raw 200 "GET /api/projects $head\r\n\r\n" || explain "$head" || return
    equal "$ANSWER" '[]' "$head" || return
  done
  # The name that clients know is one that the daemon has to know.
  ask 421 /api/health -H 'Host: projects.example.org'
}

@test "clients that are old or simple write as they always did" {
  serve
  local body='{"name":"NAME","path":"/NAME"}' text
  # body NAME: what is sent, and its length.
  sent() { text=${body//NAME/$1}; }
  sent a
  raw 201 "POST /api/projects HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${#text}\r\n\r\n$text"
  # That knows no answer before the answer, and needs to know that another may follow.
  raw 200 "GET /api/projects HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /api/health HTTP/1.0\r\n\r\n"
  holds "$HEADERS" $'\nConnection: keep-alive'
  sent aa
  raw 201 "POST /api/projects HTTP/1.0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${#text}\r\n\r\n$text"
  ask 204 /api/projects/2 -X DELETE
  sent b
  raw 201 "POST /api/projects HTTP/1.1\r\nhost: localhost\r\ncontent-type: Application/JSON; charset=UTF-8\r\ncontent-length: ${#text}\r\nconnection: close\r\n\r\n$text"
  sent c
  raw 201 "POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n$(printf %x ${#text})\r\n$text\r\n0\r\n\r\n"
  sent d
  ask 201 /api/projects --http1.0 -H 'Content-Type: application/json' -d "$text"
  sent e
  ask 201 /api/projects -H 'Content-Type: application/json' -H 'Expect: 100-continue' -d "$text"
  sent f
  ask 201 /api/projects --http2 -H 'Content-Type: application/json' -d "$text"
  ask 200 /api/projects
  equal "$(jq -r 'map(.name) | join(" ")' <<<"$ANSWER")" 'a b c d e f'
  # Python's, by one connection and without a word of ending it.
  python3 - "$PORT" <<'END'
import http.client, json, sys
one = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for number in [1, *range(3, 8)]:
    one.request("PATCH", f"/api/projects/{number}", json.dumps({"status": "paused"}), {"Content-Type": "application/json"})
    answer = one.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["status"] == "paused"
    one.request("DELETE", f"/api/projects/{number}")
    answer = one.getresponse()
    assert answer.status == 204 and answer.read() == b""
    one.request("HEAD", "/api/projects")
    answer = one.getresponse()
    assert answer.status == 200 and answer.read() == b""
END
  ask 200 /api/projects
  equal "$ANSWER" '[]'
  # No more than that it ends well: a preface of HTTP/2, and a line of HTTP/0.9.
  raw 400 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' || [[ $HEADERS == 'HTTP/1.1 505 '* ]] || [ -z "$HEADERS" ]
  alive
}
