#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# What a person gets wrong, or what is missing around them: never silence, never a message for programmers.

load helper

setup() {
  begin
  machine laptop
}

teardown() { stop_servers; }

@test "a wrong short option is an error that names it, also with an h in it" {
  local line
  runs 0 on laptop dev-infra init
  for line in 'list -help' 'list -ah' 'list -sh' 'status -sh' 'path -dash' 'show -help' 'register -rh' 'gc -xh'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 129 "$line"
    [[ $stderr == *"unknown option '${line#* }'"* ]] || explain "$line: $stderr"
  done
  # -h itself is an answer, as git's is; behind -- it is a name.
  run --separate-stderr on laptop dev-infra list -h
  equal "$status" 129
  [[ $output == *USAGE:* ]]
  run --separate-stderr on laptop dev-infra show -- -help
  equal "$status" 1
}

@test "a subcommand that is missing or misspelt is named, with those that there are" {
  local line
  runs 0 on laptop dev-infra init
  for line in hooks 'hooks nosuch' 'hooks --global' 'daemon key' 'daemon key nosuch' 'remote nosuch' 'completion nosuch'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 129 "$line"
    [[ $stderr == *install* || $stderr == *add* || $stderr == *bash* ]] || explain "$line: $stderr"
    [[ $stderr != *'static variable'* && $stderr != *'argument var'* ]] || explain "$line: $stderr"
  done
}

@test "an empty word, as of a variable that is not set, is never taken for the current directory or for nothing said" {
  local line
  project laptop app
  runs 0 on laptop dev-infra init
  quietly on laptop dev-infra register app
  run --separate-stderr at laptop app dev-infra adopt ''
  equal "$status" 129
  assert_stderr_has "'' is not a directory; '.' is the current one"
  [ ! -e "$WORLD/laptop/app/.dev-infra.yml" ] || explain 'a file was made'
  for line in 'log -n' 'log --max-count' 'fetch --timeout' 'pull --strategy' 'push --timeout' 'sync --timeout' 'remote --helper' \
    'shell-init --key'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line ''
    equal "$status" 129 "$line"
    assert_stderr_has "option '${line#* }' needs a value, and not an empty one" || explain "$line" || return
    run --separate-stderr on laptop dev-infra "${line% *}" "${line#* }="
    equal "$status" 129 "$line="
    # And one that is not there at all is called by the name that was typed.
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 129 "$line"
    assert_stderr_line "^error: option '${line#* }' needs a value$" || explain "$line" || return
  done
  run --separate-stderr on laptop dev-infra foreach -c ''
  equal "$status" 129
  assert_stderr_has '-c takes a command, not an empty text'
}

@test "hooks with a directory say which option that is for" {
  local word
  project laptop app
  runs 0 on laptop dev-infra init
  for word in install status uninstall; do
    run --separate-stderr on laptop dev-infra hooks "$word" app
    equal "$status" 129
    assert_stderr_has "unexpected argument 'app': --repo names a repository's directory"
  done
  [ ! -e "$WORLD/laptop/app/.git/hooks/pre-push" ] || explain 'a hook was installed'
}

@test "list says where the projects are, where none is here" {
  command -v script >/dev/null || skip 'a terminal needs script(1)'
  shown() { on laptop script -qec "dev-infra list" /dev/null </dev/null | tr -d '\r'; }
  runs 0 on laptop dev-infra init
  holds "$(shown)" "no projects yet: 'dev-infra register DIR'"
  machine desktop
  project desktop src/app
  runs 0 on desktop dev-infra init
  runs 0 on desktop dev-infra register src/app
  bare_remote registry
  succeeds on desktop dev-infra remote add origin "$REMOTE"
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  runs 0 on laptop dev-infra pull
  holds "$(shown)" "1 project is on other machines: 'dev-infra list --all' lists them"
}

@test "without git on PATH, what needs it says so, and the rest works" {
  local program directory line
  project laptop src/app
  runs 0 on laptop dev-infra init
  runs 0 on laptop dev-infra register src/app
  with_origin
  mkdir nogit
  for directory in /bin /usr/bin /usr/local/bin; do
    for program in "$directory"/*; do
      case ${program##*/} in git | git-* | '[') ;; *) ln -sf "$program" nogit/ ;; esac
    done
  done
  without_git() { PATH=$DEV_INFRA_PREFIX/bin:$WORLD/nogit on laptop dev-infra "$@"; }
  run --separate-stderr without_git list --json
  equal "$status" 0
  for line in push pull fetch sync 'log -n 1' 'config dev-infra.timeout 5' verify 'remote -v' 'adopt src/app'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr without_git $line
    equal "$status" 128 "$line"
    [[ $stderr == *'fatal: running git failed: command not found'* ]] || explain "$line: $stderr"
  done
}

