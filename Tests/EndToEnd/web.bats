#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # output, stderr and status are set by bats' run
# The pages of the daemon, as a browser without a script asks for them: what they show, who gets in, and what forms do.

load helper
load support/edge

setup() {
  begin
  machine server
  succeeds on server dev-infra init --name server
}

teardown() { stop_servers; }

# see STATUS PATH [CURL-OPTION…]: a browser's request for a page, which is answered with that status; sets ANSWER and HEADERS.
see() {
  request "$2" -H 'Accept: text/html' "${@:3}" || return
  [ "$CODE" = "$1" ] || {
    printf '%s: %s, not %s\n%s\n%s\n' "$2" "$CODE" "$1" "$HEADERS" "$ANSWER" >&2
    return 1
  }
}

# shows TEXT…, hides TEXT…: the last answer has each of these, or none.
shows() {
  local text
  for text; do grep -q -F -e "$text" <<<"$ANSWER" || explain "the page does not show: $text" || return; done
}

hides() {
  local text
  for text; do if grep -q -F -e "$text" <<<"$ANSWER"; then explain "the page shows: $text" || return; fi; done
}

# hidden_field NAME: its value in the form of the last answer.
hidden_field() { sed -n "s/.*<input type=\"hidden\" name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" <<<"$ANSWER"; }

# form PATH: the form of that page; sets FIELDS, the arguments that give all of it back unchanged.
form() {
  see 200 "$1" "${@:2}"
  FIELDS=(--data-urlencode "token=$(hidden_field token)" --data-urlencode "if-match=$(hidden_field if-match)")
  local key
  for key in name status description template version classification project_type organization homepage tags; do
    FIELDS+=(--data-urlencode "was-$key=$(hidden_field "was-$key")")
  done
}

# signed_in KEY: a cookie jar of a browser that signed in with the key.
signed_in() {
  rm -f "$WORLD/cookies"
  see 303 /sign-in -c "$WORLD/cookies" --data-urlencode "key=$1" --data-urlencode 'next=/machines'
  grep -q -x 'Location: ./machines' <<<"$HEADERS"
}

# open_web [OPTION… | VARIABLE=VALUE…]: starts `dev-infra web` on the server's registry; sets DAEMON_URL and LINK, a path.
open_web() {
  local word words=() settings=()
  for word; do
    case $word in [A-Z]*=*) settings+=("$word") ;; *) words+=("$word") ;; esac
  done
  mkdir -p "$SERVERS"
  rm -f "$SERVERS/web.out"
  HOME=$WORLD/server env -u DISPLAY -u WAYLAND_DISPLAY -u XDG_RUNTIME_DIR "${settings[@]}" dev-infra web "${words[@]}" </dev/null \
    >"$SERVERS/web.out" 2>"$SERVERS/web.err" 3>&- &
  DAEMON=$!
  printf '%s\n' "$DAEMON" >>"$SERVERS/pids"
  await_file "$SERVERS/web.out"
  DAEMON_URL=$(sed -n 's|/open/.*||p' "$SERVERS/web.out")
  LINK=$(sed -n 's|^http://[^/]*||p' "$SERVERS/web.out")
}

# ---------------------------------------------------------------- what is shown

@test "a project leads to the page that its host has of it, as open does" {
  local name page
  project server src/app git@github.com:Acme/App.git
  project server src/repo https://bitbucket.example.org/scm/PRJ/Repo.git
  project server src/tool ssh://git@git.example.org:2222/Team/Tool.git
  project server src/cloud codecommit::eu-west-1://Cloud
  project server src/here "$WORLD/elsewhere.git"
  serve
  succeeds on server dev-infra register src/app
  see 200 /
  shows '>1 project<'
  succeeds on server dev-infra register --recursive src
  for name in app repo tool cloud; do
    page=$(on server dev-infra open -p "$name")
    see 200 "/projects/$(id_of server "$name")"
    shows "<a href=\"${page//&/&amp;}\""
  done
  see 200 "/projects/$(id_of server here)"
  hides 'its page' 'href="http'
}

