#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # REMOTE is a test's own; output, stderr and status are set by bats' run
# What a newer version of dev-infra wrote into a registry, files and keys whose names this one does not know, is carried along
# unchanged by all that this one does. The newer version is git's plumbing here, which writes as that machine.
#
# Not tested here: two names that this version does not know and that differ in the case of their letters alone. The registry is a
# bare repository, where they are two files; only names that stand for something here are guarded against that.

load helper
load support/faults
# Last, for both have a client that is called so.
load support/daemon

setup() {
  begin
  bare_remote registry
}

teardown() { stop_servers; }

# newer MACHINE: the newer version there writes `PATH<TAB>TEXT` records from stdin in one commit; a path alone is removed, and a blob
# is named as `@ID`. AT, where it is set, is the time of that.
newer() {
  local name=$1 id path text
  id=$(id_of_machine "$name") || return
  (
    export GIT_INDEX_FILE=$BATS_TEST_TMPDIR/newer-index
    registry_git "$name" read-tree main || exit
    while IFS=$'\t' read -r path text; do
      case $text in
        '') printf '0 0000000000000000000000000000000000000000\t%s\n' "$path" ;;
        @*) printf '100644 %s\t%s\n' "${text#@}" "$path" ;;
        *) printf '100644 %s\t%s\n' "$(registry_git "$name" hash-object -w --stdin <<<"$text")" "$path" ;;
      esac | registry_git "$name" update-index --replace --index-info || exit
    done
    export GIT_COMMITTER_NAME=$name GIT_COMMITTER_EMAIL=$id@machine.dev-infra
    [ -z "${AT-}" ] || export GIT_COMMITTER_DATE=$AT GIT_AUTHOR_DATE=$AT
    registry_git "$name" update-ref -m newer refs/heads/main \
      "$(registry_git "$name" commit-tree -p main -m newer "$(registry_git "$name" write-tree)")"
  )
}

# newer_key MACHINE PATH FILTER: the newer version changes a JSON file with jq.
newer_key() {
  newer "$1" <<<"$2	@$(registry_git "$1" show "main:$2" | jq -S "$3" | registry_git "$1" hash-object -w --stdin)"
}

# unknown_of GITDIR: all files at main but those that this version knows, with their blobs.
unknown_of() {
  git --git-dir="$1" ls-tree -r main | grep -vE \
    $'\t''(format|projects/[0-9a-f]{2}/[0-9a-f]{38}\.json|machines/[0-9a-f]{16}/(machine\.json|checkouts/[0-9a-f]{2}/[0-9a-f]{38}\.json))$' || :
}

unknown_on() { unknown_of "$(registry_of "$1")"; }

# carried TEXT NAME…: these machines, and the remote, have these unknown files and no other.
carried() {
  local expected=$1 name
  shift
  for name; do equal "$(unknown_on "$name")" "$expected" "what $name carries" || return; done
  equal "$(unknown_of "$REMOTE")" "$expected" 'what the remote has'
}

# everywhere MACHINE: a file of an unknown name wherever one can be.
everywhere() {
  local id
  id=$(id_of_machine "$1")
  newer "$1" <<EOF
README.md	For people
notes/2027/plan.txt	not JSON
projects/index.json	{}
projects/ab/later.json	{"a": 1}
projects/later/x	1
machines/roles.json	{}
machines/groups/home.json	{}
machines/$id/state.json	{"dirty": 3}
machines/$id/state/ab.json	{}
machines/$id/checkouts/all.json	{}
machines/$id/checkouts/ab/later	1
EOF
}