@test "a TMPDIR that is gone, or may not be written to, keeps nothing from working" {
  local place line
  project laptop src/app
  runs 0 on laptop dev-infra init
  runs 0 on laptop dev-infra register src/app
  with_origin
  : >file
  for place in "$WORLD/gone" "$WORLD/file" /proc ''; do
    for line in 'config dev-infra.timeout 5' push pull fetch status 'log -n 1' gc verify 'new tide'; do
      # shellcheck disable=SC2086 # words
      run --separate-stderr env TMPDIR="$place" HOME="$WORLD/laptop" dev-infra $line
      equal "$status" 0 "$line with TMPDIR='$place': $stderr"
    done
    rm -rf tide
    run --separate-stderr on laptop dev-infra rm tide
  done
}

# ---------------------------------------------------------------- options

# three_projects: a laptop with a registry of app, lib and site.
three_projects() {
  local name
  for name in app lib site; do project laptop "src/$name" "https://github.com/acme/$name.git"; done
  runs 0 on laptop dev-infra init
  runs 0 on laptop dev-infra register src/app src/lib src/site
}

@test "a long option may be cut short as long as no other begins so, in executables and scripts alike" {
  local line
  three_projects
  with_origin
  for line in 'list --js' 'list --stat active' 'list --stat=active' 'list --so name' 'register --rec src' 'register --dry --qui src/app' \
    'show --js app' 'status --porc' 'set --qu app status=active' 'ls-projects --form=%(id)' 'log --max 1' 'log --max-c=1' \
    'log --pat' 'log --js' 'push --dry --ti 5' 'push --qui' 'pull --strat ours' 'fetch --al' 'sync --qu --time=5' 'remote --verb' \
    'gc --au' 'verify-registry --q' 'clone --dr --al' 'push --verb' 'help --al' 'version --build'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 0 "$line: $stderr"
  done
  refuses 129 "option '--s' is ambiguous: it could be --sort or --status" on laptop dev-infra list --s
  refuses 129 'it could be --progress or --porcelain' on laptop dev-infra-send-pack --p origin main
  # No script has two options that begin alike.
  for line in 'list --nosuch' 'list --jsonn' 'log --nosuch' 'log --jsonn' 'list --no-nosuch' 'push --no-nosuch' 'list ---json'; do
    # shellcheck disable=SC2086
    refuses 129 "unknown option '${line#* }'" on laptop dev-infra $line
  done
}

@test "short options stand in one word, the last with its value, and -3 is -n 3 to the log" {
  local line
  three_projects
  with_origin
  for line in 'register -rq src' 'register -nq src/app' 'register -qn src/app' 'list -a' 'clone -anj4' 'clone -naj 4' 'push -qn' 'push -nq' \
    'pull -sours' 'pull -qs theirs' 'log -pn1' 'log -pn 1' 'log -1' 'log -p2' 'remote -v' 'gc -q' 'refresh -q' 'set -q app status=active' \
    'path -z app' 'push -v' 'pull -v' 'fetch -v' 'sync -v' 'undo -q' 'sync -q' 'verify-registry -q'; do
    # shellcheck disable=SC2086
    run --separate-stderr on laptop dev-infra $line
    if [ "$line" = 'log -p2' ]; then
      equal "$status" 129 "$line"
    else
      equal "$status" 0 "$line: $stderr"
    fi
  done
  equal "$(on laptop dev-infra log -2 | grep -c 'on ')" 2
  equal "$(on laptop dev-infra log -n1 --json | wc -l)" 1
  refuses 129 'needs a value' on laptop dev-infra log -pn
  refuses 129 "missing value for '-j" on laptop dev-infra clone -aj
  refuses 129 'takes a number' on laptop dev-infra log -3x
  refuses 129 "unknown option '-3'" on laptop dev-infra push -3
}

