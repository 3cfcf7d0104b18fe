#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# Machines come and go: they are listed, renamed, taken out and succeeded, on every transport; a home that several systems share
# is one machine, and a copy of it another.
#
# Not tested here: WSL beside Windows is a system with a machine-id of its own whose home Windows does not have; where both see
# one directory it is the shared home below.

load helper
load support/daemon

setup() {
  begin
  bare_remote registry
}

teardown() { stop_servers; }

# machines_of NAME: the names that its registry has, sorted, on one line.
machines_of() {
  local file
  registry_git "$1" ls-tree -r --name-only main | grep '/machine\.json$' | while read -r file; do
    registry_git "$1" show "main:$file" | jq -r .name
  done | LC_ALL=C sort | paste -s -d ' '
}

# on_machine NAME M: the projects that its list has for a machine.
on_machine() { on "$1" dev-infra list --all --json | jq -r --arg m "$2" '.[] | select(.machines | index($m)) | .name' | paste -s -d ' '; }

sync() {
  local name
  for name; do succeeds on "$name" dev-infra sync; done
}

@test "the jobs of a CI server are one machine where they are told which, and none where they only read" {
  local job
  joined laptop
  registered laptop app
  succeeds on laptop dev-infra push
  for job in 1 2 3; do
    rm -rf "$WORLD/job"
    machine job
    succeeds on job dev-infra init --name ci "$REMOTE"
    if [ "$job" -lt 3 ]; then
      succeeds on job dev-infra config dev-infra.machine 00112233aabbccdd
      registered job app
      succeeds on job dev-infra push
      refute_stderr_has 'two of that name'
    fi
    succeeds on job dev-infra pull
    succeeds on job dev-infra list --all
    assert_output_has app
  done
  sync laptop
  equal "$(on laptop dev-infra machine | cut -f 1,2,4 | paste -s -d ' ')" "ci	00112233aabbccdd	1 laptop	$(id_of_machine laptop)	1"
}

@test "machines are listed with their system, projects and last push" {
  joined laptop desk
  registered laptop app lib
  succeeds on laptop dev-infra push
  registered desk app
  sync desk laptop
  succeeds on laptop dev-infra machine
  equal "$(cut -f 1,3,4,6 <<<"$output")" "desk	$(uname -sm)	1	
laptop	$(uname -sm)	2	here"
  grep -qE $'^desk\t[0-9a-f]{16}\t.*\t20[0-9T:.-]*Z\t' <<<"$output" || explain 'no last push'
  succeeds on laptop dev-infra machine list --json
  equal "$(jq -c 'map([.name, .here, (.projects | length), (.last_pushed != null), (.home | type)])' <<<"$output")" \
    '[["desk",false,1,true,"string"],["laptop",true,2,true,"string"]]'
  succeeds on laptop dev-infra machine show desk
  assert_output_has "$(id_of_machine desk)"
  succeeds on laptop dev-infra machine show
  assert_output_has 'laptop (this machine)'
  assert_output_has '2, 1 of them on no other machine'
  succeeds on laptop dev-infra machine show --json "$(id_of_machine desk | cut -c 1-6)"
  equal "$(jq -r .name <<<"$output")" desk
  # What each has left undone, as it said with its push; nothing of one that never told.
  echo change >>desk/src/app/new
  succeeds on desk dev-infra push
  joined mute
  succeeds on mute dev-infra config dev-infra.state none
  registered mute app
  sync mute laptop
  equal "$(on laptop dev-infra machine | cut -f 1,7 | paste -s -d ' ')" $'desk\t1 laptop\t2 mute\t'
  equal "$(on laptop dev-infra machine list --json | jq -c 'map([.name, (.unsaved | length), (.state_taken | type), has("unsaved")])')" \
    '[["desk",1,"string",true],["laptop",2,"string",true],["mute",0,"null",false]]'
  equal "$(on laptop dev-infra machine show --json desk | jq -c '[.unsaved[0] == .projects[0], (.unsaved | length)]')" '[true,1]'
  run on laptop script -qec 'stty cols 160; dev-infra machine' /dev/null </dev/null
  grep -qE 'PROJECTS +UNSAVED +LAST PUSHED' <<<"$output" || explain "$output"
  grep -qE 'desk .* 1 +1 +20' <<<"$output" || explain "$output"
  refuses 1 "no machine is known by 'nosuch'" on laptop dev-infra machine show nosuch
  # What only reads need not say that it has changed nothing.
  refute_stderr_has changed
  refuses 129 "there is no 'dev-infra machine nosuch'" on laptop dev-infra machine nosuch
  refuses 129 'a machine is missing' on laptop dev-infra machine remove
  refuses 129 'a name is missing' on laptop dev-infra machine rename
}

