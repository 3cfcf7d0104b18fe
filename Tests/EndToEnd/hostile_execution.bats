#!/usr/bin/env bats
# A tree that is only looked at runs nothing: repositories whose settings, hooks, filters and remotes are programs of a
# stranger's, in every form in which git keeps an index and its settings, and repositories of other users. Every command that
# reads what is there is walked over all of them.
# shellcheck disable=SC2016 # settings and scripts as they are

load helper

setup() {
  begin
  machine laptop
  RAN=$WORLD/ran
  EVIL=$WORLD/evil
  # Whatever runs it is told apart by its arguments and its user.
  printf '#!/bin/sh\nprintf "%%s\\n" "$(id -u) $0 $*" >>%s\nexit 1\n' "$RAN" >"$EVIL"
  chmod 755 "$EVIL"
}

# ---------------------------------------------------------------- repositories that attack

# settings_of_evil: every setting of git-config(1) that is run, connected to or written to, with a program in it.
settings_of_evil() {
  local name
  cat <<END
[core]
	fsmonitor = $EVIL core.fsmonitor
	hooksPath = $WORLD/evil-hooks
	pager = $EVIL core.pager
	editor = $EVIL core.editor
	askPass = $EVIL
	sshCommand = $EVIL core.sshCommand
	gitProxy = $EVIL
	alternateRefsCommand = $EVIL core.alternateRefsCommand
	untrackedCache = true
[sequence]
	editor = $EVIL sequence.editor
[credential]
	helper = !$EVIL credential.helper
[diff]
	external = $EVIL diff.external
[diff "x"]
	command = $EVIL diff.x.command
	textconv = $EVIL diff.x.textconv
[filter "x"]
	clean = $EVIL filter.x.clean
	smudge = $EVIL filter.x.smudge
	process = $EVIL filter.x.process
	required = true
[merge "x"]
	driver = $EVIL merge.x.driver
[log]
	showSignature = true
[gpg]
	program = $EVIL
[gpg "openpgp"]
	program = $EVIL
[gpg "ssh"]
	program = $EVIL
	defaultKeyCommand = $EVIL gpg.ssh.defaultKeyCommand
[commit]
	gpgSign = true
[interactive]
	diffFilter = $EVIL interactive.diffFilter
[uploadpack]
	packObjectsHook = $EVIL uploadpack.packObjectsHook
[trace2]
	normalTarget = $RAN
	eventTarget = $RAN
	perfTarget = $RAN
[help]
	autoCorrect = immediate
	browser = evil
[browser "evil"]
	cmd = $EVIL browser
[fetch]
	bundleURI = http://127.0.0.1:1/
[trailer "x"]
	command = $EVIL trailer
[submodule "x"]
	update = !$EVIL submodule
[hook "x"]
	command = $EVIL hook.x
	event = post-index-change
	event = reference-transaction
	event = pre-push
	event = post-checkout
[safe]
	directory = *
END
  printf '[pager]\n'
  for name in config log show rev-parse ls-files rev-list symbolic-ref var remote version; do
    printf '\t%s = %s\n' "$name" "$EVIL pager.$name"
  done
  printf '[alias]\n'
  for name in config log show rev-parse ls-files rev-list symbolic-ref var remote version status remote-none remote-x; do
    printf '\t%s = !%s alias.%s\n' "$name" "$EVIL" "$name"
  done
}

# hooks_of_evil DIR: a hook for everything.
hooks_of_evil() {
  local name
  mkdir -p "$1"
  for name in fsmonitor-watchman post-checkout post-commit post-index-change post-merge pre-auto-gc pre-commit pre-push \
    reference-transaction commit-msg prepare-commit-msg; do
    printf '#!/bin/sh\nexec %s hook %s\n' "$EVIL" "$name" >"$1/$name"
    chmod 755 "$1/$name"
  done
}