@test "all projects and machines, found by words and filters that stand in the address" {
  registered server app lib web
  succeeds on server dev-infra set app status=paused description='The <b>first</b> one' tags=go,cli
  serve
  see 200 /
  grep -q -x "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" <<<"$HEADERS"
  grep -q -x 'X-Content-Type-Options: nosniff' <<<"$HEADERS"
  # With another one browsers would say that forms come from nowhere, which is refused.
  grep -q -x 'Referrer-Policy: same-origin' <<<"$HEADERS"
  shows '>3 projects<' '<bdi>app</bdi>' '<bdi>lib</bdi>' 'The &lt;b&gt;first&lt;/b&gt; one' '<bdi>server</bdi>'
  # Nothing of a page is from elsewhere, or written into it.
  hides 'style="' '<style' '//' 'onclick'
  see 200 '/?status=paused'
  shows '>1 of 3 projects<' '<bdi>app</bdi>' 'href="./"'
  hides "projects/$(id_of server lib)"
  see 200 '/?q=FIRST%20one&tag=cli'
  shows '>1 of 3 projects<'
  see 200 '/?q=%3Cscript%3E&only=alone'
  shows 'No project fits' 'value="&lt;script&gt;"'
  see 200 '/?machine=nobody&page=99'
  shows 'No project fits'
  see 200 "/projects/$(id_of server app)"
  shows '<h1><bdi>app</bdi></h1>' "$WORLD/server/src/app" 'paused' '<strong>status</strong>' 'now on server'
  see 200 /machines
  shows '<bdi>server</bdi>' '/?machine=server'
  see 200 /activity
  shows 'Register' 'at the beginning'
  see 200 /pictures
  shows '<svg role="img"' '<table'
  for path in /style.css /script.js /icon.svg; do see 200 "/web$path"; done
  # What changes by whatever way is on the next page.
  succeeds on server dev-infra set lib name=library
  see 200 /
  shows '<bdi>library</bdi>'
  stop_daemon
}

# card NAME: what the page of machines has of it.
card() { sed -n "/ id=\"m-$(id_of_machine "$1")\"/,/<\/section>/p" <<<"$ANSWER"; }

# numbers_of PICTURE: the lines of its table, each as `HEAD:NUMBER,NUMBER…`.
numbers_of() {
  sed -n "/aria-labelledby=\"$1\"/,/<\/section>/p" <<<"$ANSWER" | tr -d '\n' | grep -o '<tr><th scope="row">.*</tr>' | sed 's/<\/tr>/\n/g' |
    sed -E 's/<\/th>/:/; s/<\/td>/,/g; s/<[^>]*>//g; s/,$//' | sed '/^$/d'
}

@test "machines with what each holds that is nowhere else, and pictures with their numbers" {
  local name card ids day month
  begun laptop
  bare_remote registry
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on server dev-infra remote add origin "$REMOTE"
  registered laptop clean changed judged broken twice empty
  for name in clean changed judged broken twice; do git -C "laptop/src/$name" update-ref refs/remotes/origin/main main; done
  echo mine >laptop/src/changed/new
  # A file that only a filter of the repository's own can judge.
  echo 1 >laptop/src/judged/file
  git -C laptop/src/judged add file
  commit_in laptop/src/judged File
  git -C laptop/src/judged update-ref refs/remotes/origin/main main
  echo 'file filter=own' >laptop/src/judged/.git/info/attributes
  git -C laptop/src/judged config filter.own.clean cat
  echo 2 >>laptop/src/judged/file
  # One place of a project is gone, and another has work.
  git clone -q laptop/src/twice laptop/src/again
  git -C laptop/src/again remote set-url origin https://h.example/twice
  succeeds on laptop dev-infra register --quiet src/again
  echo mine >laptop/src/again/new
  rm -rf laptop/src/twice
  # Nothing was begun there, so that nothing can be lost.
  rm -rf laptop/src/empty/.git
  git init -q -b main laptop/src/empty
  echo '[broken' >>laptop/src/broken/.git/config
  succeeds on laptop dev-infra push
  succeeds on server dev-infra pull
  registered server tool
  equal "$(on server dev-infra machine list --json | jq -r '.[] | select(.name == "laptop") | .unsaved | length')" 4
  serve
  see 200 /machines
  card=$(card laptop)
  holds "$card" '<dt>last pushed</dt> <dd><time datetime="20'
  holds "$card" '<dt>projects</dt> <dd><a href="./?machine=laptop">6</a>, 6 of them on no other machine'
  holds "$card" '<strong>4 projects</strong> not saved anywhere else, as of <time'
  for name in changed judged broken twice; do
    holds "$card" "<a href=\"./projects/$(id_of server "$name")\"><bdi>$name</bdi></a>" || return
  done
  for name in clean empty tool; do lacks "$card" "<bdi>$name</bdi>" || return; done
  card=$(card server)
  holds "$card" 'this one'
  holds "$card" '<dt>last pushed</dt> <dd><span class="quiet">never<'
  holds "$card" 'It has not said how its checkouts are.'
  # The count of the first page is the same one, and leads to the same projects.
  see 200 '/?only=unsaved'
  shows '>4 of 7 projects<'
  see 200 "/projects/$(id_of server judged)"
  shows '1 that cannot be judged'
  see 200 /pictures
  # Four have a commit of May 2024; of none is known of a repository without one, of one that is broken, and of this machine's.
  equal "$(numbers_of ages | paste -s -d ' ')" \
    'this week:0,0,0,0 this month:0,0,0,0 this quarter:0,0,0,0 this year:0,0,0,0 older:4,0,0,0 not known:3,0,0,0'
  equal "$(numbers_of unsaved)" 'laptop:4'
  day=$(registry_git server log -1 --format=%ad --date=format:%Y-%m-%d main)
  month=${day%-*}
  shows "<title>$day: $(registry_git server log --format=%ad --date=format:%Y-%m-%d main | grep -c -F "$day")</title>"
  equal "$(numbers_of changes | grep -F "$month")" \
    "$month:$(registry_git server log --format=%ad --date=format:%Y-%m main | grep -c -F "$month")"
  equal "$(grep -c '<svg role="img"' <<<"$ANSWER")" 3
  succeeds on laptop dev-infra set clean status=completed
  succeeds on laptop dev-infra push
  succeeds on server dev-infra pull
  see 200 /pictures
  equal "$(numbers_of ages | grep older)" 'older:3,0,1,0'
  # The page says what state says there, in its words.
  git -C laptop/src/clean checkout -q --detach
  commit_in laptop/src/clean loose
  succeeds on laptop dev-infra push
  succeeds on server dev-infra pull
  page_of_clean() { see 200 "/projects/$(id_of server clean)" && shows '1 commit on no branch'; }
  eventually page_of_clean
  stop_daemon
}

