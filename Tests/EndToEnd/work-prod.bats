#!/usr/bin/env bats
# A work-prod service as a remote: what goes there, what comes back, and what other clients do to it.
#
# Each test runs against the daemon as the deployed service behaves, and against it with all that it can do.

load helper
load support/faults

setup() {
  begin
  begun laptop desk
}

teardown() { stop_servers; }

# service_again KIND: a service, plain or full; sets SERVICE.
service_again() {
  local options=()
  if [ "$1" = plain ]; then options=(--plain); fi
  start_service "${options[@]}"
}

# service KIND: a service, plain or full, which is the remote `wp` of both machines.
service() {
  service_again "$1"
  has_service laptop desk
}

# settled: pushes and pulls of both change nothing any more, and both have the same.
settled() {
  local name main
  for name in laptop desk laptop desk; do
    succeeds on "$name" dev-infra pull --quiet wp
    succeeds on "$name" dev-infra push --quiet wp
  done
  for name in laptop desk; do
    main=$(main_of "$name")
    other_client GET '' >records.before
    succeeds on "$name" dev-infra push wp
    assert_stderr_line '^Everything up to date$'
    succeeds on "$name" dev-infra pull wp
    assert_output 'Already up to date.'
    equal "$(main_of "$name")" "$main"
    equal "$(other_client GET '')" "$(cat records.before)" 'the records'
    quietly on "$name" dev-infra verify
  done
  equal "$(tree_of laptop)" "$(tree_of desk)" 'the trees'
}

both() {
  local kind
  for kind in plain full; do
    # Not in a condition, where a failure inside would count for nothing.
    "$1" "$kind"
    stop_servers
    rm -rf "$WORLD/laptop" "$WORLD/desk"
    setup
  done
}

what_is_pushed_is_pulled() {
  service "$1"
  registers laptop app https://github.com/acme/app.git
  registers laptop plain
  on laptop dev-infra set --quiet app description=$'Two\n\nparagraphs\n' project_type=Work tags=a,b organization=acme \
    status=paused classification=primary template=standard
  succeeds on laptop dev-infra push wp
  # In words for projects, and not for git's references.
  assert_stderr_line "^Sent 2 projects to 'wp'$"
  for word in 'refs/' 'new branch' incoming; do refute_stderr_has "$word"; done
  succeeds on desk dev-infra pull wp
  # shellcheck disable=SC2154 # set by bats' run
  for word in 'refs/' 'new branch' incoming; do lacks "$output$stderr" "$word"; done
  equal "$(tree_of desk)" "$(tree_of laptop)" 'the trees'
  equal "$(field desk app description)" '"Two\n\nparagraphs\n"'
  equal "$(field desk app project_type)" '"Work"'
  registers desk app https://github.com/acme/app.git
  on desk dev-infra set --quiet app status=completed
  settled
  equal "$(field laptop app status)" '"completed"'
  equal "$(records 'length')" 2
  equal "$(on laptop dev-infra list --all --machine desk | cut -f 1)" app
}

@test "what one machine pushes another pulls, whole, and then nothing is left to send" { both what_is_pushed_is_pulled; }

three_machines() {
  service "$1"
  machine tower
  on tower dev-infra init --name tower >/dev/null
  on tower dev-infra remote add wp "work-prod::$SERVICE"
  local name
  for name in laptop desk tower; do
    registers "$name" shared https://example.org/shared.git
    registers "$name" "of-$name"
    succeeds on "$name" dev-infra push --quiet wp
  done
  on laptop dev-infra set --quiet shared tags=l
  on desk dev-infra set --quiet shared tags=d
  on tower dev-infra set --quiet shared description=t
  for name in laptop desk tower laptop desk tower; do
    succeeds on "$name" dev-infra pull --quiet wp
    succeeds on "$name" dev-infra push --quiet wp
  done
  settled
  equal "$(tree_of tower)" "$(tree_of laptop)" 'the trees'
  equal "$(field desk shared tags)" '["d","l"]'
  equal "$(field desk shared description)" '"t"'
  equal "$(records 'length')" 4
  rm -rf "$WORLD/tower"
}

@test "three machines end up the same, and nothing that nobody overwrote is lost" { both three_machines; }

