#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2016,SC2088 # output and stderr are set by bats' run; names and settings are as they are
# dev-infra clone: what other machines have comes here, whole or not at all.

load helper
load support/clones
load support/disk

setup() { begin_clones; }

teardown() {
  stop_servers
  drop_disk
}

# below NAME DIR: what a directory of the machine holds, hidden names too; nothing where it is not there.
below() { (cd "$WORLD/$1" && find "$2" -name .git -prune -o -print 2>/dev/null | LC_ALL=C sort); }

@test "a new laptop is init URL and clone --all" {
  forge app
  forge lib
  join
  local app lib
  app=$(id_of laptop app)
  lib=$(id_of laptop lib)
  quietly on desktop dev-infra clone --all
  equal "$(id_of desktop app) $(id_of desktop lib)" "$app $lib"
  equal "$(on desktop dev-infra path app)" "$WORLD/desktop/src/localhost$WORLD/forge/app"
  equal "$(git -C "$(on desktop dev-infra path app)" log --format='%s %D')" 'Start app HEAD -> main, origin/main, origin/HEAD'
  equal "$(git -C "$(on desktop dev-infra path app)" status --porcelain)" ''
  equal "$(names_of desktop)" 'app lib'
  equal "$(commits_of desktop)" $(($(commits_of laptop) + 1)) 'one commit for all'
  no_scratch
  quietly on desktop dev-infra clone --all
  equal "$output" 'Nothing to clone: what can be cloned is here.'
  converge laptop desktop
}

@test "a directory behind a URL, as git clone takes one, is refused before anything is cloned" {
  forge app
  join
  refuses 129 'clone takes no directory' on desktop dev-infra clone "file://$WORLD/forge/other" mydir
  assert_stderr_has "'git clone URL DIR'"
}

@test "clone P, --tag and --missing choose" {
  forge one
  forge two
  forge three
  join
  on desktop dev-infra set --quiet one tags+=a tags+=b
  on desktop dev-infra set --quiet two tags+=a
  succeeds on desktop dev-infra clone three
  equal "$(names_of desktop)" three
  succeeds on desktop dev-infra clone --tag b --tag nosuch
  equal "$(names_of desktop)" 'one three'
  rm -rf "$(on desktop dev-infra path three)"
  succeeds on desktop dev-infra clone --missing
  [ -d "$(on desktop dev-infra path three)/.git" ]
  equal "$(names_of desktop)" 'one three'
  succeeds on desktop dev-infra clone one
  equal "$output" ''
  assert_stderr_has 'is here already'
  refuses 1 'no project is known' on desktop dev-infra clone nothing
  refuses 129 'chosen by' on desktop dev-infra clone one --tag work
  refuses 129 'name projects' on desktop dev-infra clone
  refuses 129 'named, or chosen' on desktop dev-infra clone --all one
}

@test "--dry-run says what, whence and where to, and changes nothing" {
  forge app
  join
  local before
  before=$(world_state)
  quietly on desktop dev-infra clone --all --dry-run
  assert_output "would clone app ($WORLD/desktop/src/localhost$WORLD/forge/app) from $WORLD/forge/app.git"
  equal "$(world_state)" "$before"
  [ ! -e "$WORLD/desktop/src" ]
}

@test "root and layout: another root, and the same place below another home" {
  forge app work/deep/app
  on laptop dev-infra register --quiet work/deep/app
  join
  on desktop dev-infra config dev-infra.root '~/code'
  quietly on desktop dev-infra clone --dry-run app
  assert_output_has "($WORLD/desktop/code/localhost/"
  on desktop dev-infra config dev-infra.layout home
  succeeds on desktop dev-infra clone app
  equal "$(on desktop dev-infra path app)" "$WORLD/desktop/work/deep/app"
  on desktop dev-infra config dev-infra.layout sideways
  refuses 128 'dev-infra.layout' on desktop dev-infra clone --all
  on desktop dev-infra config dev-infra.layout home
  on desktop dev-infra config dev-infra.root relative
  refuses 128 'dev-infra.root' on desktop dev-infra clone --all
}

@test "one that fails stops none of the others, and is named in the end" {
  forge app
  forge gone
  forge lib
  join
  rm -rf "$WORLD/forge/gone.git"
  runs 1 on desktop dev-infra clone --all
  assert_stderr_line '^error: cloning gone from .* failed: '
  assert_stderr_line '^error: 1 of 3 could not be cloned'
  equal "$(names_of desktop)" 'app lib'
  no_scratch
  [ ! -e "$WORLD/desktop/src/localhost$WORLD/forge/gone" ]
  sound desktop
}

