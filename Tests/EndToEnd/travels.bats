#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2154 # REMOTE is a test's own; output, stderr and status are set by bats' run
# How a machine's checkouts are travels with its pushes, in a ref of its own that nobody else writes.

load helper
load support/daemon
load support/faults

setup() {
  begin
  bare_remote registry
}

teardown() { stop_servers; }

# without_states GIT-SUBCOMMAND TEXT [TIMES]: a git in front of the real one, for which such a command fails with this text where it is
# about states; each time, or so many times. It is $WORLD/bin/git.
without_states() {
  mkdir -p bin
  : >bin/failed
  cat >bin/git <<END
#!/bin/sh
case " \$* " in
*" $1 "*refs/dev-infra/state/*)
  if [ "\$(wc -l <'$WORLD/bin/failed')" -lt "${3:-1000}" ]; then
    echo >>'$WORLD/bin/failed'
    echo '$2' >&2
    exit 128
  fi
  ;;
esac
exec $(command -v git) "\$@"
END
  chmod +x bin/git
}

# state_ref GITDIR MACHINE-ID: the commit of its state there.
state_ref() { git --git-dir="$1" rev-parse --verify -q "refs/dev-infra/state/$2"; }

# told GITDIR MACHINE-ID ID [FILTER]: what its state says of a project.
told() {
  git --git-dir="$1" show "refs/dev-infra/state/$2:${3:0:2}.json" | jq -c --arg id "$3" ".[\$id] | ${4:-.}"
}

# states_of GITDIR: the machines that have a state there.
states_of() { git --git-dir="$1" for-each-ref --format='%(refname:lstrip=3)' refs/dev-infra/state | LC_ALL=C sort | paste -s -d ' '; }

@test "a push takes the state along, a pull and an init bring it, and each push replaces it" {
  local id app first
  joined laptop
  registered laptop app lib
  app=$(id_of laptop app)
  id=$(id_of_machine laptop)
  echo new >laptop/src/app/untracked
  succeeds on laptop dev-infra push
  refute_stderr_has hint
  equal "$(told "$REMOTE" "$id" "$app" '[.places[0].path, .places[0].untracked, .taken]')" "[\"$WORLD/laptop/src/app\",1,null]"
  first=$(state_ref "$REMOTE" "$id")
  equal "$(git --git-dir="$REMOTE" rev-list --count "$first")" 1 'a state has no history'
  equal "$(git --git-dir="$REMOTE" log -1 --format='%an %ae %cn' "$first")" "laptop $id@machine.dev-infra laptop"
  equal "$(git --git-dir="$REMOTE" show "$first:machine.json" | jq -r .id)" "$id"
  joined desk
  equal "$(state_ref "$(registry_of desk)" "$id")" "$first" 'what init brought'
  git -C laptop/src/app add untracked
  succeeds on laptop dev-infra push
  differ "$(state_ref "$REMOTE" "$id")" "$first"
  equal "$(told "$REMOTE" "$id" "$app" '.places[0].staged')" 1
  # main has not moved, and the state comes all the same.
  succeeds on desk dev-infra pull
  equal "$(told "$(registry_of desk)" "$id" "$app" '[.places[0].staged, .places[0].untracked]')" '[1,0]'
  on laptop git -C src/app commit -qm staged
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra fetch
  equal "$(told "$(registry_of desk)" "$id" "$app" '.places[0].staged')" 0
  # undo never meets it, and gc keeps it.
  first=$(state_ref "$(registry_of laptop)" "$id")
  succeeds on laptop dev-infra set app status=paused
  succeeds on laptop dev-infra undo
  assert_output 'undone: Set status of app'
  equal "$(state_ref "$(registry_of laptop)" "$id")" "$first"
  succeeds on desk dev-infra gc
  equal "$(states_of "$(registry_of desk)")" "$id"
  registered desk web
  succeeds on desk dev-infra sync
  equal "$(states_of "$REMOTE")" "$(printf '%s\n' "$id" "$(id_of_machine desk)" | LC_ALL=C sort | paste -s -d ' ')"
  sound laptop desk
}

@test "a push sends no more of a state than what is new of it" {
  local id first second pack
  joined laptop
  registered laptop app{1,2,3,4,5,6,7,8}
  id=$(id_of_machine laptop)
  # Each push comes as a pack.
  git --git-dir="$REMOTE" config receive.unpackLimit 1
  git --git-dir="$REMOTE" config gc.auto 0
  on laptop dev-infra config dev-infra.stateWait 60
  succeeds on laptop dev-infra push
  first=$(state_ref "$REMOTE" "$id")
  for pack in "$REMOTE"/objects/pack/*.pack; do echo "$pack" >>packs; done
  echo new >laptop/src/app1/untracked
  succeeds on laptop dev-infra push
  for pack in "$REMOTE"/objects/pack/*.pack; do
    if ! grep -qxF "$pack" packs; then git show-index <"${pack%.pack}.idx" | cut -d ' ' -f 2 >>new; fi
  done
  second=$(state_ref "$REMOTE" "$id")
  equal "$(git --git-dir="$REMOTE" diff-tree --name-only "$first" "$second" | wc -l)" 2 'when it was, and one project'
  # The pack may also have what was there, where it came as the difference to that.
  git --git-dir="$REMOTE" ls-tree "$first" | cut -c 13-52 | LC_ALL=C sort >before
  git --git-dir="$REMOTE" ls-tree "$second" | cut -c 13-52 | LC_ALL=C sort | LC_ALL=C comm -12 before - >same
  differ "$(wc -l <same)" 0
  equal "$(grep -cxF -f new same || :)" 0 'what was there is not sent'
  git --git-dir="$REMOTE" fsck --strict --no-dangling
}

@test "--no-state, --dry-run and settings say what is told" {
  local id app
  joined laptop
  registered laptop app
  app=$(id_of laptop app)
  id=$(id_of_machine laptop)
  git -C laptop/src/app branch secret-plan
  succeeds on laptop dev-infra push --no-state
  equal "$(states_of "$REMOTE")" ''
  succeeds on laptop dev-infra push --dry-run
  equal "$(states_of "$(registry_of laptop)")" ''
  succeeds on laptop dev-infra config dev-infra.state counts
  succeeds on laptop dev-infra push
  equal "$(told "$REMOTE" "$id" "$app" '[.places[0].branch, (.places[0].branches | map(.name)), .places[0].remotes]')" '["HEAD",["HEAD","2"],["1"]]'
  lacks "$(told "$REMOTE" "$id" "$app")" secret-plan
  succeeds on laptop dev-infra config dev-infra.state branches
  succeeds on laptop dev-infra push
  holds "$(told "$REMOTE" "$id" "$app")" secret-plan
  # What is not sent any more is gone there as well.
  succeeds on laptop dev-infra config dev-infra.state none
  succeeds on laptop dev-infra push
  equal "$(states_of "$REMOTE")$(states_of "$(registry_of laptop)")" ''
  succeeds on laptop dev-infra config dev-infra.state all
  succeeds on laptop dev-infra push
  assert_stderr_has "dev-infra.state is 'all', not one of branches, counts, none"
  succeeds on laptop dev-infra config dev-infra.state branches
  equal "$(states_of "$REMOTE")" ''
  registered laptop lib
  succeeds on laptop dev-infra sync --no-state
  equal "$(states_of "$REMOTE")" ''
  succeeds on laptop dev-infra config dev-infra.stateWait soon
  succeeds on laptop dev-infra push
  assert_stderr_has "dev-infra.stateWait is 'soon', not a number of seconds"
  equal "$(states_of "$REMOTE")" "$id"
}

@test "a push is held up by a slow checkout for the time that is set, and the others are told" {
  local id app slow
  joined laptop
  registered laptop app slow
  app=$(id_of laptop app)
  slow=$(id_of laptop slow)
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push --no-state
  # git would wait for ever for somebody to write into it.
  mkfifo "$WORLD/silent"
  git -C laptop/src/slow config core.excludesFile "$WORLD/silent"
  echo new >laptop/src/app/untracked
  SECONDS=0
  succeeds on laptop dev-infra push
  in_time 60
  equal "$(told "$REMOTE" "$id" "$app" '.places[0].untracked')" 1
  lacks "$(git --git-dir="$REMOTE" grep -h -o -e '"[0-9a-f]\{40\}"' "refs/dev-infra/state/$id")" "$slow"
  git -C laptop/src/slow config --unset core.excludesFile
  succeeds on laptop dev-infra push
  equal "$(told "$REMOTE" "$id" "$slow" '.places[0].untracked')" 0
  # What was told keeps its time.
  git -C laptop/src/slow config core.excludesFile "$WORLD/silent"
  succeeds on laptop dev-infra push
  equal "$(told "$REMOTE" "$id" "$slow" '[.places[0].untracked, (.taken | type)]')" '[0,"string"]'
}

@test "a machine that has pushed without telling anything says once that it tells it now" {
  local quiet
  joined laptop desk
  registered laptop app
  succeeds on laptop dev-infra push --no-state
  registered laptop lib
  succeeds on laptop dev-infra push
  assert_stderr_has 'hint: pushes tell other machines how the checkouts of this one are from now on'
  succeeds on laptop dev-infra push
  refute_stderr_has hint
  # Nobody is told what he has chosen himself, nor somebody who wants to be told nothing, nor at a first push.
  for quiet in counts --quiet; do
    joined "of$quiet"
    registered "of$quiet" app
    succeeds on "of$quiet" dev-infra push --no-state
    refute_stderr_has hint
    if [ "$quiet" = counts ]; then succeeds on ofcounts dev-infra config dev-infra.state counts; fi
    registered "of$quiet" lib
    if [ "$quiet" = --quiet ]; then quietly on of--quiet dev-infra push --quiet; else succeeds on ofcounts dev-infra push; fi
    refute_stderr_has hint
    equal "$(state_ref "$REMOTE" "$(id_of_machine "of$quiet")" | wc -l)" 1
  done
  registered desk app
  succeeds on desk dev-infra push
  refute_stderr_has hint
}

@test "a clock that was ahead and is put right, and one that is behind, keep no state from the others" {
  local id app registry ahead
  joined laptop desk
  registered laptop app
  id=$(id_of_machine laptop) app=$(id_of laptop app) registry=$(registry_of laptop)
  # taken_at TIME: the state of the laptop becomes one of that time, and is sent.
  taken_at() {
    local tree
    tree=$(git --git-dir="$registry" show "refs/dev-infra/state/$id:machine.json" | jq -S --arg time "$1" '.taken = $time' |
      git --git-dir="$registry" hash-object -w --stdin)
    tree=$(git --git-dir="$registry" ls-tree "refs/dev-infra/state/$id" | sed "s/blob [0-9a-f]*\tmachine/blob $tree\tmachine/" |
      git --git-dir="$registry" mktree)
    registry_git laptop update-ref "refs/dev-infra/state/$id" "$(registry_git laptop commit-tree -m state "$tree")"
    git --git-dir="$registry" push -q -f origin "refs/dev-infra/state/$id"
  }
  succeeds on laptop dev-infra push
  # Some hours ahead is believed: it may be the other clock that is wrong.
  ahead=$(date -u -d '+5 hours' +%FT%T.000Z)
  taken_at "$ahead"
  succeeds on desk dev-infra pull
  echo x >laptop/src/app/x
  succeeds on laptop dev-infra push
  quietly on desk dev-infra fetch --quiet
  equal "$(told "$(registry_of desk)" "$id" "$app" '.places[0].untracked')" 1
  equal "$(git --git-dir="$registry" show "refs/dev-infra/state/$id:machine.json" | jq -r .taken)" "${ahead/000Z/001Z}"
  # Years ahead is not, neither there nor by the laptop itself when its clock is right again.
  taken_at "$(date -u -d '+5 years' +%FT%T.000Z)"
  succeeds on desk dev-infra fetch
  assert_stderr_has 'set aside the state'
  quietly on desk dev-infra fetch --quiet
  echo y >laptop/src/app/y
  succeeds on laptop dev-infra push
  lacks "$(git --git-dir="$registry" show "refs/dev-infra/state/$id:machine.json" | jq -r .taken)" "$(date -u -d '+5 years' +%Y-)"
  # What somebody believed while his own clock was wrong gives way as well.
  taken_at "$(date -u -d '+5 years' +%FT%T.000Z)"
  git --git-dir="$(registry_of desk)" fetch -q "$REMOTE" "+refs/dev-infra/state/$id:refs/dev-infra/state/$id"
  succeeds on laptop dev-infra push
  quietly on desk dev-infra fetch --quiet
  equal "$(told "$(registry_of desk)" "$id" "$app" '.places[0].untracked')" 2
  sound laptop desk
}

@test "what is not ready in time keeps its last known state and its time" {
  local id app lib before
  joined laptop
  registered laptop app lib
  app=$(id_of laptop app) lib=$(id_of laptop lib)
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push
  before=$(git --git-dir="$REMOTE" show "refs/dev-infra/state/$id:machine.json" | jq -r .taken)
  echo new >laptop/src/lib/new
  # Nothing is ready at once.
  succeeds on laptop dev-infra-update-state --wait 0
  equal "$(told "$(registry_of laptop)" "$id" "$app" '.taken')" "\"$before\"" 'the time of what was known'
  equal "$(told "$(registry_of laptop)" "$id" "$lib" '[.places[0].untracked, .taken]')" "[0,\"$before\"]"
  succeeds on laptop dev-infra-update-state --wait 0
  equal "$(told "$(registry_of laptop)" "$id" "$app" '.taken')" "\"$before\"" 'it does not become newer'
  succeeds on laptop dev-infra-update-state
  equal "$(told "$(registry_of laptop)" "$id" "$lib" '[.places[0].untracked, .taken]')" '[1,null]'
  # The file that ends the wait, and a directory that is gone.
  : >laptop/fetched
  succeeds on laptop dev-infra-update-state --until fetched
  before=$(state_ref "$(registry_of laptop)" "$id")
  succeeds on laptop timeout 60 dev-infra-update-state --until nowhere/fetched
  equal "$(state_ref "$(registry_of laptop)" "$id")" "$before"
  # Who waits was killed before it could be asked for.
  quietly on laptop env DEV_INFRA_WAITING=2147483647 timeout 60 dev-infra-update-state --until fetched --remote origin --send-after never
  refuses 129 '--wait takes a number of seconds' on laptop dev-infra-update-state --wait=-1
}

# remembered FILTER: what the laptop remembers of the desk's state at the remote, changed by a filter of sed.
remembered() {
  sed "$1" "$(registry_of laptop)/cache/remote-states/origin" >"$WORLD/remembered"
  cp "$WORLD/remembered" "$(registry_of laptop)/cache/remote-states/origin"
}

@test "a state that was not taken is not read again, but where it may be another one now" {
  local desk good bad version soon state
  joined laptop desk
  registered desk web
  succeeds on desk dev-infra sync
  succeeds on laptop dev-infra sync
  desk=$(id_of_machine desk)
  state=refs/dev-infra/state/$desk
  good=$(state_ref "$REMOTE" "$desk")
  version=$(on laptop dev-infra --version | awk '{ print $NF }')
  # said WORDS: what is remembered of it; without any it was taken.
  said() {
    equal "$(grep "^$desk " "$(registry_of laptop)/cache/remote-states/origin")" "$desk $(git --git-dir="$REMOTE" rev-parse "$state")${1:+ $1}"
  }
  said ''
  # has COMMIT: a pull, after which that is what the laptop knows of it; nothing without one.
  has() {
    succeeds on laptop dev-infra pull || return
    equal "$(state_ref "$(registry_of laptop)" "$desk" || true)" "$1"
  }
  # made TIME: a state of that time, at the remote.
  made() {
    local tree
    tree=$(printf '100644 blob %s\tmachine.json\n' "$(jq -n --arg id "$desk" --arg time "$1" '{id: $id, taken: $time}' |
      git --git-dir="$REMOTE" hash-object -w --stdin)" | git --git-dir="$REMOTE" mktree)
    git --git-dir="$REMOTE" update-ref "$state" "$(git --git-dir="$REMOTE" -c user.name=x -c user.email=x commit-tree -m x "$tree")"
  }
  bad=$(git --git-dir="$REMOTE" -c user.name=x -c user.email=x commit-tree -m x "$(git --git-dir="$REMOTE" hash-object -w -t tree /dev/null)")
  git --git-dir="$REMOTE" update-ref "$state" "$bad"
  succeeds on laptop dev-infra pull --quiet
  assert_stderr_has 'set aside the state of the machine'
  said "refused $version"
  succeeds on laptop dev-infra pull
  refute_stderr_has 'set aside'
  said "refused $version"
  # What is remembered counts, and that of another version does not.
  registry_git laptop update-ref -d "$state"
  git --git-dir="$REMOTE" update-ref "$state" "$good"
  remembered "s/^$desk .*/$desk $good refused $version/"
  has ''
  remembered "s/^$desk .*/$desk $good refused 0.0.1/"
  has "$good"
  said ''
  # An older one than is known, as long as that is known.
  made 2026-01-01T00:00:00.000Z
  succeeds on laptop dev-infra pull
  said "older $good"
  equal "$(state_ref "$(registry_of laptop)" "$desk")" "$good"
  registry_git laptop update-ref -d "$state"
  succeeds on laptop dev-infra pull
  said ''
  equal "$(state_ref "$(registry_of laptop)" "$desk")" "$(git --git-dir="$REMOTE" rev-parse "$state")"
  # One of a time that has not come, until it has.
  made 2999-01-01T00:00:00.000Z
  succeeds on laptop dev-infra pull --quiet
  assert_stderr_has 'set aside the state of the machine'
  said 'early 32472144000000'
  remembered 's/early .*/early 1000/'
  succeeds on laptop dev-infra pull
  said 'early 32472144000000'
  refute_stderr_has 'set aside'
  made "$(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%S.000Z)"
  soon=$(git --git-dir="$REMOTE" rev-parse "$state")
  registry_git laptop update-ref -d "$state"
  remembered "s/^$desk .*/$desk $soon early 32472144000000/"
  has ''
  remembered 's/early .*/early 1000/'
  has "$soon"
}