# retell NAME M FILTER: in the registry of NAME, changes the record of what the machine M says by a filter of jq.
retell() {
  local name=$1 filter=$3 state=refs/dev-infra/state/$2 record
  record=$(registry_git "$name" show "$state:machine.json" | jq -S "$filter" | registry_git "$name" hash-object -w --stdin)
  registry_git "$name" update-ref "$state" "$(
    registry_git "$name" ls-tree "$state" | sed "s/[0-9a-f]*\tmachine\.json$/$record\tmachine.json/" | registry_git "$name" mktree |
      xargs -I {} git --git-dir="$WORLD/$name/.dev-infra" -c user.name=x -c user.email=x commit-tree -m state {}
  )"
}

@test "what is unsaved on a machine stands in its record, and is found without" {
  local desk id
  joined laptop desk
  registered desk app lib
  git -C desk/src/lib update-ref refs/remotes/origin/main main
  sync desk laptop
  desk=$(id_of_machine desk)
  id=$(id_of laptop app)
  equal "$(registry_git laptop show "refs/dev-infra/state/$desk:machine.json" | jq -c '[.id, .unsaved]')" "[\"$desk\",[\"$id\"]]"
  unsaved() { on laptop dev-infra machine list --json | jq -c '.[] | select(.name == "desk") | .unsaved'; }
  equal "$(unsaved)" "[\"$id\"]"
  # Of 0.2.0, or of a service that does not pass it on.
  retell laptop "$desk" 'del(.unsaved)'
  equal "$(unsaved)" "[\"$id\"]"
  retell laptop "$desk" '.unsaved = "all"'
  equal "$(unsaved)" "[\"$id\"]"
  # Nothing else is read where it stands there; what main does not have there is not counted.
  retell laptop "$desk" ".unsaved = [\"$(id_of laptop lib)\", \"$(printf '7%.0s' {1..40})\"]"
  equal "$(unsaved)" "[\"$(id_of laptop lib)\"]"
  # What was not ready keeps what was said of it, here too.
  succeeds on desk dev-infra config dev-infra.stateWait 0
  mkfifo "$WORLD/silent"
  git -C desk/src/app config core.excludesFile "$WORLD/silent"
  succeeds on desk dev-infra push
  equal "$(registry_git desk show "refs/dev-infra/state/$desk:machine.json" | jq -c .unsaved)" "[\"$id\"]"
}

@test "machines are completed where one is to be named" {
  joined laptop desk
  registered laptop app
  registered desk lib
  sync laptop desk
  for words in 'machine remove' 'machine show' 'machine merge' 'list --machine'; do
    # shellcheck disable=SC2086 # words
    equal "$(on desk dev-infra-complete dev-infra $words '' | LC_ALL=C sort | paste -s -d ' ')" 'desk laptop' "$words"
  done
  equal "$(on desk dev-infra-complete dev-infra machine '' | LC_ALL=C sort | paste -s -d ' ')" 'list merge remove rename show'
  equal "$(on desk dev-infra-complete dev-infra machine rename '')" ''
}

