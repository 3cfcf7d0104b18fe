#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # each test runs on its own; output and stderr are set by bats' run
# What clients may do to a daemon without doing harm to it, or to other clients: be slow, be many, send much, name things in
# odd ways. What may be pushed is in hostile_pushes.bats.

load helper
load support/edge

setup() {
  begin_edge
}

teardown() { stop_servers; }

RECEIVE='/registry.git/git-receive-pack'
UPLOAD='/registry.git/git-upload-pack'
REFS='/registry.git/info/refs?service=git-upload-pack'

# ---------------------------------------------------------------- slow

@test "clients that send or read slowly keep git from nobody" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=git-requests=2,git-wait=3
  post '{"name":"a"}'
  local body kind
  body='HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n'
  for kind in "POST $RECEIVE ${body}Content-Type: application/x-git-receive-pack-request\r\n\r\nfffff\r\n" \
    "POST $UPLOAD ${body}Content-Type: application/x-git-upload-pack-request\r\n\r\nfffff\r\n" \
    "POST $UPLOAD ${body}Content-Encoding: gzip\r\nContent-Type: application/x-git-upload-pack-request\r\n\r\nfffff\r\n\x1f\x8b\x08" \
    "POST /api/projects ${body}Content-Type: application/json\r\n\r\nfffff\r\n" \
    "GET $REFS HTTP/1.1\r\nHost: loc"; do
    slow 20 "$kind" --rate 600
    ask 200 "$REFS" --max-time 5 || explain "$kind" || return
    run -0 timeout 60 git ls-remote -q "$DAEMON_URL/registry.git"
    post '{"name":"b"}' --max-time 5
    end_slow
  done
  # A clone whose client takes a few bytes a second of it.
  slow 20 "GET $REFS HTTP/1.1\r\nHost: localhost\r\n\r\n" --reading --rate 10
  run -0 timeout 60 git clone -q "$DAEMON_URL/registry.git" "$WORLD/clone"
  end_slow
  alive
}

@test "who sends or reads too slowly is asked for more the longer it takes" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=body-time=1
  # 600 bytes a second are enough for a second, and no more.
  local body='HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nfffff\r\n'
  slow 3 "POST /api/projects $body" --rate 600
  await_slow 6
  equal "$(cat "$WORLD/slow.closed")" 3
  grep -q 'refused a request from 127.0.0.1: 408' "$DAEMON_LOG"
  alive
}

@test "connections that wait give way to new ones, whatever they wait for" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=connections=8,idle-grace=0.1,slow-grace=0.2
  local text
  for text in '' 'GET /api/health HTTP/1.1\r\nHo' 'GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n' \
    'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{'; do
    slow 8 "$text"
    sleep 0.3
    ask 200 /api/health --max-time 5 || explain "$text" || return
    post '{"name":"a"}' --max-time 5
    end_slow
  done
  alive
}

@test "one address has its share of the connections, and the rest is for others" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=connections=64,idle-grace=60,slow-grace=60
  slow 16 'GET /api/health HTTP/1.1\r\nHo'
  ask 503 /api/health
  grep -q '^Retry-After: ' <<<"$HEADERS"
  ask 200 /api/health --interface 127.0.0.2
  end_slow
  # Those beyond that say nothing do not stay.
  slow 80 ''
  eventually ask 200 /api/health --interface 127.0.0.2
  end_slow
}

@test "a TLS handshake that never ends is not waited for, and gives way" {
  certificate one
  serve DEV_INFRA_TEST_DAEMON_LIMITS=connections=6,idle-grace=0.1,head-time=1 --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
  slow 6 '\x16\x03\x01\x02\x00\x01\x00'
  sleep 0.2
  ask 200 /api/health --cacert "$WORLD/one.pem"
  await_slow 4
  equal "$(cat "$WORLD/slow.closed")" 6
  ask 200 /api/health --cacert "$WORLD/one.pem"
}

@test "many requests at once on one connection are answered in order, and do not count as load" {
  serve
  local request='GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n'
  python3 "$SUPPORT/raw_http.py" "$PORT" "$request" --repeat "$request" 2000 >"$WORLD/many" 3>&- &
  local client=$!
  sleep 1
  alive
  kill "$client" 2>/dev/null || true
  wait "$client" || true
  modest
}

# ---------------------------------------------------------------- much

# gzip_of COUNT LINE: that many pkt-lines, packed.
gzip_of() { python3 -c 'import gzip,sys; sys.stdout.buffer.write(gzip.compress(sys.argv[2].encode("latin-1").decode("unicode_escape").encode("latin-1")*int(sys.argv[1]),6))' "$@"; }