# victim NAME [INIT-OPTION…]: a repository with two commits, and a project of its own in a directory of it.
victim() {
  local directory=$WORLD/laptop/src/$1
  shift
  git init -q -b main "$@" -- "$directory"
  mkdir -p "$directory/part"
  printf 'name: part\n' >"$directory/part/.dev-infra.yml"
  printf '* filter=x diff=x merge=x\n' >"$directory/.gitattributes"
  git -C "$directory" add -A
  commit_in "$directory" "Start ${directory##*/}"
  commit_in "$directory" 'Go on'
}

# poison NAME [PLACE]: the settings of the attack, at the end of the configuration, or where git finds them from there.
poison() {
  local git=$WORLD/laptop/src/$1/.git
  hooks_of_evil "$git/hooks"
  hooks_of_evil "$WORLD/evil-hooks"
  case ${2:-config} in
    config) settings_of_evil >>"$git/config" ;;
    include)
      settings_of_evil >"$git/more"
      git config -f "$git/config" include.path more
      ;;
    includeIf)
      settings_of_evil >"$git/more"
      git config -f "$git/config" "includeIf.gitdir:**.path" more
      ;;
    worktree)
      git config -f "$git/config" core.repositoryFormatVersion 1
      git config -f "$git/config" extensions.worktreeConfig true
      settings_of_evil >"$git/config.worktree"
      ;;
  esac
}

# without_head NAME URL [KEY VALUE]…: a partial clone that lacks the commit of HEAD, which git would fetch from URL.
without_head() {
  local git=$WORLD/laptop/src/$1/.git head
  head=$(git -C "$git" rev-parse HEAD)
  settings_of_evil | sed '/hooksPath/d' >>"$git/config"
  git config -f "$git/config" core.repositoryFormatVersion 1
  git config -f "$git/config" extensions.partialClone o
  git config -f "$git/config" remote.o.promisor true
  git config -f "$git/config" remote.o.url "$2"
  shift 2
  while [ $# -gt 0 ]; do
    git config -f "$git/config" "$1" "$2"
    shift 2
  done
  rm -f "$git/objects/${head:0:2}/${head:2}"
}

# all_victims: one of each form; sets VICTIMS.
all_victims() {
  local name
  VICTIMS=()
  for name in plain split sparse worktree-config include include-if; do victim "$name"; done
  victim sha256 --object-format=sha256
  # With the settings elsewhere, and an index that only git reads.
  for name in split worktree-config include include-if; do git -C "laptop/src/$name" update-index --split-index; done
  git -C laptop/src/sparse sparse-checkout set --sparse-index part
  poison plain
  poison split
  poison sparse
  poison sha256
  poison worktree-config worktree
  poison include include
  poison include-if includeIf
  for name in ssh proxy ext alias vcs helper; do victim "lazy-$name"; done
  without_head lazy-ssh ssh://h/x
  without_head lazy-proxy git://127.0.0.1:1/x
  without_head lazy-ext "ext::$EVIL ext" protocol.ext.allow always protocol.allow always
  without_head lazy-alias none::x
  without_head lazy-vcs x remote.o.vcs none
  without_head lazy-helper http://127.0.0.1:1/x
  VICTIMS=(plain split sparse worktree-config include include-if sha256 lazy-ssh lazy-proxy lazy-ext lazy-alias lazy-vcs
    lazy-helper)
  if git init -q --ref-format=reftable "$WORLD/reftable" 2>"$WORLD/refused"; then
    victim reftable --ref-format=reftable
    poison reftable
    VICTIMS+=(reftable)
  fi
  rm -rf "$WORLD/reftable" "$RAN"
}

nothing_of_evil_ran() {
  [ ! -e "$RAN" ] || {
    printf 'ran: %s\n' "${1-}" >&2
    cat "$RAN" >&2
    return 1
  }
}

# walk WHAT COMMAND…: runs it, however it may end, and nothing of a stranger's runs.
walk() {
  local what=$1
  shift
  run --separate-stderr "$@"
  refute_crash || return
  nothing_of_evil_ran "$what: $*"
}

# walk_directory DIR: every command that is given a directory, or reads the one that it is in.
walk_directory() {
  local d=laptop/src/$1 command
  for command in 'dev-infra register' dev-infra-hash-project 'dev-infra-hash-project -w --index-info' \
    'dev-infra-ls-repos --metadata --nested --submodules --worktrees --bare' dev-infra-read-meta \
    'dev-infra adopt' 'dev-infra hooks install --repo' 'dev-infra hooks status --repo' 'dev-infra hooks uninstall --repo' \
    'dev-infra show' dev-infra-ls-state 'dev-infra state --unsaved --outside'; do
    # shellcheck disable=SC2086 # several words
    walk "$1" on laptop $command "$WORLD/$d" || return
  done
  # What only happens to be run there: that does not depend on the form.
  case $1 in plain | split | lazy-ssh) ;; *) return 0 ;; esac
  for command in 'dev-infra register' 'dev-infra status' 'dev-infra config --list' 'dev-infra log' 'dev-infra version --build-options' \
    'dev-infra remote -v' 'dev-infra list' 'dev-infra-complete dev-infra path' 'dev-infra no-such-command' dev-infra-hook-register \
    'dev-infra hooks status --global' 'dev-infra config --get core.bare'; do
    # shellcheck disable=SC2086 # several words
    walk "in $1" at laptop "src/$1" $command '' || return
  done
}

