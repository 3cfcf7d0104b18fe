#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154,SC2016,SC2088 # output and stderr are set by bats' run; names and settings are as they are
# What other machines and earlier clones bring does not decide where a clone goes: nothing leaves the root, nothing goes into
# another repository, and a clone that is whole stays.

load helper
load support/clones

setup() {
  begin_clones
  SRC=$WORLD/desktop/src/localhost$WORLD/forge
}

teardown() { stop_servers; }

# bring PROJECT FILE-COMMAND: runs the command in the laptop's clone and pushes what it makes.
bring() {
  (cd "$WORLD/laptop/src/$1" && eval "$2" && git add -A) || return
  commit_in "$WORLD/laptop/src/$1" more
  git -C "$WORLD/laptop/src/$1" push -q origin main
}

# joined_clean: as join, and remembers what the desktop has then.
joined_clean() {
  join
  before=$(outside)
}

# outside: what the desktop has beside its clones and its registry.
outside() { (cd "$WORLD/desktop" && find . \( -path ./src -o -path ./.dev-infra \) -prune -o -print | LC_ALL=C sort); }

# contained: nothing was made elsewhere, and nothing half-made is left.
contained() {
  equal "$(outside)" "$before" 'what is outside the root'
  no_scratch
}

@test "a link that a clone brings is never followed: in one run, in a later one, at any depth" {
  local up=../../../../../../../../../../..
  mkdir -p "$WORLD/desktop/.config"
  forge a
  bring a "ln -s '$WORLD/desktop/.config' l && mkdir d && ln -s '$up$WORLD/desktop/.config' d/l"
  forge a/l/autostart
  forge a/d/l/autostart
  joined_clean
  succeeds on desktop dev-infra clone --all
  equal "$(ls -A "$WORLD/desktop/.config")" ''
  contained
  # Beside it, since nothing goes into another repository.
  equal "$(ls "$SRC")" $'a\na+d+l+autostart\na+l+autostart'
  rm -rf "$SRC/a+l+autostart"
  on desktop dev-infra forget --quiet a-l-autostart
  succeeds on desktop dev-infra clone a-l-autostart
  [ -d "$SRC/a+l+autostart/.git" ]
  equal "$(ls -A "$WORLD/desktop/.config")" ''
  contained
}

@test "a link below the root is refused by name, no matter who put it there; the root itself may be one" {
  forge x/app
  forge lib
  joined_clean
  mkdir -p "$SRC" "$WORLD/desktop/elsewhere"
  ln -s "$WORLD/desktop/elsewhere" "$SRC/x"
  before=$(outside)
  runs 1 on desktop dev-infra clone --all
  assert_stderr_line "^error: x-app cannot be cloned: .*/x is a symbolic link"
  equal "$(names_of desktop)" lib
  equal "$(ls -A "$WORLD/desktop/elsewhere")" ''
  contained
  # A dangling one, and a file.
  rm "$SRC/x" && ln -s nowhere "$SRC/x"
  runs 1 on desktop dev-infra clone --all
  assert_stderr_has 'is a symbolic link'
  rm "$SRC/x" && printf mine >"$SRC/x"
  runs 1 on desktop dev-infra clone --all
  equal "$(cat "$SRC/x")" mine
  rm "$SRC/x"
  mv "$WORLD/desktop/src" "$WORLD/desktop/elsewhere/src"
  ln -s elsewhere/src "$WORLD/desktop/src"
  succeeds on desktop dev-infra clone --all
  [ -d "$WORLD/desktop/elsewhere/src/localhost$WORLD/forge/x/app/.git" ]
}

@test "nothing is cloned into a repository: of the registry, of the user, or a bare one" {
  forge tree/app/plugin
  forge kept/hooks/run
  forge bare/hooks/run
  joined_clean
  git init -q "$SRC/tree/app"
  git init -q --bare "$SRC/bare"
  git init -q "$SRC/kept"
  succeeds on desktop dev-infra clone --all
  equal "$(ls -A "$SRC/tree/app")$(ls -A "$SRC/kept")" .git.git
  [ -d "$SRC/tree/app+plugin/.git" ]
  [ -d "$SRC/bare+hooks+run/.git" ] || explain 'not beside the bare one'
  [ ! -e "$SRC/bare/hooks/run" ]
  contained
}

@test "a repository that was inside another one comes beside it, whichever is named first or cloned first" {
  forge build/soong
  forge build
  forge tree/zz
  forge tree/zz/aa
  joined_clean
  succeeds on desktop dev-infra clone build-soong
  succeeds on desktop dev-infra clone --all
  equal "$(cd "$SRC" && ls -d build* tree/*)" $'build\nbuild+soong\ntree/zz\ntree/zz+aa'
  equal "$(names_of desktop)" 'build build-soong tree-zz tree-zz-aa'
  equal "$(git -C "$SRC/build" status --porcelain)" ''
  contained
  sound desktop
}

