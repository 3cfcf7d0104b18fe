#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# shellcheck disable=SC2016 # the pipelines are expanded by the shell that runs them
# The plumbing: commands that compose, with stable formats.

load helper

setup() {
  begin
  machine laptop
  succeeds on laptop dev-infra init --name laptop
}

# app_lib_and_notes: app (work), lib and notes on the laptop.
app_lib_and_notes() {
  project laptop src/app https://github.com/acme/app.git
  project laptop src/lib git@github.com:acme/lib.git
  project laptop src/notes
  succeeds on laptop dev-infra register src/app src/lib src/notes
  succeeds on laptop dev-infra set app tags+=work status=paused
}

# put NAME PATH TEXT: a record of index-info for a blob of TEXT at PATH.
put() { printf '100644 %s\t%s\n' "$(printf '%s' "$3" | registry_git "$1" hash-object -w --stdin)" "$2"; }

# edited NAME PROJECT FILTER: writes the entry as jq's FILTER changes it; prints its record.
edited() {
  local entry path
  path=$(file_of "$1" "$2")
  entry=$(on "$1" dev-infra-cat-project "$2" | jq -S "$3")
  put "$1" "$path" "$entry
"
}

# refs_of NAME: every ref of the registry.
refs_of() { registry_git "$1" for-each-ref; }

# ---------------------------------------------------------------- questions and answers

# asked END COMMAND…: asks what COMMAND does of each line of `questions`, and asks the next when the answer has come, which has an END
# as its last line; prints the answers.
asked() {
  local end=$1 question answer reads writes pid
  shift
  coproc ANSWERS { on laptop "$@"; }
  # bash forgets all three when the process ends.
  pid=$ANSWERS_PID
  exec {reads}<&"${ANSWERS[0]}" {writes}>&"${ANSWERS[1]}"
  eval "exec ${ANSWERS[0]}<&- ${ANSWERS[1]}>&-"
  while read -r question; do
    printf '%s\n' "$question" >&"$writes"
    while :; do
      IFS= read -r -t 20 answer <&"$reads" || { echo "no answer to $question"; break 2; }
      printf '%s\n' "$answer"
      # shellcheck disable=SC2254 # it is a pattern
      case $answer in $end) break ;; esac
    done
  done <questions
  exec {writes}>&-
  wait "$pid"
  exec {reads}<&-
}

@test "what reads questions from standard input answers each before it waits for the next" {
  local answers
  app_lib_and_notes
  printf '%s\n' "$WORLD/laptop/src/app" "$WORLD/laptop/src/lib" "$WORLD/laptop/src/notes" >questions
  equal "$(asked '*' dev-infra-ls-state --stdin --format='%(path) %(branch)')" "$(sed 's/$/ main/' questions)"
  equal "$(asked '*' dev-infra-hash-project --stdin)" "$(on laptop dev-infra-hash-project --stdin <questions)"
  answers=$(asked '}' dev-infra-cat-project --stdin | jq -r .name)
  equal "$answers" "$(printf '%s\n' app lib notes)"
  equal "$(asked '*' dev-infra path --stdin)" "$(cat questions)"
}

@test "of a stream what comes before a bad record is answered, and one without an end is refused" {
  app_lib_and_notes
  runs 128 on laptop dev-infra-ls-state --stdin --format='%(branch)' < <(printf '%s\n' src/app src/lib '"broken' src/notes)
  equal "$output" main$'\n'main
  assert_stderr_has 'line 3 is not quoted as git quotes'
  runs 128 on laptop dev-infra-ls-state -z --stdin < <(head -c 3000000 /dev/zero | tr '\0' a)
  assert_stderr_has 'is longer than 1048576 bytes'
}

# ---------------------------------------------------------------- the pipelines of the manual

@test "ls-repos | hash-project | update-registry registers what is below a directory, in one commit" {
  local name before
  hostile_names
  for name in app lib "${HOSTILE[@]}"; do project laptop "src/$name"; done
  before=$(commits_of laptop)
  runs 0 pipeline laptop \
    "dev-infra-ls-repos -z ~/src | dev-infra-hash-project -z --stdin -w --index-info | dev-infra-update-registry -z --index-info -m 'register'"
  assert_output "$(main_of laptop)"
  equal "$(commits_of laptop)" $((before + 1)) 'commits'
  equal "$(registry_git laptop log -1 --format=%s main)" register
  on laptop dev-infra-ls-projects -z --format='%(path)' | LC_ALL=C sort -z >got
  for name in app lib "${HOSTILE[@]}"; do printf '%s\0' "$WORLD/laptop/src/$name"; done | LC_ALL=C sort -z >expected
  cmp got expected
  nothing_ran
  sound laptop
}

@test "the same pipeline once more changes nothing and makes no commit" {
  local before pipe
  pipe="dev-infra-ls-repos -z ~/src | dev-infra-hash-project -z --stdin -w --index-info | dev-infra-update-registry -z --index-info -m 'register'"
  project laptop src/app
  runs 0 pipeline laptop "$pipe"
  before=$(main_of laptop)
  runs 0 pipeline laptop "$pipe"
  assert_output "$before"
  equal "$(main_of laptop)" "$before"
}

