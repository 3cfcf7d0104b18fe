#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2153,SC2154 # CODE is set by call; output and stderr are set by bats' run
# The daemon, row by row of the contract: as ours (full), and as the deployed service is (plain).

load helper
load support/daemon

# A machine that is somewhere else.
ELSEWHERE='{"00000000000000aa":{"first_seen":"2026-01-01T00:00:00.000Z","id":"00000000000000aa","name":"aa","system":"Linux"}}'

setup() {
  begin
  machine server
}

teardown() { stop_servers; }

# in_both COMMAND…: once against each of the two, each with nothing in it.
in_both() {
  for MODE in full plain; do
    start_mode "$MODE"
    # Not in a condition, where a failure inside would count for nothing.
    "$@"
    stop_daemon
  done
}

# ---------------------------------------------------------------- the contract

@test "health" {
  health() {
    call GET /health
    answers 200 '.status == "ok" and (.message | type) == "string"'
  }
  in_both health
  start_mode full
  call GET /health
  answers 200 '.features == ["metadata", "if-match", "since", "states"]'
  stop_daemon
  start_mode plain
  call GET /health
  answers 200 'has("features") | not'
}

@test "a new record has the contract's defaults, and stands where Location says" {
  creation() {
    call POST /projects '{"name":"app","nobody":"knows this"}'
    answers 201 '.id == 1 and .name == "app" and .status == "active" and .path == null and .organization == null
      and .classification == null and .project_type == null and .description == null and .remote_url == null
      and (has("nobody") | not)' || return
    jq -e '[.created_at, .updated_at] | all(test("^20[0-9-]{8}T[0-9:]{8}$"))' <<<"$ANSWER" || return
    equal "$(header Location)" /api/projects/1 || return
    equal "$(header Content-Type)" application/json || return
    local made=$ANSWER
    call GET /projects/1
    answers 200 || return
    equal "$ANSWER" "$made" || return
    call GET /projects
    answers 200 || return
    equal "$ANSWER" "[$made]"
  }
  in_both creation
}

@test "a new record keeps what it is given" {
  fields='{"name":"a","path":"/srv/a","organization":"acme","classification":"primary","status":"paused",
    "description":"one\ntwo","remote_url":"https://example.org/a.git","project_type":"Work"}'
  keeping() {
    call POST /projects "$fields"
    answers 201 '.path == "/srv/a" and .organization == "acme" and .classification == "primary" and .status == "paused"
      and .description == "one\ntwo" and .remote_url == "https://example.org/a.git"' || return
    case $MODE in
      full) answers 201 '.project_type == "Work"' ;;
      plain) answers 201 '.project_type == null' ;;
    esac
  }
  in_both keeping
}

@test "refused creations have the contract's status and text, and leave nothing" {
  refusals() {
    call POST /projects '{"name":"first","path":"/srv/first"}'
    answers 201 || return
    local before
    call GET /projects
    before=$ANSWER
    call POST /projects '{"path":"/x"}' && refused 400 'Name is required' || return
    call POST /projects '{"name":""}' && refused 400 'Name is required' || return
    call POST /projects '{"name":null}' && refused 400 'Name is required' || return
    call POST /projects '{"name":"x","status":"gone"}' &&
      refused 400 'Invalid status. Must be one of: active, paused, completed, cancelled' || return
    call POST /projects '{"name":"x","classification":"best"}' &&
      refused 400 'Invalid classification. Must be one of: primary, secondary, archive, maintenance' || return
    call POST /projects '{"name":"x","status":null}' && refused 400 'Status cannot be null' || return
    call POST /projects '{"name":"x","path":"/srv/first"}' && refused 409 'Project with this path already exists' || return
    call GET /projects
    equal "$ANSWER" "$before" 'the list after refusals'
  }
  in_both refusals
}

@test "project_type is checked by ours, and no matter to the deployed one" {
  start_mode full
  call POST /projects '{"name":"x","project_type":"Fun"}'
  refused 400 'Invalid project_type. Must be one of: Work, Personal, Learning, Inactive'
  call POST /projects '{"name":"x","project_type":"Work"}'
  call PATCH /projects/1 '{"project_type":null}'
  answers 200 '.project_type == null'
  stop_daemon
  start_mode plain
  call POST /projects '{"name":"x","project_type":"Fun"}'
  answers 201 '.project_type == null'
  call PATCH /projects/1 '{"project_type":"Work"}'
  answers 200 '.project_type == null'
}

@test "a record is found by its number only" {
  numbers() {
    call POST /projects '{"name":"x"}'
    call GET /projects/2 && refused 404 'Project not found' || return
    call GET /projects/99999999999999999999999 && refused 404 'Project not found' || return
    call GET /projects/one && refused 400 'Invalid project ID format' || return
    call GET /projects/1.0 && refused 400 'Invalid project ID format' || return
    call GET /projects/-1 && refused 400 'Invalid project ID format' || return
    call GET /projects/+1 && refused 400 'Invalid project ID format' || return
    call DELETE /projects/-0 && refused 400 'Invalid project ID format' || return
    call PATCH /projects/one '{"name":"y"}' && refused 400 'Invalid project ID format' || return
    call PATCH /projects/2 '{"name":"y"}' && refused 404 'Project not found' || return
    call DELETE /projects/one && refused 400 'Invalid project ID format' || return
    call DELETE /projects/2 && refused 404 'Project not found' || return
    call PUT /projects/one/archive && refused 400 'Invalid project ID format' || return
    call PUT /projects/2/archive && refused 404 'Project not found' || return
    call GET /projects/import && refused 400 'Invalid project ID format'
  }
  in_both numbers
}