@test "--no-NAME takes back what was said before, an alias with an option for instance" {
  three_projects
  succeeds on laptop dev-infra config alias.names 'list --json --tag none'
  runs 1 on laptop dev-infra names
  runs 0 on laptop dev-infra names --no-tag
  [[ $output == '['* ]] || explain 'JSON is still asked for'
  runs 0 on laptop dev-infra names --no-tag --no-js
  [[ $output != '['* ]] || explain 'JSON is not asked for any more'
  runs 0 on laptop dev-infra register --quiet --no-quiet src/app
  [[ -n $output ]] || explain 'not quiet any more'
  runs 0 on laptop dev-infra log --max-count=1 --no-max-count
  [ "${#lines[@]}" -gt 1 ] || explain 'all changes again'
  # An option whose own name begins so is that option.
  runs 0 on laptop dev-infra new --no-git src/tide
  [ ! -e laptop/src/tide/.git ]
}

@test "a wrong command line has one form everywhere: a sentence, and the usage as -h prints it" {
  local line name
  three_projects
  # shellcheck disable=SC2013 # a name has no spaces
  for name in $(awk -F '\t' '/^dev-infra-/ && $2 != "guide" { print substr($1, 11) }' "$BATS_TEST_DIRNAME/../../man/command-list.txt"); do
    case $name in
      # git reads the options of the one, and a hook that fails keeps a push from going on.
      config | hook-register) continue ;;
    esac
    run --separate-stderr on laptop dev-infra "$name" --nosuch-option
    equal "$status" 129 "$name"
    equal "$(head -n 1 <<<"$stderr")" "error: unknown option '--nosuch-option'" "$name"
    [[ $(sed -n 2p <<<"$stderr") == "USAGE: dev-infra"* ]] || explain "$name"
    [[ $stderr != *Usage:* && $stderr != *Help:* && "$stderr " != *'--help'[^e]* ]] || explain "$name"
  done
  # What is missing is said by its name.
  for line in 'show:which project' 'path:which project' 'set app:KEY=VALUE' 'rm:which project' 'remote add origin:<url>' 'remote add:<name> and <url>' \
    'remote rename origin:<new>' 'remote set-url origin:<url>' 'remote get-url:<name>' 'adopt:<dir>' 'completion:bash, zsh or fish' 'new:<name>'; do
    # shellcheck disable=SC2086
    run --separate-stderr on laptop dev-infra ${line%%:*}
    equal "$status" 129 "$line"
    [[ $(head -n 1 <<<"$stderr") == error:*"${line#*:}"* ]] || explain "$line"
    [[ $stderr == *USAGE:* && $stderr != *'Replace with'* ]] || explain "$line"
  done
}

# ---------------------------------------------------------------- silence

# one_word_of_several: a word that matches nothing is named beside those that match, and nothing is done for half of a command.
one_word_of_several() {
  local command
  for command in 'list' 'ls-projects --format=%(name)'; do
    # shellcheck disable=SC2086
    runs 1 on laptop dev-infra $command app nosuch 'li*' 'x*'
    assert_output_has app && assert_output_has lib || return
    equal "$(head -n 1 <<<"$stderr")" "error: no project on this machine matches 'nosuch'" || return
    assert_stderr_has "error: no project on this machine matches 'x*'" || return
    # What a filter leaves out was matched.
    # shellcheck disable=SC2086
    runs 0 on laptop dev-infra $command --status active app lib || return
  done
  on laptop dev-infra set --quiet lib status=paused
  runs 0 on laptop dev-infra list --status active app lib
  equal "$stderr" '' || return
  for command in 'foreach -c true' 'update' 'export urls' 'state'; do
    # shellcheck disable=SC2086
    refuses 1 nosuch on laptop dev-infra $command app nosuch || return
  done
  on laptop dev-infra set --quiet lib status=active
}