@test "a fetch waits for the disk as often with a thousand states as with one" {
  local number tree
  joined laptop desk
  registered laptop app
  succeeds on laptop dev-infra sync
  mkdir wrapper
  printf '#!/bin/sh\ncase " $* " in *" fetch "*) export GIT_TRACE2_EVENT=%s ;; esac\nexec %s "$@"\n' "$WORLD/trace" "$(command -v git)" >wrapper/git
  chmod 755 wrapper/git
  # waits: how often a fetch of the desk does.
  waits() {
    rm -f "$WORLD/trace"
    succeeds on desk env PATH="$WORLD/wrapper:$PATH" dev-infra fetch || return
    [ -s "$WORLD/trace" ] || explain 'no trace' || return
    WAITS=$(jq -s '[.[] | select(.category == "fsync") | .value | tonumber] | add // 0' "$WORLD/trace")
  }
  waits
  waits
  equal "$WAITS" 0
  tree=$(git --git-dir="$REMOTE" hash-object -w -t tree /dev/null)
  for number in {1..200}; do
    printf 'create refs/dev-infra/state/%016x %s\n' "$number" "$(git --git-dir="$REMOTE" -c user.name=x -c user.email=x commit-tree -m "$number" "$tree")"
  done | git --git-dir="$REMOTE" update-ref --stdin
  # Those that bring objects wait for these.
  waits
  [ "$WAITS" -lt 20 ] || explain "$WAITS" || return
  waits
  equal "$WAITS" 0
}

