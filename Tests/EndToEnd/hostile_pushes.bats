#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # each test runs on its own; output and stderr are set by bats' run
# What is pushed to a daemon, asked of it by a hash, or given to it twice: refused without a trace, given to nobody, and kept.

load helper
load support/edge

setup() {
  begin_edge
}

teardown() { stop_servers; }

ZERO=0000000000000000000000000000000000000000

# stored: every file below the registry's objects, and what else a push may leave.
stored() { (cd "$(registry_of server)" && find objects daemon -type f ! -name records ! -name lock | sort && git for-each-ref); }

# leaves_nothing TEXT ARGUMENTS…: git push is refused with the text, and nothing of it stays.
leaves_nothing() {
  local before
  before=$(stored)
  push_refused "$@" || return
  equal "$(stored)" "$before" 'what is stored'
}

# raw_push STATUS ARGUMENTS…: sends what raw_push.py makes of them; sets ANSWER.
raw_push() {
  local expected=$1
  shift
  python3 "$SUPPORT/raw_push.py" "$@" >"$WORLD/push" || return
  ask "$expected" /registry.git/git-receive-pack -H 'Content-Type: application/x-git-receive-pack-request' \
    --data-binary "@$WORLD/push"
}

# large FILE [MEGABYTES]: a file that does not compress.
large() { head -c "$((${2:-3} << 20))" /dev/urandom >"$1"; }

# ---------------------------------------------------------------- refused pushes

@test "a push that is refused leaves nothing, whatever it is refused for" {
  serve
  post '{"name":"a"}'
  clone_registry
  cd "$WORLD/clone"
  local entry main
  main=$(git rev-parse HEAD)
  entry=$(git ls-files 'projects/*')
  large readme
  git add readme
  git commit -q -m 'Add a file'
  leaves_nothing 'not a sound registry' origin main
  leaves_nothing 'only main can be pushed' origin HEAD:refs/heads/other
  leaves_nothing 'only main can be pushed' origin HEAD:refs/tags/v1 HEAD:refs/heads/main
  leaves_nothing 'only main can be pushed' origin HEAD:refs/dev-infra/state/x HEAD:refs/notes/x
  local refs=() number
  for number in {1..50}; do refs+=("HEAD:refs/heads/b$number"); done
  leaves_nothing 'only main can be pushed' origin "${refs[@]}"
  git checkout -q --orphan alone
  git commit -q -m 'Begin anew'
  leaves_nothing 'non-fast-forward' --force origin alone:main
  git checkout -q -f main
  git reset -q --hard "$main"
  printf '{}\n' >"$entry"
  git commit -q -a -m 'Break it'
  leaves_nothing 'not a sound registry' origin main
  git reset -q --hard "$main"
  large "machines/$ZERO"
  git add machines
  git commit -q -m 'Not a machine'
  leaves_nothing 'not a sound registry' origin main
  leaves_nothing 'main cannot be removed' origin :refs/heads/main
  # More than a hundred objects come as a pack.
  for number in {1..150}; do printf '%s\n' "$number" >"file$number"; done
  git add .
  git commit -q -m 'Many files'
  leaves_nothing 'not a sound registry' origin main
  ask 200 /api/projects
  equal "$(jq -r '.[].name' <<<"$ANSWER")" a
  stop_daemon
  sound server
}