@test "nothing is found without a word" {
  local format command
  three_projects
  mkdir -p laptop/empty
  refuses 1 "no project on this machine matches 'nosuch'" on laptop dev-infra list nosuch
  refuses 1 "no project on this machine matches 'nosuch' or 'x*'" on laptop dev-infra list nosuch 'x*'
  refuses 1 "no project matches 'nosuch'" on laptop dev-infra list --all nosuch
  one_word_of_several
  refuses 1 'no project on this machine is what the options ask for' on laptop dev-infra list --tag nosuch
  refuses 1 'no project' on laptop dev-infra ls-projects --tag nosuch
  refuses 1 "there is no machine 'nosuch' in the registry; there are: " on laptop dev-infra list --machine nosuch
  refuses 1 "there is no machine 'nosuch'" on laptop dev-infra ls-projects --machine nosuch
  refuses 1 "is in the history" on laptop dev-infra log 0123456789012345678901234567890123456789
  refuses 1 "there is nothing for 'dev-infra.nosuch'" on laptop dev-infra config dev-infra.nosuch
  runs 1 on laptop dev-infra list --json nosuch
  equal "$output" '[]'
  assert_stderr_has 'no project'
  runs 0 on laptop dev-infra register --recursive empty
  assert_stderr_has "found no repository below 'empty'"
  quietly on laptop dev-infra register --recursive --quiet empty
  : >laptop/empty/list
  for format in urls ghq github gita csv backstage; do
    runs 0 on laptop dev-infra import "$format" empty/list
    assert_stderr_has 'found no project in empty/list' || return
  done
  runs 0 on laptop dev-infra import json <<<'[]'
  assert_stderr_has 'found no project in standard input'
  quietly on laptop dev-infra import --quiet json <<<'[]'
  # A name that is empty, as of a variable that is not set, is seen.
  for command in register 'register --recursive' adopt hash-project ls-repos; do
    # shellcheck disable=SC2086 # several words
    run --separate-stderr on laptop dev-infra $command ''
    differ "$status" 0 "$command"
    assert_stderr_has "''" || return
  done
  runs 0 on laptop dev-infra clone --all
  assert_output_has 'Nothing to clone'
  runs 0 on laptop dev-infra clone --missing
  assert_output_has 'Nothing to clone'
  # One that is elsewhere is said to be there.
  succeeds on laptop dev-infra forget lib
  runs 1 on laptop dev-infra list lib
  assert_stderr_has '1 that is on other machines'
}

@test "path of a directory that is gone is a no, with what to do; another of its checkouts is taken" {
  three_projects
  git clone -q laptop/src/app laptop/second 2>/dev/null
  git -C laptop/second remote set-url origin https://github.com/acme/app.git
  succeeds on laptop dev-infra register second
  mv laptop/src/app laptop/src/moved
  runs 0 on laptop dev-infra path app
  assert_output "$WORLD/laptop/second"
  mv laptop/src/lib laptop/elsewhere
  refuses 1 "lib was at $WORLD/laptop/src/lib, which is gone" on laptop dev-infra path lib
  assert_stderr_has "hint: 'dev-infra refresh'"
}

# ---------------------------------------------------------------- what others call it

@test "words of other tools lead to the command that is meant" {
  local pair
  for pair in cd:path ls:list ll:list add:register get:clone remove:rm scan:register st:status delete:rm unregister:forget \
    history:log revert:undo redo:undo edit:set serve:daemon check:verify create:new search:list where:path info:show setup:init \
    publish:push prune:refresh settings:config man:help hook:hooks origin:remote; do
    runs 1 dev-infra "${pair%:*}"
    assert_stderr_has "'${pair%:*}' is not a dev-infra command"
    grep -q "^	${pair#*:} " <<<"$stderr" || explain "${pair%:*} does not lead to ${pair#*:}"
  done
  runs 1 dev-infra cd
  assert_stderr_has "'p NAME' changes to a project's directory"
  # A command or an alias of the user's own wins over a hint.
  machine laptop
  runs 0 on laptop dev-infra init
  succeeds on laptop dev-infra config alias.ls list
  runs 0 on laptop dev-infra ls
  # A typing mistake is still one.
  runs 1 dev-infra psuh
  assert_stderr_has 'most similar'
}

# ---------------------------------------------------------------- narrow terminals

@test "on a narrow terminal the list keeps names and the ends of paths, and no line is wider than it" {
  local columns line
  project laptop src/clients/acme/backend/payments-gateway https://github.com/acme/payments-gateway.git
  project laptop src/clients/globex/frontend/日本語の倉庫 https://github.com/globex/warehouse.git
  runs 0 on laptop dev-infra init --name a-machine-with-a-rather-long-name
  runs 0 on laptop dev-infra register --recursive src
  succeeds on laptop dev-infra set payments-gateway tags=billing,customers,production,critical status=completed project_type=Work
  for columns in 200 100 80 60 40 30 20 10; do
    on laptop script -qec "stty cols $columns; dev-infra list" /dev/null </dev/null | tr -d '\r' >by-terminal
    COLUMNS=$columns on laptop script -qec "stty cols 200; dev-infra list" /dev/null </dev/null | tr -d '\r' >by-variable
    cmp by-terminal by-variable
    while IFS= read -r line; do
      [ "$(python3 -c 'import sys, unicodedata; print(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in sys.argv[1]))' "$line")" -le "$columns" ] ||
        explain "wider than $columns: $line"
    done <by-terminal
    if [ "$columns" -ge 30 ]; then
      grep -q 'payments-gateway .*gateway$\|payments-gateway .*gateway  ' by-terminal || explain "$columns: $(cat by-terminal)"
    fi
    grep -q '^payment' by-terminal || explain "$columns: $(cat by-terminal)"
  done
}

