#!/usr/bin/env bats
# dev-infra update: fetches all checkouts, and lets branches follow their upstreams.
# shellcheck disable=SC2016,SC2154 # scripts that are written out as they are; bats sets stderr

load helper

setup() {
  begin
  machine laptop
  machine other
  on laptop dev-infra init >/dev/null
  SOURCES=$WORLD/laptop/src
}

teardown() { stop_servers; }

# cloned NAME…: for each a repository in the forge with one commit, and a registered clone of it in src.
cloned() {
  unregistered "$@"
  succeeds on laptop dev-infra register --recursive src
}

# unregistered NAME…: as cloned, and not registered
unregistered() {
  local name
  for name; do
    project other "work/$name"
    git clone -q --bare "$WORLD/other/work/$name" "$WORLD/forge/$name.git"
    git -C "$WORLD/other/work/$name" remote add origin "$WORLD/forge/$name.git"
    on laptop git clone -q "$WORLD/forge/$name.git" "src/$name"
  done
}

# further NAME [BRANCH]: one more commit on the branch in the forge.
further() {
  local work=$WORLD/other/work/$1 branch=${2:-main}
  git -C "$work" checkout -q -B "$branch" 2>/dev/null
  printf '%s\n' "$SRANDOM" >"$work/file"
  git -C "$work" add file
  commit_in "$work" Further
  git -C "$work" push -q origin "$branch"
}

update() { on laptop dev-infra update "$@"; }
at_commit() { git -C "$SOURCES/$1" rev-parse "$2"; }
forge() { git --git-dir="$WORLD/forge/$1.git" rev-parse "$2"; }

# by_ssh NAME…: the clones' remotes are at HOST, which a stub of ssh serves; `drops` holds how many connections it drops.
by_ssh() {
  local name host=$1
  shift
  cat >"$WORLD/ssh" <<'STUB'
#!/bin/sh
exec 9>"$WORLD/ssh.lock"
flock 9
running=$(($(cat "$WORLD/running" 2>/dev/null || echo 0) + 1))
echo "$running" >"$WORLD/running"
[ "$running" -le "$(cat "$WORLD/most" 2>/dev/null || echo 0)" ] || echo "$running" >"$WORLD/most"
echo "$*" >>"$WORLD/connections"
drops=$(cat "$WORLD/drops" 2>/dev/null || echo 0)
[ "$drops" -le 0 ] || echo "$((drops - 1))" >"$WORLD/drops"
flock -u 9
# So many are under way at some time, or five seconds pass.
tries=0
while [ "$(cat "$WORLD/most")" -lt "${CROWD:-0}" ] && [ "$tries" -lt 100 ]; do tries=$((tries + 1)); sleep 0.05; done
[ -z "$SLOW" ] || sleep "$SLOW"
status=255
if [ "$drops" -gt 0 ]; then
  echo 'kex_exchange_identification: Connection closed by remote host' >&2
elif [ -e "$WORLD/refuses" ]; then
  echo 'ssh: connect to host example.org port 22: Connection refused' >&2
else
  for last; do :; done
  sh -c "$last" 9>&-
  status=$?
fi
flock 9
echo "$(($(cat "$WORLD/running") - 1))" >"$WORLD/running"
exit "$status"
STUB
  chmod +x "$WORLD/ssh"
  export GIT_SSH="$WORLD/ssh" GIT_SSH_VARIANT=ssh WORLD SLOW='' CROWD=''
  for name; do git -C "$SOURCES/$name" remote set-url origin "ssh://git@$host$WORLD/forge/$name.git"; done
}

@test "a branch that is checked out, and one that is not, follow their upstreams" {
  cloned app
  further app topic
  on laptop git -C src/app fetch -q
  on laptop git -C src/app branch -q --track topic origin/topic
  further app topic
  further app main
  old=$(at_commit app main)
  quietly update
  equal "$(at_commit app main)" "$(forge app main)"
  equal "$(at_commit app topic)" "$(forge app topic)"
  equal "$(git -C "$SOURCES/app" status --porcelain)" ''
  assert_output_has "updated app: main ${old:0:10}..$(forge app main | cut -c1-10)"
  assert_output_has 'updated app: topic '
  assert_output_has '1 fetched, 2 branches updated'
  equal "$(git -C "$SOURCES/app" reflog -1 --format=%gs topic)" 'dev-infra update: Fast-forward'
  quietly update
  assert_output '1 fetched'
}