@test "what was inside another repository on this machine comes back there, the outer one first, and through no link" {
  forge outer
  bring outer 'echo inner >.gitignore'
  forge inner src/outer/inner
  on laptop dev-infra register --quiet --recursive --nested src
  rm -rf "$WORLD/laptop/src/outer"
  succeeds on laptop dev-infra clone --missing
  [ -d "$WORLD/laptop/src/outer/.git" ] && [ -d "$WORLD/laptop/src/outer/inner/.git" ]
  # Now the outer one brings a link where the inner one was.
  rm -rf "$WORLD/laptop/src/outer/inner" && mkdir "$WORLD/laptop/.config"
  ln -s ../../.config "$WORLD/laptop/src/outer/deep"
  forge deep src/outer-deep
  on laptop dev-infra register --quiet src/outer-deep
  mv "$WORLD/laptop/src/outer-deep" "$WORLD/laptop/.config/evil"
  rm -rf "$WORLD/laptop/src/outer/inner"
  ln -s ../../.config "$WORLD/laptop/src/outer/inner"
  run --separate-stderr on laptop dev-infra clone --missing
  refute_crash
  equal "$(ls -A "$WORLD/laptop/.config")" evil
}

@test "layout home: nothing that begins with a dot, nothing that programs are found in, nothing outside the home" {
  local directory
  for directory in .ssh .config/systemd/user bin go work/.hidden/x ok/fine; do forge "p-${directory//\//-}" "$directory"; done
  for directory in .ssh .config/systemd/user bin go work/.hidden/x ok/fine; do on laptop dev-infra register --quiet "$directory"; done
  project opt x "$WORLD/forge/outside.git"
  git clone -q --bare "$WORLD/opt/x" "$WORLD/forge/outside.git"
  on laptop dev-infra register --quiet "$WORLD/opt/x"
  joined_clean
  on desktop dev-infra config dev-infra.layout home
  PATH=$PATH:$WORLD/desktop/go/bin runs 1 on desktop dev-infra clone --all
  equal "$(cd "$WORLD/desktop" && find . -name .git)" ./ok/fine/.git
  assert_stderr_line "^error: .*'.ssh' .*begins with a dot"
  assert_stderr_line "^error: .*'.config' .*begins with a dot"
  assert_stderr_line "^error: .*'.hidden' .*begins with a dot"
  assert_stderr_line '^error: bin cannot be cloned: .*where programs are looked for'
  assert_stderr_line '^error: go cannot be cloned: .*where programs are looked for'
  assert_stderr_line '^error: x cannot be cloned: .*not below the home directory'
}

# branches DIR NAME...: branches at the forge of the laptop's project, each with programs that git or a shell would run.
branches() {
  local directory=$WORLD/laptop/$1 name
  shift
  git -C "$directory" checkout -q --detach
  for name in ls post-checkout post-commit; do
    printf '#!/bin/sh\ntouch %s/RAN\n' "$WORLD" >"$directory/$name"
    chmod +x "$directory/$name"
  done
  git -C "$directory" add -A
  commit_in "$directory" programs
  for name; do git -C "$directory" push -q origin "HEAD:refs/heads/$name"; done
  git -C "$directory" checkout -q main
}

# placed PROJECT KIND=PATH...: the laptop pushes that the project is at these paths below its home.
placed() {
  local id entry
  id=$(id_of laptop "$1")
  entry=machines/$(id_of_machine laptop)/checkouts/${id:0:2}/${id:2}.json
  shift
  jq -n -S --arg home "$WORLD/laptop/" \
    '{paths: [$ARGS.positional[] | split("=") | {kind: .[0], path: ($home + .[1])}] | sort_by(.path)}' --args "$@" >entry.json
  printf '100644 %s\t%s\n' "$(registry_git laptop hash-object -w "$WORLD/entry.json")" "$entry" |
    on laptop dev-infra-update-registry --index-info -m places >/dev/null
  on laptop dev-infra push --quiet
  on desktop dev-infra pull --quiet
}