@test "the same pipeline without -z carries every name, quoted" {
  local name
  hostile_names
  for name in "${HOSTILE[@]}"; do project laptop "src/$name"; done
  runs 0 pipeline laptop \
    "dev-infra-ls-repos ~/src | dev-infra-hash-project --stdin -w --index-info | dev-infra-update-registry --index-info"
  on laptop dev-infra-ls-projects -z --format='%(path)' | LC_ALL=C sort -z >got
  for name in "${HOSTILE[@]}"; do printf '%s\0' "$WORLD/laptop/src/$name"; done | LC_ALL=C sort -z >expected
  cmp got expected
}

@test "ls-projects | send-pack --stdin sends only those, and a full push and pull later loses nothing" {
  app_lib_and_notes
  with_origin
  machine desktop
  runs 0 pipeline laptop "dev-infra-ls-projects --tag work --format='%(id)' | dev-infra-send-pack --stdin origin"
  equal "$(git --git-dir="$REMOTE" ls-tree -r --name-only main projects/)" "$(file_of laptop app)" 'projects on the remote'
  succeeds on desktop dev-infra init --name desktop "$REMOTE"
  equal "$(names_of desktop --all)" app

  # The desktop goes on from there; nothing of the laptop's counts as deleted.
  succeeds on desktop dev-infra set app description='from the desktop'
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(names_of laptop)" 'app lib notes' 'after a partial push and a pull'
  equal "$(field laptop app description)" '"from the desktop"'
  converge laptop desktop
  equal "$(names_of desktop --all)" 'app lib notes'
}

@test "read-meta --json | jq reads a project's template" {
  project laptop src/app
  printf 'template: standard-project\nversion: "0.4.0"\n' >laptop/src/app/.dev-infra.yml
  runs 0 at laptop src/app bash -o pipefail -c 'dev-infra-read-meta --json . | jq -r .template'
  assert_output standard-project
}

@test "git hash-object makes the id of a clone out of its URL" {
  local url
  project laptop src/work-prod https://github.com/grimm00/work-prod.git
  for url in https://github.com/grimm00/work-prod.git git@github.com:grimm00/work-prod.git \
    ssh://git@github.com:22/grimm00/work-prod https://user:secret@GitHub.com:443/Grimm00/Work-Prod/ \
    https://github.com/grimm00/work%2Dprod; do
    git -C laptop/src/work-prod remote set-url origin "$url"
    runs 0 on laptop dev-infra-hash-project src/work-prod
    assert_output "$(printf 'remote github.com/grimm00/work-prod\n' | git hash-object --stdin)"
    runs 0 on laptop dev-infra-hash-project --identity src/work-prod
    assert_output 'remote github.com/grimm00/work-prod'
  done
}

# ---------------------------------------------------------------- hash-project

@test "hash-project: without a remote the first commit counts, then the path; a declared id comes before all" {
  local id root
  project laptop one
  root=$(git -C laptop/one rev-parse HEAD)
  commit_in laptop/one second
  runs 0 on laptop dev-infra-hash-project --identity one
  assert_output "root $root"

  mkdir laptop/empty
  git init -q laptop/empty
  id=$(on laptop dev-infra config dev-infra.machine)
  [[ $id =~ ^[0-9a-f]{16}$ ]] || explain "the machine's id is $id"
  runs 0 on laptop dev-infra-hash-project --identity empty
  assert_output "path $id $WORLD/laptop/empty"

  printf 'id: my-own\n' >laptop/one/.dev-infra.yml
  runs 0 on laptop dev-infra-hash-project --identity one
  assert_output 'id my-own'
  runs 0 on laptop dev-infra-hash-project one empty
  assert_output "$(printf 'id my-own\n' | git hash-object --stdin)
$(printf 'path %s %s\n' "$id" "$WORLD/laptop/empty" | git hash-object --stdin)"
}

@test "hash-project: a shallow clone has no known root, so its path counts" {
  project laptop one
  commit_in laptop/one second
  on laptop git clone -q --depth 1 "file://$WORLD/laptop/one" shallow
  git -C laptop/shallow remote remove origin
  runs 0 on laptop dev-infra-hash-project --identity shallow
  assert_output "path $(on laptop dev-infra config dev-infra.machine) $WORLD/laptop/shallow"
}