@test "all remotes are fetched, tags as the user's settings say, and nothing is pruned but by --prune" {
  cloned app
  git clone -q --bare "$WORLD/forge/app.git" "$WORLD/forge/fork.git"
  on laptop git -C src/app remote add fork "$WORLD/forge/fork.git"
  further app
  git --git-dir="$WORLD/forge/app.git" tag v1
  git --git-dir="$WORLD/forge/fork.git" branch side main
  git --git-dir="$WORLD/forge/app.git" branch old main
  quietly update
  equal "$(at_commit app fork/side)" "$(forge fork side)"
  equal "$(at_commit app v1)" "$(forge app v1)"
  git --git-dir="$WORLD/forge/app.git" branch -q -D old
  quietly update
  equal "$(at_commit app origin/old)" "$(forge app main)"
  quietly update --prune
  refute git -C "$SOURCES/app" rev-parse -q --verify origin/old
}

# refute COMMAND…: it fails.
refute() { ! "$@" || return 1; }

@test "a remote that git fetch --all passes over is passed over, and what git warns of is said" {
  local key
  cloned one
  git -C "$SOURCES/one" remote add nas "$WORLD/not-mounted.git"
  for key in skipFetchAll skipDefaultUpdate; do
    git -C "$SOURCES/one" config "remote.nas.$key" true
    runs 0 update
    runs 0 update --dry-run
    refute_output_has nas
    git -C "$SOURCES/one" config --replace-all "remote.nas.$key" false
    runs 1 update
    git -C "$SOURCES/one" config --unset "remote.nas.$key"
  done
  git -C "$SOURCES/one" remote remove nas
  printf '#!/bin/sh\necho "warning: redirecting to https://u:pw@h.example/new" >&2\nexec git-upload-pack "$@"\n' >"$WORLD/pack"
  chmod +x "$WORLD/pack"
  git -C "$SOURCES/one" config remote.origin.uploadpack "$WORLD/pack"
  runs 0 update
  assert_stderr_has 'warning: fetching origin of one: redirecting to https://***@h.example/new'
}

@test "a lock that a killed git left is named" {
  cloned one
  further one
  touch "$SOURCES/one/.git/refs/remotes/origin/main.lock"
  runs 1 update
  assert_stderr_has "origin/main.lock': File exists"
  refute_stderr_has 'remove the file manually'
  rm "$SOURCES/one/.git/refs/remotes/origin/main.lock"
  touch "$SOURCES/one/.git/HEAD.lock"
  quietly update
  assert_output_has "HEAD.lock': File exists"
}

@test "what is dirty, diverged, locked or in progress is left alone, and named" {
  cloned dirty diverged locked busy untracked
  for name in dirty diverged locked busy untracked; do further "$name"; further "$name"; done
  for name in dirty locked untracked busy; do
    # Something to change.
    on laptop git -C "src/$name" fetch -q
    on laptop git -C "src/$name" reset -q --hard origin/main~1
  done
  echo changed >"$SOURCES/dirty/file"
  commit_in "$SOURCES/diverged" Mine
  : >"$SOURCES/locked/.git/index.lock"
  at laptop src/busy git bisect start -q
  : >"$SOURCES/untracked/new"
  before=$(for name in dirty diverged locked busy; do at_commit "$name" HEAD; cat "$SOURCES/$name/file" 2>/dev/null || :; done)
  quietly update
  assert_output_has "left alone dirty: main is checked out with changes in $SOURCES/dirty"
  assert_output_has 'left alone diverged: main has diverged from origin/main (1 ahead, 2 behind)'
  assert_output_has "left alone locked: main is checked out in $SOURCES/locked, whose index is locked"
  assert_output_has 'left alone busy: main has a bisect in progress'
  assert_output_has 'updated untracked: main '
  assert_output_has '5 fetched, 1 branch updated, 4 left alone'
  equal "$(for name in dirty diverged locked busy; do at_commit "$name" HEAD; cat "$SOURCES/$name/file" 2>/dev/null || :; done)" "$before"
  [ -e "$SOURCES/untracked/new" ]
}