@test "a registry without projects, and pages that are not there, say what to do" {
  serve
  see 200 /
  shows 'dev-infra register'
  for path in /nothing /projects/0 /projects/0000000000000000000000000000000000000000 /web/other '/activity?from=x' \
    '/activity?from=0000000000000000000000000000000000000000'; do
    see 404 "$path"
    shows 'There is no such page' '<html lang="en">'
  done
  # A program is answered as before.
  ask 404 /nothing
  see 200 / -I
  hides '<html'
  stop_daemon
}

@test "names that are markup are shown, and stay names" {
  local name number=0 ids path
  for name in '<script>alert(1)</script>' '"><img src=x onerror=alert(1)>' "' onmouseover='alert(1)" '{{name}}' \
    $'\u202Egpj.exe' '&lt;b&gt;' 'javascript:alert(1)'; do
    number=$((number + 1))
    registered server "p$number"
    succeeds on server dev-infra set "p$number" "name=$name" "description=$name" "organization=$name"
  done
  succeeds on server dev-infra machine rename '<i>server</i>'
  serve
  ids=$(on server dev-infra-ls-projects --format='%(id)')
  for path in / /machines /activity /pictures $(printf '%s\n' "$ids" | sed 's|^|/projects/|'); do
    see 200 "$path"
    hides '<script>alert' '<img' '<i>server' "onmouseover='" $'\u202E' 'href="javascript'
    equal "$(grep -c '<script' <<<"$ANSWER")" 1
  done
  see 200 /
  shows '&lt;script&gt;alert(1)&lt;/script&gt;' '{{name}}' '\u202e'
  stop_daemon
}

# ---------------------------------------------------------------- who gets in

@test "a browser signs in with a key, for so long as the key is one, and out again" {
  local writing reading
  registered server app
  writing=$(key add laptop)
  reading=$(key add --read-only wall)
  serve
  for path in / /machines "/projects/$(id_of server app)" /nothing; do
    see 401 "$path"
    shows '<h1>Sign in</h1>'
    hides 'app'
  done
  see 200 /web/style.css
  see 401 /sign-in --data-urlencode "key=di_wrong"
  shows 'This is not one of the server&#39;s keys' 'role="alert"'
  signed_in "$writing"
  grep -q -E '^Set-Cookie: dev-infra-[0-9]+=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict$' <<<"$HEADERS"
  see 200 / -b "$WORLD/cookies"
  shows 'Sign out'
  # The cookie opens pages, and neither the interface nor git.
  ask 401 /api/projects -b "$WORLD/cookies"
  ask 401 '/registry.git/info/refs?service=git-upload-pack' -b "$WORLD/cookies"
  see 200 /sign-out -b "$WORLD/cookies"
  see 403 /sign-out -b "$WORLD/cookies" -d token=wrong
  see 200 /sign-out -b "$WORLD/cookies"
  see 303 /sign-out -b "$WORLD/cookies" --data-urlencode "token=$(hidden_field token)"
  see 401 / -b "$WORLD/cookies"
  # Nobody is led elsewhere.
  for next in //example.org https://example.org '/\example.org' /sign-out ''; do
    see 303 /sign-in --data-urlencode "key=$reading" --data-urlencode "next=$next"
    grep -q -x 'Location: ./' <<<"$HEADERS"
  done
  # By a key for reading there are no forms, and none is taken.
  signed_in "$reading"
  see 200 "/projects/$(id_of server app)" -b "$WORLD/cookies"
  hides '/edit' '<form'
  see 403 "/projects/$(id_of server app)/edit" -b "$WORLD/cookies"
  see 403 "/projects/$(id_of server app)/edit" -b "$WORLD/cookies" -d name=other
  key revoke wall
  see 401 / -b "$WORLD/cookies"
  # The key itself goes on to do, too.
  see 200 / -H "Authorization: Bearer $writing"
  # Another site's link: the cookie comes with the page's own step only.
  see 401 / -H 'Sec-Fetch-Site: cross-site'
  shows 'http-equiv="refresh" content="0; url=./"'
  see 401 / -H 'Sec-Fetch-Site: same-origin'
  hides 'http-equiv="refresh"'
  stop_daemon
}