other_clients() {
  service "$1"
  registers laptop app https://github.com/acme/app.git
  registers laptop old
  on laptop dev-infra set --quiet app description='Mine.' tags=x template=standard
  succeeds on laptop dev-infra push --quiet wp
  succeeds on desk dev-infra pull --quiet wp
  other_client POST '' '{"name":"theirs","description":"By hand.\n\n- one\n","path":"/elsewhere"}' >/dev/null
  local app old
  app=$(records '.[] | select(.name == "app").id')
  old=$(records '.[] | select(.name == "old").id')
  other_client PATCH "/$app" '{"status":"cancelled","name":"App"}' >/dev/null
  other_client DELETE "/$old" >/dev/null
  succeeds on laptop dev-infra pull wp
  equal "$(names_of laptop --all)" 'App theirs'
  equal "$(field laptop App status)" '"cancelled"'
  equal "$(field laptop App tags)" '["x"]'
  equal "$(field laptop theirs description)" '"By hand.\n\n- one\n"'
  on laptop dev-infra set --quiet theirs status=paused
  settled
  # Another client's text stays as it is.
  equal "$(records '.[] | select(.name == "theirs").description | startswith("By hand.\n\n- one\n")')" true
  equal "$(records '.[] | select(.name == "theirs").path')" /elsewhere
  equal "$(names_of desk --all)" 'App theirs'
}

@test "records that other clients make, change and remove are projects made, changed and removed" { both other_clients; }

@test "a description that another client wrote over is kept, and what it lost is put back" {
  service plain
  registers laptop app https://github.com/acme/app.git
  on laptop dev-infra set --quiet app tags=x
  succeeds on laptop dev-infra push --quiet wp
  other_client PATCH /1 '{"description":"Just this."}' >/dev/null
  succeeds on laptop dev-infra pull --quiet wp
  equal "$(field laptop app description)" '"Just this."'
  equal "$(field laptop app tags)" '["x"]'
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '.[0].description' | head -n 1)" 'Just this.'
  succeeds on desk dev-infra pull --quiet wp
  equal "$(tree_of desk)" "$(tree_of laptop)" 'the trees'
  settled
}

removed_there_changed_here() {
  service "$1"
  registers laptop app
  registers laptop other
  succeeds on laptop dev-infra push --quiet wp
  other_client DELETE "/$(records '.[] | select(.name == "app").id')" >/dev/null
  on laptop dev-infra set --quiet app status=paused
  succeeds on laptop dev-infra pull --quiet wp
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app" 'where it is here'
  settled
  equal "$(records '.[].name' | sort | paste -s -d ' ')" 'app other'
}

@test "a project that was removed there and changed here since stays" { both removed_there_changed_here; }

removed_here() {
  service "$1"
  registers laptop app
  registers laptop other
  succeeds on laptop dev-infra push --quiet wp
  succeeds on desk dev-infra pull --quiet wp
  on desk dev-infra rm --quiet app
  # One that was made since is not the pusher's.
  other_client POST '' '{"name":"new"}' >/dev/null
  succeeds on desk dev-infra push --quiet wp
  equal "$(records '.[].name' | paste -s -d ' ')" 'other new'
  settled
  equal "$(names_of laptop --all)" 'new other'
}

@test "a project that is removed here goes there, and no other" { both removed_here; }

@test "what the service refuses is named, the rest goes, and the next push sends what is missing" {
  service full
  registers laptop one
  registers laptop two
  succeeds on laptop dev-infra push --quiet wp
  start_faults "$SERVICE"
  on laptop dev-infra remote set-url wp "work-prod::http://127.0.0.1:$FAULTS_PORT"
  succeeds on laptop dev-infra pull --quiet wp
  on laptop dev-infra set --quiet one status=paused
  on laptop dev-infra set --quiet two status=paused
  # Twice the list, and the first of two changes.
  plan '5 status 400'
  runs 1 on laptop dev-infra push wp
  assert_stderr_line "^error: '(one|two)' was not sent: 400, \"not now\"$"
  assert_stderr_line "^error: 'wp' has not got everything: 1 of 2 projects not taken, the others are there$"
  equal "$(changing_requests | wc -l)" 2
  equal "$(records '[.[].status] | sort | join(" ")')" 'active paused'
  plan
  succeeds on laptop dev-infra push --quiet wp
  equal "$(changing_requests | wc -l)" 1
  equal "$(records '[.[].status] | join(" ")')" 'paused paused'
  plan
  settled
  equal "$(changing_requests)" ''
}