@test "a machine without a remote, and one that has registered nothing" {
  machine laptop
  runs 0 on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra machine list
  equal "$(cut -f 1,4,5,6 <<<"$output")" $'laptop\t0\t\there'
  equal "$(on laptop dev-infra machine list --json | jq -c '.[0].last_pushed')" null
  registered laptop app
  succeeds on laptop dev-infra machine list
  equal "$(cut -f 1,4,5,6 <<<"$output")" $'laptop\t1\t\there'
}

@test "a machine that is taken out is gone everywhere, its projects stay, and undo brings it back" {
  local before removed
  joined old desk third
  registered old app lib
  succeeds on old dev-infra push
  registered desk app
  sync desk third
  rm -r old
  before=$(tree_of desk)
  runs 0 on desk dev-infra machine remove --dry-run old
  equal "$(tree_of desk)" "$before"
  runs 0 on desk dev-infra machine remove old </dev/null
  assert_output_has 'removed old ('
  assert_output_has 'which had 2 projects'
  removed=$output
  assert_stderr_has 'warning: 1 project is on no other machine'
  equal "$(machines_of desk)" desk
  equal "$(on_machine desk old)" ''
  equal "$(names_of desk --all)" 'app lib'
  sound desk
  succeeds on desk dev-infra undo
  equal "$(tree_of desk)" "$before"
  succeeds on desk dev-infra undo main
  equal "$(machines_of desk)" desk
  succeeds on desk dev-infra undo main
  equal "$(tree_of desk)" "$before"
  runs 0 on desk dev-infra machine remove "$(sed -n 's/.*(\([0-9a-f]\{16\}\)).*/\1/p' <<<"$removed")"
  equal "$(machines_of desk)" desk
  succeeds on desk dev-infra push
  succeeds on third dev-infra pull
  equal "$(machines_of third)" desk
  equal "$(on_machine third old)" ''
  equal "$(on_machine third desk)" app
  sound third
  # A removal that was killed in the middle is ended by the next one.
  registry_git desk update-ref refs/dev-infra/state/00000000000000ff main
  refuses 1 "no machine is known by 'old'" on desk dev-infra machine remove old
  equal "$(registry_git desk for-each-ref refs/dev-infra/state/00000000000000ff)" ''
  joined fourth
  equal "$(machines_of fourth)" desk
}

@test "one that is still in use comes back as a whole with its next push" {
  joined laptop desk
  registered laptop app lib
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  runs 0 on desk dev-infra machine remove laptop
  succeeds on desk dev-infra push
  runs 0 on laptop dev-infra pull
  assert_stderr_has 'it was removed there; the next push puts this machine back'
  equal "$(wc -l <<<"$stderr")" 1
  equal "$(names_of laptop)" 'app lib'
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  equal "$(on_machine desk laptop)" 'app lib'
  converge laptop desk
}

@test "taken out here while it pushes there: what it has pushed since counts, in either order" {
  local order
  joined laptop desk
  registered laptop app lib
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  for order in pull push; do
    registered laptop "new-$order"
    succeeds on laptop dev-infra push
    runs 0 on desk dev-infra machine remove laptop
    runs 0 on desk dev-infra "$order"
    runs 0 on desk dev-infra sync
    runs 0 on desk dev-infra pull
    equal "$(on_machine desk laptop | wc -w)" "$(names_of laptop | wc -w)" "after $order"
    converge laptop desk
  done
}

@test "a name that two have is refused, and the id tells them apart" {
  joined laptop
  registered laptop app
  succeeds on laptop dev-infra push
  machine again
  runs 0 on again dev-infra init --name laptop "$REMOTE"
  assert_stderr_has "has a machine 'laptop' already, $(id_of_machine laptop)"
  assert_stderr_has "dev-infra machine merge $(id_of_machine laptop)"
  registered again lib
  refuses 1 "'laptop' is ambiguous" on again dev-infra machine remove laptop
  assert_stderr_has '(this machine)'
  # Under another name nothing is said.
  machine desk
  runs 0 on desk dev-infra init --name desk "$REMOTE"
  lacks "$stderr" already
  runs 0 on again dev-infra machine remove "$(id_of_machine laptop)"
  equal "$(machines_of again)" laptop
  equal "$(on_machine again laptop)" lib
}