@test "layout home: no worktree beside a clone is where programs are found, or has such a directory in it" {
  forge app app
  branches app bin tools fine
  on laptop dev-infra register --quiet app
  join
  on desktop dev-infra config dev-infra.layout home
  placed app main=app worktree=bin worktree=fine worktree=tools worktree=.config
  PATH=$PATH:$WORLD/desktop/tools/here succeeds on desktop dev-infra clone app
  assert_stderr_has "the worktree $WORLD/desktop/bin is left out: $WORLD/desktop/bin, where programs are looked for"
  assert_stderr_has "the worktree $WORLD/desktop/tools is left out: $WORLD/desktop/tools/here, where programs are looked for"
  assert_stderr_has "the worktree $WORLD/laptop/.config is left out"
  equal "$(ls desktop)" $'app\nfine'
  equal "$(git -C desktop/fine rev-parse --abbrev-ref HEAD)" fine
  no_scratch
}

@test "no worktree of a clone goes into the repository's own directory, where git looks for hooks and settings" {
  local place=src/localhost$WORLD/forge/app
  forge app
  branches src/app hooks sub topic here
  join
  # As where git is installed without its templates: a new repository has no hooks then.
  mkdir empty
  on desktop git config --global init.templateDir "$WORLD/empty"
  placed app bare=shop worktree=shop/.bare/hooks worktree=shop/.bare/modules/sub worktree=shop/.bare/worktrees/topic/modules/sub \
    worktree=shop/.bare/here worktree=shop/topic worktree=shop/.trees/here
  succeeds on desktop dev-infra clone app
  equal "$(grep -c "is left out: .*/app/.bare is a repository, and nothing is cloned into one" <<<"$stderr")" 4
  equal "$(cd "desktop/$place" && find . -name post-commit | sort)" $'./.trees/here/post-commit\n./topic/post-commit'
  commit_in "$WORLD/desktop/$place/topic" more
  [ ! -e RAN ]
  no_scratch
}

@test "names: git's own in any spelling, and .github works" {
  local name
  forge acme/.github
  joined_clean
  succeeds on desktop dev-infra clone --all
  [ -d "$SRC/acme/.github/.git" ]
  for name in .git/x .GIT/x '.git /x' '.git./x' 'git~1/x' $'.g\xe2\x80\x8cit/x' '.git::$INDEX_ALLOCATION/x' "$(printf 'n%.0s' {1..300})" "$(printf 'd/%.0s' {1..40})x"; do
    project laptop src/odd "https://127.0.0.1:1/o/$name"
    run --separate-stderr on laptop dev-infra register src/odd
    on laptop dev-infra push --quiet
    on desktop dev-infra pull --quiet
    run --separate-stderr on desktop dev-infra clone --all --dry-run
    refute_crash
    [ "$status" -eq 1 ] || explain "$name has a place"
    assert_stderr_line '^error: odd cannot be cloned'
    assert_clean_text "$stderr"
    on laptop dev-infra rm --quiet odd
    rm -rf "$WORLD/laptop/src/odd"
    contained
  done
}

@test "two clone --all at a time make each clone once, and a link that the other brings is not followed" {
  forge a
  bring a "ln -s '$WORLD/desktop' l"
  forge a/l/x
  forge b
  joined_clean
  on desktop dev-infra clone --all >"$WORLD/one" 2>&1 3>&- &
  local pid=$!
  run on desktop dev-infra clone --all
  wait "$pid" || true
  contained
  on desktop dev-infra clone --all
  equal "$(names_of desktop)" 'a a-l-x b'
  contained
  sound desktop
}

@test "a hook that fails, hangs or is killed does not throw the clone away" {
  local body
  forge app
  joined_clean
  mkdir -p "$WORLD/desktop/tpl/hooks"
  git config --file "$WORLD/desktop/.gitconfig" init.templateDir "$WORLD/desktop/tpl"
  for body in 'exit 1' 'exit 128' 'kill -9 $$' 'kill -9 $PPID'; do
    printf '#!/bin/sh\n%s\n' "$body" >"$WORLD/desktop/tpl/hooks/post-checkout"
    chmod +x "$WORLD/desktop/tpl/hooks/post-checkout"
    runs 0 on desktop dev-infra clone app
    assert_stderr_line '^warning: cloning app: git .* after all files were checked out, .*post-checkout.*; the clone is kept'
    equal "$(git -C "$(on desktop dev-infra path app)" status --porcelain)" ''
    rm -rf "$(on desktop dev-infra path app)"
    on desktop dev-infra forget --quiet app
  done
  # A relative path of hooks is one into the clone, which a stranger wrote: nothing there is run.
  bring app 'mkdir hooks && printf "#!/bin/sh\ntouch %s/pwned\n" "$WORLD" >hooks/post-checkout && chmod +x hooks/post-checkout'
  git config --file "$WORLD/desktop/.gitconfig" core.hooksPath hooks
  quietly on desktop dev-infra clone app
  [ ! -e "$WORLD/pwned" ] || explain 'a hook of the clone ran'
}