@test "git itself runs what these repositories name: the attack is one" {
  local name
  all_victims
  for name in plain split sparse worktree-config include include-if sha256; do
    git -C "laptop/src/$name" status >/dev/null 2>&1 || true
    [ -e "$RAN" ] || explain "git status ran nothing of $name" || return
    rm "$RAN"
  done
  for name in lazy-ssh lazy-proxy lazy-ext lazy-alias lazy-vcs; do
    git -c core.fsmonitor=false -C "laptop/src/$name" rev-parse -q --verify 'HEAD^{commit}' >/dev/null 2>&1 || true
    [ -e "$RAN" ] || explain "git ran nothing to fetch what $name lacks" || return
    rm "$RAN"
  done
}

@test "nothing of a repository runs while it is looked at, whatever its form, its settings and its remotes" {
  local name
  all_victims
  on laptop dev-infra init
  for name in "${VICTIMS[@]}"; do walk_directory "$name" || return; done
}

# hidden NAME FORM: a repository with a filter that git finds, and libgit2 does not, since FORM of its settings says where; with files
# for which git has to be run: one in another encoding, and one that passes a filter of the user's. Sets PLACE to its work tree.
hidden() {
  local git=$WORLD/laptop/src/$1/.git up=../../../../../../../..
  local settings=$git/settings
  PLACE=${git%/.git}
  git init -q -b main -- "$PLACE"
  printf 'u.txt working-tree-encoding=UTF-16\n*.own filter=own\n*.e filter=hidden\n*.n filter=\n' >"$PLACE/.gitattributes"
  printf 'hi\n' | iconv -t UTF-16 >"$PLACE/u.txt"
  echo a | tee "$PLACE/x.own" "$PLACE/x.n" >"$PLACE/x.e"
  HOME=$WORLD/laptop git -C "$PLACE" add -A
  commit_in "$PLACE" "Start $1"
  git -C "$PLACE" remote add origin "https://host.example/a/$1"
  case $2 in
    hasconfig) git -C "$PLACE" config 'includeIf.hasconfig:remote.*.url:**.path' settings ;;
    worktree)
      git -C "$PLACE" config extensions.worktreeConfig true
      settings=$git/config.worktree
      ;;
    linked)
      git -C "$PLACE" worktree add -q "$PLACE-linked" -b linked
      git -C "$PLACE" config extensions.worktreeConfig true
      settings=$git/worktrees/$1-linked/config.worktree
      PLACE=$PLACE-linked
      ;;
    prefix) git -C "$PLACE" config include.path "%(prefix)/$up$settings" ;;
    user) git -C "$PLACE" config include.path "~$(id -un)/$up$settings" ;;
    home) git -C "$PLACE" config "includeIf.gitdir:~/src/$1/.path" settings ;;
  esac
  printf '[filter "hidden"]\n\tclean = %s clean\n\tprocess = %s process\n\trequired = true\n' "$EVIL" "$EVIL" >"$settings"
  # A name may be empty.
  printf '[filter ""]\n\tclean = %s empty\n\tprocess = %s empty\n' "$EVIL" "$EVIL" >>"$settings"
  printf '[lfs "extension.x"]\n\tclean = %s lfs\n' "$EVIL" >>"$settings"
  # As long as they were: git has to read them.
  printf 'ho\n' | iconv -t UTF-16 >"$PLACE/u.txt"
  echo b | tee "$PLACE/x.own" "$PLACE/x.n" >"$PLACE/x.e"
}

