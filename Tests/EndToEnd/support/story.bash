# shellcheck shell=bash
# The story that the toolset is for, in chapters, told once over each transport: three machines, real repositories, and
# one remote between them.
#
#   laptop    ~/src/app ~/src/lib ~/src/notes ~/src/site      two hosts, one without a remote, one with metadata
#   desktop   ~/work/app ~/work/lib                           the same two projects, one cloned by another URL
#   server    nothing
#
# A file that tells it defines `transport_start` (servers, once) and `transport_url NAME` (the URL of the forge's
# repository NAME), and may define `transport_machine NAME` (what a machine needs to use it).

# shellcheck disable=SC2154 # output and stderr are set by bats' run

transport_machine() { :; }

# story_begin: builds the world and keeps a copy; each chapter starts from that copy.
story_begin() {
  export SERVERS=$BATS_FILE_TMPDIR/servers
  begin "$BATS_FILE_TMPDIR/world"
  mkdir -p "$WORLD/forge"
  transport_start
  story_build
  cp -a "$WORLD" "$BATS_FILE_TMPDIR/copy"
  # Every test starts where this ends, and the world comes and goes.
  cd "$BATS_FILE_TMPDIR" || return
}

# story_reset: the world as story_begin left it, at the same paths.
story_reset() {
  rm -rf "$BATS_FILE_TMPDIR/world"
  cp -a "$BATS_FILE_TMPDIR/copy" "$BATS_FILE_TMPDIR/world"
  begin "$BATS_FILE_TMPDIR/world"
  REMOTE=$WORLD/forge/registry.git
}

story_machine() {
  machine "$1"
  transport_machine "$1"
}

story_build() {
  local url
  bare_remote registry
  url=$(transport_url registry)
  story_machine laptop
  story_machine desktop
  story_machine server

  project laptop src/app https://github.com/acme/app.git
  project laptop src/lib git@github.com:acme/lib.git
  project laptop src/notes
  project laptop src/site https://gitlab.com/acme/site.git
  cat >"$WORLD/laptop/src/site/.dev-infra.yml" <<'END'
# Made by a template; people edit it.
template: standard-project
version: "0.4.0"
status: active   # as of today
END
  git -C "$WORLD/laptop/src/site" add .dev-infra.yml
  commit_in "$WORLD/laptop/src/site" 'Describe the project'
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register --recursive src
  succeeds on laptop dev-infra remote add origin "$url"
  succeeds on laptop dev-infra push

  project desktop work/app https://github.com/acme/app.git
  project desktop work/lib https://github.com/acme/lib
  succeeds on desktop dev-infra init --name desktop "$url"
  succeeds on desktop dev-infra register work/app work/lib
  succeeds on desktop dev-infra push

  succeeds on server dev-infra init --name server "$url"
  succeeds on laptop dev-infra pull
}

# checkout_paths NAME PROJECT MACHINE: the paths that NAME's registry has of the project on MACHINE, one a line.
checkout_paths() {
  local id
  id=$(on "$3" dev-infra config dev-infra.machine)
  on "$1" dev-infra-cat-project --checkouts "$2" | jq -r --arg machine "$id" '.checkouts[$machine].paths[]?.path'
}

# ---------------------------------------------------------------- chapters

# Each machine lists what is on it, and with --all what is anywhere.
chapter_lists() {
  local name
  equal "$(names_of laptop)" 'app lib notes site'
  equal "$(names_of desktop)" 'app lib'
  equal "$(names_of server)" ''
  for name in laptop desktop server; do
    equal "$(names_of "$name" --all)" 'app lib notes site' "all that $name knows"
  done

  # The id is the hash of the identity, and nobody had to talk to agree on it; another URL of the same is the same.
  equal "$(id_of server app)" "$(printf 'remote github.com/acme/app\n' | git hash-object --stdin)"
  equal "$(id_of server lib)" "$(printf 'remote github.com/acme/lib\n' | git hash-object --stdin)"
  equal "$(id_of server site)" "$(printf 'remote gitlab.com/acme/site\n' | git hash-object --stdin)"
  equal "$(id_of server notes)" \
    "$(printf 'root %s\n' "$(git -C "$WORLD/laptop/src/notes" rev-parse HEAD)" | git hash-object --stdin)"

  runs 0 on desktop dev-infra list
  equal "$(cut -f 1,5 <<<"$output" | LC_ALL=C sort)" \
    "$(printf 'app\t%s\nlib\t%s' "$WORLD/desktop/work/app" "$WORLD/desktop/work/lib")" 'names and paths on the desktop'
  runs 0 on server dev-infra list --all
  name=$(grep '^app	' <<<"$output" | cut -f 6)
  holds "$name" laptop 'the machines that have app'
  holds "$name" desktop 'the machines that have app'
  name=$(grep '^notes	' <<<"$output" | cut -f 6)
  holds "$name" laptop 'the machines that have notes'
  lacks "$name" desktop 'the machines that have notes'
  equal "$(checkout_paths server lib laptop)" "$WORLD/laptop/src/lib"
  equal "$(checkout_paths server lib desktop)" "$WORLD/desktop/work/lib"
  equal "$(field server site template)" '"standard-project"'

  # The server has pushed nothing and is behind nobody; the repositories themselves were only read.
  succeeds on server dev-infra pull
  equal "$(tree_of server)" "$(tree_of laptop)"
  equal "$(remote_tree)" "$(tree_of laptop)"
  for name in laptop/src/app laptop/src/site desktop/work/lib; do
    equal "$(git -C "$WORLD/$name" status --porcelain)" '' "changes in $name"
  done
  sound laptop desktop server
}