a_taken_path() {
  service "$1"
  registers laptop app
  other_client POST '' "{\"name\":\"squatter\",\"remote_url\":\"https://example.org/s\",\"path\":\"$WORLD/laptop/src/other\"}" >/dev/null
  registers laptop other https://example.org/o
  runs 0 on laptop dev-infra push wp
  # What has another URL is another project, wherever it is.
  assert_stderr_line "^warning: 'other' is sent without its path"
  equal "$(records 'map(.name) | sort | join(" ")')" 'app other squatter'
  settled
}

@test "a record with a project's path and another URL is another project, which goes without the path" { both a_taken_path; }

one_path_on_two_machines() {
  service "$1"
  mkdir "$WORLD/both"
  local name
  for name in laptop desk; do
    git init -q "$WORLD/both/p"
    commit_in "$WORLD/both/p" "$name"
    on "$name" dev-infra register --quiet "$WORLD/both/p"
    rm -rf "$WORLD/both/p"
    on "$name" dev-infra set --quiet p "name=of-$name"
  done
  succeeds on laptop dev-infra push --quiet wp
  runs 0 on desk dev-infra push wp
  if [ "$1" = plain ]; then assert_stderr_line "^warning: 'of-desk' is sent without its path"; fi
  settled
  equal "$(records 'length')" 2
  rm -rf "$WORLD/both"
}

@test "two projects at one path on two machines are two records, one of them without the path" {
  both one_path_on_two_machines
}

parts_of_one_repository() {
  service "$1"
  project laptop mono https://example.org/mono.git
  mkdir "$WORLD/laptop/mono/part"
  printf 'name: part\n' >"$WORLD/laptop/mono/part/.dev-infra.yml"
  git -C "$WORLD/laptop/mono" add -A
  commit_in "$WORLD/laptop/mono" part
  on laptop dev-infra register --quiet mono mono/part
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | sort | join(" ")')" 'mono part'
  succeeds on desk dev-infra pull --quiet wp
  settled
}

@test "projects of one URL, parts of one repository, are records of their own" { both parts_of_one_repository; }

@test "a service that was set up anew is filled again, and nothing goes here" {
  service plain
  registers laptop a
  registers laptop b
  succeeds on laptop dev-infra push --quiet wp
  local before
  before=$(tree_of laptop)
  other_client DELETE /1 >/dev/null
  other_client DELETE /2 >/dev/null
  succeeds on laptop dev-infra pull --quiet wp
  equal "$(tree_of laptop)" "$before"
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | join(" ")')" 'a b'
  settled
}

# at_another_address: the service's second address, which is that of a proxy before it; sets ADDRESS.
at_another_address() {
  start_faults "$SERVICE"
  ADDRESS=http://127.0.0.1:$FAULTS_PORT
}

service_moves() {
  service "$1"
  local name first=$SERVICE
  for name in a b c d e; do registers laptop "$name" "https://example.org/$name"; done
  succeeds on laptop dev-infra push --quiet wp
  succeeds on desk dev-infra pull --quiet wp
  at_another_address
  # What was removed on either side, and not told to the other, still is when the address is another.
  on laptop dev-infra rm --quiet c
  other_client DELETE "/$(records '.[] | select(.name == "b").id')" >/dev/null
  on laptop dev-infra remote set-url wp "work-prod::$ADDRESS"
  quietly on laptop dev-infra pull wp
  equal "$(names_of laptop --all)" 'a d e'
  succeeds on laptop dev-infra push wp
  refute_stderr_has warning
  equal "$(records '[.[].name] | sort | join(" ")')" 'a d e'
  # And so on the way back, and by git alone.
  other_client DELETE "/$(records '.[] | select(.name == "d").id')" >/dev/null
  other_client POST '' '{"name":"f"}' >/dev/null
  succeeds on laptop dev-infra pull --quiet wp
  other_client DELETE "/$(records '.[] | select(.name == "e").id')" >/dev/null
  on laptop dev-infra remote set-url wp "work-prod::$first/api/"
  quietly registry_git laptop fetch -q wp
  quietly on laptop dev-infra pull wp
  equal "$(names_of laptop --all)" 'a f'
  settled
  equal "$(names_of desk --all)" 'a f'
  sound laptop desk
}

@test "a service is the same at another address: what was removed stays so, and nothing is made twice" { both service_moves; }

a_first_push_and_then_a_new_address() {
  service "$1"
  local name
  for name in a b c; do registers laptop "$name"; done
  succeeds on laptop dev-infra push --quiet wp
  at_another_address
  on laptop dev-infra remote set-url wp "work-prod::$ADDRESS"
  other_client DELETE "/$(records '.[] | select(.name == "b").id')" >/dev/null
  quietly on laptop dev-infra pull wp
  equal "$(names_of laptop --all)" 'a c'
}