@test "a clone that fails in the middle leaves nothing" {
  forge whole
  forge torn
  head -c 300000 /dev/urandom >"$WORLD/laptop/src/torn/big"
  git -C "$WORLD/laptop/src/torn" add big
  commit_in "$WORLD/laptop/src/torn" big
  git -C "$WORLD/laptop/src/torn" push -q origin main
  join
  # An object that is cut short is met while the pack is made.
  local blob
  blob=$(git --git-dir="$WORLD/forge/torn.git" rev-parse main:big)
  blob=$WORLD/forge/torn.git/objects/${blob:0:2}/${blob:2}
  chmod u+w "$blob"
  truncate -s 1000 "$blob"
  git -C "$WORLD/desktop" config --file .gitconfig protocol.version 2
  on desktop dev-infra-ls-projects --all >/dev/null
  runs 1 on desktop dev-infra clone --all
  assert_stderr_line '^error: cloning torn'
  equal "$(names_of desktop)" whole
  no_scratch
}

@test "what is in the way stays as it is; a clone of the same project is only registered" {
  forge app
  forge lib
  forge same
  join
  local place=$WORLD/desktop/src/localhost$WORLD/forge
  mkdir -p "$place/app" "$place/lib"
  printf mine >"$place/app/file"
  git clone -q "$WORLD/forge/same.git" "$place/same"
  printf mine >"$place/same/file"
  quietly on desktop dev-infra clone --all --dry-run
  assert_output_has "would register same ($place/same), which exists"
  runs 1 on desktop dev-infra clone --all
  assert_output_has "registered same ($place/same)"
  assert_stderr_line '^error: cloning app .*something already exists at'
  equal "$(cat "$place/app/file" "$place/same/file")" minemine
  equal "$(names_of desktop)" 'lib same'
  no_scratch
}

@test "what git warns of in a clone that is whole is said" {
  forge app
  join
  git -C forge/app.git symbolic-ref HEAD refs/heads/gone
  succeeds on desktop dev-infra clone app
  assert_stderr_line '^warning: cloning app: remote HEAD refers to nonexistent ref'
}

@test "two projects for one place: the second is an error by name" {
  forge app
  # A path, and a host that is called as the directory for paths.
  project laptop src/other "https://localhost$WORLD/forge/app"
  join
  runs 1 on desktop dev-infra clone --all
  assert_stderr_line '^error: .* cannot be cloned: .* is where .* goes'
  no_scratch
}

# entry_with FIELD VALUE: gives the desktop's registry the entry of app with this value, as no version of ours would.
entry_with() {
  local blob tree commit
  blob=$(on laptop dev-infra-cat-project app | jq --arg value "$2" ".$1 = \$value" | registry_git desktop hash-object -w --stdin)
  GIT_INDEX_FILE=$WORLD/index registry_git desktop read-tree refs/heads/main
  GIT_INDEX_FILE=$WORLD/index registry_git desktop update-index --add --cacheinfo "100644,$blob,$(file_of laptop app)"
  tree=$(GIT_INDEX_FILE=$WORLD/index registry_git desktop write-tree)
  commit=$(registry_git desktop -c user.name=x -c user.email=x@y commit-tree -p refs/heads/main -m bad "$tree")
  registry_git desktop update-ref refs/heads/main "$commit"
}

@test "URLs and paths from another machine: no option, no command, nothing outside" {
  local url before target
  forge app
  join
  before=$(below desktop .)
  for url in 'ext::sh -c touch% pwned' '--upload-pack=touch pwned' 'ssh://-oProxyCommand=touch pwned/x' \
    'https://127.0.0.1:1/../../../evil' 'https://127.0.0.1:1/a/%2e%2e/%2e%2e/%2e%2e/%2e%2e/evil' 'https://127.0.0.1:1/-x/y' \
    '../../evil' '/../evil' $'https://127.0.0.1:1/a\n/evil' 'https://../evil'; do
    entry_with remote_url "$url"
    run --separate-stderr on desktop dev-infra clone --all
    refute_crash
    # What can never be a URL is not an entry; what may be one is tried, and does not answer.
    case $status in
      0) assert_stderr_has 'left out the project' ;;
      1) assert_stderr_has app ;;
      *) explain "$url" ;;
    esac
    assert_clean_text "$stderr"
    nothing_ran
    no_scratch
    equal "$(below desktop . | grep -v -x -e ./src -e './\.dev-infra/.*')" "$(grep -v -e './\.dev-infra/.*' <<<"$before")" "what is there after $url"
    # Where it would have gone, had anybody answered: below the one root, and nowhere else.
    run --separate-stderr on desktop dev-infra clone --all --dry-run
    target=$(sed -n 's/^would clone app (\(.*\)) from .*/\1/p' <<<"$output")
    case $target in
      */../* | */..) explain "$url would go to $target" ;;
      '' | "$WORLD"/desktop/src/*) ;;
      *) explain "$url would go to $target" ;;
    esac
  done
}

@test "hooks of ours do nothing in a clone that is being made: it is registered from where it stays, once" {
  forge app
  join
  succeeds on desktop dev-infra hooks install --global --events post-checkout,post-commit,pre-push
  quietly on desktop dev-infra clone app
  equal "$(on desktop dev-infra path app)" "$WORLD/desktop/src/localhost$WORLD/forge/app"
  equal "$(registry_git desktop log -p --format= refs/heads/main | grep -c '^+.*/\.dev-infra-')" 0 'paths of scratch directories'
  equal "$(commits_of desktop)" $(($(commits_of laptop) + 1)) 'one commit for it'
  # The hook is there, and at work for everybody else.
  [ -x "$WORLD/desktop/src/localhost$WORLD/forge/app/.git/hooks/post-checkout" ] ||
    git -C "$WORLD/desktop" config --file "$WORLD/desktop/.gitconfig" hook.dev-infra.command
  quietly on desktop git clone -q "$WORLD/forge/app.git" "$WORLD/desktop/by-hand"
  holds "$(on desktop dev-infra-ls-projects --format '%(paths)')" "$WORLD/desktop/by-hand"
}