@test "a change changes what is given and no more" {
  changes() {
    call POST /projects '{"name":"a","path":"/srv/a","description":"old","organization":"acme"}'
    call POST /projects '{"name":"b","path":"/srv/b"}'
    call PATCH /projects/1 '{"description":"new","nobody":1}'
    answers 200 '.description == "new" and .organization == "acme" and .path == "/srv/a" and .name == "a"' || return
    call PATCH /projects/1 '{"organization":null,"path":null,"classification":"secondary"}'
    answers 200 '.organization == null and .path == null and .classification == "secondary"' || return
    call PATCH /projects/1 '{"classification":null}'
    answers 200 '.classification == null' || return
    local before=$ANSWER
    call PATCH /projects/1 '{}'
    answers 200 || return
    equal "$ANSWER" "$before" 'after an empty change' || return
    call PATCH /projects/1
    equal "$CODE $ANSWER" "200 $before" 'after a change without a body' || return
    call PATCH /projects/1 '{"path":"/srv/b"}' && refused 409 'Project with this path already exists' || return
    call PATCH /projects/1 '{"status":null}' && refused 400 'Status cannot be null' || return
    call PATCH /projects/1 '{"name":null}' && refused 400 'Name is required' || return
    call PATCH /projects/1 '{"name":"other","status":"?"}' &&
      refused 400 'Invalid status. Must be one of: active, paused, completed, cancelled' || return
    call GET /projects/1
    equal "$ANSWER" "$before" 'after refused changes' || return
    call PATCH /projects/2 '{"path":"/srv/b"}'
    answers 200 '.path == "/srv/b"'
  }
  in_both changes
}

@test "an empty name is refused by ours, and taken by the deployed one; lengths are taken by both" {
  long=$(printf 'n%.0s' {1..201})
  start_mode full
  call POST /projects '{"name":"a"}'
  call PATCH /projects/1 '{"name":""}' && refused 400 'Name is required'
  call PATCH /projects/1 "{\"name\":\"$long\",\"organization\":\"$long\",\"path\":\"$long$long$long\"}"
  answers 200 '(.name | length == 201) and (.organization | length == 201) and (.path | length == 603)'
  stop_daemon
  start_mode plain
  call POST /projects '{"name":"a"}'
  call PATCH /projects/1 '{"name":""}'
  answers 200 '.name == ""'
  call PATCH /projects/1 "{\"name\":\"$long\",\"organization\":\"$long\",\"path\":\"$long$long$long\"}"
  answers 200 '(.name | length == 201) and (.organization | length == 201) and (.path | length == 603)'
}

@test "archiving and deleting" {
  ending() {
    call POST /projects '{"name":"a","status":"paused"}'
    call PUT /projects/1/archive
    answers 200 '.classification == "archive" and .status == "completed" and .name == "a"' || return
    call DELETE /projects/1
    answers 204 || return
    equal "$ANSWER" '' 'the body of 204' || return
    call GET /projects/1 && refused 404 'Project not found' || return
    call DELETE /projects/1 && refused 404 'Project not found' || return
    call GET /projects
    equal "$ANSWER" '[]'
  }
  in_both ending
}

@test "a list is filtered by value and by part of name or description" {
  filters() {
    call POST /projects '{"name":"Alpha","status":"active","organization":"acme","classification":"primary"}'
    call POST /projects '{"name":"beta","status":"paused","organization":"Acme","description":"über ALPHABET"}'
    call POST /projects '{"name":"gamma","status":"paused","classification":"primary","description":"50% a_c"}'
    local rows row
    rows=(
      '=1 2 3' 'status=paused=2 3' 'status=paused&classification=primary=3' 'organization=acme=1'
      'search=alpha=1 2' 'search=ALPHA=1 2' 'search=%C3%BCber+alph=2' 'search=50%25=3' 'search=a_c=3' 'search=nothing='
      'status=nonsense=1 2 3' 'classification=nonsense&status=active=1' 'status=&organization=&search==1 2 3' 'color=red=1 2 3'
    )
    for row in "${rows[@]}"; do
      call GET "/projects?${row%=*}"
      answers 200 || return
      equal "$(jq -r '[.[].id] | map(tostring) | join(" ")' <<<"$ANSWER")" "${row##*=}" "the filter ${row%=*}" || return
    done
    call GET '/projects?project_type=Fun' &&
      refused 400 'Invalid project_type. Must be one of: Work, Personal, Learning, Inactive' || return
    call GET '/projects?project_type=Work'
    answers 200 '. == []'
  }
  in_both filters
}

@test "an import takes records one by one, and tells how they fared" {
  importing() {
    call POST /projects '{"name":"there","remote_url":"https://example.org/there.git","path":"/srv/there"}'
    call POST /projects/import '{"projects":[
      {"name":"one","remote_url":"https://example.org/one.git"},
      {"name":"same","remote_url":"https://example.org/there.git"},
      {"name":"twice","remote_url":"https://example.org/one.git"},
      {"name":"bad","status":"gone"},
      {"organization":"nobody"},
      {"name":"taken","path":"/srv/there"},
      {"name":"two"}]}'
    answers 201 '.imported == 2 and .skipped == 5 and (.errors | length == 3)
      and .errors[0] == {project: "bad", error: "Invalid status. Must be one of: active, paused, completed, cancelled"}
      and .errors[1].error == "Name is required"
      and .errors[2] == {project: "taken", error: "Project with this path already exists"}' || return
    call GET /projects
    answers 200 '[.[].name] == ["there", "one", "two"] and [.[].id] == [1, 2, 3]' || return
    call POST /projects/import '{"projects":[]}'
    answers 201 '. == {imported: 0, skipped: 0, errors: []}'
  }
  in_both importing
}