@test "a push that lost a race leaves nothing, and is told in the words that clients take for one" {
  serve
  post '{"name":"a"}'
  clone_registry
  cd "$WORLD/clone"
  local old new before
  old=$(git rev-parse HEAD)
  git commit -q --allow-empty -m 'Mine'
  new=$(git rev-parse HEAD)
  git pack-objects -q --revs --stdout <<<"$new"$'\n'"^$old" >"$WORLD/pack"
  post '{"name":"b"}'
  before=$(stored)
  raw_push 200 --update "$old" "$new" refs/heads/main --pack "$WORLD/pack"
  holds "$ANSWER" 'ng refs/heads/main pre-receive hook declined'
  equal "$(stored)" "$before"
  raw_push 200 --update "$ZERO" "$new" refs/heads/main --pack "$WORLD/pack"
  holds "$ANSWER" 'ng refs/heads/main'
  equal "$(stored)" "$before"
  # What changes nothing brings nothing.
  raw_push 200 --update "$(main_of server)" "$(main_of server)" refs/heads/main --zeros blob 100000
  holds "$ANSWER" 'ng refs/heads/main pre-receive hook declined'
  equal "$(stored)" "$before"
  # Two machines that push at once both get through.
  local name
  for name in laptop desktop tablet; do
    machine "$name"
    project "$name" "src/$name" "https://example.org/$name.git"
    succeeds on "$name" dev-infra init
    succeeds on "$name" dev-infra register "src/$name"
    succeeds on "$name" dev-infra remote add origin "$DAEMON_URL/registry.git"
  done
  for name in laptop desktop tablet; do (on "$name" dev-infra push >"$WORLD/$name.out" 2>&1 3>&-) & done
  wait %2 %3 %4 || { cat "$WORLD"/*.out >&2; return 1; }
  ask 200 /api/projects
  equal "$(jq length <<<"$ANSWER")" 5
}

@test "a push has a bound, which the refusal names" {
  serve --max-push 2m
  post '{"name":"a"}'
  clone_registry
  cd "$WORLD/clone"
  local number
  large readme
  git add readme
  git commit -q -m 'Add a file'
  leaves_nothing 'pack exceeds maximum allowed size (2.00 MiB)' origin main
  # One that git sends in one piece, and one of many objects.
  git config http.postBuffer 20000000
  leaves_nothing 'pack exceeds maximum allowed size (2.00 MiB)' origin main
  for ((number = 0; number < 150; number++)); do
    head -c 20000 /dev/urandom >"file$number"
  done
  git add .
  git commit -q -m 'Many files'
  leaves_nothing 'pack exceeds maximum allowed size (2.00 MiB)' origin main
  # Far beyond it nothing is read any more.
  large "$WORLD/far" 70
  ask 413 /registry.git/git-receive-pack -H 'Content-Type: application/x-git-receive-pack-request' --data-binary "@$WORLD/far"
  local size
  for size in 0 -1 x 1t 99999999999999999999 ''; do
    runs 129 on server dev-infra daemon --max-push "$size"
  done
}

# holds_only WHAT: the registry has these objects and refs, and no others.
holds_only() { equal "$(stored)" "$1"; }

@test "a push that dies half-way leaves nothing" {
  serve
  post '{"name":"a"}'
  clone_registry
  cd "$WORLD/clone"
  local old new before size header
  old=$(git rev-parse HEAD)
  large readme 2
  git add readme
  git commit -q -m 'Add a file'
  new=$(git rev-parse HEAD)
  git pack-objects -q --revs --stdout <<<"$new"$'\n'"^$old" >"$WORLD/pack"
  python3 "$SUPPORT/raw_push.py" --update "$old" "$new" refs/heads/main --pack "$WORLD/pack" >"$WORLD/push"
  size=$(stat -c %s "$WORLD/push")
  before=$(stored)
  header='POST /registry.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-git-receive-pack-request\r\n'
  # The head alone, half of it, and all of it, by clients that go then.
  local part
  for part in 10 $((size / 2)) "$size"; do
    python3 - "$PORT" "$part" "$size" "$WORLD/push" "$header" <<'END'
import socket, sys
port, part, size, path, header = sys.argv[1:]
with socket.create_connection(("127.0.0.1", int(port))) as connection:
    head = header.encode().decode("unicode_escape") + f"Content-Length: {size}\r\n\r\n"
    connection.sendall(head.encode() + open(path, "rb").read()[: int(part)])
END
  done
  # A pack that ends too early in a request that is whole.
  head -c "$((size / 2))" "$WORLD/push" >"$WORLD/half"
  ask 200 /registry.git/git-receive-pack -H 'Content-Type: application/x-git-receive-pack-request' --data-binary "@$WORLD/half" 2>/dev/null
  # A request whose client has gone may still wait for its turn.
  eventually holds_only "$before"
  eventually no_children
  alive
}

@test "objects that unpack to more than any entry are refused by git, in little memory" {
  serve
  post '{"name":"a"}'
  local old before kind
  old=$(main_of server)
  before=$(stored)
  for kind in commit tree blob; do
    raw_push 200 --update "$old" "${ZERO//0/1}" refs/heads/main --zeros "$kind" 100000000
    holds "$ANSWER" 'ng refs/heads/main' "$kind"
    case $kind in blob) ;; *) grep -q -a 'over limit\|Out of memory' "$ANSWER_FILE" "$DAEMON_LOG" ;; esac
    equal "$(stored)" "$before" "$kind"
  done
  alive
  modest
}

# ---------------------------------------------------------------- what is not shown

@test "an object that no branch shows is given to nobody, by whatever protocol it is asked for" {
  serve
  post '{"name":"a"}'
  local reading secret hidden blob tree old removed version
  old=$(main_of server)
  removed=$(registry_git server rev-parse "$old:$(file_of server a)")
  secret=$(registry_git server hash-object -w --stdin <<<'a secret')
  tree=$(printf '100644 blob %s\tfile\n' "$secret" | registry_git server mktree)
  hidden=$(registry_git server commit-tree -m 'Hidden' "$tree")
  registry_git server update-ref refs/heads/private "$hidden"
  registry_git server update-ref refs/remotes/origin/main "$hidden"
  registry_git server update-ref refs/dev-infra/state/x "$hidden"
  registry_git server tag -a -m 'Hidden' hidden "$hidden"
  ask 204 /api/projects/1 -X DELETE
  post '{"name":"b"}'
  reading=$(key add --read-only reader)
  git init -q "$WORLD/thief"
  cd "$WORLD/thief"
  local url=${DAEMON_URL/:\/\//:\/\/x:$reading@}/registry.git
  for version in 0 1 2; do
    for blob in "$hidden" "$tree" "$secret" "$removed" "$(registry_git server rev-parse hidden)" "$(registry_git server rev-parse 'main^{tree}')"; do
      run git -c protocol.version=$version fetch -q "$url" "$blob"
      [ "$status" -ne 0 ] || explain "version $version gave $blob" || return
      run git cat-file -e "$blob"
      [ "$status" -ne 0 ] || explain "version $version brought $blob" || return
    done
    run git -c protocol.version=$version fetch -q "$url" refs/heads/private
    [ "$status" -ne 0 ]
  done
  # Without a client that minds what the server shows.
  local auth=(-H "Authorization: Bearer $reading" -H 'Content-Type: application/x-git-upload-pack-request')
  for blob in "$hidden" "$secret" "$removed" "${hidden^^}"; do
    printf '0032want %s\n00000009done\n' "$blob" >"$WORLD/want"
    ask 200 /registry.git/git-upload-pack "${auth[@]}" --data-binary "@$WORLD/want"
    holds "$ANSWER" 'not our ref'
    printf '0032want %s\n0032want %s\n00000009done\n' "$(main_of server)" "$blob" >"$WORLD/want"
    ask 200 /registry.git/git-upload-pack "${auth[@]}" --data-binary "@$WORLD/want"
    holds "$ANSWER" 'not our ref'
    printf '0011command=fetch0001000fno-progress0032want %s\n0009done\n0000' "$blob" >"$WORLD/want"
    ask 200 /registry.git/git-upload-pack "${auth[@]}" -H 'Git-Protocol: version=2' --data-binary "@$WORLD/want"
    holds "$ANSWER" 'not our ref'
  done
  ask 410 "/api/projects?since=$hidden" -H "Authorization: Bearer $reading"
  # What main was a moment ago may be asked for: the client has just been told.
  git fetch -q "$url" main
  printf '0032want %s\n00000009done\n' "$old" >"$WORLD/want"
  ask 200 /registry.git/git-upload-pack "${auth[@]}" --data-binary "@$WORLD/want" 2>/dev/null
  grep -q -a PACK "$ANSWER_FILE"
  run git -c protocol.version=2 clone -q --filter=blob:none "$url" "$WORLD/partial"
  git clone -q --depth 1 "$url" "$WORLD/shallow"
  git -C "$WORLD/shallow" fetch -q --unshallow
}

# ---------------------------------------------------------------- one URL, two records

# distinct COUNT: there are so many records, each with an id of its own, and the registry is sound.
distinct() {
  ask 200 /api/projects
  equal "$(jq length <<<"$ANSWER")" "$1" records || return
  equal "$(jq '[.[].metadata.id] | unique | length' <<<"$ANSWER")" "$1" ids || return
  run -0 on server dev-infra verify
}

@test "records with one URL stay what they are, on every machine, and the older one is that of the checkouts" {
  serve
  local url=https://example.org/team/app.git name names='first,fourth,other,second,third'
  post "{\"name\":\"first\",\"remote_url\":\"$url\"}"
  post "{\"name\":\"second\",\"remote_url\":\"$url\"}"
  distinct 2
  # URLs that are one when they are normalised, by an import, and by a change.
  post '{"name":"third","remote_url":"git@example.org:team/app"}'
  ask 201 /api/projects/import -H 'Content-Type: application/json' \
    -d "{\"projects\":[{\"name\":\"skipped\",\"remote_url\":\"$url\"},{\"name\":\"fourth\",\"remote_url\":\"ssh://git@example.org/team/app.git\"}]}"
  equal "$(jq -c '[.imported, .skipped]' <<<"$ANSWER")" '[1,1]'
  post '{"name":"other","path":"/srv/other"}'
  ask 200 /api/projects/5 -X PATCH -H 'Content-Type: application/json' -d "{\"remote_url\":\"$url\"}"
  ask 409 /api/projects -H 'Content-Type: application/json' -d "{\"name\":\"sixth\",\"path\":\"/srv/other\",\"remote_url\":\"$url\"}"
  distinct 5
  local before
  before=$(jq -c '[.[] | [.id, .name, .metadata.id]]' <<<"$ANSWER")
  machine laptop
  machine desktop
  project laptop src/app "$url"
  for name in laptop desktop; do
    succeeds on "$name" dev-infra init
    succeeds on "$name" dev-infra remote add origin "$DAEMON_URL/registry.git"
  done
  succeeds on laptop dev-infra register src/app
  for name in laptop desktop laptop desktop; do
    succeeds on "$name" dev-infra pull
    succeeds on "$name" dev-infra push
  done
  distinct 5
  equal "$(jq -c '[.[] | [.id, (.name | sub("^app$"; "first")), .metadata.id]]' <<<"$ANSWER")" "$before"
  equal "$(jq -r '.[] | select(.metadata.checkouts != {}).id' <<<"$ANSWER")" 1
  equal "$(on desktop dev-infra-ls-projects --all --format '%(name)' | sed 's/^app$/first/' | sort | paste -s -d ,)" "$names"
  stop_daemon
  sound server laptop desktop
}

@test "a record keeps its own id when its URL becomes another's, and gives it up with it" {
  serve
  post '{"name":"a","remote_url":"https://example.org/a.git"}'
  post '{"name":"b","remote_url":"https://example.org/b.git"}'
  local json='Content-Type: application/json' ids
  ask 200 /api/projects
  ids=$(jq -c '[.[].metadata.id]' <<<"$ANSWER")
  ask 200 /api/projects/2 -X PATCH -H "$json" -d '{"remote_url":"https://example.org/a.git"}'
  distinct 2
  equal "$(jq -c '[.[].metadata.id]' <<<"$ANSWER")" "$ids"
  ask 200 /api/projects/2 -X PATCH -H "$json" -d '{"description":"still"}'
  distinct 2
  ask 200 /api/projects/2 -X PATCH -H "$json" -d '{"remote_url":"https://example.org/b.git"}'
  distinct 2
  equal "$(jq -c '.[1].metadata.project.distinct' <<<"$ANSWER")" null
  ask 204 /api/projects/1 -X DELETE
  post '{"name":"a again","remote_url":"https://example.org/a.git"}'
  distinct 2
  equal "$(jq -r '.[1].metadata.project.identity' <<<"$ANSWER")" 'remote example.org/a'
}