@test "a branch that a rebase will come back to stays" {
  cloned app
  further app
  further app
  on laptop git -C src/app fetch -q
  on laptop git -C src/app reset -q --hard origin/main~1
  GIT_SEQUENCE_EDITOR='sed -i 1ibreak' on laptop git -C src/app rebase -q -i HEAD~1 2>/dev/null
  old=$(at_commit app main)
  quietly update
  assert_output_has 'left alone app: main has a rebase in progress'
  equal "$(at_commit app main)" "$old"
}

@test "a file that git does not know is not overwritten" {
  cloned app
  further app
  echo mine >"$SOURCES/app/file"
  quietly update
  assert_output_has 'left alone app: main '
  assert_output_has 'file'
  equal "$(cat "$SOURCES/app/file")" mine
  equal "$(at_commit app HEAD)" "$(at_commit app origin/main~1)"
}

@test "a file that is ignored here is not overwritten either" {
  cloned app
  further app
  echo file >"$SOURCES/app/.git/info/exclude"
  echo mine >"$SOURCES/app/file"
  quietly update
  assert_output_has 'left alone app: main '
  equal "$(cat "$SOURCES/app/file")" mine
  equal "$(at_commit app HEAD)" "$(at_commit app origin/main~1)"
}

@test "what a project says of itself is read again where its branch has moved" {
  local commits
  cloned app
  quietly update
  commits=$(commits_of laptop)
  printf 'name: app\ntags: [new]\n' >"$WORLD/other/work/app/.dev-infra.yml"
  git -C "$WORLD/other/work/app" add -A
  further app
  quietly update --fetch-only
  quietly update --dry-run
  equal "$(commits_of laptop)" "$commits"
  quietly update
  equal "$(on laptop dev-infra-ls-projects --format='%(name) %(tags)')" 'app new'
  equal "$(commits_of laptop)" $((commits + 1)) 'one commit'
  quietly update
  equal "$(commits_of laptop)" $((commits + 1)) 'nothing new'
}

@test "in a linked worktree the branch moves there, once for all work trees" {
  cloned app
  further app topic
  on laptop git -C src/app fetch -q
  on laptop git -C src/app worktree add -q ../app-topic topic 2>/dev/null
  succeeds on laptop dev-infra register src/app-topic
  further app topic
  further app main
  quietly update
  equal "$(at_commit app-topic HEAD)" "$(forge app topic)"
  equal "$(git -C "$SOURCES/app-topic" status --porcelain)" ''
  equal "$(at_commit app HEAD)" "$(forge app main)"
  assert_output_has '1 fetched, 2 branches updated'
}

@test "a work tree that is another repository's is left alone, whichever way it came to be named" {
  unregistered app
  further app topic
  on laptop git -C src/app fetch -q
  on laptop git -C src/app worktree add -q ../app-topic topic 2>/dev/null
  # A copy has the original's worktree for its own, and so has an archive that somebody made up.
  cp -R "$SOURCES/app" "$SOURCES/copy"
  on laptop git clone -q "$WORLD/forge/app.git" src/forged
  on laptop git clone -q "$WORLD/forge/app.git" src/victim
  mkdir -p "$SOURCES/forged/.git/worktrees/w"
  echo "$SOURCES/victim/.git" >"$SOURCES/forged/.git/worktrees/w/gitdir"
  echo ../.. >"$SOURCES/forged/.git/worktrees/w/commondir"
  echo 'ref: refs/heads/main' >"$SOURCES/forged/.git/worktrees/w/HEAD"
  git -C "$SOURCES/forged" checkout -q --detach
  succeeds on laptop dev-infra register src/copy src/forged
  further app topic
  further app main
  local repository before
  for repository in app app-topic victim; do git -C "$SOURCES/$repository" fetch -q; done
  before=$(for repository in app app-topic victim; do git -C "$SOURCES/$repository" rev-parse HEAD && ls "$SOURCES/$repository"; done)
  quietly update src/copy src/forged
  assert_output_has "topic is checked out in $SOURCES/app-topic, which is not a work tree of this repository"
  assert_output_has "main is checked out in $SOURCES/victim, which is not a work tree of this repository"
  equal "$(for repository in app app-topic victim; do git -C "$SOURCES/$repository" rev-parse HEAD && ls "$SOURCES/$repository"; done)" "$before"
  equal "$(at_commit app topic)" "$(git -C "$SOURCES/app-topic" rev-parse HEAD)"
}