# A pull takes what others pushed and never touches the remote; a push sends what is here and never touches main.
chapter_push_and_pull() {
  local remote local_main
  project laptop src/fresh https://github.com/acme/fresh.git
  succeeds on laptop dev-infra register src/fresh
  succeeds on desktop dev-infra set app description='From the desktop'
  succeeds on desktop dev-infra push

  # The remote has moved, and the laptop has not looked: its push merges for the remote, and leaves main alone.
  local_main=$(main_of laptop)
  succeeds on laptop dev-infra push
  equal "$(main_of laptop)" "$local_main" "the laptop's main after its push"
  equal "$(field laptop app description)" null
  remote=$(remote_main)
  succeeds on server dev-infra pull
  equal "$(names_of server --all)" 'app fresh lib notes site'
  equal "$(field server app description)" '"From the desktop"'

  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" '"From the desktop"'
  equal "$(remote_main)" "$remote" 'the remote after two pulls'

  # Nothing to do is done at once, and makes no commit.
  local_main=$(main_of laptop)
  succeeds on laptop dev-infra pull
  succeeds on laptop dev-infra push
  equal "$(main_of laptop)" "$local_main"
  equal "$(remote_main)" "$remote"
  converge laptop desktop server
}

# Edits of different fields on two machines are both kept, on both.
chapter_different_fields() {
  local name
  succeeds on laptop dev-infra set app status=paused tags+=work
  succeeds on desktop dev-infra set app description='The app' tags+=web
  succeeds on laptop dev-infra push
  runs 0 on desktop dev-infra pull
  refute_stderr_has conflict
  converge laptop desktop
  for name in laptop desktop; do
    equal "$(field "$name" app status)" '"paused"' "$name"
    equal "$(field "$name" app description)" '"The app"' "$name"
    equal "$(field "$name" app tags)" '["web","work"]' "$name"
  done
}

# Edits of the same field: the later one wins on both machines, in whatever order they pushed, and the loser is reported and
# stays in history.
chapter_same_field() {
  succeeds on laptop dev-infra set app status=paused
  succeeds on desktop dev-infra set app status=completed
  succeeds on desktop dev-infra set lib description='first, on the desktop'
  succeeds on laptop dev-infra set lib description='later, on the laptop'
  succeeds on desktop dev-infra push
  runs 0 on laptop dev-infra pull
  assert_stderr_line 'app.*status|status.*app'
  assert_stderr_line 'lib.*description|description.*lib'
  equal "$(field laptop app status)" '"completed"' 'the desktop was later'
  equal "$(field laptop lib description)" '"later, on the laptop"' 'the laptop was later'
  converge laptop desktop
  equal "$(field desktop app status)" '"completed"'
  equal "$(field desktop lib description)" '"later, on the laptop"'
  holds "$(git --git-dir="$REMOTE" log -p main)" '"status": "paused"' 'the value that lost is in history'
  holds "$(git --git-dir="$REMOTE" log -p main)" 'first, on the desktop'
}

# rewrite NAME PROJECT FILTER: changes an entry as a script would, by plumbing.
rewrite() {
  local id blob
  id=$(id_of "$1" "$2")
  blob=$(on "$1" dev-infra-cat-project "$id" | jq -S "$3" | registry_git "$1" hash-object -w --stdin)
  printf '100644 %s\tprojects/%s/%s.json\n' "$blob" "${id:0:2}" "${id:2}" |
    on "$1" dev-infra-update-registry --index-info -m 'rewrite' >/dev/null
}