@test "hash-project: the records are blobs of the registry, and without -w nothing is written" {
  local mode object path before count
  project laptop one https://github.com/acme/one.git
  before=$(refs_of laptop)
  count=$(registry_git laptop count-objects | cut -d ' ' -f 1)
  runs 0 on laptop dev-infra-hash-project one
  equal "$(registry_git laptop count-objects | cut -d ' ' -f 1)" "$count" 'objects'
  runs 0 on laptop dev-infra-hash-project -w --index-info one
  [ "$(wc -l <<<"$output")" -ge 2 ] || explain 'an entry and a checkout'
  while IFS=$' \t' read -r mode object path; do
    equal "$mode" 100644
    equal "$(registry_git laptop cat-file -t "$object")" blob "$path"
    case $path in
      projects/*.json) equal "$(registry_git laptop cat-file blob "$object" | jq -r .name)" one ;;
      machines/*/checkouts/*.json)
        equal "$(registry_git laptop cat-file blob "$object" | jq -r '.paths[].path')" "$WORLD/laptop/one" ;;
      machines/*/machine.json) ;;
      *) explain "an unexpected path: $path" ;;
    esac
  done <<<"$output"
  holds "$output" projects/
  holds "$output" /checkouts/
  equal "$(refs_of laptop)" "$before" 'hash-project moves no ref'
}

@test "hash-project: one bad directory is an error, the others go on" {
  project laptop one
  mkdir laptop/plain
  runs 1 on laptop dev-infra-hash-project one plain missing
  assert_output "$(printf 'root %s\n' "$(git -C laptop/one rev-parse HEAD)" | git hash-object --stdin)"
  assert_stderr_line '^error: .*plain'
  assert_stderr_line '^error: .*missing'
}

# ---------------------------------------------------------------- update-registry

@test "update-registry: what git ls-tree prints goes back in and changes nothing" {
  local before
  app_lib_and_notes
  before=$(main_of laptop)
  runs 0 pipeline laptop "git --git-dir=.dev-infra ls-tree -r main | dev-infra-update-registry --index-info"
  assert_output "$before"
  equal "$(main_of laptop)" "$before"
  runs 0 pipeline laptop "git --git-dir=.dev-infra ls-tree -r -z main | dev-infra-update-registry -z --index-info"
  assert_output "$before"
}

@test "update-registry: records add, change and remove; mode 0 removes" {
  local path before
  app_lib_and_notes
  path=$(file_of laptop lib)
  edited laptop app '.description="by hand"' >records
  printf '0 %s\t%s\n' "$(printf '%040d' 0)" "$path" >>records
  before=$(commits_of laptop)
  runs 0 pipeline laptop 'dev-infra-update-registry --index-info -m "by hand" <../records'
  assert_output "$(main_of laptop)"
  equal "$(commits_of laptop)" $((before + 1))
  equal "$(field laptop app description)" '"by hand"'
  equal "$(names_of laptop --all)" 'app notes'
  runs 1 on laptop dev-infra-cat-project lib
  equal "$(registry_git laptop log -1 --format='%s|%an|%ae|%cn' main)" 'by hand|Dev on laptop|dev@laptop.example|laptop'
  equal "$(registry_git laptop log -1 --format=%ce main)" "$(on laptop dev-infra config dev-infra.machine)@machine.dev-infra"
}

@test "update-registry --expect: applies where main is that commit, else ends with 1 and changes nothing" {
  local before
  app_lib_and_notes
  before=$(main_of laptop)
  edited laptop app '.description="one"' >one
  edited laptop app '.description="two"' >two
  runs 0 pipeline laptop "dev-infra-update-registry --expect $before --index-info <../one"
  refuses 1 "$before" pipeline laptop "dev-infra-update-registry --expect $before --index-info <../two"
  equal "$(field laptop app description)" '"one"'
}

@test "update-registry COMMIT: moves main there by compare-and-swap" {
  local before earlier
  app_lib_and_notes
  before=$(main_of laptop)
  earlier=$(registry_git laptop rev-parse main~1)
  runs 0 on laptop dev-infra-update-registry --expect "$before" "$earlier"
  assert_output "$earlier"
  equal "$(main_of laptop)" "$earlier"
  refuses 1 "$before" on laptop dev-infra-update-registry --expect "$before" "$before"
  refuses 128 nonsense on laptop dev-infra-update-registry nonsense
}

@test "update-registry: a bad record is refused, and none of the batch is applied" {
  local good blob id
  app_lib_and_notes
  good=$(edited laptop app '.description="half"')
  blob=$(registry_git laptop hash-object -w --stdin <<<'{}')
  id=$(id_of laptop app)
  bad() { # RECORD: refused behind a good one
    printf '%s\n%s\n' "$good" "$1" >records
    refuses 128 '' pipeline laptop 'dev-infra-update-registry --index-info <../records'
  }
  bad "100644 $(printf '%040d' 7)	projects/${id:0:2}/${id:2}.json"
  bad "100644 $blob	../escape"
  bad "100644 $blob	/absolute"
  bad "100644 $blob	projects/../../escape.json"
  bad "100644 $blob	elsewhere/file"
  bad "100644 $blob	projects/zz/short.json"
  bad "120000 $blob	projects/${id:0:2}/${id:2}.json"
  bad "100755 $blob	projects/${id:0:2}/${id:2}.json"
  bad "100644 $blob projects/${id:0:2}/${id:2}.json"
  bad 'nonsense'
  bad "100644 $blob	\"projects/unclosed"
  equal "$(field laptop app description)" null
}