@test "no hook of a clone runs where a condition of the settings makes core.hooksPath relative" {
  local condition settings
  forge app
  joined_clean
  settings=$WORLD/desktop/.gitconfig
  bring app 'mkdir hooks && printf "#!/bin/sh\ntouch %s/pwned\n" "$WORLD" >hooks/post-checkout && chmod +x hooks/post-checkout'
  printf '[core]\n\thooksPath = hooks\n' >"$WORLD/desktop/relative"
  printf '[include]\n\tpath = relative\n' >"$WORLD/desktop/deeper"
  for condition in "gitdir:$WORLD/desktop/" "gitdir/i:$WORLD/DESKTOP/" 'onbranch:**' 'hasconfig:remote.*.url:file://**'; do
    git config --file "$settings" --remove-section 'core' 2>/dev/null || :
    git config --file "$settings" "includeIf.$condition.path" deeper
    # That git runs it is what this is about.
    HOME=$WORLD/desktop git clone -q "file://$WORLD/laptop/src/app" "$WORLD/desktop/by-git"
    [ -e "$WORLD/pwned" ] || explain "git did not run it: $condition"
    rm -rf "$WORLD/pwned" "$WORLD/desktop/by-git"
    quietly on desktop dev-infra clone app
    [ ! -e "$WORLD/pwned" ] || explain "a hook of the clone ran: $condition"
    rm -rf "$(on desktop dev-infra path app)"
    on desktop dev-infra forget --quiet app
    git config --file "$settings" --unset "includeIf.$condition.path"
  done
  # An absolute path is the user's own, under a condition as well.
  mkdir -p "$WORLD/desktop/own"
  printf '#!/bin/sh\ntouch %s/own-ran\n' "$WORLD" >"$WORLD/desktop/own/post-checkout"
  chmod +x "$WORLD/desktop/own/post-checkout"
  printf '[core]\n\thooksPath = ~/own\n' >"$WORLD/desktop/relative"
  git config --file "$settings" 'includeIf.onbranch:**.path' deeper
  quietly on desktop dev-infra clone app
  [ -e "$WORLD/own-ran" ] || explain "the user's own hook did not run"
  # Which file git would include there only git knows.
  rm -rf "$WORLD/own-ran" "$(on desktop dev-infra path app)"
  on desktop dev-infra forget --quiet app
  git config --file "$settings" 'includeIf.onbranch:nosuch.path' "~$(id -un)/no-such-file"
  quietly on desktop dev-infra clone app
  [ ! -e "$WORLD/own-ran" ] || explain 'hooks ran although nobody knows which'
}

@test "a checkout that fails is not a clone, although git has brought the objects" {
  forge app
  bring app 'printf x >file && printf "file filter=broken\n" >.gitattributes'
  joined_clean
  git config --file "$WORLD/desktop/.gitconfig" filter.broken.smudge false
  git config --file "$WORLD/desktop/.gitconfig" filter.broken.required true
  runs 1 on desktop dev-infra clone app
  assert_stderr_line '^error: cloning app'
  [ ! -e "$SRC/app" ]
  contained
}

# busy NUMBER SECONDS: plays sshd with so many connections at a time, each of which takes that long.
busy() {
  mkdir -p "$WORLD/slots"
  cat >"$WORLD/ssh" <<END
#!/bin/sh
d=$WORLD/slots
: >\$d/\$\$
trap 'rm -f \$d/\$\$' EXIT
echo x >>$WORLD/tries
if [ "\$(ls \$d | wc -l)" -gt $1 ]; then
	echo 'kex_exchange_identification: Connection closed by remote host' >&2
	exit 255
fi
sleep $2
for last; do :; done
sh -c "\$last"
END
  chmod +x "$WORLD/ssh"
  export GIT_SSH=$WORLD/ssh GIT_SSH_VARIANT=ssh
}

@test "connections that a busy server drops are made again, with fewer at a time; in the end they are given up" {
  local number
  for number in 1 2 3 4 5; do
    forge "r$number"
    git -C "$WORLD/laptop/src/r$number" remote set-url origin "ssh://host$WORLD/forge/r$number.git"
  done
  joined_clean
  busy 2 0.2
  succeeds on desktop dev-infra clone --all -j 5
  equal "$(names_of desktop)" 'r1 r2 r3 r4 r5'
  # One that says no is not asked again.
  printf '#!/bin/sh\necho x >>%s/asked\necho "git@host: Permission denied (publickey)." >&2\nexit 255\n' "$WORLD" >"$WORLD/ssh"
  rm -rf "$(on desktop dev-infra path r1)"
  runs 1 on desktop dev-infra clone r1
  equal "$(wc -l <"$WORLD/asked")" 1
}