@test "a work tree whose git directory is elsewhere is brought up to date" {
  unregistered app sep named
  rm -rf "$SOURCES/sep" "$SOURCES/named"
  on laptop git clone -q --separate-git-dir="$WORLD/laptop/sep.gd" "$WORLD/forge/sep.git" src/sep
  on laptop git clone -q --separate-git-dir="$WORLD/laptop/named.gd" "$WORLD/forge/named.git" src/named
  git --git-dir="$WORLD/laptop/named.gd" config core.worktree "$SOURCES/named"
  on laptop git init -q -b main super
  on laptop git -C super -c protocol.file.allow=always submodule --quiet add "$WORLD/forge/app.git" sub
  rm -rf "$SOURCES/app"
  succeeds on laptop dev-infra register super/sub src/sep src/named
  further app
  further sep
  further named
  quietly update
  equal "$(git -C "$WORLD/laptop/super/sub" rev-parse HEAD)" "$(forge app main)"
  equal "$(at_commit sep HEAD)" "$(forge sep main)"
  equal "$(at_commit named HEAD)" "$(forge named main)"
  equal "$(git -C "$SOURCES/sep" status --porcelain)" ''
  assert_output_has '3 branches updated'
}

@test "--dry-run runs nothing that a repository names" {
  cloned app
  further app
  on laptop git -C src/app fetch -q
  printf '#!/bin/sh\necho ran >>%s\n' "$WORLD/ran" >"$WORLD/named"
  chmod +x "$WORLD/named"
  echo 'file filter=named' >"$SOURCES/app/.git/info/attributes"
  git -C "$SOURCES/app" config core.fsmonitor "$WORLD/named"
  git -C "$SOURCES/app" config filter.named.clean "$WORLD/named"
  quietly update -n
  [ ! -e "$WORLD/ran" ]
}

@test "a bare repository is fetched" {
  cloned app
  further app
  on laptop git clone -q --bare "$WORLD/forge/app.git" store.git
  on laptop git -C store.git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
  succeeds on laptop dev-infra register store.git
  further app
  quietly update
  equal "$(git --git-dir="$WORLD/laptop/store.git" rev-parse refs/remotes/origin/main)" "$(forge app main)"
}