@test "what is not an import has the contract's texts" {
  wrong() {
    call POST /projects/import '' -d '{"projects":[]}' && refused 400 'Content-Type must be application/json' || return
    call POST /projects/import '{"projects":' && refused 400 'Invalid JSON' || return
    call POST /projects/import '[]' && refused 400 'Request body must be a JSON object' || return
    call POST /projects/import '{}' && refused 400 "Missing 'projects' field" || return
    call POST /projects/import '{"projects":{}}' && refused 400 "'projects' field must be a list" || return
    call GET /projects
    equal "$ANSWER" '[]'
  }
  in_both wrong
}

# beneath CODE: an error that is not the contract's: HTML from the deployed service, JSON from ours.
beneath() {
  answers "$1" || return
  case $MODE in
    full) answers "$1" '(keys == ["error"]) and (.error | type) == "string"' ;;
    plain)
      equal "$(header Content-Type)" 'text/html; charset=utf-8' || return
      holds "$ANSWER" "<title>$1 "
      ;;
  esac
}

@test "errors beneath the contract are HTML where deployed, JSON from ours" {
  errors() {
    call POST /projects '{"name":' && beneath 400 || return
    call POST /projects '' -d '{"name":"x"}' && beneath 415 || return
    call PATCH /projects/1 '{}' && refused 404 'Project not found' || return
    call POST /projects '{"name":"x"}'
    call PATCH /projects/1 '{"name":' && beneath 400 || return
    call PATCH /projects/1 '' -d '{"name":"y"}' && beneath 415 || return
    call PUT /projects && beneath 405 || return
    holds "$(header Allow)" POST || return
    call POST /projects/1 '{"name":"x"}' && beneath 405 || return
    call GET /nothing && beneath 404
  }
  in_both errors
}