@test "projects with hostile names are cloned, to places of theirs" {
  local name
  hostile_names
  for name in 'with space' "it's" '*glob?[a]' '%(name)' 'ünï' '; touch pwned' '$(touch pwned)'; do forge "$name"; done
  join
  succeeds on desktop dev-infra clone --all
  equal "$(on desktop dev-infra list | wc -l)" 7
  on desktop dev-infra config dev-infra.layout home
  on desktop dev-infra forget --quiet "it's"
  succeeds on desktop dev-infra clone "it's"
  [ -d "$WORLD/desktop/src/it's/.git" ]
  nothing_ran
  sound desktop
}

@test "a project below a repository's root comes with the repository" {
  forge mono
  mkdir -p "$WORLD/laptop/src/mono/part"
  printf 'name: part\n' >"$WORLD/laptop/src/mono/part/.dev-infra.yml"
  git -C "$WORLD/laptop/src/mono" add part
  commit_in "$WORLD/laptop/src/mono" part
  git -C "$WORLD/laptop/src/mono" push -q origin main
  on laptop dev-infra register --quiet src/mono/part
  join
  quietly on desktop dev-infra clone --all
  equal "$(names_of desktop)" 'mono part'
  equal "$(on desktop dev-infra path part)" "$(on desktop dev-infra path mono)/part"
}

@test "a project without a URL is a warning for all, and an error by name" {
  forge app
  project laptop src/local
  join
  succeeds on desktop dev-infra clone --all
  assert_stderr_line '^warning: 1 without a remote URL .*local'
  refuses 1 'no remote URL' on desktop dev-infra clone local
}

@test "a signal ends clone by that signal: no half clone, no child, and what is done is registered" {
  forge app
  join
  start_silent
  local number silent="http://127.0.0.1:$SILENT_PORT"
  for number in 1 2 3; do
    project laptop "src/slow$number" "$silent/slow$number.git"
  done
  on laptop dev-infra register --quiet --recursive src
  # What the laptop has not pushed of them would be told on stderr.
  on laptop dev-infra push --quiet --no-state
  on desktop dev-infra pull --quiet
  local signal before
  for signal in INT TERM HUP; do
    before=$(below desktop src)
    (
      cd "$WORLD/desktop" || exit
      export HOME=$PWD
      exec env --default-signal=INT,TERM,HUP dev-infra clone -j 3 --all >"$WORLD/out" 2>"$WORLD/err"
    ) 3>&- &
    local pid=$!
    eventually pgrep -f "$silent/slow"
    sleep 0.3
    kill -s "$signal" "$pid"
    local status=0
    wait "$pid" || status=$?
    equal "$status" $((128 + $(kill -l "$signal"))) "the status after SIG$signal"
    equal "$(pgrep -f "$silent/slow" || true)" '' "children after SIG$signal"
    no_scratch
    [ "$signal" = INT ] || equal "$(below desktop src)" "$before"
    equal "$(cat "$WORLD/err")" ''
    equal "$(names_of desktop)" app "what was done before SIG$signal"
  done
  sound desktop
}

@test "a server that says nothing is given up" {
  start_silent
  project laptop src/slow "http://127.0.0.1:$SILENT_PORT/slow.git"
  forge app
  join
  on desktop dev-infra config dev-infra.timeout 1
  SECONDS=0
  runs 1 on desktop dev-infra clone --all
  in_time 60
  assert_stderr_has 'git said nothing for 6 seconds'
  equal "$(names_of desktop)" app
  no_scratch
}