@test "update-registry: no input, no commit" {
  local before
  before=$(main_of laptop)
  runs 0 pipeline laptop 'dev-infra-update-registry --index-info </dev/null'
  assert_output "$before"
  equal "$(main_of laptop)" "$before"
}

# ---------------------------------------------------------------- ls-projects

@test "ls-projects: ids and names by default; formats with every kind of atom" {
  local app
  app_lib_and_notes
  app=$(id_of laptop app)
  quietly on laptop dev-infra-ls-projects app
  assert_output "$app app"
  quietly on laptop dev-infra-ls-projects --format='%(id)%09%(name)%%%(status) %(tags) %(remote_url) %(path) %(machines)%41' app
  assert_output "$app	app%paused work https://github.com/acme/app.git $WORLD/laptop/src/app laptopA"
  refuses 129 nonsense on laptop dev-infra-ls-projects --format='%(nonsense)'
}

@test "ls-projects: every field can be filtered by, and no match is 1" {
  app_lib_and_notes
  succeeds on laptop dev-infra set lib status=completed classification=archive project_type=Work organization=acme tags=work,old
  equal "$(names_of laptop --status paused)" app
  equal "$(names_of laptop --classification archive)" lib
  equal "$(names_of laptop --type Work)" lib
  equal "$(names_of laptop --organization acme)" lib
  equal "$(names_of laptop --tag work)" 'app lib'
  equal "$(names_of laptop --tag nosuch --tag old)" lib
  equal "$(names_of laptop --tag work --status paused)" app
  equal "$(names_of laptop --machine laptop)" 'app lib notes'
  equal "$(names_of laptop --path src/lib)" lib
  equal "$(names_of laptop 'A*' 'NOTES')" 'app notes' 'patterns are for names, whatever their case'
  equal "$(names_of laptop '*/src/n*')" notes 'with a slash they are for paths'
  for arguments in '--status cancelled' '--tag nowhere' 'zzz*' '--machine elsewhere'; do
    # shellcheck disable=SC2086 # several arguments
    runs 1 on laptop dev-infra-ls-projects $arguments
    assert_output ''
  done
}

@test "ls-projects: an empty registry lists nothing and ends with 0" {
  quietly on laptop dev-infra-ls-projects
  assert_output ''
  quietly on laptop dev-infra-ls-projects --all --json
  assert_output ''
}

@test "ls-projects --sort: by any atom, and backwards" {
  app_lib_and_notes
  quietly on laptop dev-infra-ls-projects --sort name --format='%(name)'
  assert_output $'app\nlib\nnotes'
  quietly on laptop dev-infra-ls-projects --sort -name --format='%(name)'
  assert_output $'notes\nlib\napp'
  quietly on laptop dev-infra-ls-projects --sort -updated --format='%(name)'
  equal "$(head -1 <<<"$output")" app 'app was changed last'
  refuses 129 nonsense on laptop dev-infra-ls-projects --sort nonsense
}

@test "ls-projects --json: one object a line" {
  app_lib_and_notes
  quietly on laptop dev-infra-ls-projects --json --sort name
  equal "$(wc -l <<<"$output")" 3
  equal "$(jq -rs 'map(.name) | join(" ")' <<<"$output")" 'app lib notes'
  equal "$(head -1 <<<"$output" | jq -c '[.status, .tags, .remote_url]')" \
    '["paused",["work"],"https://github.com/acme/app.git"]'
}

@test "ls-projects -z: records end in NUL and nothing is quoted; without it unusual values are quoted as git does" {
  project laptop $'src/new\nline "q"'
  succeeds on laptop dev-infra register $'src/new\nline "q"'
  on laptop dev-infra-ls-projects -z --format='%(path)' >got
  printf '%s\0' "$WORLD/laptop/src/"$'new\nline "q"' | cmp - got
  quietly on laptop dev-infra-ls-projects --format='%(path)'
  assert_output "\"$WORLD/laptop/src/new\\nline \\\"q\\\"\""
}

# ---------------------------------------------------------------- cat-project

@test "cat-project: the entry as it is stored, which is what jq -S prints" {
  app_lib_and_notes
  on laptop dev-infra-cat-project app >got
  registry_git laptop show "main:$(file_of laptop app)" | cmp - got
  jq -S . got | cmp - got
  equal "$(jq -r '[.id, .identity, .name, .status, .default_branch] | join(" ")' got)" \
    "$(printf 'remote github.com/acme/app\n' | git hash-object --stdin) remote github.com/acme/app app paused main"
  equal "$(jq -r .root_commit got)" "$(git -C laptop/src/app rev-parse HEAD)"
  [[ $(jq -r .updated got) =~ ^20[0-9-]{8}T[0-9:]{8}\.[0-9]{3}Z$ ]] || explain "updated: $(jq -r .updated got)"
  equal "$(jq -r .created got)" 2024-05-01 "the date of the repository's first commit"
  equal "$(jq -r .updated_by got)" "$(on laptop dev-infra config dev-infra.machine)"
}