@test "the branch of a bare repository follows, but where it is used with a work tree elsewhere" {
  unregistered app dots
  rm -rf "$SOURCES/app" "$SOURCES/dots"
  local directory
  for directory in plain.git lay/.bare .dots; do
    case $directory in .dots) name=dots ;; *) name=app ;; esac
    on laptop git clone -q --bare "$WORLD/forge/$name.git" "$directory"
    on laptop git -C "$directory" config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    on laptop git -C "$directory" fetch -q
    on laptop git -C "$directory" branch -q -u origin/main main
  done
  echo 'gitdir: ./.bare' >"$WORLD/laptop/lay/.git"
  further app topic
  on laptop git -C lay fetch -q
  on laptop git -C lay worktree add -q topic topic 2>/dev/null
  # As people keep the files of their home directory.
  on laptop git --git-dir="$WORLD/laptop/.dots" --work-tree="$WORLD/laptop" checkout -q
  # The same as vcsh and yadm make it: the repository names its work tree, which does not hold it as .git.
  cp -R "$WORLD/laptop/.dots" "$WORLD/laptop/vim.git"
  on laptop git --git-dir="$WORLD/laptop/vim.git" config core.bare false
  on laptop git --git-dir="$WORLD/laptop/vim.git" config core.worktree ..
  succeeds on laptop dev-infra register plain.git lay/topic .dots vim.git
  further app
  further dots
  local before
  before=$(git --git-dir="$WORLD/laptop/.dots" rev-parse main)
  quietly update
  equal "$(git --git-dir="$WORLD/laptop/plain.git" rev-parse main)" "$(forge app main)"
  equal "$(git --git-dir="$WORLD/laptop/lay/.bare" rev-parse main)" "$(forge app main)"
  equal "$(git --git-dir="$WORLD/laptop/.dots" rev-parse main)" "$before"
  equal "$(git --git-dir="$WORLD/laptop/vim.git" rev-parse main)" "$before"
  equal "$(grep -c "main is checked out where only 'git --work-tree' knows" <<<"$output")" 2 "$output"
  quietly update --json
  equal "$(jq -r '.branches[]?.left' <<<"$output")" $'elsewhere\nelsewhere'
}

@test "--fetch-only leaves the branches" {
  cloned app
  further app
  old=$(at_commit app main)
  quietly update --fetch-only
  equal "$(at_commit app main)" "$old"
  equal "$(at_commit app origin/main)" "$(forge app main)"
  assert_output '1 fetched'
}

@test "--dry-run says what would be, connects to nothing and changes nothing" {
  cloned app
  further app
  on laptop git -C src/app fetch -q
  further app
  old=$(git -C "$SOURCES/app" for-each-ref)
  quietly update -n
  assert_output "would fetch origin of app ($WORLD/forge/app.git)
would update app: main $(at_commit app main | cut -c1-10)..$(at_commit app origin/main | cut -c1-10)"
  equal "$(git -C "$SOURCES/app" for-each-ref)" "$old"
}

@test "--json: an object a line" {
  cloned app behind
  further behind
  commit_in "$SOURCES/behind" Mine
  further app
  quietly update --json
  equal "$(jq -c '[.name, .remotes[0].name, .remotes[0].fetched, .branches[0].name, .branches[0].left]' <<<"$output")" \
    '["app","origin",true,"main",null]
["behind","origin",true,"main","diverged"]'
  equal "$(jq -r 'select(.name == "app") | .branches[0].new' <<<"$output")" "$(forge app main)"
  equal "$(jq -r 'select(.name == "app") | .id' <<<"$output")" "$(id_of laptop app)"
}