@test "a host that is slow is waited for while it works, and holds up no other" {
  forge app
  forge far
  cat >"$WORLD/ssh" <<END
#!/bin/sh
# Plays sshd: the other side takes longer than the timeout, and says something each second.
for second in 1 2 3 4 5 6 7 8; do echo "still here" >&2; sleep 1; done
for command; do :; done
exec sh -c "\$command"
END
  chmod +x "$WORLD/ssh"
  export GIT_SSH=$WORLD/ssh GIT_SSH_VARIANT=ssh
  git -C "$WORLD/laptop/src/far" remote set-url origin "ssh://far.example$WORLD/forge/far.git"
  quietly on laptop dev-infra refresh
  join
  on desktop dev-infra config dev-infra.timeout 1
  succeeds on desktop dev-infra clone --all -j 2
  equal "$(head -n 1 <<<"$output")" "cloned app ($(on desktop dev-infra path app))" 'the other host is not waited for'
  equal "$(names_of desktop)" 'app far'
}

@test "a target that cannot be written to is an error, and the rest goes on" {
  forge app
  forge lib
  join
  on desktop dev-infra config dev-infra.root /proc/nowhere
  runs 1 on desktop dev-infra clone --all
  assert_stderr_line '^error: cloning app'
  assert_stderr_line '^error: cloning lib'
  equal "$(names_of desktop)" ''
}

@test "a disk that fills up leaves no half clone" {
  small_disk 600k
  forge big
  head -c 2000000 /dev/urandom >"$WORLD/laptop/src/big/data"
  git -C "$WORLD/laptop/src/big" add data
  commit_in "$WORLD/laptop/src/big" data
  git -C "$WORLD/laptop/src/big" push -q origin main
  join
  on desktop dev-infra config dev-infra.root "$WORLD/disk"
  run --separate-stderr on desktop dev-infra clone --all
  local left
  left=$(find "$WORLD/disk" -type f)
  assert_status 1
  equal "$left" ''
  sound desktop
}

@test "on a terminal each clone under way has a line, which is gone in the end" {
  if ! command -v script >/dev/null; then skip 'script is not installed'; fi
  forge app
  join
  run on desktop env TERM=xterm script -qec 'stty cols 80 && dev-infra clone --all' /dev/null
  assert_output_has 'app: '
  assert_output_has "cloned app ($WORLD/desktop/src/localhost$WORLD/forge/app)"
}

@test "submodules come along where they are asked for, by git's own rules; one that does not come is an error, and the clone stays" {
  forge lib
  forge app
  git -C laptop/src/app -c protocol.file.allow=always submodule --quiet add "$WORLD/forge/lib.git" lib
  commit_in laptop/src/app 'Add lib'
  git -C laptop/src/app push -q origin main
  join
  succeeds on desktop dev-infra clone --recurse-submodules app
  [ -d "$(on desktop dev-infra path app)/lib/.git" ] || [ -f "$(on desktop dev-infra path app)/lib/.git" ]
  equal "$(git -C "$(on desktop dev-infra path app)" submodule status | cut -c 1)" ' '
  # The project keeps it, so that another machine clones it alike.
  succeeds on desktop dev-infra push
  machine tablet
  on tablet git config --global protocol.file.allow always
  succeeds on tablet dev-infra init "$REMOTE"
  succeeds on tablet dev-infra clone --all
  equal "$(git -C "$(on tablet dev-infra path app)" submodule status | cut -c 1)" ' '
  rm -rf "$(on desktop dev-infra path app)"
  # A URL that is a path is not a submodule's, unless the user says so.
  on desktop git config --global --unset protocol.file.allow
  runs 1 on desktop dev-infra clone --recurse-submodules app
  assert_stderr_has 'cloning the submodules of app failed'
  [ -d "$(on desktop dev-infra path app)/.git" ]
  equal "$(names_of desktop)" app
  no_scratch
}

@test "partial and shallow clones, as git clone makes them" {
  forge app
  git -C forge/app.git config uploadpack.allowFilter true
  commit_in laptop/src/app two
  git -C laptop/src/app push -q origin main
  git -C laptop/src/app remote set-url origin "file://$WORLD/forge/app.git"
  join
  local path
  succeeds on desktop dev-infra clone --filter=blob:none app
  path=$(on desktop dev-infra path app)
  equal "$(git -C "$path" config remote.origin.partialclonefilter)" blob:none
  rm -rf "$path"
  succeeds on desktop dev-infra clone --depth 1 app
  equal "$(git -C "$path" rev-list --count HEAD)" 1
  equal "$(git -C "$path" rev-parse --is-shallow-repository)" true
  refuses 129 '--depth' on desktop dev-infra clone --depth 0 app
  refuses 129 '--filter' on desktop dev-infra clone --filter= app
  rm -rf "$path"
  runs 1 on desktop dev-infra clone --filter=nonsense app
  assert_stderr_has 'filter'
  no_scratch
}