@test "cat-project: by id, abbreviation, name and path; -e is only the status" {
  local id how
  app_lib_and_notes
  id=$(id_of laptop app)
  for how in "$id" "${id:0:8}" app src/app ./src/app "$WORLD/laptop/src/app"; do
    quietly on laptop dev-infra-cat-project "$how"
    equal "$(jq -r .id <<<"$output")" "$id" "by $how"
    quietly on laptop dev-infra-cat-project -e "$how"
    assert_output ''
  done
  quietly at laptop src/app dev-infra-cat-project .
  equal "$(jq -r .id <<<"$output")" "$id"
  runs 1 on laptop dev-infra-cat-project -e nothing
  assert_output ''
  refuses 1 nothing on laptop dev-infra-cat-project nothing
  refuses 1 "${id:0:3}" on laptop dev-infra-cat-project "${id:0:3}"
}

@test "cat-project: a name that two projects have is ambiguous, and the candidates are listed" {
  local one two
  project laptop a/app https://github.com/one/app.git
  project laptop b/app https://github.com/two/app.git
  succeeds on laptop dev-infra register a/app b/app
  one=$(id_of laptop a/app)
  two=$(id_of laptop b/app)
  differ "$one" "$two"
  refuses 1 "'app'" on laptop dev-infra-cat-project app
  assert_stderr_has "${one:0:4}"
  assert_stderr_has "${two:0:4}"
}

@test "cat-project --stdin: an entry for each line, and --checkouts adds where it is" {
  app_lib_and_notes
  quietly pipeline laptop 'printf "app\nnotes\n" | dev-infra-cat-project --stdin | jq -rs "map(.name) | join(\" \")"'
  assert_output 'app notes'
  quietly pipeline laptop 'printf "app\0src/notes\0" | dev-infra-cat-project -z --stdin | tr "\0" "\n" | jq -rs "map(.name) | join(\" \")"'
  assert_output 'app notes'
  quietly on laptop dev-infra-cat-project --checkouts app
  equal "$(jq -c '[.project.name, (.checkouts[] | .paths, .remotes)]' <<<"$output")" \
    "[\"app\",[{\"kind\":\"main\",\"path\":\"$WORLD/laptop/src/app\"}],{\"origin\":\"https://github.com/acme/app.git\"}]"
  equal "$(jq -r '.checkouts | keys[]' <<<"$output")" "$(on laptop dev-infra config dev-infra.machine)"
}

# ---------------------------------------------------------------- diff-registry

@test "diff-registry: what changed between two commits, in each form" {
  local old app lib fresh
  app_lib_and_notes
  app=$(id_of laptop app)
  lib=$(id_of laptop lib)
  old=$(main_of laptop)
  succeeds on laptop dev-infra set app status=completed
  succeeds on laptop dev-infra rm lib
  project laptop src/fresh
  succeeds on laptop dev-infra register src/fresh
  fresh=$(id_of laptop fresh)

  quietly on laptop dev-infra-diff-registry "$old" main
  equal "$(LC_ALL=C sort <<<"$output")" "A $fresh fresh
D $lib lib
M $app app"
  quietly on laptop dev-infra-diff-registry "$old"
  equal "$(LC_ALL=C sort <<<"$output" | cut -c 1 | tr -d '\n')" ADM 'one argument: against main'
  quietly on laptop dev-infra-diff-registry --name-only "$old" main
  equal "$(LC_ALL=C sort <<<"$output")" "$(printf '%s\n' "$app" "$lib" "$fresh" | LC_ALL=C sort)"
  on laptop dev-infra-diff-registry -z --name-only "$old" main >got
  equal "$(tr '\0' '\n' <got)" "$output"
  quietly on laptop dev-infra-diff-registry --raw "$old" main
  equal "$output" "$(registry_git laptop diff-tree -r --raw --no-abbrev "$old" main)"
  quietly on laptop dev-infra-diff-registry -p "$old" main
  assert_output_has 'app: status: "paused" -> "completed"'
  equal "$(on laptop dev-infra-diff-registry --name-only)" "$fresh" 'by default: the last change'
}

@test "diff-registry --exit-code: 1 where something changed, 0 where nothing did" {
  local old
  app_lib_and_notes
  old=$(main_of laptop)
  runs 0 on laptop dev-infra-diff-registry --exit-code "$old" main
  assert_output ''
  succeeds on laptop dev-infra set app status=active
  runs 1 on laptop dev-infra-diff-registry --exit-code "$old" main
  refuses 128 nonsense on laptop dev-infra-diff-registry nonsense main
}

# ---------------------------------------------------------------- merge-registry, fetch-pack, send-pack

# two_sides: the laptop and the desktop share a base; the laptop has the desktop's main as refs/remotes/origin/main.
two_sides() {
  app_lib_and_notes
  shared
  succeeds on laptop dev-infra set app status=completed description=ours
  succeeds on desktop dev-infra set app status=cancelled tags+=theirs
  succeeds on desktop dev-infra set lib description=theirs
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra fetch
}