@test "--json: what failed, and what was left alone, by a word and in words" {
  local name
  cloned fine diverged changed locked busy gone broken refused
  for name in fine diverged changed locked busy refused; do further "$name"; done
  commit_in "$SOURCES/diverged" Mine
  commit_in "$WORLD/other/work/changed" More
  for name in changed locked busy; do
    on laptop git -C "src/$name" fetch -q
    on laptop git -C "src/$name" reset -q --hard origin/main
    further "$name"
  done
  echo mine >"$SOURCES/changed/file"
  : >"$SOURCES/locked/.git/index.lock"
  at laptop src/busy git bisect start -q
  echo mine >"$SOURCES/refused/file"
  rm -rf "$SOURCES/gone"
  mv "$WORLD/forge/broken.git" "$WORLD/forge/moved.git"
  runs 1 update --json
  equal "$(jq -c '[.name, (.branches[] | .left)]' <<<"$output" | paste -s -d ' ')" \
    '["broken"] ["busy","bisect"] ["changed","changed"] ["diverged","diverged"] ["fine",null] ["gone"] ["locked","locked"] ["refused","refused"]'
  # What is left alone has no new commit, and the words that people see.
  equal "$(jq -c 'select(.branches[].left) | .branches[0] | keys' <<<"$output" | sort -u)" '["left","name","old","reason","upstream"]'
  equal "$(jq -c 'select(.name == "fine") | .branches[0] | keys' <<<"$output")" '["name","new","old","upstream"]'
  equal "$(jq -r 'select(.name == "diverged") | .branches[0].reason' <<<"$output")" 'has diverged from origin/main (1 ahead, 1 behind)'
  equal "$(jq -r 'select(.name == "changed") | .branches[0].reason' <<<"$output")" "is checked out with changes in $SOURCES/changed"
  equal "$(jq -r 'select(.name == "locked") | .branches[0].reason' <<<"$output")" \
    "is checked out in $SOURCES/locked, whose index is locked"
  equal "$(jq -r 'select(.name == "busy") | .branches[0].reason' <<<"$output")" 'has a bisect in progress'
  holds "$(jq -r 'select(.name == "refused") | .branches[0].reason' <<<"$output")" file
  # A repository that cannot be worked with, and a remote that cannot be fetched.
  equal "$(jq -c 'select(.error) | [.name, .remotes, .branches]' <<<"$output")" '["gone",[],[]]'
  holds "$(jq -r 'select(.name == "gone") | .error' <<<"$output")" "its directory is gone from $SOURCES/gone"
  equal "$(jq -c 'select(.remotes[].error) | [.name, .remotes[0].name, .remotes[0].url, .remotes[0].fetched]' <<<"$output")" \
    "[\"broken\",\"origin\",\"$WORLD/forge/broken.git\",false]"
  holds "$(jq -r 'select(.name == "broken") | .remotes[0].error' <<<"$output")" 'broken.git'
  assert_stderr_has "error: fetching origin of broken"
  assert_stderr_has 'error: 2 of 8 failed'
  # Only these are tried again, and the object of each says how that went.
  mv "$WORLD/forge/moved.git" "$WORLD/forge/broken.git"
  further broken
  runs 1 update --retry-failed --json
  equal "$(jq -c '[.name, .remotes[0].fetched, .remotes[0].error, .branches[0].new, .error != null]' <<<"$output" | paste -s -d ' ')" \
    "[\"broken\",true,null,\"$(forge broken main)\",false] [\"gone\",null,null,null,true]"
}

@test "what fails stands at the end, the rest is done, and --retry-failed tries it again" {
  cloned app gone broken
  further app
  rm -rf "$SOURCES/gone"
  mv "$WORLD/forge/broken.git" "$WORLD/forge/moved.git"
  runs 1 update
  assert_output_has '1 fetched, 1 branch updated, 2 failed'
  assert_stderr_has "error: fetching origin of broken ($WORLD/forge/broken.git) failed: "
  assert_stderr_has 'error: updating gone failed: its directory is gone from '
  assert_stderr_has "error: 2 of 3 failed
hint: 'dev-infra update --retry-failed' tries these again"
  mv "$WORLD/forge/moved.git" "$WORLD/forge/broken.git"
  further app
  runs 1 update --retry-failed
  assert_output_has '1 fetched, 1 failed'
  refute_output_has app
  on laptop git clone -q "$WORLD/forge/gone.git" src/gone
  quietly update --retry-failed
  runs 0 update --retry-failed
  equal "$stderr" 'Nothing to do again: none of these projects failed.'
}

@test "a repository of another owner is refused by name" {
  [ "$(id -u)" = 0 ] || skip 'only root can give a directory away'
  cloned app theirs
  further app
  chown -R nobody "$SOURCES/theirs"
  runs 1 update
  assert_output_has 'updated app: main '
  assert_stderr_has 'error: updating theirs failed: '
  assert_stderr_has 'belongs to another user'
}

@test "filters are those of list" {
  cloned app other
  further app
  further other
  succeeds on laptop dev-infra set app tags=work
  quietly update --tag work
  assert_output_has 'updated app'
  refute_output_has 'updated other'
  refuses 1 'no project on this machine matches' update 'x*'
}