@test "this machine may take itself out, and is back with its next project" {
  joined laptop desk
  registered laptop app
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  runs 0 on laptop dev-infra machine remove laptop
  assert_stderr_has 'comes back into the registry with the next project'
  equal "$(machines_of laptop)" ''
  sync laptop desk
  equal "$(machines_of desk)" ''
  sound laptop desk
  registered laptop lib
  sync laptop desk
  equal "$(on_machine desk laptop)" lib
}

@test "a machine that was set up anew becomes its predecessor's successor" {
  joined desk other
  registered desk src-app lib tool
  succeeds on desk dev-infra push
  succeeds on other dev-infra pull
  # The new system has the same home directory, from a backup, without the registry and one project.
  mv desk was
  joined desk
  cp -a was/src desk/src
  rm -r desk/src/tool was
  runs 0 on desk dev-infra machine merge --dry-run desk
  assert_output_has 'would merge desk'
  equal "$(names_of desk)" ''
  runs 0 on desk dev-infra machine merge desk
  assert_output_has "took lib ($WORLD/desk/src/lib)"
  assert_stderr_has '1 project of desk is not here: tool'
  equal "$(names_of desk)" 'lib src-app'
  equal "$(machines_of desk)" 'desk other' 2>/dev/null || equal "$(machines_of desk)" desk
  sync desk other
  equal "$(on_machine other desk)" 'lib src-app'
  equal "$(names_of other --all)" 'lib src-app tool'
  refuses 1 'not its own successor' on desk dev-infra machine merge desk
  refuses 1 "no machine is known by 'dusk'" on desk dev-infra machine merge dusk
  refuses 1 'not its own successor' on desk dev-infra machine merge "$(id_of_machine desk)"
  sound desk other
}

@test "a successor finds what its predecessor had below its home, and takes no other repository for it" {
  joined old new
  registered old app lib
  succeeds on old dev-infra push
  succeeds on new dev-infra pull
  project new src/app https://h.example/app
  project new src/lib https://h.example/another
  rm -r old
  runs 0 on new dev-infra machine merge old
  equal "$(names_of new)" app
  equal "$(on new dev-infra path app)" "$WORLD/new/src/app"
  assert_stderr_has 'not here: lib'
  sound new
}

@test "a renamed machine has its name everywhere at once" {
  joined laptop desk
  registered laptop app
  succeeds on laptop dev-infra machine rename lap
  equal "$output" 'renamed laptop to lap'
  equal "$(on_machine laptop lap)" app
  quietly on laptop dev-infra config dev-infra.name book
  equal "$(on_machine laptop book)" app
  equal "$(machines_of laptop)" book
  sync laptop desk
  equal "$(on_machine desk book)" app
  succeeds on laptop dev-infra machine rename book
  equal "$output" ''
  refuses 1 'only a machine itself changes its name' on desk dev-infra machine rename book cook
  refuses 129 'no control characters' on laptop dev-infra machine rename $'a\nb'
  refuses 129 '1 to 100 characters' on laptop dev-infra machine rename ''
  refuses 128 "is called 'book'" on laptop dev-infra init --name cook
  succeeds on laptop dev-infra init --name book
}

# begun_at_daemon rest|git NAME: a machine with a registry whose origin is the daemon, as a service or as a git remote.
begun_at_daemon() {
  begun "$2"
  case $1 in
    rest) succeeds on "$2" dev-infra remote add --work-prod origin "$API" ;;
    git) succeeds on "$2" dev-infra remote add origin "${API%/api}/registry.git" ;;
  esac
}