# merged STRATEGY PROJECT KEY: the value in the commit that merge-registry prints.
merged() {
  local commit
  commit=$(on laptop dev-infra-merge-registry --quiet --strategy "$1" main refs/remotes/origin/main) || return
  registry_git laptop show "$commit:$(file_of laptop "$2")" | jq -c ".$3"
}

@test "merge-registry: prints a commit with both parents, moves no ref, and reports each conflict" {
  local refs
  two_sides
  refs=$(refs_of laptop)
  runs 0 on laptop dev-infra-merge-registry main refs/remotes/origin/main
  equal "$(registry_git laptop rev-parse "$output^1" "$output^2")" \
    "$(registry_git laptop rev-parse main refs/remotes/origin/main)" 'parents'
  equal "$(refs_of laptop)" "$refs" 'the refs'
  assert_stderr_line 'app.*status'
  refute_stderr_has tags
  equal "$(merged last-write app status)" '"cancelled"' 'the desktop was later'
  equal "$(merged ours app status)" '"completed"'
  equal "$(merged theirs app status)" '"cancelled"'
  for strategy in last-write ours theirs; do
    equal "$(merged "$strategy" app description)" '"ours"' "$strategy: only one side changed it"
    equal "$(merged "$strategy" app tags)" '["theirs","work"]' "$strategy"
    equal "$(merged "$strategy" lib description)" '"theirs"' "$strategy"
  done
  equal "$(refs_of laptop)" "$refs"
  refuses 129 sideways on laptop dev-infra-merge-registry --strategy sideways main refs/remotes/origin/main
  refuses 128 nonsense on laptop dev-infra-merge-registry main nonsense
}

@test "merge-registry: a side that is ahead is adopted as it is, without a merge commit" {
  two_sides
  runs 0 on laptop dev-infra-merge-registry main~1 main
  assert_output "$(main_of laptop)"
  runs 0 on laptop dev-infra-merge-registry main main~1
  assert_output "$(main_of laptop)"
  runs 0 on laptop dev-infra-merge-registry main main
  assert_output "$(main_of laptop)"
}

@test "merge-registry: where both came to the same content, the remote's commit is adopted" {
  app_lib_and_notes
  shared
  edited laptop app '.description="alike"' >record
  runs 0 pipeline laptop 'dev-infra-update-registry --index-info <../record'
  on laptop dev-infra-cat-project app | registry_git desktop hash-object -w --stdin
  runs 0 pipeline desktop 'dev-infra-update-registry --index-info <../record'
  differ "$(main_of laptop)" "$(main_of desktop)" 'two commits'
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(main_of laptop)" "$(main_of desktop)"
}

@test "a remote that was rewound is merged with a warning, and nothing is lost" {
  two_sides
  succeeds on laptop dev-infra pull
  succeeds on laptop dev-infra push
  git --git-dir="$REMOTE" update-ref refs/heads/main "$(git --git-dir="$REMOTE" rev-list --max-parents=0 main)"
  runs 0 on laptop dev-infra pull
  assert_stderr_line '^warning: '
  equal "$(names_of laptop)" 'app lib notes'
  equal "$(field laptop lib description)" '"theirs"'
  succeeds on laptop dev-infra push
  equal "$(remote_tree)" "$(tree_of laptop)"
}

@test "fetch-pack: prints what moved, once, and leaves main alone" {
  local old new main
  two_sides
  main=$(main_of laptop)
  old=$(registry_git laptop rev-parse refs/remotes/origin/main)
  succeeds on desktop dev-infra set lib description='once more'
  succeeds on desktop dev-infra push
  new=$(remote_main)
  runs 0 on laptop dev-infra-fetch-pack --quiet origin
  assert_output "$old $new	refs/remotes/origin/main"
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$new"
  runs 0 on laptop dev-infra-fetch-pack --quiet origin
  assert_output ''
  equal "$(main_of laptop)" "$main"
  refuses 128 nowhere on laptop dev-infra-fetch-pack nowhere
  [ ! -e laptop/.dev-infra/FETCH_HEAD ]
}

@test "send-pack: --dry-run sends nothing; a remote that has moved is rejected with 1; the tracking ref follows" {
  local before
  two_sides
  before=$(remote_main)
  refuses 1 '' on laptop dev-infra-send-pack --quiet origin
  equal "$(remote_main)" "$before"
  succeeds on laptop dev-infra pull
  runs 0 on laptop dev-infra-send-pack --dry-run origin
  equal "$(remote_main)" "$before"
  runs 0 on laptop dev-infra-send-pack --quiet origin
  equal "$(remote_main)" "$(main_of laptop)"
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$(main_of laptop)"
}