@test "files of unknown names, at every level, come with init and pull, and stay through push, undo, gc and a rename" {
  local all blob
  joined laptop
  registered laptop app lib
  everywhere laptop
  all=$(unknown_on laptop)
  equal "$(wc -l <<<"$all")" 11 'the files'
  quietly on laptop dev-infra push --quiet
  carried "$all" laptop
  joined desk
  refute_stderr_has 'set aside'
  carried "$all" laptop desk
  sound laptop desk
  registered desk web
  quietly on desk dev-infra push --quiet
  registered laptop api
  succeeds on laptop dev-infra rm --quiet lib
  succeeds on laptop dev-infra undo
  succeeds on laptop dev-infra machine rename laptop thinkpad
  succeeds on laptop dev-infra sync
  refute_stderr_has 'set aside'
  succeeds on desk dev-infra gc
  succeeds on desk dev-infra pull
  carried "$all" laptop desk
  # What the pull brought is taken back, and what came with it stays.
  succeeds on desk dev-infra undo
  equal "$(unknown_on desk)" "$all" 'after an undo of the pull'
  succeeds on desk dev-infra undo main
  converge laptop desk
  carried "$all" laptop desk
  succeeds on laptop dev-infra-verify-registry
  assert_output ''
  # Somebody may take one out by its name, and none is written.
  printf '0 0000000000000000000000000000000000000000\tREADME.md\n' >record
  runs 0 on laptop sh -c 'dev-infra-update-registry --index-info <../record'
  blob=$(registry_git laptop rev-parse main:projects/index.json)
  printf '100644 %s\tREADME.md\n' "$blob" >record
  run --separate-stderr on laptop sh -c 'dev-infra-update-registry --index-info <../record'
  assert_status 128
  converge laptop desk
  carried "$(grep -v README <<<"$all")" laptop desk
}

@test "unknown files that change and go on one machine do so on the other" {
  joined laptop desk
  registered laptop app
  everywhere laptop
  converge laptop desk
  newer laptop <<<'README.md	Other words'
  newer desk <<<'notes/2027/plan.txt'
  newer desk <<<'notes/2027/plan/one.txt	a directory in its place'
  converge laptop desk
  carried "$(unknown_on laptop)" laptop desk
  equal "$(registry_git desk show main:README.md)" 'Other words'
  equal "$(registry_git laptop ls-tree -r --name-only main notes)" notes/2027/plan/one.txt
}

@test "of an unknown file that both changed the later one is taken, whichever merges; removed and changed is kept" {
  local first second
  joined laptop desk
  registered laptop app
  everywhere laptop
  converge laptop desk
  for first in laptop desk; do
    second=laptop
    [ $first = desk ] || second=desk
    AT='2026-05-02T12:00:00Z' newer laptop <<<"README.md	later $first"
    AT='2026-05-01T12:00:00Z' newer desk <<<"README.md	earlier $first"
    newer desk <<<'projects/index.json	{"kept": "'$first'"}'
    newer laptop <<<'projects/index.json'
    succeeds on $first dev-infra push
    succeeds on $second dev-infra pull
    assert_stderr_has 'conflict: README.md: changed here and in origin: took'
    assert_stderr_has 'conflict: projects/index.json: removed on one side and changed on the other: kept'
    converge $second $first
    equal "$(registry_git desk show main:README.md)" "later $first"
    equal "$(registry_git laptop show main:projects/index.json)" '{"kept": "'$first'"}'
    carried "$(unknown_on laptop)" laptop desk
  done
  # A file here and a directory there: the directory stays, on both.
  newer laptop <<<'later	a file'
  newer desk <<<'later/file	in a directory'
  converge laptop desk
  equal "$(registry_git laptop ls-tree -r --name-only main later)" later/file
}

@test "what is below a machine's own name is its own: forged files, changed and removed ones are set aside" {
  local id all
  joined laptop mallory
  registered laptop app
  everywhere laptop
  all=$(unknown_on laptop)
  converge laptop mallory
  id=$(id_of_machine laptop)
  newer mallory <<EOF
machines/$id/state.json	forged
machines/$id/state/ab.json
machines/$id/evil.json	{}
EOF
  succeeds on mallory dev-infra push
  succeeds on laptop dev-infra pull
  assert_stderr_has "set aside machines/$id/state.json of origin: only this machine writes below its own name"
  assert_stderr_has "set aside machines/$id/state/ab.json of origin: it was removed there"
  assert_stderr_has "set aside machines/$id/evil.json"
  equal "$(unknown_on laptop)" "$all"
  succeeds on laptop dev-infra push
  carried "$all" laptop
  quietly on laptop dev-infra pull --quiet
  # A remote that lags behind has what this machine wrote once.
  newer laptop <<<"machines/$id/state.json	{\"dirty\": 4}"
  succeeds on mallory dev-infra sync
  quietly on laptop dev-infra pull --quiet
  converge laptop mallory
  equal "$(registry_git mallory show "main:machines/$id/state.json")" '{"dirty": 4}'
}