@test "through a work-prod service, and through the daemon as a git remote" {
  local kind
  machine server
  runs 0 on server dev-infra init --name server
  start_daemon server
  for kind in rest git; do
    for name in "old-$kind" "desk-$kind"; do
      begun_at_daemon "$kind" "$name"
    done
    registered "old-$kind" "a-$kind" "b-$kind"
    sync "old-$kind"
    registered "desk-$kind" "a-$kind"
    sync "desk-$kind"
    equal "$(on_machine "desk-$kind" "old-$kind")" "a-$kind b-$kind" "$kind"
    # The fields are those of a list that is not for people; over a service the last change stands in for the push.
    [ -n "$(on "desk-$kind" dev-infra machine list | grep "^old-$kind" | cut -f 5)" ] || explain "$kind: no last push"
    runs 0 on "desk-$kind" dev-infra machine remove "old-$kind"
    succeeds on "desk-$kind" dev-infra push
    runs 0 on "desk-$kind" dev-infra sync
    equal "$(on_machine "desk-$kind" "old-$kind")" '' "$kind"
    equal "$(on_machine server "old-$kind")" '' "$kind, at the server"
    begun_at_daemon "$kind" "third-$kind"
    runs 0 on "third-$kind" dev-infra pull
    equal "$(on_machine "third-$kind" "old-$kind")" '' "$kind, at the third"
    # It was not out of use after all.
    runs 0 on "old-$kind" dev-infra sync
    runs 0 on "desk-$kind" dev-infra sync
    equal "$(on_machine "desk-$kind" "old-$kind")" "a-$kind b-$kind" "$kind, back"
  done
}

@test "all of a daemon's own machine may be taken out by a push, and nothing of it changed" {
  local file
  machine server
  runs 0 on server dev-infra init --name server
  registered server app lib
  start_daemon server
  machine desk
  runs 0 on desk dev-infra init --name desk "${API%/api}/registry.git"
  file=$(registry_git desk ls-tree -r --name-only main | grep /checkouts/ | head -n 1)
  printf '0 0000000000000000000000000000000000000000\t%s\n' "$file" >record
  runs 0 on desk sh -c 'dev-infra-update-registry --index-info <../record'
  run --separate-stderr on desk dev-infra push
  equal "$status" 128
  assert_stderr_has 'only the machine itself writes below its name'
  runs 0 on desk dev-infra machine remove server
  succeeds on desk dev-infra push
  equal "$(machines_of server)" desk
  sound server
  succeeds on server dev-infra undo
  equal "$(on_machine server server)" 'app lib'
}

# ---------------------------------------------------------------- one home, several systems

# box NAME SYSTEM COMMAND…: as `on`, on a system with that machine-id(5).
box() {
  local name=$1 system=$2
  shift 2
  printf '%s\n' "$system" >"$WORLD/machine-id"
  # shellcheck disable=SC2016 # the shell's own
  on "$name" unshare -m sh -c 'mount --bind "$0" /etc/machine-id && exec "$@"' "$WORLD/machine-id" "$@"
}

need_systems() {
  [ -f /etc/machine-id ] || skip 'there is no machine-id here'
  [ "$(id -u)" -eq 0 ] || skip 'another machine-id needs root'
  unshare -m true 2>/dev/null || skip 'no mount namespaces here'
}

A=0123456789abcdef0123456789abcdef
B=fedcba9876543210fedcba9876543210
C=00112233445566778899aabbccddeeff

@test "a home that several systems share is one machine, however often they take turns" {
  local system id=
  need_systems
  machine laptop
  project laptop a https://h.example/a
  project laptop b https://h.example/b
  runs 0 box laptop $A dev-infra init --name laptop
  quietly box laptop $A dev-infra register --quiet a
  quietly box laptop $B dev-infra register --quiet b
  id=$(id_of_machine laptop)
  for system in $A $B $C $A $C $B; do
    quietly box laptop "$system" dev-infra set a "tags=$system"
    equal "$(box laptop "$system" dev-infra list --json | jq -r '.[].name' | paste -s -d ' ')" 'a b'
    equal "$(box laptop "$system" dev-infra path b)" "$WORLD/laptop/b"
  done
  equal "$(id_of_machine laptop)" "$id"
  equal "$(machines_of laptop)" laptop
}