@test "a page that was made for somebody is given again, for as long as it is true, to who may see it" {
  registered server app
  serve --log-level info
  see 200 /
  local first fields key number
  first=$ANSWER
  fields=$(grep -v '^Date: ' <<<"$HEADERS" | sort)
  see 200 /
  equal "$ANSWER" "$first"
  equal "$(grep -v '^Date: ' <<<"$HEADERS" | sort)" "$fields"
  LC_ALL=C.UTF-8 date -d "$(header Date)" '+%a, %d %b %Y %H:%M:%S GMT' -u >"$WORLD/date"
  equal "$(header Date)" "$(cat "$WORLD/date")"
  [ $(($(date +%s) - $(date -d "$(header Date)" +%s))) -lt 300 ]
  see 304 / -H "If-None-Match: $(header ETag)"
  # On one connection, with what has to be made between them, in the order in which they were asked for.
  local get='GET / HTTP/1.1\r\nHost: localhost\r\n' other='GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n'
  python3 "$SUPPORT/raw_http.py" "$PORT" "$get\r\n$get\r\n$other$get\r\n$get""Connection: close\r\n\r\n" >"$WORLD/several"
  equal "$(grep -a -o -E 'HTTP/1.1 200 OK|<!DOCTYPE html>|"message"|</html>' "$WORLD/several" | tr '\n' ' ')" \
    "$(for kind in page page health page page; do
      printf 'HTTP/1.1 200 OK %s' "$([ "$kind" = page ] && printf '<!DOCTYPE html> </html> ' || printf '"message" ')"
    done)"
  # A body that comes with it, a proxy's older HTTP, and another name of the server are what they are for any page.
  python3 "$SUPPORT/raw_http.py" "$PORT" "${get}Content-Length: 3\r\n\r\nabc${get}Connection: close\r\n\r\n" >"$WORLD/several"
  equal "$(grep -a -c '^HTTP/1.1 200 OK' "$WORLD/several")" 2
  python3 "$SUPPORT/raw_http.py" "$PORT" 'GET / HTTP/1.0\r\n\r\n' >"$WORLD/several"
  equal "$(grep -a -c -i '^Connection: close' "$WORLD/several")" 1
  see 421 / -H 'Host: registry.example.org'
  request / -I
  equal "$CODE" 200
  equal "$(tr -d '\r' <<<"$ANSWER")" "$HEADERS"
  # What becomes another registry becomes another page at once.
  number=$(curl -sS "$DAEMON_URL/api/projects" | jq '.[0].id')
  ask 200 "/api/projects/$number" -X PATCH -H 'Content-Type: application/json' -d '{"name":"renamed"}'
  see 200 /
  shows renamed
  see 200 /
  shows renamed
  # And once there is a key, there is nothing without it.
  key=$(key add laptop)
  see 401 /
  signed_in "$key"
  for _ in 1 2; do
    see 200 / -b "$WORLD/cookies"
    shows renamed 'Sign out'
  done
  see 401 /
  see 401 / -H "Authorization: Bearer ${key}0" -b "$WORLD/cookies"
  key revoke laptop
  see 401 / -b "$WORLD/cookies"
  stop_daemon
  equal "$(grep -c '"GET /" 200 ' "$DAEMON_LOG")" 13
}