@test "send-pack: sends a commit that is named, and main stays where it is" {
  local main earlier
  app_lib_and_notes
  with_origin
  main=$(main_of laptop)
  earlier=$(registry_git laptop rev-parse main~1)
  runs 0 on laptop dev-infra-send-pack --quiet origin "$earlier"
  equal "$(remote_main)" "$earlier"
  equal "$(main_of laptop)" "$main"
}

@test "send-pack --stdin: what is not an id of a project here is refused, and nothing is sent" {
  local app
  app_lib_and_notes
  with_origin
  app=$(id_of laptop app)
  refuses 128 'no id' pipeline laptop "{ printf '%s\n' $app; echo 'no id'; } | dev-infra-send-pack --stdin origin"
  refuses 128 "$(printf '%040d' 1)" pipeline laptop "printf '%s\n' $app $(printf '%040d' 1) | dev-infra-send-pack --stdin origin"
  equal "$(git --git-dir="$REMOTE" for-each-ref)" ''
  runs 0 pipeline laptop "printf '%s\0' $app | dev-infra-send-pack -z --stdin origin"
  equal "$(git --git-dir="$REMOTE" ls-tree -r --name-only main projects/)" "$(file_of laptop app)"
}

# ---------------------------------------------------------------- verify-registry, check-url, update-view

@test "verify-registry: silence for a sound registry, a finding for each broken invariant" {
  local blob commit main path entry
  app_lib_and_notes
  quietly on laptop dev-infra-verify-registry
  assert_output ''
  main=$(main_of laptop)
  finds() { # PATH TEXT [MODE]
    commit=$(blob=$(printf '%s' "$2" | registry_git laptop hash-object -w --stdin)
      export GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
      rm -f "$GIT_INDEX_FILE"
      registry_git laptop read-tree "$main"
      registry_git laptop update-index --add --cacheinfo "${3:-100644},$blob,$1"
      registry_git laptop -c user.name=x -c user.email=x@example.org commit-tree -p "$main" -m broken "$(registry_git laptop write-tree)")
    runs 1 on laptop dev-infra-verify-registry "$commit"
    assert_output_has "$1"
    runs 1 on laptop dev-infra-verify-registry --quiet "$commit"
    assert_output ''
  }
  path=$(file_of laptop app)
  entry=$(on laptop dev-infra-cat-project app)
  finds "$path" 'not json'
  finds "$path" "$(jq -c . <<<"$entry")
"
  finds "$path" "$(jq -S '.id="0000000000000000000000000000000000000001"' <<<"$entry")
"
  finds "$path" "$(jq -S '.status="sideways"' <<<"$entry")
"
  finds "$path" "$(jq -S 'del(.name)' <<<"$entry")
"
  finds "$path" "$(jq -S '.remote_url="https://user:secret@github.com/acme/app.git"' <<<"$entry")
"
  finds .stray x
  finds stray x 120000
  finds "$path" "$entry
" 100755
  finds format $'2\n'
  quietly on laptop dev-infra-verify-registry "$main"
}

@test "check-url: a URL as it may be stored, and its normalised form" {
  quietly on laptop dev-infra-check-url https://github.com/acme/app.git git@github.com:acme/app.git /srv/git/app.git
  assert_output $'https://github.com/acme/app.git\ngit@github.com:acme/app.git\n/srv/git/app.git'
  quietly on laptop dev-infra-check-url --normalize git@GitHub.com:Acme/App.git https://Example.org:443/Acme/App/
  assert_output $'github.com/acme/app\nexample.org/Acme/App'
  succeeds on laptop dev-infra-check-url https://user:s3cr3t@github.com/acme/app.git
  assert_output 'https://github.com/acme/app.git'
  assert_stderr_line '^warning: '
  refute_stderr_has s3cr3t
  refuses 128 'upload-pack' on laptop dev-infra-check-url -- --upload-pack=x
  refuses 128 'ext' on laptop dev-infra-check-url 'ext::sh -c x'
}

@test "update-view: the view is derived, and comes back when it is deleted or spoilt" {
  local view=laptop/.dev-infra/cache/projects.tsv
  app_lib_and_notes
  quietly on laptop dev-infra-update-view
  cp "$view" view
  quietly on laptop dev-infra-update-view --stdout
  equal "$output" "$(cat view)"
  rm "$view"
  quietly on laptop dev-infra-update-view --unless-kept
  equal "$output" ''
  cmp view "$view"
  rm -r laptop/.dev-infra/cache
  equal "$(names_of laptop)" 'app lib notes'
  printf 'rubbish\n' >"$view"
  equal "$(names_of laptop)" 'app lib notes'
  # A line that says otherwise than main, in a file whose head is right.
  sed 's/\bapp\b/liar/' view >"$view"
  equal "$(names_of laptop)" 'app lib notes'
  # A view that cannot be written must not keep it from listing.
  rm -rf laptop/.dev-infra/cache
  : >laptop/.dev-infra/cache
  runs 0 on laptop dev-infra-ls-projects --format='%(name)' --sort name
  assert_output $'app\nlib\nnotes'
  quietly on laptop dev-infra-update-view --unless-kept
  equal "$output" "$(cat view)"
  refuses 128 cache on laptop dev-infra-update-view
}