@test "a filter that git finds where libgit2 does not look is not run, and its file is unsure" {
  local form command
  git config -f laptop/.gitconfig filter.own.clean cat
  # The same home by another name.
  ln -s laptop "$WORLD/home"
  on laptop dev-infra init
  git init -q --bare remote.git
  on laptop dev-infra remote add origin "$WORLD/remote.git"
  for form in hasconfig worktree linked prefix user home; do
    hidden "$form" "$form"
    on home git -C "$PLACE" status >"$WORLD/status" 2>&1 || true
    [ -e "$RAN" ] || explain "git status ran nothing of $form" || return
    rm "$RAN"
    for command in dev-infra-ls-state 'dev-infra-ls-state --json' 'dev-infra register' 'dev-infra state' 'dev-infra state --unsaved' \
      'dev-infra show' 'dev-infra refresh' 'dev-infra update --dry-run' dev-infra-hash-project 'dev-infra archive --dry-run'; do
      # shellcheck disable=SC2086 # several words
      walk "$form" on home $command "$PLACE" || return
    done
    runs 0 on home dev-infra-ls-state --json "$PLACE"
    # One of the files that are unsure has a filter with an empty name.
    equal "$(jq -c '[.changed, .unsure]' <<<"$output")" '[2,2]' "$form"
  done
  walk 'all of them' on home dev-infra list --where dirty
  walk 'all of them' on home dev-infra push
  walk 'all of them' on home dev-infra status
  walk 'all of them' on home dev-infra state --all
}

@test "a git that does not know GIT_NO_LAZY_FETCH fetches nothing that is missing either" {
  local name
  all_victims
  on laptop dev-infra init
  mkdir old
  printf '#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec %s "$@"\n' "$(command -v git)" >old/git
  chmod 755 old/git
  PATH=$WORLD/old:$PATH
  for name in "${VICTIMS[@]}"; do
    case $name in lazy-*) ;; *) continue ;; esac
    walk "$name" on laptop dev-infra adopt "$WORLD/laptop/src/$name" || return
    walk "$name" on laptop dev-infra-hash-project "$WORLD/laptop/src/$name" || return
  done
  # Where only git reads the repository.
  git init -q --object-format=sha256 laptop/src/lazy
  commit_in laptop/src/lazy one
  without_head lazy ssh://h/x
  rm -f "$RAN"
  walk sha256 on laptop dev-infra register "$WORLD/laptop/src/lazy"
  walk sha256 on laptop dev-infra-hash-project "$WORLD/laptop/src/lazy"
  walk sha256 on laptop dev-infra refresh
  git -c core.fsmonitor= -C laptop/src/lazy cat-file -t HEAD >/dev/null 2>&1 || true
  [ -e "$RAN" ]
}