@test "a service that was only pushed to is known again at another address" { both a_first_push_and_then_a_new_address; }

# three_pushed KIND: a service that has seen three projects of the laptop's, and that the laptop has seen with them.
three_pushed() {
  service "$1"
  local name
  for name in a b c; do registers laptop "$name" "https://example.org/$name"; done
  succeeds on laptop dev-infra push --quiet wp
  succeeds on laptop dev-infra fetch --quiet wp
}

another_service() {
  three_pushed "$1"
  local first=$SERVICE
  service_again "$1"
  differ "$SERVICE" "$first"
  registers desk b https://example.org/b
  registers desk other
  on desk dev-infra remote set-url wp "work-prod::$SERVICE"
  succeeds on desk dev-infra push --quiet wp
  on laptop dev-infra remote set-url wp "work-prod::$SERVICE"
  succeeds on laptop dev-infra pull wp
  assert_stderr_has rewound
  equal "$(names_of laptop --all)" 'a b c other'
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | sort | join(" ")')" 'a b c other'
  settled
}

@test "another service at another address has never had what it lacks: nothing goes here, nothing is made twice" {
  both another_service
}

an_empty_service() {
  three_pushed "$1"
  service_again "$1"
  on laptop dev-infra remote set-url wp "work-prod::$SERVICE"
  succeeds on laptop dev-infra pull wp
  equal "$(names_of laptop --all)" 'a b c'
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | sort | join(" ")')" 'a b c'
  on desk dev-infra remote set-url wp "work-prod::$SERVICE"
  settled
}

@test "an empty service at another address is filled, and nothing goes here" { both an_empty_service; }

@test "a service that was set up anew and filled by others takes nothing away" {
  three_pushed plain
  local first=$SERVICE
  on laptop dev-infra set --quiet c status=paused
  succeeds on laptop dev-infra push --quiet wp
  # Records have whole seconds, and none of the new ones was made in those of the old.
  sleep 1.1
  stop_servers
  start_service --plain --listen "${first#http://}"
  equal "$SERVICE" "$first"
  registers desk b https://example.org/b
  succeeds on desk dev-infra push --quiet wp
  succeeds on laptop dev-infra pull wp
  assert_stderr_has rewound
  equal "$(names_of laptop --all)" 'a b c'
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | sort | join(" ")')" 'a b c'
  settled
}

a_machines_new_name() {
  service "$1"
  local name
  for name in a b c; do registers laptop "$name"; done
  succeeds on laptop dev-infra push --quiet wp
  on laptop dev-infra config dev-infra.name portable
  on laptop dev-infra set --quiet b status=paused
  settled
  equal "$(on desk dev-infra list --all --machine portable | wc -l)" 3
}

@test "a machine's new name goes into every record that has it" { both a_machines_new_name; }

@test "git alone fetches, lists and clones" {
  service full
  registers laptop app
  succeeds on laptop dev-infra push --quiet wp
  succeeds registry_git desk fetch -q wp
  equal "$(registry_git desk rev-parse 'refs/remotes/wp/main^{tree}')" "$(tree_of laptop)"
  succeeds registry_git desk ls-remote wp
  assert_output_has 'refs/heads/main'
  succeeds on desk git clone -q "work-prod::$SERVICE" clone
  equal "$(git -C "$WORLD/desk/clone" rev-parse 'HEAD^{tree}')" "$(tree_of laptop)"
  runs 1 registry_git desk push wp :refs/heads/main
  equal "$(records length)" 1
  runs 1 registry_git laptop push wp main:refs/heads/other
  succeeds registry_git laptop push -q --dry-run wp main
}

@test "a commit that does not know what the service has is refused, also by git alone" {
  service full
  registers laptop app
  succeeds on laptop dev-infra push --quiet wp
  other_client POST '' '{"name":"theirs"}' >/dev/null
  on laptop dev-infra set --quiet app status=paused
  runs 1 registry_git laptop push wp main
  equal "$(records '.[0].status')" active
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records '[.[].name] | join(" ")')" 'app theirs'
  settled
}

@test "a dry run changes nothing" {
  service full
  registers laptop app
  succeeds on laptop dev-infra push --dry-run wp
  equal "$(records length)" 0
  succeeds on laptop dev-infra push --quiet wp
  equal "$(records length)" 1
}