@test "the options of a clone are kept with the project, and another machine clones it alike" {
  local path count
  forge app
  git -C forge/app.git config uploadpack.allowFilter true
  commit_in laptop/src/app two
  commit_in laptop/src/app three
  git -C laptop/src/app push -q origin main
  rm -rf laptop/src/app
  count=$(commits_of laptop)
  succeeds on laptop dev-infra clone --depth=1 --filter=blob:none "file://$WORLD/forge/app.git"
  equal "$(commits_of laptop)" $((count + 1)) 'one command is one commit'
  equal "$(field laptop app clone_options)" '"--filter=blob:none --depth=1"'
  equal "$(git -C "$(on laptop dev-infra path app)" rev-list --count HEAD)" 1
  succeeds on laptop dev-infra push
  join
  succeeds on desktop dev-infra clone --dry-run app
  assert_output_has ' with --filter=blob:none --depth=1'
  succeeds on desktop dev-infra clone --all
  path=$(on desktop dev-infra path app)
  equal "$(git -C "$path" rev-parse --is-shallow-repository)" true
  equal "$(git -C "$path" config remote.origin.partialclonefilter)" blob:none
  # What is gone comes back alike; --full and --once change nothing of what is kept.
  rm -rf "$path"
  succeeds on desktop dev-infra clone --missing
  equal "$(git -C "$path" rev-list --count HEAD)" 1
  rm -rf "$path"
  succeeds on desktop dev-infra clone --full app
  equal "$(git -C "$path" rev-parse --is-shallow-repository)" false
  rm -rf "$path"
  succeeds on desktop dev-infra clone --once --depth 2 app
  equal "$(git -C "$path" rev-list --count HEAD)" 2
  equal "$(git -C "$path" config remote.origin.partialclonefilter || true)" ''
  equal "$(field desktop app clone_options)" '"--filter=blob:none --depth=1"'
  rm -rf "$path"
  count=$(commits_of desktop)
  succeeds on desktop dev-infra clone --depth 2 app
  equal "$(commits_of desktop)" $((count + 1)) 'one commit for a project that is known'
  equal "$(field desktop app clone_options)" '"--depth=2"'
  rm -rf "$path"
  succeeds on desktop dev-infra set app clone_options=
  succeeds on desktop dev-infra clone app
  equal "$(git -C "$path" rev-parse --is-shallow-repository)" false
  refuses 129 '--full excludes' on desktop dev-infra clone --full --depth 1 app
  refuses 129 'clone_options is one or more of' on desktop dev-infra set app 'clone_options=--upload-pack=x'
}

@test "what an entry has in place of clone options never reaches git" {
  local options path blob
  forge app
  git -C forge/app.git config uploadpack.allowFilter true
  git -C laptop/src/app remote set-url origin "file://$WORLD/forge/app.git"
  join
  for options in '--upload-pack=touch pwned;git-upload-pack' '-c core.sshCommand=touch' '--depth=1 --template=/tmp' '--filter=sparse:oid=x' \
    '--depth=99999999999'; do
    blob=$(on desktop dev-infra-cat-project app | jq -S --arg options "$options" '.clone_options = $options' |
      registry_git desktop hash-object -w --stdin)
    printf '100644 %s\t%s\n' "$blob" "$(file_of desktop app)" | on desktop dev-infra-update-registry --index-info
    equal "$(field desktop app clone_options)" "\"$options\""
    succeeds on desktop dev-infra clone app
    path=$(on desktop dev-infra path app)
    equal "$(git -C "$path" rev-parse --is-shallow-repository)" false
    rm -rf "$path"
  done
  nothing_ran
}

@test "options that a project cannot keep are used once, with a warning" {
  forge app
  git -C forge/app.git config uploadpack.allowFilter true
  git -C laptop/src/app remote set-url origin "file://$WORLD/forge/app.git"
  join
  runs 0 on desktop dev-infra clone --filter=combine:blob:none+tree:1 app
  assert_stderr_has 'warning: --filter=combine:blob:none+tree:1 is not kept'
  equal "$(field desktop app clone_options)" null
}

@test "a clone has all remotes of the project; a path that is not here is left out" {
  local path
  forge app
  forge fork
  git -C laptop/src/app remote add fork "$WORLD/forge/fork.git"
  git -C laptop/src/app remote add upstream https://github.com/acme/app.git
  git -C laptop/src/app remote add stick /media/stick/app.git
  git -C laptop/src/fork remote rename origin mine
  join
  succeeds on desktop dev-infra clone --all
  path=$(on desktop dev-infra path app)
  equal "$(git -C "$path" remote | paste -s -d ' ')" 'fork origin upstream'
  equal "$(git -C "$path" remote get-url upstream)" https://github.com/acme/app.git
  equal "$(git -C "$path" config remote.fork.fetch)" '+refs/heads/*:refs/remotes/fork/*'
  equal "$(git -C "$path" rev-parse --abbrev-ref '@{u}')" origin/main
  # What is there under another name than origin is here, too.
  equal "$(git -C "$(on desktop dev-infra path fork)" remote)" mine
  rm -rf laptop/src/app
  succeeds on laptop dev-infra clone --missing
  equal "$(git -C laptop/src/app remote | paste -s -d ' ')" 'fork origin upstream'
}