# laptop_on_a: the laptop on system A, with a registry and one project.
laptop_on_a() {
  machine laptop
  project laptop a https://h.example/a
  runs 0 box laptop $A dev-infra init --name laptop
  quietly box laptop $A dev-infra register --quiet a
}

@test "a copy on another system is a machine of its own; one given back from a backup stays what it was" {
  local id
  need_systems
  laptop_on_a
  id=$(id_of_machine laptop)
  cp -a laptop copy
  run --separate-stderr box copy $B dev-infra set a tags=copied
  assert_status 0
  assert_stderr_has 'was made on another computer'
  assert_stderr_has "dev-infra machine merge $id"
  differ "$(id_of_machine copy)" "$id"
  quietly box copy $B dev-infra set a tags=again
  # Back on the same system, as a disk that was restored.
  cp -a laptop/.dev-infra backup
  rm -r laptop/.dev-infra
  cp -a backup laptop/.dev-infra
  quietly box laptop $A dev-infra set a tags=restored
  equal "$(id_of_machine laptop)" "$id"
  equal "$(box laptop $A dev-infra list --json | jq -r '.[].name')" a
  # The directory is known by then: another system that has it shares it.
  quietly box laptop $C dev-infra set a tags=shared
  equal "$(id_of_machine laptop)" "$id"
}

@test "where a directory has another number at each mount, each system is known again" {
  local first second turn
  need_systems
  machine laptop
  project laptop a https://h.example/a
  remounted() { git config -f laptop/.dev-infra/config dev-infra.directory "$SRANDOM"; }
  runs 0 box laptop $A dev-infra init --name laptop
  quietly box laptop $A dev-infra register --quiet a
  first=$(id_of_machine laptop)
  remounted
  runs 0 box laptop $B dev-infra register --quiet a
  second=$(id_of_machine laptop)
  differ "$first" "$second"
  for turn in 1 2 3; do
    remounted
    quietly box laptop $A dev-infra set a "tags=a$turn"
    equal "$(id_of_machine laptop)" "$first"
    remounted
    quietly box laptop $B dev-infra set a "tags=b$turn"
    equal "$(id_of_machine laptop)" "$second"
  done
  equal "$(machines_of laptop | wc -w)" 2
}

@test "a clone whose id is taken away is a machine of its own" {
  local id
  joined laptop
  registered laptop app
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra config --unset dev-infra.machine
  succeeds on laptop dev-infra machine rename clone
  registered laptop lib
  differ "$(id_of_machine laptop)" "$id"
  equal "$(machines_of laptop)" 'clone laptop'
}

@test "two machines of one id, as after a virtual machine was cloned, are told, and one of them gets an id of its own" {
  local id
  shared_home() { on "$1" dev-infra register --quiet --recursive src; }
  joined laptop
  registered laptop app
  runs 0 on laptop dev-infra push
  cp -a laptop clone
  id=$(id_of_machine laptop)
  equal "$(id_of_machine clone)" "$id"
  # Nobody can tell the two apart until both have pushed.
  registered clone lib
  runs 0 on clone dev-infra push
  run --separate-stderr on laptop dev-infra pull
  assert_status 0
  assert_stderr_has 'only this machine writes below its own name'
  assert_stderr_has 'a copy of this machine needs an id of its own'
  runs 0 on laptop dev-infra push
  equal "$(on laptop dev-infra ls-projects --format='%(name)')" app
  succeeds on clone dev-infra config --unset dev-infra.machine
  succeeds on clone dev-infra machine rename clone
  shared_home clone
  differ "$(id_of_machine clone)" "$id"
  for name in clone laptop clone laptop; do
    runs 0 on "$name" dev-infra sync
  done
  quietly on laptop dev-infra pull
  quietly on clone dev-infra pull
  equal "$(machines_of laptop)" 'clone laptop'
  equal "$(on laptop dev-infra ls-projects --format='%(name)')" app
  equal "$(names_of clone)" 'app lib'
  equal "$(tree_of clone)" "$(tree_of laptop)"
  sound laptop clone
}