@test "submodules are left alone, unless the user's settings say otherwise" {
  cloned lib app
  git -C "$WORLD/other/work/app" -c protocol.file.allow=always submodule --quiet add "$WORLD/forge/lib.git" lib
  commit_in "$WORLD/other/work/app" 'Add lib'
  git -C "$WORLD/other/work/app" push -q origin main
  on laptop git -C src/app pull -q
  on laptop git -C src/app submodule --quiet update --init
  old=$(at_commit app/lib origin/main)
  further lib
  git -C "$WORLD/other/work/app/lib" pull -q origin main
  git -C "$WORLD/other/work/app" add lib
  commit_in "$WORLD/other/work/app" 'Move lib'
  git -C "$WORLD/other/work/app" push -q origin main
  quietly update app
  equal "$(at_commit app HEAD)" "$(forge app main)"
  equal "$(at_commit app/lib origin/main)" "$old" 'the submodule'
  # What it has checked out does not change the project.
  further app
  quietly update app
  equal "$(at_commit app HEAD)" "$(forge app main)"
  on laptop git config --global fetch.recurseSubmodules true
  quietly update app
  equal "$(at_commit app/lib origin/main)" "$(forge lib main)"
}

@test "a shallow clone stays shallow" {
  cloned app
  further app
  rm -rf "$SOURCES/app"
  on laptop git clone -q --depth 1 "file://$WORLD/forge/app.git" src/app
  further app
  quietly update
  equal "$(at_commit app HEAD)" "$(forge app main)"
  [ -e "$SOURCES/app/.git/shallow" ]
}

@test "a dropped connection is made again" {
  cloned a b c
  by_ssh example.org a b c
  for name in a b c; do further "$name"; done
  echo 4 >"$WORLD/drops"
  quietly update
  assert_output_has '3 fetched, 3 branches updated'
  equal "$(wc -l <"$WORLD/connections")" 7
}

@test "of one host so many are fetched at a time as is set" {
  cloned a b c d e f
  by_ssh example.org a b c d e f
  SLOW=0.4
  quietly update -j 2
  equal "$(cat "$WORLD/most")" 2
  rm "$WORLD/most"
  succeeds on laptop dev-infra config dev-infra.updateJobs 3
  quietly update
  equal "$(cat "$WORLD/most")" 3
  rm "$WORLD/most"
  # Another host has its own.
  for name in d e f; do git -C "$SOURCES/$name" remote set-url origin "ssh://git@example.net$WORLD/forge/$name.git"; done
  SLOW=0.8
  quietly update
  equal "$(cat "$WORLD/most")" 6
}

@test "of one host eight are fetched at a time where nothing says otherwise" {
  cloned a b c d e f g h i j
  by_ssh example.org a b c d e f g h i j
  # The eighth is waited for; a ninth would come meanwhile.
  CROWD=8 SLOW=0.4
  quietly update
  equal "$(cat "$WORLD/most")" 8
  equal "$(wc -l <"$WORLD/connections")" 10
}

@test "on a terminal each fetch under way has a line, which is gone in the end; -q has none" {
  local seen before
  cloned a b c
  by_ssh example.org a b c
  further a
  CROWD=3 SLOW=0.3
  # on_terminal LINE
  on_terminal() { on laptop env TERM=xterm script -qec "stty cols 80; $1" /dev/null </dev/null | tr -d '\r'; }
  seen=$(on_terminal 'dev-infra update')
  for line in 'a: fetching' 'b: fetching' 'c: fetching' '0 of 3 done'; do holds "$seen" "$line" || return; done
  # What stands there in the end is what is written elsewhere, too.
  equal "${seen##*$'\e[J'}" "updated a: main $(at_commit a 'main@{1}' | cut -c1-10)..$(at_commit a main | cut -c1-10)
3 fetched, 1 branch updated"
  for before in 'TERM=dumb dev-infra update' 'dev-infra update -q' 'dev-infra update -n'; do
    lacks "$(CROWD='' SLOW='' on_terminal "$before")" ': fetching' "$before" || return
  done
}