@test "hosts take turns, and one that is not reached is not tried for each of its projects" {
  local name port
  port=$(python3 "$SUPPORT/free_port.py")
  forge app
  for name in a b c d e; do
    project laptop "src/$name" "http://127.0.0.1:$port/$name.git"
  done
  join
  runs 1 on desktop dev-infra clone --all -j 1
  equal "$output" "cloned app ($(on desktop dev-infra path app))"
  equal "$(grep -c 'not tried again' <<<"$stderr")" 3 "$stderr"
  equal "$(grep -c '^error: cloning' <<<"$stderr")" 5 "$stderr"
}

@test "what was only moved is not cloned a second time: it is found as refresh finds it" {
  local before
  forge app
  forge gone
  on laptop dev-infra register --quiet src/app src/gone
  mkdir laptop/src/work
  mv laptop/src/app laptop/src/work/application
  rm -rf laptop/src/gone
  before=$(main_of laptop)
  succeeds on laptop dev-infra clone --missing --dry-run
  equal "$(main_of laptop)" "$before"
  [[ $output == 'would clone gone '* && ${#lines[@]} -eq 1 ]]
  [[ $stderr == *"app is here already, moved ($WORLD/laptop/src/app -> $WORLD/laptop/src/work/application)"* ]]
  succeeds on laptop dev-infra clone app
  [ ! -e laptop/src/app ]
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/work/application"
  mv laptop/src/work/application laptop/src/work/once-more
  succeeds on laptop dev-infra clone --missing
  [ -d laptop/src/gone/.git ]
  [ ! -e laptop/src/app ]
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/work/once-more"
}

@test "clone URL brings what no project has yet, into the layout, and registers it" {
  forge app
  join
  local tide=$WORLD/forge/team/tide.git
  git init -q --bare -b main -- "$tide"
  project laptop elsewhere/tide "$tide"
  git -C "$WORLD/laptop/elsewhere/tide" push -q origin main
  quietly on desktop dev-infra clone -n "file://$tide"
  assert_output "would clone tide ($WORLD/desktop/src/localhost$WORLD/forge/team/tide) from file://$tide"
  equal "$(names_of desktop --all)" app
  quietly on desktop dev-infra clone "file://$tide" "file://$tide/" app
  equal "$(names_of desktop)" 'app tide'
  equal "$(on desktop dev-infra path tide)" "$WORLD/desktop/src/localhost$WORLD/forge/team/tide"
  # By then it is a project, which is here.
  runs 0 on desktop dev-infra clone "file://$tide"
  [[ $stderr == *'tide is here already'* ]] || explain 'a note'
  # With the layout `home` too it goes where the URL says: no machine has it.
  on desktop dev-infra rm --quiet tide
  rm -rf "$WORLD/desktop/src/localhost"
  succeeds on desktop dev-infra config dev-infra.layout home
  quietly on desktop bash -c 'printf "file://%s\0" "$1" | dev-infra clone -z --stdin' - "$tide"
  equal "$(on desktop dev-infra path tide)" "$WORLD/desktop/src/localhost$WORLD/forge/team/tide"
  no_scratch
}

@test "clone URL takes none that runs a command, and keeps no secret" {
  local url
  forge app
  join
  for url in "ext::sh -c 'touch $WORLD/run'" 'fd::3' 'https://-oProxyCommand=x/a/b' 'ssh://-oProxyCommand=touch/x/y' \
    'nosuch://host/a' 'https://host/../../x' 'host:' $'https://host/a\nb' "https://host/$(printf '%3000s' '' | tr ' ' x)"; do
    runs 1 on desktop dev-infra clone -- "$url"
    [[ $stderr == *error:* ]] || explain "$url"
  done
  runs 1 on desktop dev-infra clone -- --upload-pack=x
  [ ! -e "$WORLD/run" ] || explain 'a command was run'
  runs 0 on desktop dev-infra clone -n https://ann:s3cret-word@host.invalid/acme/app
  [[ $stderr == *'warning: what may be secret in the URL was left out'* ]] || explain 'a warning'
  [[ $output$stderr != *s3cret* ]] || explain 'the secret is shown'
  equal "$(names_of desktop --all)" app
  equal "$(below desktop src)" ''
}

@test "clone chooses by filters, globs and standard input, and --missing by what this machine wants" {
  local name
  for name in one two three four; do forge "$name"; done
  join
  on desktop dev-infra set --quiet one two tags=work
  on desktop dev-infra set --quiet three status=paused tags=own
  quietly on desktop dev-infra clone -n --where 'tag:work || status:paused'
  equal "$(grep -o 'would clone [a-z]*' <<<"$output" | cut -d ' ' -f 3 | LC_ALL=C sort | paste -s -d ' ')" 'one three two'
  quietly on desktop dev-infra clone -n 'T*'
  equal "$(grep -o 'would clone [a-z]*' <<<"$output" | cut -d ' ' -f 3 | LC_ALL=C sort | paste -s -d ' ')" 'three two'
  refuses 1 "matches 'x*'" on desktop dev-infra clone 'x*'
  refuses 129 'chosen by' on desktop dev-infra clone one --tag work
  refuses 129 'in --where' on desktop dev-infra clone --where 'tag:'
  quietly on desktop dev-infra clone --missing
  equal "$output" "Nothing to clone: no project's directory is gone."
  succeeds on desktop dev-infra config dev-infra.where.mine 'tag:own'
  succeeds on desktop dev-infra config dev-infra.wanted 'tag:work && !name:two || @mine'
  succeeds on desktop dev-infra clone --missing
  equal "$(names_of desktop)" 'one three'
  rm -rf "$(on desktop dev-infra path one)"
  succeeds on desktop dev-infra clone --missing
  [ -d "$(on desktop dev-infra path one)/.git" ] || explain 'what is gone comes back'
  succeeds on desktop dev-infra config dev-infra.wanted 'tag:work && ('
  refuses 128 'reading dev-infra.wanted failed' on desktop dev-infra clone --missing
  quietly on desktop bash -c 'echo four | dev-infra clone --stdin'
  equal "$(names_of desktop)" 'four one three'
}

@test "linked worktrees come with the clone: in it and beside it, each with its branch" {
  local place
  forge app
  git -C laptop/src/app push -q origin main:topic main:fix main:release
  git -C laptop/src/app fetch -q
  git -C laptop/src/app worktree add -q --track -b topic ../app-topic origin/topic
  git -C laptop/src/app worktree add -q --track -b fix .trees/one origin/fix
  git -C laptop/src/app worktree add -q --detach ../app-old main
  git -C laptop/src/app worktree add -q -b mine ../app-mine main
  git -C laptop/src/app worktree add -q --track -b release ../../elsewhere origin/release
  on laptop dev-infra register --quiet src/app src/app-topic src/app/.trees/one src/app-old src/app-mine elsewhere
  join
  place=src/localhost$WORLD/forge
  succeeds on desktop dev-infra clone --dry-run app
  assert_output_has ", and its worktrees ../app-mine, ../app-old, ../app-topic, .trees/one"
  succeeds on desktop dev-infra clone app
  assert_stderr_has "warning: cloning app: the worktree $WORLD/desktop/$place/app-mine is left out: its branch 'mine' is not at the remote"
  assert_stderr_has "warning: cloning app: the worktree $WORLD/laptop/elsewhere is left out: it is neither in the clone nor beside it"
  equal "$(git -C "desktop/$place/app-topic" rev-parse --abbrev-ref HEAD '@{upstream}' | paste -s -d ' ')" 'topic origin/topic'
  equal "$(git -C "desktop/$place/app/.trees/one" rev-parse --abbrev-ref HEAD)" fix
  equal "$(git -C "desktop/$place/app-old" rev-parse --abbrev-ref HEAD)" HEAD
  equal "$(git -C "desktop/$place/app" worktree list | wc -l)" 4
  equal "$(git -C "desktop/$place/app" worktree prune -n -v)" ''
  equal "$(commits_of desktop)" $(($(commits_of laptop) + 1)) 'one commit for all'
  equal "$(on desktop dev-infra-cat-project --checkouts app | jq -r --arg id "$(id_of_machine desktop)" '.checkouts[$id].paths[].kind' | paste -s -d ' ')" \
    'main worktree worktree worktree'
  equal "$(names_of desktop)" app
  # All of it that is gone comes back.
  rm -rf desktop/src
  succeeds on desktop dev-infra clone --missing
  equal "$(git -C "desktop/$place/app-topic" rev-parse --abbrev-ref HEAD)" topic
  no_scratch
}

@test "a bare repository with its worktrees in one directory is laid out alike" {
  local place linked
  forge app
  git -C laptop/src/app push -q origin main:topic
  rm -rf laptop/src/app
  place=src/localhost$WORLD/forge/app
  for linked in yes no; do
    rm -rf laptop/src desktop
    machine desktop
    mkdir -p laptop/src/shop
    git clone -q --bare "file://$WORLD/forge/app.git" laptop/src/shop/.bare
    git -C laptop/src/shop/.bare config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    if [ "$linked" = yes ]; then printf 'gitdir: ./.bare\n' >laptop/src/shop/.git; fi
    git -C laptop/src/shop/.bare worktree add -q ../main main
    git -C laptop/src/shop/.bare worktree add -q ../next topic
    on laptop dev-infra register --quiet src/shop/.bare src/shop/main src/shop/next
    on laptop dev-infra refresh --quiet --prune
    join
    succeeds on desktop dev-infra clone --all
    # shellcheck disable=SC2012 # the names are ours
    equal "$(ls -A "desktop/$place" | paste -s -d ' ')" "$(ls -A laptop/src/shop | paste -s -d ' ')" "$linked" || return
    equal "$(git -C "desktop/$place/.bare" rev-parse --is-bare-repository)" true
    equal "$(git -C "desktop/$place/main" rev-parse --abbrev-ref HEAD '@{upstream}' | paste -s -d ' ')" 'main origin/main'
    equal "$(git -C "desktop/$place/next" rev-parse --abbrev-ref HEAD '@{upstream}' | paste -s -d ' ')" 'topic origin/topic'
    equal "$(git -C "desktop/$place/next" status --porcelain)" ''
    git -C "desktop/$place/.bare" fsck --no-progress
    equal "$(on desktop dev-infra-cat-project --checkouts app | jq -c --arg id "$(id_of_machine desktop)" '.checkouts[$id].paths | map(.kind) | sort')" \
      '["bare","worktree","worktree"]'
    # All of it that is gone comes back; a worktree that is gone is not cloned over the rest.
    rm -rf "desktop/$place"
    succeeds on desktop dev-infra clone --missing
    equal "$(git -C "desktop/$place/next" rev-parse --abbrev-ref HEAD)" topic
    rm -rf "desktop/$place/main" "desktop/$place/next"
    succeeds on desktop dev-infra clone --missing
    equal "$output" "Nothing to clone: no project's directory is gone."
    equal "$(find "desktop/$place" -mindepth 1 -maxdepth 1 ! -name '.*')" ''
    no_scratch
  done
}

@test "a worktree takes no place of another project, goes through no link, and none of its names is believed" {
  local place entry
  forge app
  forge app-lib
  git -C laptop/src/app push -q origin main:topic
  git -C laptop/src/app fetch -q
  ln -s "$WORLD/desktop" laptop/src/app/trees
  git -C laptop/src/app add trees
  commit_in laptop/src/app 'A link'
  git -C laptop/src/app push -q origin main
  join
  place=src/localhost$WORLD/forge
  entry=$(registry_git laptop ls-tree -r --name-only main | grep "checkouts/.*$(id_of laptop app | cut -c 3-)")
  with_trees() {
    registry_git laptop show "main:$entry" |
      jq -S --arg base "$WORLD/laptop/src" '.paths |= map(select(.kind == "main")) + [$ARGS.positional[] | {kind: "worktree", path: ($base + "/" + .)}] | .paths |= sort_by(.path)' --args "$@" >entry.json
    put_entry laptop "$entry" entry.json
    on laptop dev-infra push --quiet
    on desktop dev-infra pull --quiet
  }
  put_entry() {
    printf '100644 %s\t%s\n' "$(registry_git "$1" hash-object -w "$WORLD/$3")" "$2" | on "$1" dev-infra-update-registry --index-info -m x >/dev/null
  }
  with_trees app-lib app/trees/topic .topic app/-topic app/.git/topic topic
  succeeds on desktop dev-infra clone app
  assert_stderr_has "the worktree $WORLD/desktop/$place/app-lib is left out: something else is there, or goes there"
  assert_stderr_has 'is a symbolic link, which is not followed'
  assert_stderr_has "the worktree $WORLD/laptop/src/.topic is left out: it is neither in the clone nor beside it"
  assert_stderr_has "the worktree $WORLD/laptop/src/app/-topic is left out"
  assert_stderr_has "the worktree $WORLD/laptop/src/app/.git/topic is left out"
  [ ! -e desktop/topic ]
  # This is one, and is called as its branch.
  equal "$(git -C "desktop/$place/topic" rev-parse --abbrev-ref HEAD)" topic
  succeeds on desktop dev-infra clone app-lib
  no_scratch
}

@test "the path of a bare repository is cloned from, as git does" {
  forge app
  join
  rm -rf laptop/src/app
  git init -q --bare -b main new.git
  git -C forge/app.git push -q "$WORLD/new.git" main
  succeeds on desktop dev-infra clone "$WORLD/new.git"
  equal "$output" "cloned new ($WORLD/desktop/src/localhost$WORLD/new)"
  # One that a project of the registry comes from is that project.
  succeeds on desktop dev-infra clone ../forge/app.git
  equal "$output" "cloned app ($WORLD/desktop/src/localhost$WORLD/forge/app)"
  equal "$(names_of desktop)" 'app new'
  succeeds on desktop dev-infra clone ../forge/app.git
  assert_stderr_has 'app is here already'
  # Of a work tree the path stays that of a project.
  project desktop other
  refuses 1 "no project is known at the path" on desktop dev-infra clone "$WORLD/desktop/other"
}