@test "nothing of a tree runs while it is searched, refreshed and moved to and from a remote; what can be read is registered" {
  all_victims
  bare_remote registry
  on laptop dev-infra init
  walk tree on laptop dev-infra register --recursive --nested --submodules --bare src
  for name in plain split sparse worktree-config include include-if sha256; do
    succeeds on laptop dev-infra path "$name"
    succeeds on laptop dev-infra path "$WORLD/laptop/src/$name/part"
  done
  walk tree on laptop dev-infra-ls-repos --metadata src
  walk tree on laptop dev-infra refresh
  walk tree on laptop dev-infra remote add origin "$REMOTE"
  walk tree on laptop dev-infra push
  walk tree on laptop dev-infra pull
  walk tree on laptop dev-infra fetch
  walk tree on laptop dev-infra sync pull
  walk tree on laptop dev-infra verify
  walk tree on laptop dev-infra gc
  walk tree on laptop dev-infra hooks install --all
  walk tree on laptop dev-infra hooks uninstall --all
  on laptop git config --global dev-infra.root "$WORLD/laptop/src"
  walk tree on laptop dev-infra clone --all
  mv laptop/src laptop/moved
  walk tree on laptop dev-infra config dev-infra.roots "$WORLD/laptop/moved"
  walk tree on laptop dev-infra refresh
}

@test "at a terminal no pager and no editor of the repository that one is in runs" {
  command -v script >/dev/null || skip 'a terminal needs script(1)'
  local command
  all_victims
  on laptop dev-infra init
  for command in 'dev-infra config --list' 'dev-infra config --get core.bare' 'dev-infra log' 'dev-infra remote -v' 'dev-infra status' \
    'dev-infra register' 'dev-infra verify' 'dev-infra adopt .' 'dev-infra version --build-options'; do
    at laptop src/plain script -qec "$command" /dev/null </dev/null >"$WORLD/seen" 2>&1 || true
    nothing_of_evil_ran "$command" || return
  done
}

@test "what is cloned and made from hostile repositories on this machine, and over one that is there, runs nothing of theirs" {
  local name url=$WORLD/forge/app.git
  all_victims
  bare_remote registry
  # As templates, and as what is cloned: git reads them in a process of its own.
  for name in plain split include lazy-ssh lazy-alias; do
    walk template on laptop dev-infra new --template "$WORLD/laptop/src/$name#main" "made-$name"
  done
  [ -d laptop/made-plain/.git ]
  machine desk
  for name in plain include lazy-ssh; do
    git init -q -b main "desk/$name"
    commit_in "desk/$name" "Another $name"
    git -C "desk/$name" remote add origin "$WORLD/laptop/src/$name"
    on desk dev-infra register "$name"
    on desk dev-infra forget "$WORLD/desk/$name"
    walk clone on desk dev-infra clone "$name"
  done
  [ -n "$(find desk -path "*laptop/src/plain/part" -prune -print)" ] || explain 'nothing was cloned'
  # Over a repository that is where the clone would be.
  git init -q --bare -b main "$url"
  project laptop src/app "$url"
  git -C laptop/src/app push -q origin main
  on laptop dev-infra register src/app
  on laptop dev-infra remote add origin "$REMOTE"
  on laptop dev-infra push
  machine third
  on third dev-infra init "$REMOTE"
  mkdir -p "third/src/localhost$WORLD/forge"
  cp -R laptop/src/split "third/src/localhost$WORLD/forge/app"
  git config -f "third/src/localhost$WORLD/forge/app/.git/config" remote.origin.url "$url"
  walk existing on third dev-infra clone app
  walk existing on third dev-infra clone --missing
  walk existing on third dev-infra pull
}