@test "only a machine itself says how its checkouts are: a forged state of this one is passed over, a bad one set aside" {
  local id other app before empty bad field
  joined laptop desk
  registered laptop app
  registered desk web
  succeeds on laptop dev-infra sync
  succeeds on desk dev-infra sync
  id=$(id_of_machine laptop)
  other=$(id_of_machine desk)
  app=$(id_of laptop app)
  before=$(state_ref "$(registry_of laptop)" "$id")
  succeeds on laptop dev-infra fetch
  # The desk's state under the laptop's name.
  git --git-dir="$REMOTE" update-ref "refs/dev-infra/state/$id" "refs/dev-infra/state/$other"
  quietly on laptop dev-infra fetch --quiet
  equal "$(state_ref "$(registry_of laptop)" "$id")" "$before"
  succeeds on desk dev-infra fetch
  assert_stderr_has "set aside the state of the machine $id of 'origin'"
  equal "$(told "$(registry_of desk)" "$id" "$app" '.places | length')" 1 'what was known'
  # The next push puts it right.
  succeeds on laptop dev-infra push
  equal "$(told "$REMOTE" "$id" "$app" '.places | length')" 1
  # Of the desk, from elsewhere: each is set aside, and what was known stays.
  before=$(state_ref "$(registry_of laptop)" "$other")
  empty=$(git --git-dir="$REMOTE" hash-object -w -t tree /dev/null)
  commit() { git --git-dir="$REMOTE" -c user.name=x -c user.email=x@example.org commit-tree -m x "$@"; }
  put() { git --git-dir="$REMOTE" hash-object -w --stdin; }
  record=$(jq -n --arg id "$other" '{id: $id, taken: "2026-11-28T00:00:00.000Z"}')
  tree() { git --git-dir="$REMOTE" mktree --missing; }
  local bads=(
    "$(put <<<"$record")"
    "$(printf 'object %s\ntype commit\ntag x\ntagger x <x@example.org> 1 +0000\n\nx\n' "$(git --git-dir="$REMOTE" rev-parse main)" | git --git-dir="$REMOTE" hash-object -w -t tag --stdin)"
    "$(commit "$empty")"
    "$(commit -p main "$(git --git-dir="$REMOTE" rev-parse "refs/dev-infra/state/$other^{tree}")")"
    "$(commit "$(printf '100644 blob %s\tmachine.json\n' "$(put <<<'{')" | tree)")"
    "$(commit "$(printf '100644 blob %s\tmachine.json\n' "$(put <<<"${record/2026-11/2099-11}")" | tree)")"
    "$(commit "$(printf '120000 blob %s\tmachine.json\n' "$(put <<<"$record")" | tree)")"
    "$(commit "$(printf '100644 blob %s\tmachine.json\n100644 blob %s\taa.json\n' "$(put <<<"$record")" "$(head -c 300000 /dev/zero | put)" | tree)")"
    "$(commit "$(printf '100644 blob %s\tmachine.json\n100644 blob %s\taa.json\n' "$(put <<<"$record")" "$(put <<<'{"bb": 1}')" | tree)")"
  )
  for bad in "${bads[@]}"; do
    printf '%s\n' "$bad" >"$REMOTE/refs/dev-infra/state/$other"
    succeeds on laptop dev-infra fetch
    assert_stderr_has "set aside the state of the machine $other of 'origin'"
    assert_clean_text "$stderr"
    equal "$(state_ref "$(registry_of laptop)" "$other")" "$before"
  done
  # Numbers that cannot be added up.
  local web most=9223372036854775807
  web=$(id_of desk web)
  record=$(jq -n --arg id "$other" '{id: $id, taken: "2026-11-28T00:00:00.000Z"}')
  bad=$(printf '{"%s":{"places":[{"path":"/home/web","branch":"main","branches":[{"name":"main","ahead":%s,"behind":%s}]' "$web" "$most" "$most"
    for field in staged changed untracked conflicted unsure stashes head_only submodules; do printf ',"%s":%s' "$field" "$most"; done
    printf '}]}}')
  bad=$(commit "$(printf '100644 blob %s\tmachine.json\n100644 blob %s\t%s.json\n' "$(put <<<"$record")" "$(put <<<"$bad")" "${web:0:2}" | tree)")
  git --git-dir="$REMOTE" update-ref "refs/dev-infra/state/$other" "$bad"
  succeeds on laptop dev-infra fetch
  for field in 'state --machine desk' 'state --all-machines' 'machine show desk' 'status' 'machine remove --dry-run desk' 'clone --all --dry-run' \
    'list --all --columns name,state' 'state --machine desk --json'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $field
    [ "$status" -le 1 ] || explain "$field: $status" || return
  done
  # Names that no machine has, and machines that main does not know.
  git --git-dir="$REMOTE" update-ref refs/dev-infra/state/x main
  git --git-dir="$REMOTE" update-ref refs/dev-infra/state/00000000000000ff main
  succeeds on laptop dev-infra pull
  equal "$(states_of "$(registry_of laptop)")" "$(printf '%s\n' "$id" "$other" | LC_ALL=C sort | paste -s -d ' ')"
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra pull
  refute_stderr_has 'set aside'
  sound laptop desk
}