@test "a machine that is taken out takes its unknown files with it, and undo brings them back" {
  local id all mine
  joined laptop desk
  registered laptop app
  everywhere laptop
  converge laptop desk
  all=$(unknown_on laptop)
  id=$(id_of_machine laptop)
  mine=$(grep "$id" <<<"$all")
  succeeds on desk dev-infra machine remove laptop
  equal "$(unknown_on desk)" "$(grep -v "$id" <<<"$all")"
  succeeds on desk dev-infra undo
  equal "$(unknown_on desk)" "$all"
  succeeds on desk dev-infra undo main
  equal "$(unknown_on desk)" "$(grep -v "$id" <<<"$all")"
  succeeds on desk dev-infra push
  # It comes back with its next push, as a whole.
  succeeds on laptop dev-infra sync
  converge laptop desk
  carried "$all" laptop desk
  equal "$(unknown_on desk | grep "$id")" "$mine"
}

@test "a successor has what its predecessor had of unknown files and keys" {
  local id own file
  joined laptop desk
  registered laptop app
  project desk src/app https://h.example/app
  everywhere laptop
  id=$(id_of_machine laptop)
  own=$(id_of_machine desk)
  file=$(file_of laptop app)
  newer_key laptop "machines/$id/machine.json" '.cpu = "many"'
  newer_key laptop "machines/$id/checkouts/${file#projects/}" '.pinned = true'
  newer desk <<<"machines/$own/state.json	{\"own\": true}"
  converge laptop desk
  mv laptop/src laptop/gone
  succeeds on desk dev-infra register --quiet src/app
  succeeds on desk dev-infra machine merge laptop
  equal "$(registry_git desk show "main:machines/$own/state.json")" '{"own": true}'
  equal "$(registry_git desk ls-tree -r --name-only main "machines/$own" | grep -c later)" 1
  equal "$(unknown_on desk | grep -c "$id")" 0
  equal "$(registry_git desk show "main:machines/$own/machine.json" | jq -r .cpu)" many
  sound desk
}