@test "a register that is refused makes no registry" {
  mkdir laptop/empty
  runs 1 on laptop dev-infra register empty
  assert_stderr_has error:
  [ ! -e laptop/.dev-infra ] || explain 'it made a registry'
  runs 1 on laptop dev-infra register nosuch
  [ ! -e laptop/.dev-infra ] || explain 'it made a registry'
  on laptop dev-infra register --recursive empty || true
  [ ! -e laptop/.dev-infra ] || explain 'it made a registry'
  equal "$(find laptop -mindepth 1 -not -name .gitconfig)" laptop/empty
  # One that can be registered is enough.
  project laptop app
  run --separate-stderr on laptop dev-infra register empty app
  equal "$status" 1
  equal "$(names_of laptop)" app
}

@test "an interrupted init leaves nothing behind" {
  local pid signal
  start_silent
  for signal in INT TERM; do
    (cd laptop && HOME=$PWD exec env --default-signal=INT dev-infra init "git://127.0.0.1:$SILENT_PORT/x") >/dev/null 2>&1 3>&- &
    pid=$!
    eventually compgen -G 'laptop/.dev-infra.new-*'
    sleep 0.3
    kill -s $signal "$pid"
    wait "$pid" && explain 'it ended with 0'
    equal "$(ls -A laptop)" .gitconfig "after SIG$signal"
  done
  stop_servers
}

@test "a remote whose history is cut off is refused by name" {
  local name
  bare_remote registry
  runs 0 on laptop dev-infra init --name laptop "$REMOTE"
  for name in a b c; do
    project laptop "$name" "https://h.example/$name"
    succeeds on laptop dev-infra register "$name"
  done
  succeeds on laptop dev-infra push
  git clone -q --depth 1 --bare "file://$REMOTE" forge/mirror.git
  machine desk
  refuses 128 'its history is cut off' on desk dev-infra init "$WORLD/forge/mirror.git"
  [ ! -e desk/.dev-infra ] || explain 'it made a registry'
  runs 0 on desk dev-infra init
  succeeds on desk dev-infra remote add origin "$WORLD/forge/mirror.git"
  for name in fetch pull push sync; do
    run --separate-stderr on desk dev-infra $name
    equal "$status" 128 "$name"
    assert_stderr_has 'shallow clone'
  done
  git -C forge/mirror.git fetch -q --unshallow "$REMOTE" main
  succeeds on desk dev-infra pull
  equal "$(names_of desk --all)" 'a b c'
}

@test "safe.bareRepository=explicit changes nothing" {
  local command name
  runs 0 on laptop dev-infra init --name laptop
  project laptop a https://h.example/a
  project laptop s https://h.example/s
  git init -q --bare laptop/m.git
  git --git-dir=laptop/m.git remote add origin https://h.example/m
  # Where libgit2 leaves it to the program.
  git init -q --bare laptop/n.git
  git --git-dir=laptop/n.git remote add origin https://h.example/n
  git --git-dir=laptop/n.git config core.repositoryformatversion 1
  git --git-dir=laptop/n.git config extensions.worktreeConfig true
  git init -q --bare --object-format=sha256 laptop/o.git
  mkdir laptop/lay
  git clone -q --bare laptop/s laptop/lay/.bare
  echo 'gitdir: ./.bare' >laptop/lay/.git
  git --git-dir=laptop/lay/.bare worktree add -q "$WORLD/laptop/lay/main" main
  on laptop git config --global safe.bareRepository explicit
  for name in m.git n.git o.git a lay/main; do succeeds on laptop dev-infra register $name; done
  on laptop dev-infra list --json | jq -e 'any(.remote_url == "https://h.example/m") and any(.remote_url == "https://h.example/n")' >/dev/null
  for command in 'refresh' 'register --recursive --bare .' 'ls-repos --bare .' 'log -n 1' status gc verify 'machine list' \
    'config dev-infra.timeout 9' 'remote add origin forge' 'adopt a' 'hooks install --all' 'hooks status --all' 'hooks install --global'; do
    # shellcheck disable=SC2086 # words
    succeeds on laptop dev-infra $command
  done
  git init -q --bare -b main laptop/forge
  for command in push pull sync fetch 'clone --missing'; do
    # shellcheck disable=SC2086 # words
    succeeds on laptop dev-infra $command
  done
  machine desk
  on desk git config --global safe.bareRepository explicit
  runs 0 on desk dev-infra init "$WORLD/laptop/forge"
  succeeds on desk dev-infra new fresh
}