@test "a machine that is taken out takes its state with it everywhere, until it pushes again" {
  local id own
  joined laptop desk third
  registered laptop app
  registered desk web
  for name in laptop desk third laptop; do succeeds on $name dev-infra sync; done
  id=$(id_of_machine laptop) own=$(id_of_machine desk)
  equal "$(states_of "$(registry_of third)")" "$(states_of "$REMOTE")"
  succeeds on desk dev-infra machine remove laptop
  equal "$(states_of "$(registry_of desk)")" "$own"
  # As others have not heard of it yet, it is not brought back by a fetch's state alone.
  succeeds on desk dev-infra push
  equal "$(states_of "$REMOTE")" "$own"
  equal "$(states_of "$(registry_of desk)")" "$own"
  succeeds on third dev-infra pull
  equal "$(states_of "$(registry_of third)")" "$own"
  succeeds on laptop dev-infra sync
  succeeds on desk dev-infra pull
  equal "$(states_of "$(registry_of desk)")" "$(printf '%s\n' "$id" "$own" | LC_ALL=C sort | paste -s -d ' ')"
  equal "$(states_of "$REMOTE")" "$(states_of "$(registry_of desk)")"
}

@test "show and machine say what another machine last had, and taking it out warns of work that is nowhere else" {
  local id
  joined laptop desk
  registered laptop app lib
  registered desk app
  id=$(id_of_machine laptop)
  echo new >laptop/src/app/untracked
  git -C laptop/src/app remote set-url origin "$WORLD/forge/app.git"
  git init -q --bare forge/app.git
  git -C laptop/src/app push -q origin HEAD
  git -C laptop/src/app remote set-url origin https://h.example/app
  git -C laptop/src/lib update-ref refs/remotes/origin/main HEAD
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  succeeds on desk dev-infra show app
  grep -qE "^left on laptop: +1 untracked \\([0-9]{4}-.*Z\\)$" <<<"$output" || explain 'no line of the state'
  succeeds on desk dev-infra show lib
  grep -qE '^left on laptop: +nothing left undone \(' <<<"$output" || explain 'no line of the state'
  succeeds on desk dev-infra show --json app
  equal "$(jq -c --arg id "$id" '[.states[$id].places[0].untracked, (.states | length), (.states[$id].taken | length)]' <<<"$output")" '[1,1,24]'
  # Its own state a machine is asked for, and not told.
  succeeds on laptop dev-infra show --json app
  equal "$(jq 'has("states")' <<<"$output")" false
  succeeds on desk dev-infra machine show laptop
  grep -qE '^left undone: +something in 1 project \(' <<<"$output" || explain 'no line of the state'
  succeeds on desk dev-infra machine remove --dry-run laptop
  assert_stderr_has 'warning: laptop last had work that is nowhere else in 1 project ('
  assert_stderr_has '): app'
  # A state that is damaged here keeps nothing from being shown.
  registry_git desk update-ref "refs/dev-infra/state/$id" main
  succeeds on desk dev-infra show app
  assert_stderr_has "warning: set aside the state of the machine $id"
  succeeds on desk dev-infra machine remove laptop
  equal "$(states_of "$(registry_of desk)")" ''
}

@test "a remote that takes no such refs gets main alone, with one hint" {
  local kind
  for kind in update pre-receive; do
    bare_remote "$kind"
    cat >"$REMOTE/hooks/$kind" <<'EOF'
#!/bin/sh
case $0 in
*update) case $1 in refs/heads/*) exit 0 ;; esac; echo 'only branches' >&2; exit 1 ;;
*) while read -r _ _ name; do case $name in refs/heads/*) ;; *) echo 'only branches' >&2; exit 1 ;; esac; done ;;
esac
EOF
    chmod +x "$REMOTE/hooks/$kind"
    joined "$kind-laptop"
    registered "$kind-laptop" app
    succeeds on "$kind-laptop" dev-infra push
    assert_stderr_has "hint: 'origin' takes no other ref than main"
    equal "$(remote_main)" "$(main_of "$kind-laptop")"
    equal "$(states_of "$REMOTE")" ''
    registered "$kind-laptop" lib
    succeeds on "$kind-laptop" dev-infra push
    refute_stderr_has hint
    equal "$(remote_main)" "$(main_of "$kind-laptop")"
    # A day later it is asked again, and nothing is said that was said before.
    sed -i 's/^[0-9]*/1700000000000/' "$(registry_of "$kind-laptop")/cache/state-refusals/origin"
    succeeds on "$kind-laptop" dev-infra push
    refute_stderr_has hint
    # It takes them now.
    rm "$REMOTE/hooks/$kind"
    sed -i 's/^[0-9]*/1700000000000/' "$(registry_of "$kind-laptop")/cache/state-refusals/origin"
    succeeds on "$kind-laptop" dev-infra push
    equal "$(states_of "$REMOTE")" "$(id_of_machine "$kind-laptop")"
  done
}