@test "unknown keys of every kind of entry stay whatever is done to it" {
  local id file place
  joined laptop desk
  registered laptop app
  project desk src/app https://h.example/app
  succeeds on desk dev-infra register --quiet src/app
  converge laptop desk
  id=$(id_of_machine laptop)
  file=$(file_of laptop app)
  place=machines/$id/checkouts/${file#projects/}
  newer_key laptop "$file" '.priority = 7 | .owners = {"a": ["b", null, 1.5]}'
  newer_key laptop "machines/$id/machine.json" '.cpu = "many"'
  newer_key laptop "$place" '.pinned = true | .paths[0].seen = "2027"'
  kept() {
    equal "$(registry_git "$1" show "main:$file" | jq -c '[.priority, .owners]')" '[7,{"a":["b",null,1.5]}]' "the project on $1" &&
      equal "$(registry_git "$1" show "main:machines/$id/machine.json" | jq -r .cpu)" many "the machine on $1" &&
      equal "$(registry_git "$1" show "main:$place" | jq -c '[.pinned, .paths[0].seen]')" '[true,"2027"]' "the checkout on $1"
  }
  sound laptop
  converge laptop desk
  kept laptop && kept desk
  succeeds on desk dev-infra set app description='from the desk' tags=x
  succeeds on laptop dev-infra set app status=paused
  git -C laptop/src/app remote add other https://h.example/other
  succeeds on laptop dev-infra refresh
  succeeds on laptop dev-infra register src/app
  succeeds on laptop dev-infra machine rename laptop thinkpad
  kept laptop
  converge laptop desk
  kept laptop && kept desk
  # Another place of the project, and it gone again.
  git clone -q laptop/src/app laptop/src/second
  git -C laptop/src/second remote set-url origin https://h.example/app
  succeeds on laptop dev-infra register src/second
  equal "$(registry_git laptop show "main:$place" | jq -c '[.pinned, (.paths | map(.seen))]')" '[true,["2027",null]]'
  rm -rf laptop/src/second
  succeeds on laptop dev-infra refresh
  kept laptop
  succeeds on laptop dev-infra rm --quiet app
  succeeds on laptop dev-infra undo
  kept laptop
  converge laptop desk
  kept laptop && kept desk
}

@test "the daemon takes unknown files and keys by git, keeps them under its records, and gives them on" {
  local all file id
  machine server
  succeeds on server dev-infra init --name server
  start_daemon server
  REMOTE=$(registry_of server)
  machine laptop
  succeeds on laptop dev-infra init --name laptop "${API%/api}/registry.git"
  registered laptop app
  everywhere laptop
  id=$(id_of_machine laptop)
  file=$(file_of laptop app)
  newer_key laptop "$file" '.priority = 7'
  all=$(unknown_on laptop)
  quietly on laptop dev-infra push --quiet
  carried "$all" server
  call GET /projects
  answers 200 'length == 1'
  call PATCH "/projects/$(jq '.[0].id' <<<"$ANSWER")" '{"description": "by REST"}'
  answers 200
  call POST /projects '{"name": "made"}'
  answers 201
  carried "$all" server
  equal "$(registry_git server show "main:$file" | jq -c '[.priority, .description]')" '[7,"by REST"]'
  machine desk
  succeeds on desk dev-infra init --name desk "${API%/api}/registry.git"
  refute_stderr_has 'set aside'
  registered desk web
  succeeds on desk dev-infra push
  carried "$all" server desk
  # What is not well-formed is refused by name.
  newer desk <<<'.gitattributes	* x'
  run --separate-stderr on desk dev-infra push
  assert_status 128
  assert_stderr_has .gitattributes
  sound server laptop
}

# syncs_wp MACHINE: with the service.
syncs_wp() {
  succeeds on "$1" dev-infra pull wp
  refute_stderr_has 'set aside'
  succeeds on "$1" dev-infra push wp
}

@test "a work-prod service, whose records hold no such file, is no reason to lose one" {
  local name all theirs
  joined laptop desk
  start_work_prod
  for name in laptop desk; do succeeds on $name dev-infra remote add --work-prod wp "$SERVICE"; done
  registered laptop app
  everywhere laptop
  newer_key laptop "$(file_of laptop app)" '.priority = 7'
  all=$(unknown_on laptop)
  quietly on laptop dev-infra push --quiet wp
  theirs=$(unknown_on desk)
  equal "$theirs" ''
  succeeds on desk dev-infra pull wp
  equal "$(unknown_on desk)" '' 'what no record holds does not travel'
  equal "$(field desk app priority)" 7 'keys do'
  succeeds on desk dev-infra set app description='from the desk'
  succeeds on desk dev-infra push wp
  curl -sS --fail --noproxy '*' -X POST -H 'Content-Type: application/json' --data-binary '{"name": "by another"}' \
    "$SERVICE/api/projects" >/dev/null
  syncs_wp laptop
  equal "$(field laptop app description)" '"from the desk"'
  equal "$(unknown_on laptop)" "$all" 'after the records came'
  # A newer one goes on from there, beside the service and back.
  newer laptop <<<'README.md	Other words'
  syncs_wp laptop
  syncs_wp laptop
  equal "$(registry_git laptop show main:README.md)" 'Other words'
  succeeds on laptop dev-infra push origin
  succeeds on desk dev-infra pull origin
  syncs_wp desk
  syncs_wp laptop
  equal "$(unknown_on desk)" "$(unknown_on laptop)"
  equal "$(wc -l < <(unknown_on desk))" 11
  sound laptop desk
}

# raw_tree: a tree on the remote of `MODE<SP>ID<TAB>NAME` records on stdin, in the order in which they come.
raw_tree() {
  python3 -c '
import os, sys
for line in sys.stdin.buffer.read().split(b"\n"):
    if line:
        head, name = line.split(b"\t", 1)
        mode, object = head.split()
        sys.stdout.buffer.write(mode + b" " + name.replace(b"%0a", b"\n") + b"\0" + bytes.fromhex(object.decode()))
' | git --git-dir="$REMOTE" hash-object --literally -w -t tree --stdin
}

# published TREE: the remote's main becomes a commit of it.
published() {
  git --git-dir="$REMOTE" update-ref refs/heads/main \
    "$(git --git-dir="$REMOTE" -c user.name=x -c user.email=x@example.org commit-tree -p main -m hostile "$1")"
}

@test "unknown names that are not well-formed are set aside by name, each, and the good come" {
  local blob big tree deep format machines projects name bad
  joined laptop
  registered laptop app
  succeeds on laptop dev-infra push
  blob=$(git --git-dir="$REMOTE" hash-object -w --stdin <<<x)
  big=$(head -c 262145 /dev/zero | git --git-dir="$REMOTE" hash-object -w --stdin)
  format=$(git --git-dir="$REMOTE" rev-parse main:format)
  machines=$(git --git-dir="$REMOTE" rev-parse main:machines)
  projects=$(git --git-dir="$REMOTE" rev-parse main:projects)
  tree=$(printf '100644 %s\tend\n' "$blob" | raw_tree)
  deep=$tree
  for ((depth = 0; depth < 9; depth++)); do deep=$(printf '40000 %s\tdeep\n' "$deep" | raw_tree); done
  tree=$(LC_ALL=C sort -t $'\t' -k 2 <<EOF | raw_tree
100644 $blob	Format.txt
100644 $blob	FORMAT
40000 $tree	Projects
100644 $blob	HEAD
100644 $blob	config
100755 $blob	run
120000 $blob	link
160000 $blob	module
100644 $big	big
40000 $deep	deep
100644 $blob	two words
100644 $blob	-option
100644 $blob	esc$(printf '\033')[31m
100644 $blob	line%0aend
100644 $blob	na$(printf '\303\257')ve
100644 $blob	back\\slash
100644 $blob	git~1
100644 $blob	$(printf 'n%.0s' {1..101})
100644 $format	format
40000 $machines	machines
40000 $projects	projects
100644 $blob	good
EOF
)
  published "$tree"
  git --git-dir="$REMOTE" config --local transfer.fsckObjects false
  succeeds on laptop dev-infra config transfer.fsckObjects false
  succeeds on laptop dev-infra config fetch.fsckObjects false
  succeeds on laptop dev-infra pull
  assert_clean_text "$stderr"
  for name in FORMAT Projects HEAD config run link module big deep/ 'two words' -option 'esc\033[31m' 'line\nend' 'back\\slash' 'git~1'; do
    assert_stderr_has "set aside $name" || return
  done
  bad=$(grep -c 'warning: set aside' <<<"$stderr")
  equal "$bad" 17
  equal "$(unknown_on laptop | cut -f 2 | paste -s -d ' ')" 'Format.txt good'
  succeeds on laptop dev-infra push
  carried "$(unknown_on laptop)" laptop
  # The history has what git itself finds fault with.
  quietly on laptop dev-infra-verify-registry
}

@test "a hundred thousand unknown files, and trees that say a thousand times a thousand, are set aside as one" {
  local blob tree
  joined laptop
  registered laptop app
  succeeds on laptop dev-infra push
  blob=$(git --git-dir="$REMOTE" hash-object -w --stdin <<<x)
  tree=$(seq -f "100644 $blob	f%06.0f" 1 100000 | raw_tree)
  tree=$(git --git-dir="$REMOTE" ls-tree main | { sed "s/ \(blob\|tree\) / /; s/^0//"; printf '40000 %s\tzeal\n' "$tree"; } | raw_tree)
  published "$tree"
  succeeds on laptop timeout 60 dev-infra pull
  assert_stderr_has 'set aside zeal/f000001'
  assert_stderr_has 'more than 10000'
  equal "$(grep -c 'set aside' <<<"$stderr")" 1
  equal "$(unknown_on laptop)" ''
  succeeds on laptop dev-infra push
  equal "$(unknown_of "$REMOTE")" ''
  tree=$(printf '100644 %s\tend\n' "$blob" | raw_tree)
  for _ in 1 2 3 4 5 6; do
    tree=$(seq -f "40000 $tree	d%04.0f" 1 1000 | raw_tree)
  done
  tree=$(git --git-dir="$REMOTE" ls-tree main | { sed "s/ \(blob\|tree\) / /; s/^0//"; printf '40000 %s\tzeal\n' "$tree"; } | raw_tree)
  published "$tree"
  succeeds on laptop timeout 60 dev-infra pull
  assert_stderr_has 'more than 10000'
  equal "$(unknown_on laptop)" ''
  succeeds on laptop timeout 60 dev-infra push
  succeeds on laptop timeout 60 dev-infra pull
  sound laptop
}

@test "this version and a newer one, in random histories on three machines, lose nothing and settle" {
  local seed=${DEV_INFRA_TEST_SEED:-$SRANDOM} step steps=${STEPS:-40} name id key file expected
  local names=(laptop desk server)
  echo "DEV_INFRA_TEST_SEED=$seed"
  RANDOM=$((seed % 32768))
  joined "${names[@]}"
  for name in "${names[@]}"; do registered "$name" "$name-app"; done
  converge "${names[@]}"
  declare -A written=() keys=()
  for ((step = 0; step < steps; step++)); do
    name=${names[RANDOM % 3]}
    id=$(id_of_machine "$name")
    case $((RANDOM % 11)) in
      0 | 1) # a file of its own, changed or new
        file=machines/$id/later/$((RANDOM % 4)).json
        newer "$name" <<<"$file	$step"
        written[$file]=$step
        ;;
      2) # a file that all share, which each writes under another name: what one writes no other changes
        file=later/$name/$((RANDOM % 3))
        newer "$name" <<<"$file	$step"
        written[$file]=$step
        ;;
      3) # gone again
        file=later/$name/0
        [ -z "${written[$file]-}" ] || newer "$name" <<<"$file"
        written[$file]=
        ;;
      4) # a key of a project that this machine alone writes
        key=later_$name
        newer_key "$name" "$(file_of "$name" "$name-app")" ".$key = $step | .updated = \"$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)\""
        keys[$name]=$step
        ;;
      5) succeeds on "$name" dev-infra set "${names[RANDOM % 3]}-app" "description=$step" ;;
      6) registered "$name" "p$step" ;;
      7) succeeds on "$name" dev-infra refresh ;;
      8) succeeds on "$name" dev-infra pull ;;
      9) succeeds on "$name" dev-infra push ;;
      10) succeeds on "$name" dev-infra sync ;;
    esac
    refute_stderr_has 'set aside'
  done
  converge "${names[@]}"
  expected=$(for file in "${!written[@]}"; do [ -z "${written[$file]}" ] || printf '%s %s\n' "$file" "${written[$file]}"; done | LC_ALL=C sort)
  for name in "${names[@]}"; do
    equal "$(unknown_on "$name" | cut -f 2 | while read -r file; do
      printf '%s %s\n' "$file" "$(registry_git "$name" show "main:$file")"
    done | LC_ALL=C sort)" "$expected" "what is on $name, seed $seed"
    for key in "${!keys[@]}"; do equal "$(field "$name" "$key-app" "later_$key")" "${keys[$key]}" "the key on $name, seed $seed"; done
  done
  # Nothing moves any more.
  expected=$(remote_main)
  for name in "${names[@]}"; do succeeds on "$name" dev-infra sync; done
  equal "$(remote_main)" "$expected" 'after one more round'
}