@test "a script with closed descriptors ends as it would with open ones" {
  local command closed
  machine plain
  on plain dev-infra init
  for command in list log verify 'config --list' 'remote -v' status; do
    for closed in '2>&-' '<&-' '<&- 2>&-'; do
      run at plain . sh -c "dev-infra $command $closed"
      [ "$status" -eq 0 ] || explain "$command $closed: $status" || return
    done
    run at plain . sh -c "dev-infra $command >&- 2>&- <&-"
    case $status in 0 | 128) ;; *) explain "$command, all closed: $status" || return ;; esac
  done
  run at plain . dev-infra log nosuch
  runs "$status" at plain . sh -c 'dev-infra log nosuch 2>&-'
}

@test "an executable with closed descriptors ends as it would with open ones, and no file takes their place" {
  local command closed
  three_projects
  with_origin
  for closed in '<&-' '2>&-' '<&- 2>&-'; do
    for command in list 'list --json' 'show app' 'set app tags=x' 'set app tags=y' push pull fetch 'foreach -- echo hi' 'foreach -j 3 -- echo hi' \
      'foreach --json -- echo hi' 'foreach --prefix -- echo hi' refresh gc 'state --all' 'export urls' 'archive lib' undo; do
      run on laptop sh -c "timeout 60 dev-infra $command $closed"
      [ "$status" -eq 0 ] || explain "$command $closed: $status" || return
    done
  done
  for closed in '>&-' '>&- 2>&-' '<&- >&-' '<&- >&- 2>&-'; do
    for command in list 'list --json' 'show app' 'foreach -- echo hi' 'foreach --json -- echo hi' 'export urls'; do
      run on laptop sh -c "timeout 60 dev-infra $command $closed"
      # What cannot be written has not been done.
      case $command:$status in foreach*:1 | *:128) ;; *) explain "$command $closed: $status" || return ;; esac
    done
    run on laptop sh -c "timeout 60 dev-infra set app 'tags=a$closed' $closed"
    case $status in 0 | 128) ;; *) explain "set $closed: $status" || return ;; esac
  done
  sound laptop
  succeeds on laptop dev-infra verify
}

@test "for a user whom the system does not know, without HOME, what needs no registry works and the rest says why" {
  local command
  [ "$(id -u)" -eq 0 ] || skip 'needs root'
  command -v setpriv >/dev/null || skip 'becoming another user needs setpriv'
  nobody() { setpriv --reuid 64243 --regid 64243 --clear-groups env -u HOME "$@"; }
  cd /
  nobody dev-infra --version >/dev/null 2>&1 || skip 'the installation is for root alone'
  for command in version 'help -a' 'completion bash' 'completion zsh' 'completion fish' 'shell-init bash'; do
    # shellcheck disable=SC2086 # words
    quietly nobody dev-infra $command
  done
  for command in list status log fetch push pull verify 'config --list' 'remote -v' init 'register /' state; do
    # shellcheck disable=SC2086 # words
    refuses 128 'neither DEV_INFRA_DIR nor HOME is set' nobody dev-infra $command
  done
  refuses 128 'HOME is not set' nobody dev-infra hooks status --global
  quietly nobody dev-infra-hook-register
}