@test "HEAD of the list is an answer from ours, and 500 where deployed" {
  start_mode full
  call POST /projects '{"name":"x"}'
  call GET /projects
  length=${#ANSWER}
  call HEAD /projects
  equal "$CODE $(header Content-Length)" "200 $length"
  call HEAD /projects/1
  equal "$CODE" 200
  stop_daemon
  start_mode plain
  call HEAD /projects
  equal "$CODE" 500
}

# ---------------------------------------------------------------- numbers

@test "numbers stay, and are never given again, over restarts and a kill" {
  staying() {
    call POST /projects '{"name":"one"}'
    call POST /projects '{"name":"two","path":"/srv/two"}'
    call POST /projects '{"name":"three"}'
    call DELETE /projects/3
    local before
    call GET /projects
    before=$ANSWER
    stop_daemon || return
    start_mode "$MODE" || return
    call GET /projects
    # To the byte: what was answered before is what the registry has.
    equal "$ANSWER" "$before" 'after a restart' || return
    call POST /projects '{"name":"four"}'
    answers 201 '.id == 4' || return
    kill_daemon
    start_mode "$MODE" || return
    call GET /projects
    answers 200 '[.[].id] == [1, 2, 4] and [.[].name] == ["one", "two", "four"]' || return
    call POST /projects '{"name":"five"}'
    answers 201 '.id == 5'
  }
  in_both staying
}

@test "updated_at moves with every change and nothing else, created_at never" {
  # times NUMBER: both of a record.
  times() {
    call GET "/projects/$1"
    jq -c '[.created_at, .updated_at]' <<<"$ANSWER"
  }
  moving() {
    DEV_INFRA_TEST_CLOCK_OFFSET=-1000 start_mode "$MODE" || return
    call POST /projects '{"name":"a"}'
    call POST /projects '{"name":"b"}'
    local first second
    first=$(times 1)
    second=$(times 2)
    equal "$(jq -c '.[0] == .[1]' <<<"$first")" true 'the times of a new record' || return
    stop_daemon || return
    start_mode "$MODE" || return
    equal "$(times 1)$(times 2)" "$first$second" 'the times after a restart' || return
    call PATCH /projects/1 '{"name":"a"}'
    call PATCH /projects/1 '{}'
    equal "$(times 1)" "$first" 'the times after a change that changes nothing' || return
    call PATCH /projects/1 '{"path":"/srv/a"}'
    jq -e --argjson first "$first" '.created_at == $first[0] and .updated_at > $first[1]' <<<"$ANSWER" || return
    equal "$(times 2)" "$second" 'the times of another record' || return
    call PUT /projects/2/archive
    jq -e --argjson second "$second" '.created_at == $second[0] and .updated_at > $second[1]' <<<"$ANSWER" || return
    stop_daemon
  }
  for MODE in full plain; do moving; done
}

@test "updated_at moves with what comes by git, also while nobody serves" {
  export DEV_INFRA_TEST_CLOCK_OFFSET=-1000
  start_mode full
  for name in a b c; do call POST /projects "{\"name\":\"$name\"}"; done
  stop_daemon
  unset DEV_INFRA_TEST_CLOCK_OFFSET
  call_times() {
    call GET /projects
    jq -c 'map(.updated_at)' <<<"$ANSWER"
  }
  succeeds on server dev-infra set a status=paused
  start_mode full
  now=$(call_times)
  jq -e '.[0] > .[1] and .[1] == .[2]' <<<"$now"
  succeeds on server dev-infra set b status=paused
  later=$(call_times)
  jq -e --argjson now "$now" '.[0] == $now[0] and .[1] > $now[1] and .[2] == $now[2]' <<<"$later"
}

# ---------------------------------------------------------------- one truth with git

# registry_index ARGUMENTS…: git on the server's registry, with an index beside it.
registry_index() { GIT_INDEX_FILE=$WORLD/index registry_git server "$@"; }

@test "what comes by other commands or by git is in the next answer" {
  start_mode full
  call GET /projects
  equal "$ANSWER" '[]'
  project server src/app https://example.org/acme/app.git
  succeeds on server dev-infra register src/app
  call GET /projects
  answers 200 '.[0].id == 1 and .[0].name == "app" and .[0].remote_url == "https://example.org/acme/app.git"'
  equal "$(jq -r '.[0].path' <<<"$ANSWER")" "$WORLD/server/src/app" 'the path of the checkout'
  succeeds on server dev-infra set app status=paused description=changed
  call GET /projects/1
  answers 200 '.status == "paused" and .description == "changed"'
  # A client's change is in the registry when it is answered.
  call PATCH /projects/1 '{"organization":"acme"}'
  answers 200
  equal "$(field server app organization)" '"acme"'
  sound server
  # And from another machine, by a push of git's.
  git clone -q --bare "$(registry_of server)" "$WORLD/other.git"
  succeeds on server dev-infra rm app
  call GET /projects/1
  refused 404 'Project not found'
  git -C "$WORLD/other.git" push -q "$(registry_of server)" +main:main
  call GET /projects
  answers 200 'length == 1 and .[0].id == 2 and .[0].name == "app" and .[0].organization == "acme"'
}

@test "packing the registry is no matter to the daemon that serves it" {
  start_mode full
  for name in a b c; do call POST /projects "{\"name\":\"$name\"}"; done
  registry_git server repack -q -a -d -f
  registry_git server pack-refs --all
  registry_git server prune --expire=now
  call PATCH /projects/2 '{"status":"paused"}'
  answers 200 '.status == "paused"'
  succeeds on server dev-infra gc
  call DELETE /projects/1
  answers 204
  call GET /projects
  answers 200 '[.[] | [.id, .status]] == [[2, "paused"], [3, "active"]]'
  sound server
}

@test "a registry of thousands of projects is served as a small one is: numbers, paths and machines" {
  local machine number before
  succeeds on server dev-infra init --name server
  for number in {1..2500}; do echo "https://git.example/team/p$number.git"; done >"$WORLD/list"
  succeeds on server dev-infra import -q urls "$WORLD/list"
  machine=$(registry_git server config dev-infra.machine)
  # All are on this machine; two lay claim to one path.
  {
    printf 'commit refs/heads/main\ncommitter A <a@b> 1 +0000\ndata 0\nfrom refs/heads/main^0\n'
    registry_git server ls-tree -r --name-only main projects | awk -v machine="$machine" '{
      sub(/^projects/, ""); path = NR < 3 ? "/src/both" : "/src" $0
      printf "M 100644 inline machines/%s/checkouts%s\ndata <<E\n", machine, $0
      printf "{\n  \"paths\": [\n    {\n      \"kind\": \"main\",\n      \"path\": \"%s\"\n    }\n  ],\n  \"remotes\": {}\n}\nE\n", path }'
  } | registry_git server fast-import --quiet
  shown() { jq -c --arg name "$1" '[(map(.metadata.machines[].name == $name) | all), ([.[].path | select(. == "/src/both")] | length),
    (map(select((.path // "") | startswith("/src/"))) | length), (map(.id) == [range(1; 2501)])]' <<<"$ANSWER"; }
  start_mode full
  call GET /projects
  equal "$(shown server)" '[true,1,2499,true]'
  # Who has the path gives it to the other.
  number=$(jq '.[] | select(.path == "/src/both") | .id' <<<"$ANSWER")
  call PATCH "/projects/$number" '{"path":"/elsewhere"}'
  answers 200
  call GET /projects
  equal "$(shown server)" '[true,1,2499,true]'
  equal "$(jq -r ".[$number - 1].path" <<<"$ANSWER")" /elsewhere
  before=$(jq -c 'map([.id, .name, .path])' <<<"$ANSWER")
  succeeds on server dev-infra machine rename renamed
  call GET /projects
  equal "$(shown renamed)" '[true,1,2499,true]'
  equal "$(jq -c 'map([.id, .name, .path])' <<<"$ANSWER")" "$before"
  stop_daemon
  start_mode full
  call GET /projects
  equal "$(shown renamed)" '[true,1,2499,true]'
  equal "$(jq -c 'map([.id, .name, .path])' <<<"$ANSWER")" "$before"
  sound server
}

@test "the daemon has its registry packed beside its work, and nothing of that is left" {
  local number folder
  start_mode full
  folder=$(registry_of server)/objects/17
  mkdir -p "$folder"
  for number in {10..40}; do : >"$folder/0000000000000000000000000000000000${number}xx"; done
  call POST /projects '{"name":"a"}'
  answers 201
  # No file of such a name is an object, so that packing is in vain, for which there is a mark.
  eventually [ -e "$(registry_of server)/cache/gc-in-vain" ]
  no_child() { [ -z "$(ps -o pid= --ppid "$DAEMON")" ]; }
  eventually no_child
  rm -r "$folder"
  call PATCH /projects/1 '{"status":"paused"}'
  answers 200
  sound server
}

@test "what packing deletes, the daemon lets go of" {
  [ -e /proc/self/maps ] || skip 'there is no /proc'
  held() { grep -F "$(registry_of server)" "/proc/$DAEMON/maps" | grep "$1" || true; }
  start_mode full
  call POST /projects/import "$(jq -cn '{projects: [range(50) | {name: "p\(.)"}]}')"
  answers 201 '.imported == 50'
  # What it reads it maps, and packing once more deletes that.
  succeeds on server dev-infra gc
  call PATCH /projects/1 '{"description":"one"}'
  answers 200
  [ -n "$(held '\.pack$')" ]
  succeeds on server dev-infra gc
  call PATCH /projects/2 '{"description":"two"}'
  answers 200
  [ -n "$(held '\.pack$')" ]
  equal "$(held '(deleted)$')" '' 'deleted packs in memory'
  sound server
}

@test "an entry that came by git, written otherwise than ours are, is changed like any other" {
  start_mode full
  call POST /projects '{"name":"a"}'
  id=$(jq -r .metadata.id <<<"$ANSWER")
  metadata=$(jq -c --argjson machines "$ELSEWHERE" '.metadata | .machines = $machines
    | .checkouts = {"00000000000000aa": {paths: [{kind: "main", path: "/x"}], remotes: {}}}' <<<"$ANSWER")
  call PATCH /projects/1 "{\"metadata\":$metadata}"
  answers 200
  registry_index read-tree main
  for path in "projects/${id:0:2}/${id:2}.json" "machines/00000000000000aa/checkouts/${id:0:2}/${id:2}.json"; do
    blob=$(registry_git server cat-file blob "main:$path" | jq -c . | registry_git server hash-object -w --stdin)
    registry_index update-index --cacheinfo "100644,$blob,$path"
  done
  tree=$(registry_index write-tree)
  registry_git server update-ref refs/heads/main "$(registry_git server commit-tree -p main -m Rewrite "$tree")"
  for change in '{"name":"b"}' '{"path":"/srv/a"}' '{"status":"paused"}'; do
    call PATCH /projects/1 "$change"
    answers 200 '.metadata.checkouts | length == 1'
  done
  call PATCH /projects/1 "$(jq -c '{metadata: (.metadata | .checkouts["00000000000000aa"].paths[0].path = "/y")}' <<<"$ANSWER")"
  answers 200
  call PATCH /projects/1 '{"status":"active"}'
  answers 200 '.name == "b" and .metadata.checkouts["00000000000000aa"].paths[0].path == "/y"'
}

@test "an entry that cannot be read is left out with a warning, and the others are served" {
  start_mode full
  for name in a b c; do call POST /projects "{\"name\":\"$name\"}"; done
  call GET /projects
  bad=$(jq -r '.[1].metadata.id' <<<"$ANSWER")
  place=machines/00000000000000aa/checkouts
  wrong=$(jq -r '.[2].metadata.id' <<<"$ANSWER")
  blob=$(printf 'not JSON' | registry_git server hash-object -w --stdin)
  registry_index read-tree main
  registry_index update-index --add --cacheinfo "100644,$blob,projects/${bad:0:2}/${bad:2}.json" \
    --cacheinfo "100644,$blob,$place/${wrong:0:2}/${wrong:2}.json"
  tree=$(registry_index write-tree)
  registry_git server update-ref refs/heads/main "$(registry_git server commit-tree -p main -m Damage "$tree")"
  call GET /projects
  answers 200 '[.[].name] == ["a", "c"] and .[1].metadata.checkouts == {}'
  grep -q "warning: left out projects/${bad:0:2}/${bad:2}.json, which cannot be read: " "$DAEMON_LOG"
  grep -q "warning: left out $place/${wrong:0:2}/${wrong:2}.json, which cannot be read: " "$DAEMON_LOG"
  call PATCH /projects/3 '{"name":"d"}'
  answers 200 '.name == "d"'
  call PATCH /projects/2 '{"name":"d"}'
  refused 404 'Project not found'
}

@test "projects that come by git get their numbers in the order of created and id" {
  for name in delta alpha charlie bravo; do project server "src/$name" "https://example.org/$name.git"; done
  succeeds on server dev-infra register src/delta src/alpha src/charlie src/bravo
  start_mode full
  call GET /projects
  answers 200 'map([.metadata.project.created, .metadata.id]) | . == sort and length == 4'
  answers 200 '[.[].id] == [1, 2, 3, 4]'
  before=$(jq -c 'map([.id, .metadata.id])' <<<"$ANSWER")
  stop_daemon
  # While nobody serves: one goes, one comes, one changes.
  gone=$(jq -r '.[0].name' <<<"$ANSWER")
  succeeds on server dev-infra rm "$gone"
  project server src/echo https://example.org/echo.git
  succeeds on server dev-infra register src/echo
  start_mode full
  call GET /projects
  answers 200 '[.[].id] == [2, 3, 4, 5] and .[3].name == "echo"'
  equal "$(jq -c 'map([.id, .metadata.id])[:3]' <<<"$ANSWER")" "$(jq -c '.[1:]' <<<"$before")"
}

@test "a path is one record's only, and a client's word goes before a checkout's" {
  start_mode full
  call POST /projects '{"name":"first","path":"/srv/x"}'
  place='{"paths":[{"kind":"main","path":"/srv/x"}],"remotes":{}}'
  call GET /projects/1
  metadata=$(jq -c --argjson place "$place" --argjson machines "$ELSEWHERE" \
    '.metadata.checkouts = {"00000000000000aa": $place} | .metadata.machines = $machines | .metadata' <<<"$ANSWER")
  call POST /projects '{"name":"second"}'
  call GET /projects/2
  second=$(jq -c --argjson place "$place" --argjson machines "$ELSEWHERE" \
    '.metadata.checkouts = {"00000000000000aa": $place} | .metadata.machines = $machines | .metadata' <<<"$ANSWER")
  call PATCH /projects/2 "{\"metadata\":$second}"
  answers 200 '.path == null'
  call PATCH /projects/1 '{"path":null}'
  answers 200 '.path == null'
  call GET /projects/2
  answers 200 '.path == "/srv/x"'
  call PATCH /projects/1 '{"path":"/srv/x"}'
  refused 409 'Project with this path already exists'
  call PATCH /projects/2 '{"path":"/srv/y"}'
  answers 200 '.path == "/srv/y"'
  call PATCH /projects/1 "{\"path\":\"/srv/x\",\"metadata\":$metadata}"
  answers 200 '.path == "/srv/x"'
}

# ---------------------------------------------------------------- beyond the contract

@test "all records' metadata are the whole registry, and bring it whole to another server" {
  project server src/app https://example.org/acme/app.git
  project server src/lone
  machine laptop
  project laptop work/app https://example.org/acme/app.git
  succeeds on server dev-infra register src/app src/lone
  bare_remote registry
  succeeds on server dev-infra remote add origin "$REMOTE"
  succeeds on server dev-infra push
  succeeds on laptop dev-infra init --name laptop "$REMOTE"
  succeeds on laptop dev-infra register work/app
  succeeds on laptop dev-infra push
  succeeds on server dev-infra pull
  start_mode full
  call GET /projects
  answers 200 'length == 2'
  records=$ANSWER
  tree=$(tree_of server)
  stop_daemon
  machine copy
  start_daemon copy
  count=$(jq length <<<"$records")
  for ((index = 0; index < count; index++)); do
    call POST /projects "$(jq -c ".[$index] | {name, metadata}" <<<"$records")"
    answers 201
  done
  equal "$(tree_of copy)" "$tree" 'the tree that came by metadata'
  # The same again changes nothing.
  before=$(main_of copy)
  call PATCH /projects/1 "$(call GET /projects/1 && jq -c '{metadata}' <<<"$ANSWER")"
  answers 200
  equal "$(main_of copy)" "$before"
  call POST /projects "$(jq -c '.[0] | {name, metadata}' <<<"$records")"
  refused 409 'Project with this id already exists'
}

@test "a field that disagrees with the metadata of its request wins, as an edit of now" {
  start_mode full
  call POST /projects '{"name":"a"}'
  metadata=$(jq -c '.metadata | .project.status = "paused" | .project.tags = ["x"]' <<<"$ANSWER")
  call PATCH /projects/1 "{\"status\":\"cancelled\",\"metadata\":$metadata}"
  answers 200 '.status == "cancelled" and .metadata.project.status == "cancelled" and .metadata.project.tags == ["x"]'
  first=$(jq -r .metadata.project.updated <<<"$ANSWER")
  call PATCH /projects/1 '{"name":"b"}'
  answers 200 '.metadata.project.name == "b" and .metadata.project.tags == ["x"]'
  [[ $(jq -r .metadata.project.updated <<<"$ANSWER") > $first ]]
}

@test "a project that gets another id keeps its record, and a project has one record" {
  start_mode full
  call POST /projects '{"name":"a","path":"/srv/a"}'
  call POST /projects '{"name":"b"}'
  other=$(jq -c .metadata <<<"$ANSWER")
  call GET /projects/1
  old=$(jq -r .metadata.id <<<"$ANSWER")
  new=$(printf 'id elsewhere\n' | git hash-object --stdin)
  metadata=$(jq -c --arg id "$new" --argjson machines "$ELSEWHERE" '.metadata | .machines = $machines | .id = $id | .project.id = $id | .project.identity = "id elsewhere"
    | .checkouts = {"00000000000000aa": {paths: [{kind: "main", path: "/x"}], remotes: {}}}' <<<"$ANSWER")
  call PATCH /projects/1 "{\"metadata\":$metadata}"
  answers 200 '.id == 1 and .path == "/srv/a" and (.metadata.checkouts | length == 1)'
  equal "$(jq -r .metadata.id <<<"$ANSWER")" "$new"
  equal "$(registry_git server ls-tree -r --name-only main | grep -c "${old:2}")" 0 'entries of the former id'
  call PATCH /projects/1 "{\"metadata\":$other}"
  refused 409 'Project with this id already exists'
  stop_daemon
  start_mode full
  call GET /projects/1
  answers 200 '.path == "/srv/a"'
  equal "$(jq -r .metadata.id <<<"$ANSWER")" "$new"
  sound server
}

@test "what is not metadata is refused, and nothing changes" {
  start_mode full
  call POST /projects '{"name":"a"}'
  good=$(jq -c .metadata <<<"$ANSWER")
  before=$(main_of server)
  for filter in '5' '.project.id = "00"' '.project.identity = "id other"' '.project.status = "gone"' '.project = null' \
    '.id = "0000000000000000000000000000000000000000"' '.checkouts = []' '.checkouts = {"x":{}}' \
    '.checkouts = {"00000000000000aa":{"paths":[]}}' \
    '.checkouts = {"00000000000000ab":{"paths":[{"kind":"main","path":"/x"}],"remotes":{}}}' '.machines = {"00000000000000aa":{"id":"00000000000000bb"}}' \
    '.project.remote_url = "ext::touch pwned"' '.project.unknown = ("x" * 200000)'; do
    call PATCH /projects/1 "$(jq -c "{metadata: ($filter)}" <<<"$good")"
    answers 400 '.error | startswith("Invalid ")' || fail_with "$filter"
  done
  equal "$(main_of server)" "$before"
  sound server
}

fail_with() {
  printf 'with %s\n' "$1" >&2
  return 1
}

@test "a lost race is 412, and an unchanged list 304" {
  start_mode full
  call POST /projects '{"name":"a"}'
  tag=$(header ETag)
  equal "$tag" "\"$(jq -r .etag <<<"$ANSWER")\"" 'the tag of the record'
  call PATCH /projects/1 '{"status":"paused"}' -H "If-Match: $tag"
  answers 200 '.status == "paused"'
  call PATCH /projects/1 '{"status":"active"}' -H "If-Match: $tag"
  refused 412 'The project has changed since; read it again'
  call DELETE /projects/1 '' -H "If-Match: $tag"
  answers 412
  call PUT /projects/1/archive '' -H "If-Match: $tag"
  answers 412
  call GET /projects/1
  answers 200 '.status == "paused"'
  call PATCH /projects/1 '{"status":"active"}' -H "If-Match: \"other\", $(header ETag)"
  answers 200 '.status == "active"'
  call PATCH /projects/1 '{"status":"paused"}' -H 'If-Match: *'
  answers 200
  call GET /projects/1 '' -H "If-None-Match: W/$(header ETag)"
  equal "$CODE$ANSWER" 304
  call GET /projects/1 '' -H 'If-None-Match: "other"'
  answers 200
  call GET /projects
  list=$(header ETag)
  call GET /projects '' -H "If-None-Match: $list"
  equal "$CODE$ANSWER" 304
  call PATCH /projects/1 '{"path":"/srv/new"}'
  call GET /projects '' -H "If-None-Match: $list"
  answers 200 '.[0].path == "/srv/new"'
}

@test "since a commit: what is other, what is gone, and nothing else" {
  start_mode full
  call POST /projects '{"name":"a"}'
  call POST /projects '{"name":"b"}'
  gone=$(jq -r .metadata.id <<<"$ANSWER")
  call POST /projects '{"name":"c"}'
  call GET /projects
  commit=$(header Dev-Infra-Commit)
  equal "$commit" "$(main_of server)"
  call GET "/projects?since=$commit"
  answers 200 '.changed == [] and .removed == []'
  call PATCH /projects/3 '{"status":"paused"}'
  call DELETE /projects/2
  call POST /projects '{"name":"d"}'
  call GET "/projects?since=$commit"
  answers 200 '[.changed[].id] == [3, 4]'
  equal "$(jq -c .removed <<<"$ANSWER")" "[\"$gone\"]"
  equal "$(jq -r .commit <<<"$ANSWER")" "$(main_of server)"
  call GET /projects?since=0000000000000000000000000000000000000000
  answers 410
  call GET /projects?since=main
  answers 410
}

# ---------------------------------------------------------------- bad input

@test "fields of every wrong kind are refused, never a failure, and the registry stays sound" {
  start_mode full
  call POST /projects '{"name":"a"}'
  before=$(main_of server)
  for field in name path organization classification project_type status description remote_url; do
    for value in 5 true '[]' '{}' '["x"]' '{"a":{"b":[1]}}' 1e400; do
      call PATCH /projects/1 "{\"$field\":$value}"
      answers 400 '.error | type == "string"' || fail_with "$field $value"
      call POST /projects "{\"name\":\"x\",\"$field\":$value}"
      answers 400 '.error | type == "string"' || fail_with "$field $value"
    done
  done
  for value in 'ext::touch pwned' '--upload-pack=x' 'relative/path' $'a\\u0000b' $'http://x/\\u001b[31m'; do
    call PATCH /projects/1 "{\"remote_url\":\"$value\"}"
    answers 400 '.error | startswith("Invalid remote_url. ")' || fail_with "$value"
  done
  for body in '[]' '5' 'null' '"x"' '{"name":"x"} y' '{"name":"x","name":"y"}' $'{"name":"\x01"}' $'{"name":"\xff"}' \
    '{"name":"\ud800"}' "$(printf '[%.0s' {1..2000})"; do
    call POST /projects "$body"
    answers 400 '.error | type == "string"' || fail_with "$body"
  done
  equal "$(main_of server)" "$before"
  # Text of an entry holds no control character, but for tabs and line ends in a description; a path is bytes.
  for body in '{"name":"\u001b[31m"}' '{"name":"a\u0000b"}' '{"name":"a\nb"}' '{"organization":"\u009b1m"}' '{"description":"\u0000"}'; do
    call PATCH /projects/1 "$body"
    answers 400 '.error | test("^Invalid .* holds the control character U[+]00")' || fail_with "$body"
  done
  for body in '{"path":"/a\u0000b"}' '{"path":"\u0000"}'; do
    call PATCH /projects/1 "$body"
    refused 400 'Invalid path. It holds a NUL character' || fail_with "$body"
    call POST /projects '{"name":"x",'"${body#?}"
    refused 400 'Invalid path. It holds a NUL character' || fail_with "$body"
  done
  # What is odd and yet text is kept as it is.
  call PATCH /projects/1 '{"name":"\u202eé","description":"a\tb\r\nc","path":"/srv/\u202e\n"}'
  answers 200 '.name == "\u202eé" and .description == "a\tb\r\nc" and .path == "/srv/\u202e\n"'
  sound server
  nothing_ran
}

@test "bodies are bounded, whether they say how long they are or not" {
  start_mode full
  head -c 17000000 /dev/zero | tr '\0' ' ' >"$WORLD/large"
  call POST /projects '' -H 'Content-Type: application/json' --data-binary "@$WORLD/large" -H 'Expect:'
  answers 413
  call POST /projects '' -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' \
    --data-binary "@$WORLD/large" -H 'Expect:'
  answers 413
  call GET /projects
  equal "$ANSWER" '[]'
}

# ---------------------------------------------------------------- at once, and ending

@test "clients that write at once, by both ways, lose nothing" {
  start_mode full
  for number in 1 2 3 4; do call POST /projects "{\"name\":\"p$number\"}"; done
  writer() {
    local count
    for ((count = 1; count <= 10; count++)); do
      curl -sS -m 60 -f -o /dev/null -X PATCH -H 'Content-Type: application/json' -d "{\"$2\":\"$3$count\"}" \
        "$API/projects/$1" || return
    done
  }
  maker() {
    local count
    for ((count = 1; count <= 10; count++)); do
      curl -sS -m 60 -f -o /dev/null -H 'Content-Type: application/json' -d "{\"name\":\"$1-$count\"}" "$API/projects" || return
    done
  }
  by_command() {
    local count
    for ((count = 1; count <= 10; count++)); do on server dev-infra set --quiet p4 "organization=o$count" || return; done
  }
  pids=()
  for number in 1 2 3 4; do
    writer "$number" description d 3>&- &
    pids+=("$!")
  done
  writer 1 organization o 3>&- &
  pids+=("$!")
  for name in x y; do
    maker "$name" 3>&- &
    pids+=("$!")
  done
  by_command >"$WORLD/by-command" 2>&1 3>&- &
  pids+=("$!")
  for pid in "${pids[@]}"; do wait "$pid"; done
  call GET /projects
  answers 200 'length == 24 and ([.[].id] == [range(1; 25)]) and ([.[].name] | unique | length == 24)'
  answers 200 '[.[:4][].description] == ["d10", "d10", "d10", "d10"] and .[0].organization == "o10" and .[3].organization == "o10"'
  before=$ANSWER
  stop_daemon
  start_mode full
  call GET /projects
  equal "$ANSWER" "$before" 'after a restart'
  sound server
}

@test "told to stop, it answers what is under way, and ends with 0" {
  start_mode full
  port=${API#http://127.0.0.1:}
  port=${port%/api}
  exec 7<>"/dev/tcp/127.0.0.1/$port"
  exec 8<>"/dev/tcp/127.0.0.1/$port"
  # One connection that is idle, and one in the middle of a request.
  printf 'GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' >&8
  IFS= read -r -u 8 line
  holds "$line" '200 OK'
  printf 'POST /api/projects HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"name":' >&7
  # Once another request is answered, that one has been begun.
  call GET /projects
  equal "$ANSWER" '[]'
  kill -TERM "$DAEMON"
  until ! (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
  running "$DAEMON"
  printf '"app"}' >&7
  IFS= read -r -u 7 line
  holds "$line" '201 Created'
  exec 7>&- 8>&-
  code=0
  wait "$DAEMON" || code=$?
  equal "$code" 0
  equal "$(names_of server --all)" app
}

@test "a daemon that cannot start says why" {
  start_mode full
  port=${API#http://127.0.0.1:}
  port=${port%/api}
  refuses 128 'served by another dev-infra daemon' on server dev-infra daemon --listen 127.0.0.1:0
  machine other
  refuses 128 "listening on 127.0.0.1:$port failed" on other dev-infra daemon --listen "127.0.0.1:$port" --registry new
  refuses 128 'other hosts could reach it' on other dev-infra daemon --listen 0.0.0.0:0 --registry new
  runs 0 on other dev-infra daemon key add --registry keyed ci
  refuses 128 'there is no host of that name' on other timeout 60 dev-infra daemon --listen nowhere.invalid:0 --registry keyed
  refuses 129 'not of the form ADDRESS:PORT' on other dev-infra daemon --listen 5000
  mkdir "$WORLD/other/full"
  touch "$WORLD/other/full/file"
  refuses 128 "no registry at $WORLD/other/full" on other dev-infra daemon --listen 127.0.0.1:0 --registry full
}

@test "a text that the registry has no room for is whole in the record, cut in the registry, and said to be so" {
  start_mode full
  long=$(printf 'n%.0s' {1..1200})
  python3 -c 'import json; print(json.dumps({"name": "n" * 1200, "organization": "o" * 1500, "description": "é" * 50000}))' >whole
  call POST /projects "$(cat whole)"
  answers 201 '.id == 1'
  # kept: what the record says is what was sent.
  kept() { equal "$(jq -S '{name, organization, description}' <<<"$ANSWER")" "$(jq -S . whole)" 'the record'; }
  kept
  grep -q 'warning: the name of the record 1 is too long for the registry, which has it cut' "$DAEMON_LOG"
  grep -q 'warning: the description of the record 1 is too long' "$DAEMON_LOG"
  equal "$(on server dev-infra-ls-projects --all --format='%(name)')" "${long:0:200}"
  sound server
  # It stays so over other changes, by clients and here, and over a restart after a kill.
  call PATCH /projects/1 '{"status":"paused"}'
  kept
  on server dev-infra set --quiet "${long:0:200}" tags=x
  call GET /projects/1
  kept
  kill_daemon
  start_mode full
  call GET /projects/1
  kept
  answers 200 '.metadata.project.tags == ["x"] and (.metadata.project.name | length == 200)'
  # A machine that pulls is told, and what it pushes leaves the rest alone.
  machine laptop
  on laptop dev-infra init --name laptop >/dev/null
  on laptop dev-infra remote add --work-prod wp "${API%/api}"
  runs 0 on laptop dev-infra pull wp
  assert_stderr_line "^warning: 'wp': the name of the record .* is too long and shown cut"
  on laptop dev-infra set --quiet "${long:0:200}" status=completed
  succeeds on laptop dev-infra push wp
  call GET /projects/1
  kept
  answers 200 '.status == "completed"'
  # Another value takes its place in both.
  on laptop dev-infra set --quiet "${long:0:200}" name=short
  succeeds on laptop dev-infra push wp
  call PATCH /projects/1 '{"organization":"acme"}'
  answers 200 '.name == "short" and .organization == "acme" and (.description | length == 50000)'
  # As with an import.
  jq '{projects: [.]}' whole >import
  call POST /projects/import "$(cat import)"
  answers 201 '.imported == 1'
  call GET /projects/2
  kept
  grep -q 'warning: the name of the record 2 is too long' "$DAEMON_LOG"
  call GET "/projects?search=${long:0:900}"
  answers 200 'map(.id) == [2]'
  # A control character is refused for what it is, however long the text.
  call PATCH /projects/2 "{\"name\":\"$long\\u0007\"}"
  answers 400
}