@test "a bare repository that attacks runs nothing either" {
  local name
  all_victims
  on laptop dev-infra init
  cp -R laptop/src/plain/.git laptop/src/bare.git
  cp -R laptop/src/lazy-ssh/.git laptop/src/lazy.git
  cp -R laptop/src/sha256/.git laptop/src/sha256.git
  for name in bare lazy sha256; do
    git config -f "laptop/src/$name.git/config" core.bare true
    walk "$name" on laptop dev-infra register "$WORLD/laptop/src/$name.git"
    walk "$name" on laptop dev-infra-hash-project "$WORLD/laptop/src/$name.git"
    walk "$name" on laptop dev-infra hooks install --repo "$WORLD/laptop/src/$name.git"
    walk "$name" at laptop "src/$name.git" dev-infra-hook-register
  done
  walk all on laptop dev-infra register --recursive --bare src
  walk all on laptop dev-infra-ls-repos --bare --metadata src
  walk all on laptop dev-infra refresh
}

@test "hooks that a template or a clone brings along do not run, for all that core.hooksPath is a relative path" {
  local origin=$WORLD/forge/app.git
  machine desk
  mkdir -p template
  hooks_of_evil template/.hooks
  printf 'name: x\n' >template/.dev-infra.yml
  on desk git config --global core.hooksPath .hooks
  succeeds at desk . dev-infra new --template "$WORLD/template" made
  nothing_of_evil_ran new
  [ -x desk/made/.hooks/post-checkout ]
  git init -q -b main --bare "$origin"
  git -c core.hooksPath=/dev/null -C desk/made push -q "$origin" HEAD:main
  machine laptop
  project laptop src/app "$origin" made
  succeeds on laptop dev-infra register src/app
  pushed_to_origin
  machine second
  on second git config --global core.hooksPath .hooks
  succeeds on second dev-infra init "$REMOTE"
  succeeds on second dev-infra clone app
  nothing_of_evil_ran clone
  [ -n "$(find second -name .hooks)" ]
  # The user's own, named by an absolute path, run as ever.
  hooks_of_evil "$WORLD/own"
  on desk git config --global core.hooksPath "$WORLD/own"
  runs 128 at desk . dev-infra new --template "$WORLD/template" other
  [ -e "$RAN" ]
}

# ---------------------------------------------------------------- other users

# theirs PATH…: gives it to somebody else.
theirs() { chown -R -h 64242:64242 -- "$@"; }

needs_root() { [ "$(id -u)" -eq 0 ] || skip 'giving files away needs root'; }

# foreign_repositories: another user's, in every way in which they can be met; sets FOREIGN. One of the user's own is beside them.
foreign_repositories() {
  local name
  FOREIGN=(split sha256 sparse file link dotgit worktree shared plain)
  mkdir -p laptop/elsewhere
  for name in split sparse file link dotgit worktree plain; do victim "$name"; done
  victim sha256 --object-format=sha256
  git -C laptop/src/sparse sparse-checkout set --sparse-index part
  for name in split file link dotgit worktree; do git -C "laptop/src/$name" update-index --split-index; done
  for name in "${FOREIGN[@]}"; do [ "$name" = shared ] || poison "$name"; done
  theirs laptop/src/split laptop/src/sha256 laptop/src/sparse laptop/src/plain
  # The work tree is the user's, what its .git leads to is not.
  for name in file link; do
    mv "laptop/src/$name/.git" "laptop/elsewhere/$name"
    theirs "laptop/elsewhere/$name"
  done
  printf 'gitdir: ../../elsewhere/file\n' >laptop/src/file/.git
  ln -s ../../elsewhere/link laptop/src/link/.git
  theirs laptop/src/dotgit/.git
  # The reverse.
  theirs laptop/src/worktree
  chown -R root laptop/src/worktree/.git
  # A linked worktree of the user's, whose git directory too is, and what it shares is not.
  victim main
  git -C laptop/src/main worktree add -q "$WORLD/laptop/src/shared" HEAD
  mv laptop/src/main laptop/elsewhere/main
  cp -R laptop/elsewhere/main/.git/worktrees/shared laptop/elsewhere/shared
  printf 'gitdir: %s\n' "$WORLD/laptop/elsewhere/shared" >laptop/src/shared/.git
  printf '%s\n' "$WORLD/laptop/elsewhere/main/.git" >laptop/elsewhere/shared/commondir
  settings_of_evil >>laptop/elsewhere/main/.git/config
  theirs laptop/elsewhere/main
  chown -R root laptop/elsewhere/shared laptop/src/shared
  project laptop src/mine
  rm -f "$RAN"
}