@test "a locale, a time zone, a name, a directory of XDG's or descriptors that a system lacks keep nothing from working" {
  local command lack
  project laptop src/app https://example.org/app.git
  quietly on laptop dev-infra init
  quietly on laptop dev-infra register -q src/app
  with_origin
  for lack in 'LC_ALL=xx_YY.NONE LANG=xx' 'LC_ALL=C' 'LC_ALL=POSIX TZ=No/Where' 'TZ=:/nowhere' 'TERM=nonsense' '-u TERM' 'TERM=' \
    'COLUMNS=0 LINES=-1' 'COLUMNS=wide' '-u USER -u LOGNAME -u SHELL' 'SHELL=/nowhere EDITOR=/nowhere PAGER=/nowhere' \
    'XDG_CONFIG_HOME=/nowhere XDG_CACHE_HOME=/nowhere XDG_DATA_HOME=/nowhere XDG_RUNTIME_DIR=/nowhere XDG_STATE_HOME=/nowhere' \
    'SSH_AUTH_SOCK=/nowhere' 'DISPLAY=:77 WAYLAND_DISPLAY=none'; do
    for command in list 'list --json' status log state path\ app 'show app' verify fetch pull push 'set app tags=x' undo \
      'config --list' doctor 'machine list' refresh 'list --where name:app'; do
      # shellcheck disable=SC2086 # words
      run --separate-stderr on laptop env $lack dev-infra $command </dev/null
      case $command:$status in doctor:1 | *:0) ;; *) explain "$lack: $command: $status: $stderr" || return ;; esac
      lacks "$stderr" 'locale' "$lack: $command" || return
    done
  done
  for command in list status verify 'set app tags=y' push pull state; do
    # shellcheck disable=SC2086 # words
    on laptop bash -c 'ulimit -n 24; exec "$@"' - dev-infra $command >out 2>err </dev/null ||
      explain "24 descriptors: $command: $(cat err)" || return
  done
  sound laptop
}

@test "files of the system that are empty are not believed to be whole" {
  local command file
  unshare -m true 2>/dev/null || skip 'no mount namespaces here'
  project laptop src/app https://example.org/app.git
  quietly on laptop dev-infra init
  quietly on laptop dev-infra register -q src/app
  with_origin
  : >empty
  for file in /etc/machine-id /etc/passwd /etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/os-release; do
    [ -f "$file" ] || continue
    for command in list status 'set app tags+=z' push pull state 'machine list' verify; do
      # shellcheck disable=SC2016,SC2086 # the inner shell's; words
      on laptop unshare -m sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$WORLD/empty" "$file" dev-infra $command \
        >out 2>err </dev/null || explain "$file empty: $command: $(cat err)" || return
    done
  done
  # Where /proc is not mounted, Swift's own runtime ends every executable ('Unable to obtain Swift runtime path') before a line
  # of ours runs: nothing here can mend that, and git and its hooks go on.
  sound laptop
}

@test "without HOME scripts find the registry where the executables do" {
  local home
  home=$(getent passwd "$(id -u)" | cut -d : -f 6)
  for command in status log; do
    for empty in '-u HOME' 'HOME='; do
      # shellcheck disable=SC2086 # an option, or a variable
      run --separate-stderr env $empty DEV_INFRA_DIR= dev-infra $command
      lacks "$stderr" 'HOME is set' || return
      [ -e "$home/.dev-infra" ] || holds "$stderr" "$home/.dev-infra" || return
    done
  done
}

@test "-q is taken, as by git, wherever something is made, brought or changed, and nothing but what is wrong is said" {
  local line place
  command -v script >/dev/null || skip 'a terminal needs script(1)'
  bare_remote registry
  git init -q --bare -b main forge/app.git
  git clone -q forge/app.git laptop/app 2>/dev/null
  commit_in laptop/app one
  git -C laptop/app push -q origin HEAD:main
  mkdir laptop/plain && git init -q laptop/plain
  while read -r line; do
    # On a terminal, where progress would be shown as well.
    run --separate-stderr on laptop script -qec "dev-infra $line" /dev/null </dev/null
    equal "$status" 0 "$line: $output" || return
    equal "$output$stderr" '' "$line" || return
  done <<END
init -q '$REMOTE'
init -q
new -q made
adopt -q plain
register -q app
set -q app tags+=x
push -q
rm -q app
clone -q -n 'file://$WORLD/forge/app.git'
clone -q 'file://$WORLD/forge/app.git'
update -q
refresh -q
archive -q app
undo -q
pull -q
sync -q
fetch -q
machine rename -q other
forget -q app
gc -q
END
  # The word is for what went well.
  for line in 'init -q --name third' 'new -q made' 'clone -q nosuch'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    [ "$status" -ne 0 ] && [ -n "$stderr" ] || explain "$line: $status" || return
  done
  place=$(on laptop dev-infra path made)
  equal "$place" "$WORLD/laptop/made"
}