# Edits of the same field in the same millisecond: each machine prefers its own, until the other's merge reaches it.
chapter_tie() {
  local now
  now=$(date -u +%Y-%m-%dT%H:%M:%S.999Z -d '+1 minute')
  rewrite laptop app ".updated=\"$now\" | .description=\"the laptop's\""
  rewrite desktop app ".updated=\"$now\" | .description=\"the desktop's\""
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" "\"the laptop's\"" 'a tie goes to the local side'
  equal "$(git --git-dir="$REMOTE" show "main:$(file_of laptop app)" | jq -r .description)" "the desktop's"
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  equal "$(field desktop app description)" "\"the laptop's\"" 'the merge that was made is not made again'
  converge laptop desktop
  equal "$(field laptop app description)" "\"the laptop's\""
}

# A project that was moved keeps its id; refresh finds it near the old place and below the configured roots.
chapter_moved() {
  local app lib
  app=$(id_of laptop app)
  lib=$(id_of laptop lib)
  mv "$WORLD/laptop/src/app" "$WORLD/laptop/src/the app"
  mkdir -p "$WORLD/laptop/elsewhere/deep"
  mv "$WORLD/laptop/src/lib" "$WORLD/laptop/elsewhere/deep/lib"
  succeeds on laptop dev-infra config --add dev-infra.roots "$WORLD/laptop/elsewhere"
  succeeds on laptop dev-infra refresh
  runs 0 on laptop dev-infra path "$app"
  assert_output "$WORLD/laptop/src/the app"
  runs 0 on laptop dev-infra path "$lib"
  assert_output "$WORLD/laptop/elsewhere/deep/lib"
  equal "$(on laptop dev-infra-ls-projects --all --format='%(id)' | sort -u | wc -l)" 4 'projects, the moved ones counted once'
  converge laptop desktop
  equal "$(checkout_paths desktop "$app" laptop)" "$WORLD/laptop/src/the app"
  equal "$(checkout_paths desktop "$app" desktop)" "$WORLD/desktop/work/app"
  equal "$(checkout_paths desktop "$lib" laptop)" "$WORLD/laptop/elsewhere/deep/lib"
}

# A directory that is gone is reported, and dropped only when asked; a project that is removed is gone everywhere;
# one that was removed here and changed there is kept.
chapter_removed() {
  local name main
  rm -rf "$WORLD/laptop/src/notes"
  main=$(main_of laptop)
  runs 0 on laptop dev-infra status
  holds "$output$stderr" "$WORLD/laptop/src/notes" 'the missing directory in the status'
  run --separate-stderr on laptop dev-infra refresh
  refute_crash
  assert_stderr_has "$WORLD/laptop/src/notes"
  equal "$(main_of laptop)" "$main" 'a directory may be on a disk that is not mounted now'
  runs 0 on laptop dev-infra refresh --prune
  equal "$(names_of laptop)" 'app lib site'
  equal "$(names_of laptop --all)" 'app lib notes site'
  equal "$(checkout_paths laptop notes laptop)" ''

  succeeds on laptop dev-infra rm site lib
  succeeds on desktop dev-infra set lib description='still needed'
  equal "$(names_of laptop --all)" 'app notes'
  [ -d "$WORLD/laptop/src/site/.git" ] || explain 'rm took the repository itself away'
  converge laptop desktop server
  for name in laptop desktop server; do
    equal "$(names_of "$name" --all)" 'app lib notes' "$name"
    equal "$(field "$name" lib description)" '"still needed"' "$name"
  done
}

# A project that one machine forgets stays, and stays on the others; registering it again is the same project.
chapter_forgotten() {
  local id
  id=$(id_of laptop app)
  succeeds on laptop dev-infra forget app
  equal "$(names_of laptop)" 'lib notes site'
  equal "$(names_of laptop --all)" 'app lib notes site'
  [ -d "$WORLD/laptop/src/app/.git" ] || explain 'forget took the repository itself away'
  runs 1 on laptop dev-infra path app
  converge laptop desktop
  equal "$(names_of desktop)" 'app lib'
  equal "$(checkout_paths desktop app laptop)" ''
  equal "$(checkout_paths desktop app desktop)" "$WORLD/desktop/work/app"
  succeeds on laptop dev-infra register src/app
  equal "$(id_of laptop app)" "$id"
  equal "$(names_of laptop)" 'app lib notes site'
}