@test "a backup on a new computer is its predecessor's successor" {
  local id
  need_systems
  laptop_on_a
  id=$(id_of_machine laptop)
  cp -a laptop new
  rm -r laptop
  mv new laptop
  run --separate-stderr box laptop $B dev-infra machine rename next
  assert_status 0
  succeeds box laptop $B dev-infra machine merge "$id"
  equal "$(box laptop $B dev-infra list --json | jq -r '.[].name')" a
  equal "$(machines_of laptop)" next
  box laptop $B dev-infra-verify-registry
}

# crowd COUNT: the registry of the laptop, and one project that so many machines have.
crowd() {
  local id
  id=$(printf 'remote git.example.org/app\n' | git hash-object --stdin)
  awk -v count="$1" -v id="$id" '
    function put(path, text) { printf "M 100644 inline %s\ndata %d\n%s\n", path, length(text), text }
    BEGIN {
      print "commit refs/heads/main\ncommitter x <x@example.org> 1700000000 +0000\ndata 1\nx\nfrom refs/heads/main^0"
      file = substr(id, 1, 2) "/" substr(id, 3) ".json"
      time = "\"2026-01-01T00:00:00.000Z\""
      put("projects/" file, "{\"id\": \"" id "\", \"identity\": \"remote git.example.org/app\", \"name\": \"app\", \"status\": \"active\"," \
        "\"created\": \"2026-01-01\", \"updated\": " time ", \"updated_by\": \"00000000000000aa\"}")
      for (number = 0; number < count; number++) {
        machine = sprintf("%016x", 4096 + number)
        put("machines/" machine "/machine.json", "{\"first_seen\": " time ", \"id\": \"" machine "\", \"name\": \"box-" number "\", \"system\": \"x\"}")
        put("machines/" machine "/checkouts/" file, "{\"paths\": [{\"kind\": \"main\", \"path\": \"/home/u" number "/app\"}], \"remotes\": {}}")
      }
    }' | registry_git laptop -c fastimport.unpackLimit=0 fast-import --quiet
}

# frugal COMMAND…: runs it on the laptop with so much of the processor that what grows with the square of the machines, and takes
# minutes, ends by it.
frugal() { on laptop bash -c 'ulimit -t 100; exec "$@"' frugal "$@"; }

@test "what 20,000 machines have is shown in a time that grows as they do, and not as their square" {
  local seventh
  machine laptop
  succeeds on laptop dev-infra init
  crowd 20000
  seventh=0000000000001007
  frugal dev-infra state --all-machines --json >state.json 2>/dev/null || explain "state ended with $?"
  equal "$(jq length state.json)" 0
  frugal dev-infra list --all --format='%(state)' >list.out || explain "list ended with $?"
  equal "$(tr ',' '\n' <list.out | grep -c ': not told$')" 20000
  frugal dev-infra state --all-machines --where 'machines = box-7 or dirty' >/dev/null 2>&1 || explain "--where ended with $?"
  refuses 1 'it is on box-0, box-1' on laptop dev-infra path app
  holds "$stderr" ' and 19990 more'
  frugal dev-infra show app >show.out || explain "show ended with $?"
  equal "$(grep -c '^on box-' show.out)" 20000
  frugal dev-infra machine show box-7 "$seventh" box-8 >machine.out || explain "machine show ended with $?"
  equal "$(grep -c '^id' machine.out)" 2
}