@test "a body that unpacks to more than it may is refused, and takes no memory" {
  serve --max-push 1m
  local upload=(-H 'Content-Type: application/x-git-upload-pack-request' -H 'Content-Encoding: gzip') hash line
  hash=$(printf '%040d' 1)
  for line in "0032want $hash\\n" "0032have $hash\\n" '0000' "ffff$(printf '%065531d' 0)"; do
    gzip_of $((80000000 / ${#line})) "$line" >"$WORLD/bomb"
    ask 413 "$UPLOAD" "${upload[@]}" --data-binary "@$WORLD/bomb"
    ask 413 "$UPLOAD" "${upload[@]}" -H 'Transfer-Encoding: chunked' --data-binary "@$WORLD/bomb"
  done
  ask 413 "$RECEIVE" -H 'Content-Type: application/x-git-receive-pack-request' -H 'Content-Encoding: gzip' --data-binary "@$WORLD/bomb"
  # Cut off, with something behind it, and not gzip at all.
  head -c 200 "$WORLD/bomb" >"$WORLD/half"
  ask 400 "$UPLOAD" "${upload[@]}" --data-binary "@$WORLD/half"
  { printf '0000' | gzip -c; printf 'more'; } >"$WORLD/behind"
  ask 400 "$UPLOAD" "${upload[@]}" --data-binary "@$WORLD/behind"
  ask 400 "$UPLOAD" "${upload[@]}" -d 0000
  ask 415 "$UPLOAD" "${upload[@]:0:2}" -H 'Content-Encoding: deflate' -d 0000
  ask 400 "$UPLOAD" "${upload[@]:0:2}" -d zzzz
  ask 400 "$UPLOAD" "${upload[@]:0:2}" -d 0fffwant
  ask 400 /api/projects -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary "@$WORLD/half"
  equal "$(children)" ''
  alive
  modest
}

# packets BEFORE COUNT LINE BEHIND END LAST: $WORLD/request, pkt-lines of these, each of COUNT with another number for HASH; END is not one,
# nothing stands for what is empty, and \0 for NUL.
packets() {
  python3 -c 'import sys
before, count, line, behind, end, last = sys.argv[1:]
packet = lambda text: "%04x%s\n" % (len(text) + 5, text) if text else ""
lines = [packet(line.replace("HASH", "%040x" % number)) for number in range(int(count))]
print(packet(before) + "".join(lines) + packet(behind.replace("\\0", "\0")) + end + packet(last), end="")' "$@" >"$WORLD/request"
}

@test "a fetch says only so often where a history ends, and is answered soon" {
  serve
  local upload=(-H 'Content-Type: application/x-git-upload-pack-request') main line
  main=$(registry_git server rev-parse main)
  # fetching COUNT LINE: a request with that many of the line.
  fetching() { packets "want $main shallow deepen-since deepen-not ofs-delta" "$@" '' 0000 'done'; }
  for line in 'shallow HASH' 'deepen-not refs/heads/main' 'deepen 1' 'deepen-since 1'; do
    fetching 50000 "$line"
    ask 400 "$UPLOAD" "${upload[@]}" --max-time 3 --data-binary "@$WORLD/request"
  done
  fetching 900 'shallow HASH'
  ask 200 "$UPLOAD" "${upload[@]}" --data-binary "@$WORLD/request"
  alive
  modest
}

@test "a push says only so much before its objects, and is answered soon" {
  serve
  local receive=(-H 'Content-Type: application/x-git-receive-pack-request') main line
  main=$(registry_git server rev-parse main)
  # pushing COUNT LINE: a request with that many of the line and a command, and no objects.
  pushing() { packets '' "$@" "$main $(printf %040d 0) refs/heads/other\\0report-status" 0000 ''; }
  for line in 'shallow HASH' "HASH $main refs/heads/x" 'push-cert HASH'; do
    pushing 50000 "$line"
    ask 400 "$RECEIVE" "${receive[@]}" --max-time 3 --data-binary "@$WORLD/request"
  done
  # What ends nowhere within what is looked at.
  python3 -c 'print(("%04x" % 60004 + "x" * 60000) * 20, end="")' >"$WORLD/request"
  ask 400 "$RECEIVE" "${receive[@]}" --max-time 3 --data-binary "@$WORLD/request"
  pushing 900 'shallow HASH'
  ask 200 "$RECEIVE" "${receive[@]}" --data-binary "@$WORLD/request"
  alive
  modest
}

@test "JSON that is deep, wide or long is bounded in memory" {
  serve
  local json=(-H 'Content-Type: application/json')
  python3 -c 'print("["*200000)' >"$WORLD/deep"
  python3 -c 'print("["+"1,"*3900000+"1]")' >"$WORLD/wide"
  python3 -c 'print("{\"name\":\"x\","+",".join("\"k%d\":{}"%i for i in range(500000))+"}")' >"$WORLD/keys"
  python3 -c 'print("{\"projects\":["+",".join(["{}"]*2000000)+"]}")' >"$WORLD/import"
  python3 -c 'print("{\"name\":\"x\",\"n\":"+"9"*4000000+"}")' >"$WORLD/number"
  ask 400 /api/projects "${json[@]}" --data-binary "@$WORLD/deep"
  ask 413 /api/projects "${json[@]}" --data-binary "@$WORLD/wide"
  ask 413 /api/projects "${json[@]}" --data-binary "@$WORLD/keys"
  ask 413 /api/projects/import "${json[@]}" --data-binary "@$WORLD/import"
  ask 201 /api/projects "${json[@]}" --data-binary "@$WORLD/number"
  alive
  modest
}

@test "bodies that are being sent have a bound together" {
  serve DEV_INFRA_TEST_DAEMON_LIMITS=bodies=300000
  slow 3 "POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n$(printf '%090000d' 0)"
  head -c 100000 /dev/zero | tr '\0' ' ' >"$WORLD/body"
  eventually ask 503 /api/projects -H 'Content-Type: application/json' --data-binary "@$WORLD/body"
  ask 200 /api/projects
  end_slow
  eventually ask 400 /api/projects -H 'Content-Type: application/json' --data-binary "@$WORLD/body"
}

@test "parameters, tags, ranges and patterns of any length are answered soon" {
  serve
  jq -cn '{name: "x", description: ("a" * 60000)}' >"$WORLD/body"
  local number
  for number in 1 2 3 4 5 6 7 8; do ask 201 /api/projects -H 'Content-Type: application/json' --data-binary "@$WORLD/body"; done
  local pattern tags
  pattern=$(printf '%04000d' 0 | tr 0 a)
  ask 200 "/api/projects?search=${pattern}b" --max-time 2
  equal "$ANSWER" '[]'
  ask 200 "/api/projects?$(printf 'a=b&%.0s' {1..1900})" --max-time 2
  tags=$(printf '"%.0s",' {1..4000})
  ask 200 /api/projects -H "If-None-Match: $tags" --max-time 2
  ask 412 /api/projects/1 -X DELETE -H "If-Match: ${tags:0:15000}" --max-time 2
  ask 200 /api/projects -H "Range: bytes=$(printf '0-,%.0s' {1..4000})" --max-time 2
  ask 410 "/api/projects?since=$(printf '%04000d' 0)"
  ask 410 '/api/projects?since=HEAD~1'
  ask 404 "/api/projects/$(printf '%04000d' 0 | tr 0 9)"
  modest
}

# ---------------------------------------------------------------- what a child gets

@test "no child of the daemon has its sockets or its files" {
  mkdir -p "$WORLD/bin" "$WORLD/seen"
  local real
  real=$(command -v git)
  cat >"$WORLD/bin/git" <<END
#!/bin/sh
{ printf '%s:' "\$*"; for fd in /proc/\$\$/fd/*; do printf ' %s>%s' "\${fd##*/}" "\$(readlink "\$fd")"; done; echo; } >>"$WORLD/seen/\$\$"
case " \$* " in *' repack '*) echo \$\$ >"$WORLD/gc"; exec sleep 4 ;; esac
exec "$real" "\$@"
END
  chmod +x "$WORLD/bin/git"
  certificate one
  serve PATH="$WORLD/bin:$PATH" --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
  local ca=(--cacert "$WORLD/one.pem") number objects
  slow 3 ''
  export GIT_SSL_CAINFO=$WORLD/one.pem
  clone_registry
  git -C "$WORLD/clone" commit -q --allow-empty -m 'Nothing'
  git -C "$WORLD/clone" push -q
  # Enough loose objects for a gc, which the daemon starts with a change.
  objects=$(registry_of server)/objects/17
  mkdir -p "$objects"
  for number in {10..40}; do : >"$objects/0000000000000000000000000000000000${number}xx"; done
  post '{"name":"a"}' "${ca[@]}"
  await_file "$WORLD/gc"
  cat "$WORLD/seen"/* >"$WORLD/all"
  grep -q 'http-backend:' "$WORLD/all"
  grep -q ' repack ' "$WORLD/all"
  # None of the daemon's own sockets, which are the one it listens on and its connections, and none of its files.
  local socket
  readlink "/proc/$DAEMON/fd"/* | grep '^socket:' | sort -u >"$WORLD/sockets"
  [ "$(wc -l <"$WORLD/sockets")" -ge 4 ]
  while read -r socket; do lacks "$(cat "$WORLD/all")" "$socket"; done <"$WORLD/sockets"
  run grep -E '>[^ ]*(/daemon/|\.key|\.pem|\.lock|\.idx|\.pack)' "$WORLD/all"
  equal "$output" ''
  # The address is free again at once, whatever still runs.
  end_slow
  stop_daemon
  running "$(cat "$WORLD/gc")"
  serve --listen "127.0.0.1:$PORT"
  ask 200 /api/health
  kill "$(cat "$WORLD/gc")" || true
}

# ---------------------------------------------------------------- names

@test "a path has one form, and no decision goes by another" {
  serve
  local path evil=(-H 'Origin: https://evil.example')
  # As it is, from a page of another origin.
  ask 403 '/registry.git/info/refs?service=git-receive-pack' "${evil[@]}"
  ask 403 "$RECEIVE" "${evil[@]}" -H 'Content-Type: application/x-git-receive-pack-request' -d 0000
  for path in /registry.git//git-receive-pack //registry.git/git-receive-pack /registry.git/./git-receive-pack \
    /registry.git/x/../git-receive-pack /registry.git/%67it-receive-pack /registry.git%2fgit-receive-pack \
    /registry%2egit/git-receive-pack '/registry.git;x/git-receive-pack' '/registry.git/git-receive-pack;x' \
    /registry.git/git-receive-pack/ /registry.git/git-receive-pack. /REGISTRY.git/git-receive-pack \
    '/registry.git\git-receive-pack' /registry.git/git-receive-pack%00; do
    ask 404 "$path" --path-as-is "${evil[@]}" -H 'Content-Type: application/x-git-receive-pack-request' -d 0000 ||
      [[ $HEADERS == *' 403 '* ]] || explain "$path" || return
    ask 404 "$path" --path-as-is -H 'Content-Type: application/x-git-receive-pack-request' -d 0000 || explain "$path" || return
  done
  for path in /api//projects /api/./projects /api/projects/ /api/x/../projects /api/%70rojects '/api/projects;a=b' /API/projects; do
    ask 404 "$path" --path-as-is -H 'Content-Type: application/json' -d '{"name":"a"}' || explain "$path" || return
  done
  for path in /registry.git//info/refs /registry.git/info//refs /registry.git/info/%72efs /registry.git/info/refs/; do
    ask 404 "$path?service=git-receive-pack" --path-as-is
  done
  ask 200 /api/projects
  equal "$ANSWER" '[]'
}

@test "Host decides, in one form, whatever a target says" {
  serve
  raw 200 "GET http://localhost:$PORT/api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
  raw 421 "GET http://localhost:$PORT/api/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
  raw 404 "GET http://localhost:$PORT//api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
  raw 404 "GET api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" || [[ $HEADERS == 'HTTP/1.1 400 '* ]]
  raw 404 "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" || [[ $HEADERS == 'HTTP/1.1 40'* ]]
  local rest='Content-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"name":"a"}'
  raw 421 "POST http://localhost:$PORT/api/projects HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n$rest"
  raw 403 "POST http://evil.example/api/projects HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n$rest"
  local host
  for host in localhost. "localhost.:$PORT" 'local%68ost' 'localhost:80:80' '127.1' '0x7f.1' '2130706433' '[::ffff:127.0.0.1]'; do
    ask 421 /api/projects -H "Host: $host" || explain "$host" || return
  done
  ask 200 /api/projects
  equal "$ANSWER" '[]'
}

@test "only origins that are ours change anything, in whatever way they are written" {
  serve --allow-origin https://app.example
  local origin
  for origin in https://app.example.evil.example https://app.example. https://app.example:443 http://app.example \
    'https://app.example@evil.example' null "http://127.0.0.1.evil.example:$PORT" "http://localhost" 'file://' x; do
    ask 403 /api/projects -H "Origin: $origin" -H 'Content-Type: application/json' -d '{"name":"a"}' || explain "$origin" || return
    ask 403 '/registry.git/info/refs?service=git-receive-pack' -H "Origin: $origin" || explain "$origin" || return
  done
  ask 403 /api/projects -H 'Origin: https://app.example' -H 'Origin: https://evil.example' -H 'Content-Type: application/json' -d '{"name":"a"}'
  ask 200 /api/projects
  equal "$ANSWER" '[]'
}

# ---------------------------------------------------------------- clients that are only simple

@test "old clients, health checks and proxies get what they ask for" {
  serve
  raw 200 'GET /api/health HTTP/1.0\r\n\r\n'
  equal "$(jq -c '[.status, .message]' <<<"$ANSWER")" '["ok","Flask backend is running"]'
  raw 200 'GET /api/projects HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  raw 400 'GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n'
  ask 200 /api/health --head
  ask 200 /api/health -X OPTIONS
  holds "$HEADERS" 'Allow: HEAD, GET, OPTIONS'
  runs 0 key add ci
  ask 200 /api/health --head
  ask 200 /api/health -X OPTIONS
  # What a proxy says of others is believed of nobody.
  ask 401 /api/projects -H 'X-Forwarded-For: 127.0.0.1' -H 'X-Real-IP: 127.0.0.1' -H 'Forwarded: for=127.0.0.1' -H 'X-Forwarded-Proto: https' \
    -H 'X-Original-URL: /api/health' -H 'X-Rewrite-URL: /api/health' -H 'X-HTTP-Method-Override: GET'
  ask 421 /api/health -H 'Host: evil.example' -H 'X-Forwarded-Host: localhost'
  local secret
  secret=$(key add writer)
  post '{"name":"a"}' -H "Authorization: Bearer $secret" -H 'Expect: 100-continue'
  post '{"name":"b"}' -H "Authorization: Bearer $secret" -H 'Transfer-Encoding: chunked'
}

# ---------------------------------------------------------------- keys

@test "a key is taken in every usual way, and a wrong one in none" {
  local secret wrong form
  secret=$(key add --read-only ci)
  wrong=di_$(printf '%064d' 7)
  serve DEV_INFRA_TEST_DAEMON_LIMITS=wrong-keys=1000
  for form in 'Authorization: Bearer KEY' 'Authorization: bearer  KEY' 'Authorization: token KEY' 'X-API-Key: KEY' \
    'X-Auth-Token: KEY' 'Private-Token: KEY'; do
    ask 200 /api/projects -H "${form/KEY/$secret}" || explain "$form" || return
    ask 401 /api/projects -H "${form/KEY/$wrong}" || explain "$form" || return
    ask 401 /api/projects -H "${form/KEY/${secret:0:66}}" || explain "$form" || return
    ask 403 /api/projects/1 -X DELETE -H "${form/KEY/$secret}" || explain "$form" || return
  done
  for form in KEY: KEY:x-oauth-basic x:KEY x-access-token:KEY KEY:KEY :KEY KEY:other; do
    ask 200 /api/projects -u "${form//KEY/$secret}" || explain "$form" || return
    ask 401 /api/projects -u "${form//KEY/$wrong}" || explain "$form" || return
  done
  git ls-remote -q "${DAEMON_URL/:\/\//:\/\/$secret:x-oauth-basic@}/registry.git"
  # Two at once do not count, nor does one in the address.
  ask 401 /api/projects -H "X-API-Key: $secret" -H "Authorization: Bearer $wrong"
  ask 401 /api/projects -H "X-API-Key: $wrong" -H "X-API-Key: $secret"
  for form in key access_token token api_key; do ask 401 "/api/projects?$form=$secret"; done
  ask 401 /api/projects -H "Cookie: key=$secret"
  stop_daemon
  lacks "$(cat "$DAEMON_LOG")" "${secret:10:40}" 'a key in the log'
}

@test "a TLS key that others can use is refused by name, at the start and when it is renewed" {
  certificate one
  runs 0 on server dev-infra init
  local mode
  for mode in 644 640 604 620 601 660; do
    chmod "$mode" "$WORLD/one.key"
    refuses 128 "mode is 0$mode" on server timeout 60 dev-infra daemon --listen 127.0.0.1:0 --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
    assert_stderr_has "chmod 600 $WORLD/one.key"
  done
  ln -s one.key "$WORLD/link.key"
  refuses 128 'not secret' on server timeout 60 dev-infra daemon --listen 127.0.0.1:0 --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/link.key"
  chmod 400 "$WORLD/one.key"
  serve --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
  ask 200 /api/health --cacert "$WORLD/one.pem"
  chmod 644 "$WORLD/one.key"
  touch "$WORLD/one.pem"
  ask 200 /api/health --cacert "$WORLD/one.pem"
  holds "$(cat "$DAEMON_LOG")" 'warning: the former certificate goes on to be served: the key in'
}