# ---------------------------------------------------------------- update-settings

# settings_hash: of the laptop's settings as they are
settings_hash() { git hash-object --no-filters laptop/.dev-infra/config; }

@test "update-settings: the file is replaced where nobody else has changed it, and only then" {
  local config=laptop/.dev-infra/config before inode
  app_lib_and_notes
  before=$(settings_hash)
  cp "$config" new
  git config --file new dev-infra.timeout 30
  chmod 640 "$config"
  quietly on laptop sh -c 'dev-infra-update-settings "$1" <../new' sh "$before"
  assert_output ''
  cmp new "$config"
  equal "$(stat -c %a "$config")" 640 'the mode'
  # The same once more is not written.
  inode=$(stat -c %i "$config")
  quietly on laptop sh -c 'dev-infra-update-settings "$1" <../new' sh "$(settings_hash)"
  equal "$(stat -c %i "$config")" "$inode"
  # Others have written meanwhile.
  refuses 1 'another command has changed them' on laptop sh -c 'dev-infra-update-settings "$1" </dev/null' sh "$before"
  runs 1 on laptop sh -c 'dev-infra-update-settings --quiet "$1" </dev/null' sh "$before"
  equal "$output$stderr" ''
  cmp new "$config"
  refuses 129 'is not a hash' on laptop dev-infra-update-settings HEAD
  equal "$(ls -d "$config".*  2>/dev/null)" '' 'lock files'
}

@test "update-settings: settings behind a link stay there, and such as git cannot read are mended" {
  local config=laptop/.dev-infra/config
  app_lib_and_notes
  cp "$config" new
  mv "$config" laptop/settings
  ln -s ../settings "$config"
  printf '[broken\n' >>laptop/settings
  quietly on laptop sh -c 'dev-infra-update-settings "$1" <../new' sh "$(settings_hash)"
  [ -L "$config" ]
  cmp new laptop/settings
  succeeds on laptop dev-infra set app status=paused
}

@test "update-settings: git's lock file keeps it out, for as long as somebody may hold it" {
  local config=laptop/.dev-infra/config
  app_lib_and_notes
  cp "$config" new
  git config --file new dev-infra.timeout 30
  # Somebody takes it again and again.
  (for ((i = 0; i < 80; i++)); do
    : >"$config.lock"
    sleep 0.1
  done) 3>&- &
  runs 1 on laptop sh -c 'dev-infra-update-settings "$1" <../new' sh "$(settings_hash)"
  wait $!
  lacks "$(cat "$config")" timeout
  touch -d '1 hour ago' "$config.lock"
  runs 0 on laptop sh -c 'dev-infra-update-settings "$1" <../new' sh "$(settings_hash)"
  assert_stderr_line '^warning: removed .*config\.lock'
  cmp new "$config"
}

# ---------------------------------------------------------------- escape-text

@test "escape-text: lines of standard input, and arguments as a line each" {
  runs 0 sh -c 'printf "a\033[8mb\tc\r\nd\302\2338m\342\200\256\377\n" | dev-infra-escape-text'
  assert_output $'a\\033[8mb\tc\\r\nd\\u009b8m\\u202e\\377'
  quietly dev-infra-escape-text -- $'--x\ny\t' $'\u200b'
  assert_output $'--x\\ny\\t\n\\u200b'
  runs 0 sh -c 'printf "" | dev-infra-escape-text'
  assert_output ''
  # Without a newline at the end there is none.
  equal "$(printf 'x\ny' | dev-infra-escape-text | od -An -c | tr -d ' ')" 'x\ny'
}

@test "escape-text --json: what comes out is JSON" {
  runs 0 sh -c 'printf "{\"a\":\"\342\200\256\363\240\201\201\177\302\233\377\"}\n" | dev-infra-escape-text --json'
  assert_output '{"a":"\u202e\udb40\udc41\u007f\u009b\ufffd"}'
  jq . <<<"$output" >"$BATS_TEST_TMPDIR/json"
}

@test "escape-text --log: marks become colours, and nothing else does" {
  printf '\0yab\0n \0gago\0n A\033[8m, on B: \0bsub\033[31mject\0n\nbody\n+x\0d\n\n+added\033[8m\n-gone\n' >"$BATS_TEST_TMPDIR/log"
  runs 0 dev-infra-escape-text --log <"$BATS_TEST_TMPDIR/log"
  assert_output $'ab ago A\\033[8m, on B: sub\\033[31mject\nbody\n+x\n\n+added\\033[8m\n-gone'
  runs 0 dev-infra-escape-text --log --color <"$BATS_TEST_TMPDIR/log"
  assert_output $'\e[33mab\e[m \e[32mago\e[m A\\033[8m, on B: \e[1msub\\033[31mject\e[m\nbody\n+x\n\n\e[32m+added\\033[8m\e[m\n\e[31m-gone\e[m'
  refuses 129 'do not go together' dev-infra-escape-text --color
}