@test "a server that says nothing is given up, and the rest is done; -q says what failed alone" {
  cloned app slow
  further app
  start_silent
  git -C "$SOURCES/slow" remote set-url origin "http://127.0.0.1:$SILENT_PORT/slow.git"
  succeeds on laptop dev-infra config dev-infra.timeout 1
  SECONDS=0
  runs 1 update -q
  in_time 60
  assert_output ''
  assert_stderr_has "error: fetching origin of slow (http://127.0.0.1:$SILENT_PORT/slow.git) failed: git said nothing for 6 seconds"
  refute_stderr_has app
  equal "$(at_commit app main)" "$(forge app main)"
  equal "$(find "$SOURCES/slow/.git" -name '*.lock')" ''
  # Where all goes well it says nothing at all.
  further app
  quietly update -q app
  assert_output ''
  equal "$(at_commit app main)" "$(forge app main)"
}

@test "a host that is not reached is not tried for all" {
  cloned a b c d e f
  by_ssh example.org a b c d e f
  touch "$WORLD/refuses"
  runs 1 update -j 1
  equal "$(wc -l <"$WORLD/connections")" 2
  assert_stderr_has 'example.org was not reached for others, and is not tried again'
  assert_stderr_has 'error: 6 of 6 failed'
}

@test "an interruption leaves every repository whole, and no process" {
  cloned a b c
  by_ssh example.org a b c
  for name in a b c; do further "$name"; done
  SLOW=4714.5
  (cd "$WORLD/laptop" && HOME=$PWD exec env --default-signal=INT dev-infra update -j2 >"$WORLD/out" 2>"$WORLD/err") &
  pid=$!
  eventually grep -qx 2 "$WORLD/running"
  kill -INT "$pid"
  status=0
  wait "$pid" || status=$?
  equal "$status" 130
  equal "$(running_with 4714.5)" '' 'processes that are left'
  for name in a b c; do
    equal "$(find "$SOURCES/$name/.git" -name '*.lock')" ''
    git -C "$SOURCES/$name" fsck --no-progress
    equal "$(git -C "$SOURCES/$name" status --porcelain)" ''
  done
  rm -f "$WORLD/running"
  SLOW=
  quietly update --retry-failed
  assert_output_has '3 fetched, 3 branches updated'
}

@test "a work tree that is being moved gets to the end of it when a signal comes" {
  cloned app
  further app
  mkdir -p "$SOURCES/app/.git/hooks"
  # When this hook begins the branch is about to move.
  cat >"$SOURCES/app/.git/hooks/reference-transaction" <<'HOOK'
#!/bin/sh
while read -r _ _ name; do
  [ "$1$name" != preparedHEAD ] && [ "$1$name" != preparedrefs/heads/main ] || { touch "$WORLD/begun"; sleep 1; }
done
HOOK
  chmod +x "$SOURCES/app/.git/hooks/reference-transaction"
  export WORLD
  (cd "$WORLD/laptop" && HOME=$PWD exec env --default-signal=INT dev-infra update >"$WORLD/out" 2>"$WORLD/err") &
  pid=$!
  eventually [ -e "$WORLD/begun" ]
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  equal "$status" 143
  equal "$(at_commit app HEAD)" "$(forge app main)"
  equal "$(git -C "$SOURCES/app" status --porcelain)" ''
  equal "$(find "$SOURCES/app/.git" -name '*.lock')" ''
}

@test "nothing from a remote can steer the terminal" {
  cloned app
  further app $'topic'
  on laptop git -C src/app fetch -q
  on laptop git -C src/app branch -q --track $'evil\u009b31m' origin/topic
  further app topic
  quietly update
  assert_clean_text "$output"
  assert_output_has 'evil'
  git -C "$SOURCES/app" config remote.origin.url $'ssh://e\e[31mvil/x'
  runs 1 update
  assert_clean_text "$stderr"
}

@test "a directory that is not a repository has nothing to be fetched" {
  mkdir -p "$WORLD/laptop/plain"
  echo 'name: plain' >"$WORLD/laptop/plain/.dev-infra.yml"
  succeeds on laptop dev-infra register plain
  quietly update
  assert_output ''
}