# many_projects COUNT: so many in the service, by another client.
many_projects() {
  local number
  for ((number = 0; number < $1; number++)); do
    printf '{"name":"p%s","description":"The project %s.","remote_url":"https://example.org/p%s"}\n' "$number" "$number" "$number"
  done | jq -sc '{projects: .}' >many.json
  curl -sS --fail --noproxy '*' -H 'Content-Type: application/json' --data-binary @many.json "$SERVICE/api/projects/import" >/dev/null
}

thousand_projects() {
  service "$1"
  many_projects 1000
  succeeds on laptop dev-infra pull --quiet wp
  equal "$(on laptop dev-infra list --all | wc -l)" 1000
  # To another, which has none of them.
  local first=$SERVICE
  service_again "$1"
  differ "$SERVICE" "$first"
  on laptop dev-infra remote add --work-prod second "$SERVICE"
  succeeds on laptop dev-infra push --quiet second
  equal "$(records length)" 1000
  on desk dev-infra remote set-url wp "work-prod::$SERVICE"
  succeeds on desk dev-infra pull --quiet wp
  equal "$(tree_of desk)" "$(tree_of laptop)"
}

@test "a thousand projects" { both thousand_projects; }

@test "a push that takes long tells on a terminal how far it is, and nowhere else" {
  service plain
  many_projects 600
  succeeds on laptop dev-infra pull --quiet wp
  for words in '' --quiet '2>told'; do
    service_again plain
    start_faults "$SERVICE"
    plan 'POST delay 0.6'
    on laptop dev-infra remote add --work-prod slow "http://127.0.0.1:$FAULTS_PORT"
    run on laptop env TERM=xterm script -qec "dev-infra push $words slow" /dev/null
    on laptop dev-infra remote remove slow
    [ "$status" -eq 0 ]
    equal "$(records length)" 600
    if [ -n "$words" ]; then
      [[ ! $output =~ Sending ]]
    else
      [[ $output =~ $'\r'?Sending\ projects:\ 41%\ \(250/600\)$'\r' ]]
      [[ $output =~ Sending\ projects:\ 100%\ \(600/600\),\ done\. ]]
    fi
    stop_servers
  done
  holds "$(cat "$WORLD/laptop/told")" 'Sent '
  equal "$(grep -c Sending "$WORLD/laptop/told")" 0
}

@test "the helper's -h is its page's synopsis, and without arguments it says what it takes" {
  local page=$DEV_INFRA_PREFIX/share/man/man1/git-remote-work-prod.1
  runs 129 git-remote-work-prod -h
  assert_output_has 'USAGE: git-remote-work-prod <remote> <url>'
  holds "$(mandoc -T ascii -- "$page" | col -bx)" 'git-remote-work-prod REMOTE URL'
  runs 129 git-remote-work-prod wp
  assert_stderr_has 'USAGE: git-remote-work-prod <remote> <url>'
  runs 128 git-remote-work-prod wp http://127.0.0.1:1
  assert_stderr_has 'GIT_DIR names none'
}

@test "--work-prod goes with add, and with a URL of http only" {
  refuses 129 "goes with add only" on laptop dev-infra remote --work-prod list
  refuses 128 "not a work-prod::" on laptop dev-infra remote add --work-prod wp ssh://host/x
  succeeds on laptop dev-infra remote add --work-prod wp https://projects.example.org
  equal "$(on laptop dev-infra remote get-url wp)" work-prod::https://projects.example.org
}

@test "a service stays one at its new URL, with and without the helper's name, and no other remote becomes one" {
  succeeds on laptop dev-infra remote add --work-prod wp https://projects.example.org
  succeeds on laptop dev-infra remote set-url wp https://other.example.org/api
  equal "$(on laptop dev-infra remote get-url wp)" work-prod::https://other.example.org/api
  succeeds on laptop dev-infra remote set-url wp work-prod::http://third.example.org
  equal "$(on laptop dev-infra remote get-url wp)" work-prod::http://third.example.org
  succeeds on laptop dev-infra remote set-url wp HTTPS://third.example.org
  equal "$(on laptop dev-infra remote get-url wp)" work-prod::https://third.example.org
  # What can be no service's is a git remote.
  succeeds on laptop dev-infra remote set-url wp ssh://host/registry.git
  equal "$(on laptop dev-infra remote get-url wp)" ssh://host/registry.git
  succeeds on laptop dev-infra remote set-url wp https://host.example.org/registry.git
  equal "$(on laptop dev-infra remote get-url wp)" https://host.example.org/registry.git
}