@test "another user's repository is refused by name, and nothing of it runs; the rest goes on" {
  needs_root
  local name command
  foreign_repositories
  on laptop dev-infra init
  for name in "${FOREIGN[@]}"; do
    for command in 'dev-infra register' dev-infra-hash-project 'dev-infra hooks install --repo' 'dev-infra hooks status --repo' 'dev-infra adopt'; do
      # shellcheck disable=SC2086 # several words
      walk "$name" on laptop $command "$WORLD/laptop/src/$name"
      [ "$status" -ne 0 ] || explain "$command of $name" || return
      grep -qE 'belongs to another user' <<<"${stderr-}" || explain "$command of $name" || return
      # What to do about it, and nothing else.
      case $command in *register | *adopt) grep -qE '^hint: .*safe\.directory' <<<"${stderr-}" || explain "$command of $name" || return ;; esac
    done
    # From a directory in it as well.
    mkdir -p "laptop/src/$name/deep"
    walk "$name" at laptop "src/$name/deep" dev-infra register
    assert_stderr_has 'belongs to another user'
    walk "$name" at laptop "src/$name" dev-infra-hook-register
    [ ! -e "laptop/src/$name/.dev-infra.yml" ] || explain "adopt wrote into $name" || return
  done
  runs 1 on laptop dev-infra register --recursive src
  nothing_of_evil_ran register
  for name in "${FOREIGN[@]}"; do
    # A linked worktree is not looked for.
    if [ "$name" = shared ]; then continue; fi
    equal "$(grep -c "src/$name.*belongs to another user" <<<"$stderr")" 1 "said once of $name" || explain "$name" || return
  done
  equal "$(names_of laptop)" mine
  walk all on laptop dev-infra-ls-repos --metadata --nested --worktrees --submodules src
  equal "$status" 1
  assert_stderr_has 'belongs to another user'
  assert_output_has src/mine
  walk all on laptop dev-infra refresh
}

@test "of another user's repository nothing is opened" {
  needs_root
  command -v strace >/dev/null || skip 'looking over its shoulder needs strace'
  local command
  foreign_repositories
  on laptop dev-infra init
  for command in 'dev-infra register --recursive src' 'dev-infra-ls-repos --metadata src' 'dev-infra register src/split src/plain src/dotgit src/file src/link' \
    'dev-infra-hash-project src/split src/sha256 src/worktree src/dotgit'; do
    # shellcheck disable=SC2086 # several words
    (cd laptop && HOME=$PWD strace -f -qq -y -e trace=open,openat -o "$WORLD/trace" $command >/dev/null 2>&1) || true
    # By where what was opened is: directories are, to find what is below them, and no more.
    run grep -E '= [0-9]+<[^>]*/(src/(split|sha256|sparse|plain|dotgit)/\.git|elsewhere/(file|link|main/\.git))/[^>]+>' "$WORLD/trace"
    equal "$output" '' "$command"
  done
}