@test "a pull asks the remote once, for main and for states" {
  joined laptop desk
  registered laptop app
  succeeds on laptop dev-infra push
  succeeds on desk env DEV_INFRA_TRACE="$PWD/trace" dev-infra pull
  equal "$(grep -c 'run: .* git .* fetch ' trace)" 1
  equal "$(states_of "$(registry_of desk)")" "$(id_of_machine laptop)"
  # One more for each, where it may be a state that is at fault.
  without_states fetch 'fatal: fsck error in packed object'
  succeeds on desk env PATH="$WORLD/bin:$PATH" DEV_INFRA_TRACE="$PWD/trace.apart" dev-infra pull
  equal "$(grep -c 'run: .* git .* fetch ' trace.apart)" 3
  assert_stderr_has "warning: the states of other machines were not fetched from 'origin': "
  sound laptop desk
}

@test "what goes wrong with states fails no push, fetch, pull or init, and is told" {
  local id
  joined laptop desk
  registered laptop app
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push
  without_states push 'fatal: the remote end hung up unexpectedly'
  registered laptop lib
  succeeds on laptop env PATH="$WORLD/bin:$PATH" dev-infra push
  assert_stderr_has "warning: the state of this machine's checkouts was not sent to 'origin': "
  assert_stderr_has 'the remote end hung up unexpectedly'
  equal "$(remote_main)" "$(main_of laptop)"
  without_states fetch 'fatal: the remote end hung up unexpectedly'
  succeeds on desk env PATH="$WORLD/bin:$PATH" dev-infra pull
  assert_stderr_has "warning: the states of other machines were not fetched from 'origin': "
  equal "$(names_of desk --all)" 'app lib'
  succeeds on desk env PATH="$WORLD/bin:$PATH" dev-infra fetch
  machine third
  succeeds on third env PATH="$WORLD/bin:$PATH" dev-infra init --name third "$REMOTE"
  equal "$(names_of third --all)" 'app lib'
  # What main needs fails as it did.
  without_states fetch 'fatal: the remote end hung up unexpectedly'
  mv "$REMOTE" "$REMOTE.away"
  run --separate-stderr on desk env PATH="$WORLD/bin:$PATH" dev-infra pull
  assert_status 128
  refute_stderr_has 'states of other machines'
  mv "$REMOTE.away" "$REMOTE"
  # A damaged state at the remote.
  git --git-dir="$REMOTE" update-ref "refs/dev-infra/state/$id" "$(git --git-dir="$REMOTE" rev-parse main)"
  rm -f "$REMOTE"/refs/dev-infra/state/"$id"
  mkdir -p "$REMOTE/refs/dev-infra/state"
  printf '%040d\n' 7 >"$REMOTE/refs/dev-infra/state/$id"
  succeeds on desk dev-infra pull
  equal "$(states_of "$(registry_of desk)")" ''
  sound laptop desk third
}

@test "a state that is replaced while it is fetched, or is being replaced by another push, is in nobody's way" {
  local id
  joined laptop desk
  registered laptop app
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push
  # As upload-pack says it over HTTP, where a remote is asked twice.
  without_states fetch 'fatal: remote error: upload-pack: not our ref 1111111111111111111111111111111111111111' 2
  quietly on desk env PATH="$WORLD/bin:$PATH" dev-infra fetch --quiet
  equal "$(wc -l <bin/failed)" 2
  equal "$(states_of "$(registry_of desk)")" "$id"
  without_states fetch 'fatal: remote error: upload-pack: not our ref 1111111111111111111111111111111111111111'
  quietly on desk env PATH="$WORLD/bin:$PATH" dev-infra fetch --quiet
  equal "$(wc -l <bin/failed)" 4 'it is not tried for ever'
  # The lock of another push; the next one sends it.
  echo x >laptop/src/app/x
  : >"$REMOTE/refs/dev-infra/state/$id.lock"
  quietly on laptop dev-infra push --quiet
  rm "$REMOTE/refs/dev-infra/state/$id.lock"
  equal "$(told "$REMOTE" "$id" "$(id_of laptop app)" '.places[0].untracked')" 0
  succeeds on laptop dev-infra push
  equal "$(told "$REMOTE" "$id" "$(id_of laptop app)" '.places[0].untracked')" 1
  sound laptop desk
}