# A remote that changed from https to ssh is the same project, with the new URL, on every machine.
chapter_url_changed() {
  local name app site
  app=$(id_of laptop app)
  site=$(id_of laptop site)
  git -C "$WORLD/laptop/src/site" remote set-url origin git@gitlab.com:acme/site.git
  git -C "$WORLD/laptop/src/app" remote set-url origin ssh://git@github.com:22/acme/app.git
  succeeds on laptop dev-infra refresh
  equal "$(field laptop site remote_url)" '"git@gitlab.com:acme/site.git"'
  equal "$(on laptop dev-infra-cat-project --checkouts app | jq -r '.checkouts[].remotes.origin' | LC_ALL=C sort | paste -s -d ' ')" \
    'https://github.com/acme/app.git ssh://git@github.com:22/acme/app.git' 'the two machines have two URLs of one repository'
  converge laptop desktop server
  for name in laptop desktop server; do
    equal "$(names_of "$name" --all)" 'app lib notes site' "$name"
    equal "$(id_of "$name" app)" "$app" "$name"
    equal "$(id_of "$name" site)" "$site" "$name"
    equal "$(field "$name" site remote_url)" '"git@gitlab.com:acme/site.git"' "$name"
  done
  # A clone by the new URL on another machine is not a new project.
  project server site git@gitlab.com:acme/site.git
  succeeds on server dev-infra register site
  equal "$(names_of server)" 'site'
  equal "$(on server dev-infra-hash-project site)" "$site"
}

# Two machines registered the same projects before they ever synced: each becomes one, with both checkouts.
chapter_registered_on_both_before() {
  local url kept name
  bare_remote early
  url=$(transport_url early)
  story_machine tablet
  story_machine phone
  project tablet tool https://github.com/acme/tool.git
  project phone code/tool git@github.com:acme/tool
  # The tablet registered this one before it had a remote, so its id is another.
  project tablet toy
  project phone code/toy https://github.com/acme/toy.git
  succeeds on tablet dev-infra init --name tablet
  succeeds on phone dev-infra init --name phone
  succeeds on tablet dev-infra register tool toy
  git -C "$WORLD/tablet/toy" remote add origin https://github.com/acme/toy.git
  succeeds on tablet dev-infra refresh
  succeeds on phone dev-infra register code/tool code/toy
  succeeds on tablet dev-infra set toy description='from the tablet'
  equal "$(id_of tablet tool)" "$(id_of phone tool)"
  differ "$(id_of tablet toy)" "$(id_of phone toy)"
  # The older one keeps its id; made on one day, the smaller.
  kept=$(for name in tablet phone; do on "$name" dev-infra-cat-project toy | jq -r '"\(.created) \(.id)"'; done |
    LC_ALL=C sort | sed -n '1s/.* //p')

  for name in tablet phone; do succeeds on "$name" dev-infra remote add origin "$url"; done
  succeeds on tablet dev-infra push
  succeeds on phone dev-infra pull
  converge tablet phone
  for name in tablet phone; do
    equal "$(names_of "$name" --all)" 'tool toy' "$name"
    equal "$(id_of "$name" toy)" "$kept" "$name"
    equal "$(field "$name" toy description)" '"from the tablet"' "$name"
    equal "$(checkout_paths "$name" toy tablet)" "$WORLD/tablet/toy" "$name"
    equal "$(checkout_paths "$name" toy phone)" "$WORLD/phone/code/toy" "$name"
    equal "$(checkout_paths "$name" tool tablet)" "$WORLD/tablet/tool" "$name"
    equal "$(checkout_paths "$name" tool phone)" "$WORLD/phone/code/tool" "$name"
  done
}

# What a project says of itself beats what came from the remote; what it does not say comes from the remote.
chapter_metadata_wins() {
  local before
  before=$(cksum <"$WORLD/laptop/src/site/.dev-infra.yml")
  equal "$(field laptop site status)" '"active"'
  succeeds on desktop dev-infra set site status=completed description='From elsewhere'
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(field laptop site status)" '"active"' 'the project itself says so'
  equal "$(field laptop site description)" '"From elsewhere"' 'the project itself says nothing of it'
  equal "$(cksum <"$WORLD/laptop/src/site/.dev-infra.yml")" "$before" 'a pull never writes into a project'
  converge laptop desktop
  equal "$(field desktop site status)" '"active"'

  sed -i 's/^status: active/status: paused/' "$WORLD/laptop/src/site/.dev-infra.yml"
  succeeds on laptop dev-infra refresh
  equal "$(field laptop site status)" '"paused"'
  converge laptop desktop
  equal "$(field desktop site status)" '"paused"'
}