@test "safe.directory of the user's settings is what opens another user's repository, and even so nothing of it runs" {
  needs_root
  foreign_repositories
  on laptop dev-infra init
  # Its own settings say so, too, and do not count.
  runs 1 on laptop dev-infra register src/split
  on laptop git config --global --add safe.directory "$WORLD/laptop/src/split"
  succeeds on laptop dev-infra register src/split
  nothing_of_evil_ran exact
  runs 1 on laptop dev-infra register src/sha256
  succeeds on laptop dev-infra -c safe.directory="$WORLD/laptop/src/sha256" register src/sha256
  nothing_of_evil_ran command
  on laptop git config --global --add safe.directory ''
  on laptop dev-infra forget src/split
  runs 1 on laptop dev-infra register src/split
  on laptop git config --global --add safe.directory '*'
  succeeds on laptop dev-infra register --recursive src
  nothing_of_evil_ran everything
  walk everything on laptop dev-infra-ls-repos --metadata --nested --worktrees src
  equal "$status" 0
  walk everything on laptop dev-infra hooks status --repo src/split
}

@test "what belongs to who called sudo is the user's own" {
  needs_root
  project laptop src/app
  theirs laptop/src/app
  on laptop dev-infra init
  runs 1 on laptop env SUDO_UID=1 dev-infra register src/app
  succeeds on laptop env SUDO_UID=64242 dev-infra register src/app
}

@test "root makes no registry by the way in another user's home; who asks for one gets it" {
  needs_root
  local command
  project laptop src/app
  chown 64242:64242 laptop
  for command in 'register src/app' 'register --dry-run src/app'; do
    # shellcheck disable=SC2086 # several words
    runs 128 on laptop dev-infra $command || return
    assert_stderr_has "another user's"
    equal "$(find laptop -name '.dev-infra*')" '' "$command" || return
  done
  succeeds on laptop dev-infra init
  succeeds on laptop dev-infra register src/app
  # Elsewhere it is nobody's business.
  succeeds on laptop env DEV_INFRA_DIR="$WORLD/registry" dev-infra register src/app
}

@test "another user's registry runs nothing: no alias, no pager, no hook, no transport" {
  needs_root
  local command
  project laptop src/app
  succeeds on laptop dev-infra register src/app
  settings_of_evil >>laptop/.dev-infra/config
  printf '[alias]\n\tevil = "!%s alias"\n[remote "o"]\n\turl = ssh://h/x\n' "$EVIL" >>laptop/.dev-infra/config
  hooks_of_evil laptop/.dev-infra/hooks
  hooks_of_evil "$WORLD/evil-hooks"
  theirs laptop/.dev-infra
  for command in 'dev-infra evil' 'dev-infra log' 'dev-infra log -p' 'dev-infra remote -v' 'dev-infra push' 'dev-infra fetch o' 'dev-infra verify' \
    'dev-infra gc' 'dev-infra list' 'dev-infra set app status=paused' 'dev-infra evli' 'dev-infra-complete dev-infra ev'; do
    # shellcheck disable=SC2086 # several words
    walk registry on laptop $command
    if command -v script >/dev/null; then
      on laptop script -qec "$command" /dev/null </dev/null >"$WORLD/seen" 2>&1 || true
      nothing_of_evil_ran "$command at a terminal" || return
    fi
  done
  # Its lists may say anything, and its locks lead anywhere: no answer comes from there, and no file is made.
  ln -sfn "$WORLD/made" laptop/.dev-infra/cache/uses.lock
  local before
  before=$(find laptop/.dev-infra -printf '%p %u %s\n' | LC_ALL=C sort)
  for command in 'dev-infra list' 'dev-infra list --json' 'dev-infra path app' 'dev-infra path --visit app' 'dev-infra rank add app' \
    'dev-infra ls-projects' 'dev-infra foreach -- true' 'dev-infra open --print app'; do
    # shellcheck disable=SC2086 # several words
    run --separate-stderr on laptop $command
    [ "$status" -ne 0 ] || explain "it answered: $command" || return
    [ -n "$stderr" ] || explain "it said nothing: $command" || return
    equal "$(find laptop/.dev-infra -printf '%p %u %s\n' | LC_ALL=C sort)" "$before" "$command"
    [ ! -e "$WORLD/made" ] || explain "$command made a file where a link leads" || return
  done
}