@test "pushes of several machines and of one at once lose neither main nor a state" {
  local name pids=() round
  joined laptop desk third
  for name in laptop desk third; do registered "$name" "of-$name"; done
  for round in 1 2 3; do
    for name in laptop desk third laptop; do
      on "$name" dev-infra push >"$name.$round.out" 2>&1 3>&- &
      pids+=("$!")
    done
    on third dev-infra fetch >"fetch.$round.out" 2>&1 3>&- &
    pids+=("$!")
    for pid in "${pids[@]}"; do wait "$pid" || { cat ./*.out >&2; return 1; }; done
    pids=()
  done
  equal "$(grep -hE '^(warning|error|fatal)' ./*.out || true)" ''
  equal "$(states_of "$REMOTE")" "$(for name in laptop desk third; do id_of_machine "$name"; done | LC_ALL=C sort | paste -s -d ' ')"
  for name in laptop desk third; do succeeds on "$name" dev-infra pull; done
  equal "$(names_of desk --all)" 'of-desk of-laptop of-third'
  equal "$(states_of "$(registry_of desk)")" "$(states_of "$REMOTE")"
  sound laptop desk third
}

@test "a remote that is reached by a remote helper gets no state" {
  joined laptop
  registered laptop app
  succeeds on laptop dev-infra-update-state --remote origin
  equal "$(states_of "$(registry_of laptop)")" "$(id_of_machine laptop)"
  registry_git laptop config remote.origin.url elsewhere::somewhere
  registry_git laptop update-ref -d "refs/dev-infra/state/$(id_of_machine laptop)"
  succeeds on laptop dev-infra-update-state --remote origin
  equal "$(states_of "$(registry_of laptop)")" ''
}

# told_to_a_daemon: sets id and app to the machine laptop's and its project's, of which it has told a daemon of the machine server's.
told_to_a_daemon() {
  machine server
  succeeds on server dev-infra init --name server
  registered server own
  start_daemon server
  machine laptop
  succeeds on laptop dev-infra init --name laptop "${API%/api}/registry.git"
  registered laptop app
  id=$(id_of_machine laptop) app=$(id_of laptop app)
  succeeds on laptop dev-infra push
}

@test "the daemon gives and takes states by git, and no other ref" {
  local id app
  told_to_a_daemon
  refute_stderr_has hint
  equal "$(told "$(registry_of server)" "$id" "$app" '.places | length')" 1
  echo x >laptop/src/app/x
  succeeds on laptop dev-infra push
  equal "$(told "$(registry_of server)" "$id" "$app" '.places[0].untracked')" 1
  machine desk
  succeeds on desk dev-infra init --name desk "${API%/api}/registry.git"
  equal "$(told "$(registry_of desk)" "$id" "$app" '.places[0].untracked')" 1
  registered desk web
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra pull
  holds "$(states_of "$(registry_of laptop)")" "$(id_of_machine desk)"
  # The server's own, a bad one and another namespace are refused.
  run registry_git laptop push -q "${API%/api}/registry.git" "refs/dev-infra/state/$id:refs/dev-infra/state/$(id_of_machine server)"
  holds "$output" "only this machine says how its checkouts are"
  run registry_git laptop push -q "${API%/api}/registry.git" "refs/dev-infra/state/$id:refs/dev-infra/state/$(id_of_machine desk)" --force
  holds "$output" 'it is the state of the machine'
  run registry_git laptop push -q "${API%/api}/registry.git" "refs/dev-infra/state/$id:refs/dev-infra/other/$id"
  holds "$output" 'only main can be pushed'
  succeeds on laptop dev-infra machine remove desk
  succeeds on laptop dev-infra push
  lacks "$(states_of "$(registry_of server)")" "$(id_of_machine desk)"
  sound server laptop
}

@test "the daemon gives and takes states by REST, to whom it gives paths" {
  local id app key bad
  told_to_a_daemon
  call GET "/states"
  equal "$(jq -c --arg id "$id" '[.[] | [.id == $id, .name, (.taken | length), (.commit | length), has("projects")]]' <<<"$ANSWER")" \
    '[[true,"laptop",24,40,false]]'
  call GET "/states/$id"
  equal "$CODE" 200
  equal "$(jq -r .commit <<<"$ANSWER")" "$(state_ref "$(registry_of laptop)" "$id")"
  equal "$(jq -c --arg app "$app" '[.projects[$app].places[0].path, (.projects | length)]' <<<"$ANSWER")" "[\"$WORLD/laptop/src/app\",1]"
  printf '%s' "$ANSWER" >state.json
  call GET "/states/$id" '' -H "If-None-Match: \"$(jq -r .commit state.json)\""
  equal "$CODE" 304
  # The same state of a machine is the same commit, whichever way it comes.
  call DELETE "/states/$id"
  equal "$CODE" 204
  call DELETE "/states/$id"
  equal "$CODE" 404
  call GET "/states/$id"
  equal "$CODE" 404
  call PUT "/states/$id" "$(cat state.json)"
  equal "$CODE" 204
  equal "$(state_ref "$(registry_of server)" "$id")" "$(jq -r .commit state.json)"
  # What is wrong is refused, and what was there stays.
  for bad in '{' '[]' '{}' '{"id":"0000000000000000"}' \
    "$(jq -c '.id = "00000000000000ff"' state.json)" "$(jq -c '.taken = "now"' state.json)" "$(jq -c '.projects = []' state.json)" \
    "$(jq -c '.projects = {"x": {"places": []}}' state.json)" "$(jq -c --arg app "$app" '.projects[$app].places = [1]' state.json)"; do
    call PUT "/states/$id" "$bad"
    equal "$CODE" 400 "$bad"
    equal "$(jq -r '.error | length > 0' <<<"$ANSWER")" true
  done
  equal "$(state_ref "$(registry_of server)" "$id")" "$(jq -r .commit state.json)"
  call PUT "/states/$id" '' --data-binary @state.json
  equal "$CODE" 415
  call POST "/states/$id" "$(cat state.json)"
  equal "$CODE" 405
  call PUT "/states/$(id_of_machine server)" \
    "$(jq -c --arg id "$(id_of_machine server)" '.id = $id' state.json)"
  equal "$CODE" 403
  call DELETE "/states/$(id_of_machine server)"
  equal "$CODE" 403
  call PUT "/states/00000000000000ff" "$(jq -c '.id = "00000000000000ff"' state.json)"
  equal "$CODE" 404
  for bad in x 00000000000000FF "../projects" "$id/x"; do
    call GET "/states/$bad" '' --path-as-is
    equal "$CODE" 404 "$bad"
  done
  call GET /health
  holds "$(jq -c .features <<<"$ANSWER")" '"states"'
  # Keys: one that sees no paths gets no state, and one that may only read changes none.
  key=$(on server dev-infra daemon key add --no-paths guest 2>/dev/null)
  for bad in /states "/states/$id" '/../registry.git/info/refs?service=git-upload-pack'; do
    call GET "$bad" '' -H "Authorization: Bearer $key"
    equal "$CODE" 403 "$bad"
    lacks "$ANSWER" "$WORLD/laptop"
  done
  key=$(on server dev-infra daemon key add --read-only reader 2>/dev/null)
  call GET "/states/$id" '' -H "Authorization: Bearer $key"
  equal "$CODE" 200
  for bad in PUT DELETE; do
    call "$bad" "/states/$id" "$(cat state.json)" -H "Authorization: Bearer $key"
    equal "$CODE" 403 "$bad"
  done
  call GET "/states"
  equal "$CODE" 401
  equal "$(state_ref "$(registry_of server)" "$id")" "$(jq -r .commit state.json)"
  sound server laptop
}

@test "a daemon that is a remote as a service holds states as well" {
  local id app
  machine server
  succeeds on server dev-infra init --name server
  start_daemon server
  begun laptop desk
  for name in laptop desk; do succeeds on "$name" dev-infra remote add --work-prod origin "${API%/api}"; done
  registered laptop app
  id=$(id_of_machine laptop) app=$(id_of laptop app)
  echo x >laptop/src/app/x
  succeeds on laptop dev-infra push
  refute_stderr_has hint
  equal "$(told "$(registry_of server)" "$id" "$app" '.places[0].untracked')" 1
  equal "$(state_ref "$(registry_of server)" "$id")" "$(state_ref "$(registry_of laptop)" "$id")"
  succeeds on desk dev-infra pull
  equal "$(state_ref "$(registry_of desk)" "$id")" "$(state_ref "$(registry_of laptop)" "$id")"
  succeeds on desk dev-infra show app
  assert_output_has '1 untracked'
  # It is replaced, and what has not changed is not brought again.
  git -C laptop/src/app add x
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra fetch
  equal "$(told "$(registry_of desk)" "$id" "$app" '[.places[0].staged, .places[0].untracked]')" '[1,0]'
  quietly on desk dev-infra fetch --quiet
  registered desk web
  succeeds on desk dev-infra sync
  succeeds on laptop dev-infra pull
  holds "$(states_of "$(registry_of laptop)")" "$(id_of_machine desk)"
  # By numbers alone, and not at all.
  git -C laptop/src/app branch secret-plan
  succeeds on laptop dev-infra config dev-infra.state counts
  succeeds on laptop dev-infra push
  lacks "$(told "$(registry_of server)" "$id" "$app")" secret-plan
  succeeds on laptop dev-infra config dev-infra.state none
  succeeds on laptop dev-infra push
  equal "$(states_of "$(registry_of server)")" "$(id_of_machine desk)"
  # That the service has none any more deletes nothing; a machine that is taken out takes it along.
  succeeds on desk dev-infra fetch
  holds "$(states_of "$(registry_of desk)")" "$id"
  succeeds on laptop dev-infra machine remove desk
  succeeds on laptop dev-infra push
  equal "$(states_of "$(registry_of server)")" ''
  # A key that may only read brings them; the push is refused for main already.
  succeeds on laptop dev-infra config dev-infra.state branches
  succeeds on laptop dev-infra push
  key=$(on server dev-infra daemon key add --read-only reader 2>/dev/null)
  machine third
  succeeds on third dev-infra init --name third
  succeeds on third dev-infra remote add --work-prod origin "${API%/api}"
  succeeds on third env DEV_INFRA_API_KEY="$key" dev-infra pull
  equal "$(states_of "$(registry_of third)")" "$id"
  runs 128 on third dev-infra pull
  refute_stderr_has 'states of other machines'
  sound server laptop desk third
}

# service_with_faults: the server's daemon, behind a connection that fails as a test plans it; the laptop, with a project, and the desk
# have it as a remote.
service_with_faults() {
  local name
  export DEV_INFRA_TEST_RETRY_DELAY=10
  machine server
  succeeds on server dev-infra init --name server
  start_daemon server
  start_faults "${API%/api}"
  begun laptop desk
  for name in laptop desk; do succeeds on "$name" dev-infra remote add --work-prod origin "http://127.0.0.1:$FAULTS_PORT"; done
  registered laptop app
}

@test "states that go through a network which cuts and lies are whole or stay what they were, and main comes all the same" {
  local id fault number count=0 before
  service_with_faults
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  # The records take two requests, and the states three: what it is, who has one, and that.
  for fault in 'html 200' 'status 200' 'status 500' half-json cut-inside; do
    for number in 3 4 5; do
      count=$((count + 1))
      : >"laptop/src/app/file$count"
      succeeds on laptop dev-infra push
      before=$(state_ref "$(registry_of desk)" "$id")
      plan "$number $fault"
      succeeds on desk dev-infra fetch
      assert_clean_text "$stderr"
      [ "$(requests)" -ge "$number" ] || explain "only $(requests) requests"
      if [ "$(state_ref "$(registry_of desk)" "$id")" = "$before" ]; then
        assert_stderr_line "^warning: (the states of other machines were not fetched from|set aside the state of the machine $id)"
      fi
      plan
      quietly on desk dev-infra fetch --quiet
      equal "$(state_ref "$(registry_of desk)" "$id")" "$(state_ref "$(registry_of server)" "$id")" "after '$fault' of $number"
    done
    # What is not done is told, and not taken for a service that holds no states.
    : >"laptop/src/app/push$count"
    plan "PUT $fault"
    succeeds on laptop dev-infra push
    refute_stderr_has hint:
    plan
    succeeds on laptop dev-infra push
    equal "$(state_ref "$(registry_of laptop)" "$id")" "$(state_ref "$(registry_of server)" "$id")" "after '$fault' of a push"
  done
  sound server laptop desk
}

@test "a service that is upgraded is asked for states at once, and one that does not take a state says what helps" {
  local id
  service_with_faults
  id=$(id_of_machine laptop)
  # What was pushed without a state, and is with one now, is told over a service as over git.
  succeeds on laptop dev-infra push --no-state
  refute_stderr_has hint
  registered laptop lib
  plan 'PUT status 413'
  succeeds on laptop dev-infra push
  assert_stderr_has "warning: 'origin' does not take the state of this machine's checkouts: it is larger than the service takes (413"
  assert_stderr_has "'dev-infra config dev-infra.state counts' makes it smaller"
  refute_stderr_has hint
  equal "$(states_of "$(registry_of server)")" ''
  plan
  succeeds on laptop dev-infra push
  equal "$(states_of "$(registry_of server)")" '' 'what is refused is not sent again at once'
  succeeds on laptop dev-infra config dev-infra.state counts
  succeeds on laptop dev-infra push
  equal "$(states_of "$(registry_of server)")" "$id"
  refute_stderr_has 'pushes tell other machines'
  # The service held none when desk asked it last.
  mkdir -p "$(registry_of desk)/cache/state-refusals"
  printf '%s %s none\n' "$(date +%s)000" \
    "$(printf '%s\n\n%s' "$(registry_git desk config remote.origin.url)" "$(dev-infra version | cut -d ' ' -f 3)" | git hash-object --stdin)" \
    >"$(registry_of desk)/cache/state-refusals/origin"
  succeeds on desk dev-infra pull
  equal "$(states_of "$(registry_of desk)")" "$id"
  # And told once, to whom has not said how much is to be told.
  registered desk web
  succeeds on desk dev-infra push --no-state
  registered desk tide
  succeeds on desk dev-infra push
  assert_stderr_has 'hint: pushes tell other machines how the checkouts of this one are from now on'
  succeeds on desk dev-infra push
  refute_stderr_has hint
}

@test "a work-prod service holds no state, and that it has none deletes nothing" {
  local id
  joined laptop
  start_work_prod
  succeeds on laptop dev-infra remote add --work-prod wp "$SERVICE"
  registered laptop app
  id=$(id_of_machine laptop)
  succeeds on laptop dev-infra push origin
  succeeds on laptop dev-infra push wp
  refute_stderr_has hint
  succeeds on laptop dev-infra pull wp
  equal "$(states_of "$(registry_of laptop)")" "$id"
  equal "$(states_of "$REMOTE")" "$id"
  # It is not asked each time, nor are the checkouts looked at for it.
  registry_git laptop update-ref -d "refs/dev-infra/state/$id"
  succeeds on laptop env GIT_TRACE="$WORLD/trace" dev-infra push wp
  succeeds on laptop env GIT_TRACE="$WORLD/trace" dev-infra pull wp
  equal "$(states_of "$(registry_of laptop)")" ''
  equal "$(grep -c refs/dev-infra/state trace || true)" 0
}

@test "a push from a hook of git tells of every checkout as it is, and not of the one that the hook is of" {
  local id app lib hook
  joined laptop
  registered laptop app lib
  id=$(id_of_machine laptop) app=$(id_of laptop app) lib=$(id_of laptop lib)
  echo x >laptop/src/lib/untracked
  for hook in pre-commit post-commit; do
    printf '#!/bin/sh\nexec dev-infra push --quiet\n' >"laptop/src/app/.git/hooks/$hook"
    chmod +x "laptop/src/app/.git/hooks/$hook"
    echo "$hook" >laptop/src/app/file
    git -C laptop/src/app add file
    on laptop git -C src/app commit -qm "By $hook" -- file
    rm "laptop/src/app/.git/hooks/$hook"
    equal "$(told "$REMOTE" "$id" "$lib" '[.places[0].path, .places[0].untracked]')" "[\"$WORLD/laptop/src/lib\",1]" "$hook"
  done
  equal "$(told "$REMOTE" "$id" "$app" '[.places[0].head, .places[0].staged]')" "[\"$(git -C laptop/src/app rev-parse HEAD)\",0]"
}

@test "a push that cannot connect leaves nobody behind who takes the state" {
  joined laptop
  registered laptop app
  rm -rf "$REMOTE"
  mkdir temporary
  run --separate-stderr on laptop env TMPDIR="$WORLD/temporary" dev-infra push
  assert_status 128
  eventually none_with "--until $WORLD"
}

# undone_on_laptop: the laptop has something untracked in app, lib is saved, and the desk, which has neither, knows of that.
undone_on_laptop() {
  joined laptop desk
  registered laptop app lib
  git -C laptop/src/lib update-ref refs/remotes/origin/main HEAD
  git -C laptop/src/app update-ref refs/remotes/origin/main HEAD
  echo new >laptop/src/app/untracked
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
}

@test "state --machine and --all-machines show what others last said, and how old that is" {
  local id
  undone_on_laptop
  id=$(id_of_machine laptop)
  registered desk web
  succeeds on desk dev-infra state --machine laptop
  equal "$(cut -f 1,2,6,13 <<<"$output")" "$(printf 'app\t%s\t1\tlaptop\nlib\t%s\t0\tlaptop' "$WORLD/laptop/src/app" "$WORLD/laptop/src/lib")"
  grep -qE $'\t20[0-9]{2}-[0-9T:.-]+Z$' <<<"$output" || explain 'when it looked'
  succeeds on desk dev-infra state --machine "${id:0:6}" app
  equal "$(cut -f 1 <<<"$output")" app
  succeeds on desk dev-infra state --all-machines
  equal "$(cut -f 1,13 <<<"$output" | tr '\t\n' '= ')" 'web=desk app=laptop lib=laptop '
  succeeds on desk dev-infra state --all-machines --json
  equal "$(jq -c --arg id "$id" '[.[] | [.name, .machine == $id, .machine_name, .taken != null, .untracked]]' <<<"$output")" \
    '[["web",false,"desk",false,0],["app",true,"laptop",true,1],["lib",true,"laptop",true,0]]'
  succeeds on desk dev-infra state --all-machines --where untracked
  equal "$(cut -f 1 <<<"$output")" app
  runs 1 on desk dev-infra state --machine laptop --exit-code
  succeeds on desk dev-infra state --machine laptop --where '!untracked' --exit-code
  equal "$(cut -f 1 <<<"$output")" lib
  # The machine itself is asked for what is there now.
  succeeds on laptop dev-infra state --machine laptop lib
  equal "$(cut -f 1,13,14 <<<"$output")" "$(printf 'lib\tlaptop\t')"
  refuses 1 'web is not on laptop' on desk dev-infra state --machine laptop web
  refuses 1 "no machine is known by 'tablet'" on desk dev-infra state --machine tablet
  refuses 129 'exclude each other' on desk dev-infra state --machine laptop --all-machines
  refuses 129 'goes with neither' on desk dev-infra state --unsaved --machine laptop
  # One that tells nothing.
  joined quiet
  succeeds on quiet dev-infra config dev-infra.state none
  registered quiet own
  succeeds on quiet dev-infra push
  succeeds on desk dev-infra pull
  refuses 1 'quiet has not said how its checkouts are' on desk dev-infra state --machine quiet
  succeeds on desk dev-infra state --all-machines
  assert_stderr_has 'quiet has not said how its checkouts are'
}

@test "list shows for each project what every machine has left undone, and how old that is" {
  undone_on_laptop
  registered desk app
  echo one >desk/src/app/staged
  git -C desk/src/app add staged
  git -C desk/src/app update-ref refs/remotes/origin/main HEAD
  joined quiet
  succeeds on quiet dev-infra config dev-infra.state none
  registered quiet lib
  succeeds on quiet dev-infra push
  succeeds on desk dev-infra pull
  succeeds on desk dev-infra list --all --columns name,state
  equal "$(sed -E 's/20[0-9]{2}-[0-9T:.-]+Z/TIME/' <<<"$output")" "$(printf 'app\tdesk: +1 (now), laptop: ?1 (TIME)\nlib\tlaptop: clean (TIME), quiet: not told')"
  # What is not here is listed with all, and the one that most have left something in comes last.
  succeeds on desk dev-infra list --columns state app
  holds "$output" 'laptop: ?1 ('
  succeeds on desk dev-infra list --all --sort -state --format '%(name) %(state)'
  equal "$(cut -d ' ' -f 1 <<<"$output" | paste -s -d ' ')" 'app lib'
  succeeds on desk dev-infra ls-projects --all --sort state --format '%(name)'
  equal "$(paste -s -d ' ' <<<"$output")" 'lib app'
  # On a terminal ages stand for times.
  on desk script -qec 'stty cols 120; dev-infra list --all --columns name,state' /dev/null >shown </dev/null
  grep -qE 'laptop: \?1 \([0-9]+ seconds? ago\)' shown || { cat shown; return 1; }
  # Two checkouts here, of which one is gone.
  project desk other/app https://h.example/app app
  succeeds on desk dev-infra register --quiet other/app
  rm -rf desk/other/app
  succeeds on desk dev-infra list --columns state app
  holds "$output" 'desk: +1 1 gone (now), '
  # Where nobody has it there is nothing to say, and nothing to ask.
  runs 1 on quiet dev-infra list --columns name,state --where tag:none
  succeeds on quiet dev-infra list --columns state lib
  holds "$output" 'quiet: 1 unpushed (now), laptop: clean ('
}

@test "state of another machine on a terminal: what needs attention, below a line that says how old it is" {
  undone_on_laptop
  on desk script -qec 'stty cols 80; dev-infra state --machine laptop' /dev/null >shown </dev/null
  grep -qE 'laptop, [0-9]+ (second|minute)s? ago' shown || { cat shown; return 1; }
  grep -q '?1' shown
  on desk script -qec 'stty cols 80; dev-infra state --all-machines' /dev/null >shown </dev/null
  grep -q 'desk, now' shown || { cat shown; return 1; }
  equal "$(grep -c $'\e' shown || true)" 0 'a dumb terminal gets no colours'
}

@test "status says what the others hold, and rm, forget and clone warn of it" {
  undone_on_laptop
  succeeds on desk dev-infra status
  grep -qE '^laptop: work that is nowhere else in 1 project \([0-9]+ seconds? ago\)$' <<<"$output" || explain 'no line of the laptop'
  succeeds on desk dev-infra status --json
  equal "$(jq -c '[.machines[0] | .name, .projects, .unsaved]' <<<"$output")" '["laptop",2,1]'
  succeeds on desk dev-infra status --porcelain
  grep -qE $'^machine\tlaptop\t2\t1\t20' <<<"$output" || explain 'no record of the laptop'
  # The laptop's own state is not among the others.
  succeeds on laptop dev-infra status --json
  equal "$(jq -c .machines <<<"$output")" '[]'
  succeeds on desk dev-infra clone --dry-run app
  assert_stderr_has 'warning: app: laptop last had work that a clone does not bring (1 untracked, '
  succeeds on desk dev-infra rm --dry-run app lib
  assert_stderr_has 'warning: app: laptop last had work that is nowhere else (1 untracked, '
  refute_stderr_has 'lib: laptop'
  succeeds on desk dev-infra rm app
  assert_stderr_has 'warning: app: laptop last had work'
  assert_output 'removed app'
  succeeds on laptop dev-infra forget app lib
  assert_stderr_has 'warning: app had work here that is nowhere else'
  refute_stderr_has 'warning: lib'
}