@test "who takes a page slowly gets all of it from a server that is ending" {
  [ -r /proc/net/tcp ] || skip "the system does not show what it has taken"
  serve
  local records
  records=$(jq -cn '{projects: [range(300) | {name: "project-\(.)", description: ("of a long description " * 20), remote_url: "https://h/o/\(.)"}]}')
  call POST /projects/import "$records"
  answers 201
  see 200 /
  python3 - "$PORT" "$DAEMON" "$(stat -c %s "$ANSWER_FILE")" 3>&- <<'END'
import os
import re
import signal
import socket
import sys
import time

port, process, size = (int(word) for word in sys.argv[1:])


def taken(connection):
    """The bytes that the system has taken from the server for a client that reads none, by proc_pid_net(5)."""
    ours, theirs = (f":{number:04X}" for number in (port, connection.getsockname()[1]))
    with open("/proc/net/tcp", encoding="ascii") as table:
        for words in map(str.split, table):
            if words[1].endswith(ours) and words[2].endswith(theirs):
                return int(words[4].split(":")[0], 16)
    return 0


def asked(path):
    """A client that asks for a path until the system takes no more of the answers, and how many it has asked for."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    for count in range(1, 1000):
        before = taken(connection)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline and taken(connection) < before + size // 2:
            time.sleep(0.002)
        if count > 1 and taken(connection) < before + size // 2:
            return connection, count
    raise AssertionError("the system takes everything")


# The one gets what was made already, the other what is read anew each time.
slow = [asked("/"), asked("/api/projects")]
os.kill(process, signal.SIGTERM)
time.sleep(0.3)
for connection, count in slow:
    got = b""
    while part := connection.recv(1 << 16):
        got += part
        time.sleep(0.001)
    answers = re.split(rb"(?=HTTP/1\.1 200 OK\r\n)", got)[1:]
    assert len(answers) == count, (len(answers), count)
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert len(body) == int(re.search(rb"Content-Length: (\d+)", head).group(1)), (head, len(body))
END
  wait "$DAEMON"
}

@test "the server ends a session after its time, and a link, whatever a browser keeps" {
  local secret cookie
  registered server app
  secret=$(key add laptop)
  serve DEV_INFRA_TEST_DAEMON_LIMITS=session-time=2
  signed_in "$secret"
  grep -q -E '^Set-Cookie: dev-infra-[0-9]+=[0-9a-f]{64}; Path=/; Max-Age=2; ' <<<"$HEADERS" || explain "$HEADERS" || return
  # The cookie itself, which curl would drop in time as well.
  cookie=$(sed -n 's/^Set-Cookie: \([^;]*\);.*/\1/p' <<<"$HEADERS")
  see 200 / -H "Cookie: $cookie"
  eventually see 401 / -H "Cookie: $cookie"
  shows '<h1>Sign in</h1>'
  hides '<bdi>app</bdi>'
  # The key still is one.
  see 200 / -H "Authorization: Bearer $secret"
  stop_daemon
  open_web --no-browser DEV_INFRA_TEST_DAEMON_LIMITS=link-time=600
  see 200 "$LINK"
  stop_daemon
  open_web --no-browser DEV_INFRA_TEST_DAEMON_LIMITS=link-time=0.5
  sleep 0.6
  see 410 "$LINK"
  shows 'only for a few minutes'
  lacks "$HEADERS" 'Set-Cookie'
  see 401 /
  stop_daemon
}

@test "over TLS a browser's cookie is for this host and for TLS alone" {
  local secret
  registered server app
  secret=$(key add laptop)
  certificate one
  serve --tls-certificate "$WORLD/one.pem" --tls-key "$WORLD/one.key"
  export CURL_CA_BUNDLE=$WORLD/one.pem
  signed_in "$secret"
  grep -q -E '^Set-Cookie: __Host-dev-infra-[0-9]+=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$' <<<"$HEADERS" ||
    explain "$HEADERS" || return
  see 200 / -b "$WORLD/cookies"
  shows '<bdi>app</bdi>' 'Sign out'
  # The same digits under the name that a server without TLS gives open nothing here.
  sed 's/__Host-//' "$WORLD/cookies" >"$WORLD/others"
  see 401 / -b "$WORLD/others"
  form "/projects/$(id_of server app)/edit" -b "$WORLD/cookies"
  see 303 "/projects/$(id_of server app)/edit" -b "$WORLD/cookies" "${FIELDS[@]}" -d description=Tides
  see 200 /sign-out -b "$WORLD/cookies"
  see 303 /sign-out -b "$WORLD/cookies" --data-urlencode "token=$(hidden_field token)"
  see 401 / -b "$WORLD/cookies"
  stop_daemon
}

@test "a key without paths opens the pages, without paths, and nothing else" {
  local secret path
  registered server app
  project server src/local
  succeeds on server dev-infra register --quiet src/local
  secret=$(key add --no-paths wall)
  key list | grep -q $'^wall\tno-paths\t'
  run -129 --separate-stderr key add --no-paths --read-only other
  serve
  for path in / /machines /activity /pictures "/projects/$(id_of server app)" "/projects/$(id_of server local)"; do
    see 200 "$path" -H "Authorization: Bearer $secret"
    hides "$WORLD" /src/
  done
  ask 403 /api/projects -H "Authorization: Bearer $secret"
  ask 403 '/registry.git/info/refs?service=git-upload-pack' -H "Authorization: Bearer $secret"
  see 403 "/projects/$(id_of server app)/edit" -H "Authorization: Bearer $secret"
  see 403 "/projects/$(id_of server app)/edit" -H "Authorization: Bearer $secret" -d name=other
  # A project whose remote is a path: neither in its identity, nor to be guessed by what is found.
  git init -q --bare "$WORLD/server/hidden-place.git"
  git -C "$WORLD/server/src/local" remote add origin "$WORLD/server/hidden-place.git"
  project server src/other
  git -C "$WORLD/server/src/other" remote add origin "$WORLD/server/hidden-place.git"
  commit_in "$WORLD/server/src/other" other
  succeeds on server dev-infra register --quiet src/other src/local
  for path in "/projects/$(id_of server local)" '/?q=hidden-place'; do
    see 200 "$path" -H "Authorization: Bearer $secret"
    hides "$WORLD" 'hidden-place.git'
  done
  hides '<bdi>local</bdi>' '<bdi>other</bdi>'
  signed_in "$secret"
  see 200 "/projects/$(id_of server app)" -b "$WORLD/cookies"
  hides "$WORLD" /edit
  stop_daemon
}

@test "what two machines changed at once is counted, and the value that gave way is shown" {
  bare_remote registry
  joined laptop desk
  registered laptop app lib
  succeeds on laptop dev-infra sync
  succeeds on desk dev-infra sync
  succeeds on laptop dev-infra set app description=first
  succeeds on desk dev-infra set app description=second
  succeeds on desk dev-infra set lib description=alone
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  serve --registry "$(registry_of desk)"
  see 200 '/?only=conflicts'
  shows '>1 of 2 projects<' '<bdi>app</bdi>'
  see 200 "/projects/$(id_of desk app)"
  shows '<bdi>first</bdi> gave way'
  see 200 "/projects/$(id_of desk lib)"
  hides 'gave way'
  stop_daemon
}

@test "what was changed knowing both sides did not give way, where these have several merge bases" {
  local name
  bare_remote backup
  bare_remote registry
  joined laptop desk
  for name in laptop desk; do succeeds on "$name" dev-infra remote add backup "$WORLD/forge/backup.git"; done
  registered laptop app lib
  succeeds on laptop dev-infra sync
  succeeds on desk dev-infra sync
  crossed laptop desk
  for name in app lib; do succeeds on desk dev-infra set "$name" description=two; done
  for name in app lib; do succeeds on laptop dev-infra set "$name" status=paused; done
  succeeds on desk dev-infra push backup
  succeeds on laptop dev-infra pull backup
  serve --registry "$(registry_of laptop)"
  see 200 '/?only=conflicts'
  shows '>0 of 2 projects<'
  for name in app lib; do
    see 200 "/projects/$(id_of laptop "$name")"
    shows '<bdi>two</bdi>'
    hides 'gave way'
  done
  stop_daemon
}

@test "wrong keys are counted at the form as well" {
  key add laptop >/dev/null
  serve DEV_INFRA_TEST_DAEMON_LIMITS=wrong-keys=3
  for _ in 1 2 3; do see 401 /sign-in -d key=wrong; done
  see 429 /sign-in -d key=wrong
  stop_daemon
}

@test "dev-infra web opens by a link that works once, and another account gets nothing" {
  registered server app
  open_web --no-browser
  see 401 /
  ask 401 /api/projects
  see 401 "/projects/$(id_of server app)/edit" -d name=other
  see 410 /open/di_0000000000000000000000000000000000000000000000000000000000000000
  # A look ahead does not use it up.
  see 410 "$LINK" -I
  see 200 "$LINK" -c "$WORLD/cookies"
  shows 'http-equiv="refresh" content="0; url=../"'
  see 200 / -b "$WORLD/cookies"
  shows '<bdi>app</bdi>'
  see 410 "$LINK"
  shows 'This link has been used'
  # As another user of this computer, who can make one.
  if [ "$(id -u)" -eq 0 ]; then
    local other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    equal "$("${other[@]}" curl -sS -m 10 -o /dev/null -w '%{http_code}' "$DAEMON_URL/")" 401
    run "${other[@]}" cat "$SERVERS/web.out" "$WORLD/server/.dev-infra/daemon/keys"
    [ "$status" -ne 0 ]
  fi
  # No key was made, and a daemon without keys is as open as before.
  [ ! -e server/.dev-infra/daemon/keys ]
  stop_daemon
  serve
  see 200 /
  stop_daemon
}

@test "the browser gets the link by a file for its user's eyes" {
  cat >browser <<'END'
#!/bin/sh
stat -c %a "$2" >"$HOME/mode"
cp "$2" "$HOME/page"
printf '%s\n' "$1 $3" >"$HOME/words"
END
  chmod +x browser
  open_web --browser "$WORLD/browser -x %s -y"
  await_file server/words
  equal "$(cat server/mode)" 600
  equal "$(cat server/words)" '-x -y'
  grep -q -F "url=$DAEMON_URL$LINK\"" server/page
  stop_daemon
  equal "$(find server/.dev-infra/daemon -name 'dev-infra-web-*')" ''
  open_web --browser "$WORLD/nothing-there"
  eventually grep -q 'warning: opening a browser failed' "$SERVERS/web.err"
  stop_daemon
}

@test "the browser of web is the one that open takes: git's setting, else the first of BROWSER that there is" {
  cat >browser <<'END'
#!/bin/sh
printf '%s\n' "$1" >>"$HOME/opened"
END
  chmod +x browser
  open_web BROWSER="$WORLD/nothing-there:$WORLD/browser --new-window=%s"
  await_file server/opened
  holds "$(cat server/opened)" "--new-window=$WORLD/server/.dev-infra/daemon/dev-infra-web-"
  stop_daemon
  rm server/opened
  on server git config --global web.browser mine
  on server git config --global browser.mine.cmd "$WORLD/browser"
  open_web BROWSER="$WORLD/nothing-there"
  await_file server/opened
  holds "$(cat server/opened)" "$WORLD/server/.dev-infra/daemon/dev-infra-web-"
  stop_daemon
  # Nobody has named one, and there is no desktop.
  rm server/opened
  on server git config --global --unset web.browser
  open_web
  stop_daemon
  [ ! -e server/opened ]
}

@test "dev-infra web says what is wrong" {
  run -128 --separate-stderr on server env DEV_INFRA_DIR="$WORLD/none" dev-infra web -n
  holds "$stderr" "$WORLD/none"
  run -129 --separate-stderr on server dev-infra web --port 65536
  run -129 --separate-stderr on server dev-infra web -n --browser x
  run -129 --separate-stderr on server dev-infra web extra
  serve
  run -128 --separate-stderr on server dev-infra web -n
  holds "$stderr" 'is served by another dev-infra daemon'
  machine other
  succeeds on other dev-infra init
  run -128 --separate-stderr on other dev-infra web -n --port "$PORT"
  holds "$stderr" "listening on 127.0.0.1:$PORT failed"
  stop_daemon
}

# ---------------------------------------------------------------- changing

@test "fields are changed by a form, in the registry and in the project's own file" {
  local id
  registered server app
  id=$(id_of server app)
  printf 'name: app\nstatus: active # for now\n' >server/src/app/.dev-infra.yml
  succeeds on server dev-infra refresh
  serve
  form "/projects/$id/edit"
  see 303 "/projects/$id/edit" "${FIELDS[@]}" -d name=app -d status=paused --data-urlencode $'description=one\r\ntwo & <three>' \
    -d 'tags=b, a' -d template= -d version= -d classification=primary -d project_type=Work -d organization= -d homepage=
  grep -q -x "Location: ../../projects/$id?saved=1" <<<"$HEADERS"
  see 200 "/projects/$id?saved=1"
  shows 'Saved.' 'two &amp; &lt;three&gt;'
  equal "$(on server dev-infra-cat-project app | jq -c '[.status, .description, .tags, .classification, .project_type]')" \
    '["paused","one\ntwo & <three>",["a","b"],"primary","Work"]'
  equal "$(cat server/src/app/.dev-infra.yml)" $'name: app\nstatus: paused # for now'
  # What cannot be is said beside the field, and nothing is saved.
  form "/projects/$id/edit"
  see 422 "/projects/$id/edit" "${FIELDS[@]}" -d name= -d status=wrong -d homepage=javascript:alert -d 'tags=a,b'
  shows 'role="alert"' 'f-name-problem' 'f-status-problem' 'f-homepage-problem' 'value="javascript:alert"'
  equal "$(on server dev-infra-cat-project app | jq -r .status)" paused
  # Without its token a form is nobody's.
  see 403 "/projects/$id/edit" -d name=other
  see 403 "/projects/$id/edit" "${FIELDS[@]}" -d name=other -H 'Origin: https://example.org'
  see 403 "/projects/$id/edit" "${FIELDS[@]}" -d name=other -H 'Origin: null'
  see 303 "/projects/$id/edit" "${FIELDS[@]}" -d name=app -H "Origin: $DAEMON_URL"
  see 415 "/projects/$id/edit" -H 'Content-Type: application/json' -d '{}'
  sound server
  stop_daemon
}

@test "of two who change one field the second sees both values, and of two fields both are kept" {
  local id first
  registered server app
  id=$(id_of server app)
  serve
  form "/projects/$id/edit"
  first=("${FIELDS[@]}")
  see 303 "/projects/$id/edit" "${first[@]}" -d name=app -d description=theirs
  see 303 "/projects/$id/edit" "${first[@]}" -d name=app -d description= -d organization=ours
  equal "$(on server dev-infra-cat-project app | jq -c '[.description, .organization]')" '["theirs","ours"]'
  see 409 "/projects/$id/edit" "${first[@]}" -d name=app -d description=mine
  shows 'Now there: <bdi>theirs</bdi>' 'role="alert"'
  grep -q '^mine</textarea>' <<<"$ANSWER"
  equal "$(on server dev-infra-cat-project app | jq -r .description)" theirs
  # The page's own form puts it in place.
  see 303 "/projects/$id/edit" --data-urlencode "token=$(hidden_field token)" --data-urlencode "if-match=$(hidden_field if-match)" \
    --data-urlencode "was-description=$(hidden_field was-description)" -d description=mine
  equal "$(on server dev-infra-cat-project app | jq -r .description)" mine
  succeeds on server dev-infra rm app
  see 404 "/projects/$id/edit" "${first[@]}" -d name=app -d description=late
  stop_daemon
}

# ---------------------------------------------------------------- behind a proxy

# proxied PREFIX…: nginx before the daemon, which is below each of these paths there; sets FRONT.
proxied() {
  local prefix directory=$WORLD/nginx
  mkdir -p "$directory"
  FRONT=http://127.0.0.1:$(python3 "$SUPPORT/free_port.py")
  {
    printf 'pid %s/pid; error_log %s/log; events {}\nhttp {\n  access_log off;\n' "$directory" "$directory"
    for prefix in client_body proxy fastcgi uwsgi scgi; do printf '  %s_temp_path %s/%s;\n' "$prefix" "$directory" "$prefix"; done
    printf '  server {\n    listen %s;\n' "${FRONT#http://}"
    for prefix; do
      # shellcheck disable=SC2016 # a variable of nginx's
      printf '    location %s { proxy_pass %s/; proxy_set_header Host $http_host; }\n' "$prefix" "$DAEMON_URL"
    done
    printf '  }\n}\n'
  } >"$directory/conf"
  start_server nginx -g 'daemon off;' -c "$directory/conf"
  await_file "$directory/pid" || explain "nginx: $(cat "$SERVERS"/log.* "$directory/log")"
}

# leads URL: whatever the last answer, which is the page there, links to, loads or sends forms to is there as well.
leads() {
  local link answer
  while read -r link; do
    answer=$(curl -sS --max-time 20 -b "$WORLD/cookies" -H 'Accept: text/html' -o "$WORLD/ignored" -w '%{http_code}' "$link") || return
    [ "$answer" = 200 ] || explain "$1 leads to $link: $answer" || return
  done < <(python3 -c '
import html, re, sys, urllib.parse
base = sys.argv[1]
for link in set(re.findall(r"(?:href|src|action|url)=\"?([^\">]+)\"", sys.stdin.read())):
    if link.startswith("#"):
        continue
    link = urllib.parse.urljoin(base, html.unescape(link))
    if link.startswith(sys.argv[2]):
        print(link.partition("#")[0])
' "$1" "$FRONT" <<<"$ANSWER")
}

@test "below any path of a proxy pages lead to each other, forms are taken, and machines push and pull" {
  command -v nginx >/dev/null || skip 'nginx is not here'
  local prefix path id secret
  registered server app lib
  succeeds on server dev-infra set app tags=go
  id=$(id_of server app)
  secret=$(key add writer)
  serve
  proxied /dev-infra/ /tools/of/mine/ /
  for prefix in /dev-infra /tools/of/mine ''; do
    DAEMON_URL=$FRONT$prefix
    rm -f "$WORLD/cookies"
    # Nobody who has not signed in sees more than the form, wherever they wanted to go; it leads there.
    see 401 "/projects/$id/edit"
    shows '<h1>Sign in</h1>' 'action="../../sign-in"' 'href="../../web/style.css"'
    curl -sS -L --max-time 20 -c "$WORLD/cookies" -b "$WORLD/cookies" -H 'Accept: text/html' -H "Origin: $FRONT" -o "$ANSWER_FILE" \
      --data-urlencode "key=$secret" --data-urlencode "next=$(hidden_field next)" "$DAEMON_URL/sign-in" -w '%{url_effective}' >"$WORLD/at"
    equal "$(cat "$WORLD/at")" "$DAEMON_URL/projects/$id/edit" || return
    for path in / '/?tag=go' /machines /activity /pictures "/projects/$id" "/projects/$id/edit" /sign-out; do
      see 200 "$path" -b "$WORLD/cookies"
      leads "$DAEMON_URL$path" || return
    done
    for path in /nothing /no/thing/there; do
      see 404 "$path" -b "$WORLD/cookies"
      leads "$DAEMON_URL$path" || return
    done
    form "/projects/$id/edit" -b "$WORLD/cookies"
    curl -sS -L --max-time 20 -b "$WORLD/cookies" -H 'Accept: text/html' -H "Origin: $FRONT" -o "$ANSWER_FILE" "${FIELDS[@]}" \
      --data-urlencode "description=below '$prefix'" "$DAEMON_URL/projects/$id/edit" -w '%{url_effective}' >"$WORLD/at"
    equal "$(cat "$WORLD/at")" "$DAEMON_URL/projects/$id?saved=1" || return
    ANSWER=$(<"$ANSWER_FILE")
    shows 'Saved.' "below &#39;$prefix&#39;"
    # Programs are served there, too.
    machine "laptop${prefix//\//-}"
    succeeds on "laptop${prefix//\//-}" env "DEV_INFRA_API_KEY=$secret" dev-infra init "work-prod::$DAEMON_URL"
    equal "$(on "laptop${prefix//\//-}" dev-infra ls-projects --all --format='%(description)' app)" "below '$prefix'" || return
    on "laptop${prefix//\//-}" dev-infra set lib "description=by $prefix"
    succeeds on "laptop${prefix//\//-}" env "DEV_INFRA_API_KEY=$secret" dev-infra push
    equal "$(on server dev-infra ls-projects --format='%(description)' lib)" "by $prefix" || return
    succeeds git -c "http.extraHeader=Authorization: Bearer $secret" ls-remote "$DAEMON_URL/registry.git" refs/heads/main
  done
  stop_daemon
}
