#!/usr/bin/env bats
# dev-infra itself: which program a command is, and that nothing is lost on the way to it.

# shellcheck disable=SC1003,SC2016 # what the commands of the tests are made of
# shellcheck disable=SC2030,SC2031,SC2154 # every test is a shell of its own; bats' run sets stderr

load helper

setup() {
  begin
  machine laptop
  HOME=$WORLD/laptop
  # People's own commands are anywhere on PATH.
  mkdir "$WORLD/own"
  PATH=$PATH:$WORLD/own
  REGISTRY=$HOME/.dev-infra
}

# own NAME [FOLDER]: makes the command dev-infra-NAME of the script on stdin.
own() {
  local file=${2:-$WORLD/own}/dev-infra-$1
  { printf '#!/bin/sh\n' && cat; } >"$file"
  chmod +x "$file"
}

# alias_is NAME VALUE: in the registry's configuration; no registry is needed beyond that file.
alias_is() {
  mkdir -p "$REGISTRY"
  git config --file "$REGISTRY/config" "alias.$1" "$2"
}

# own_args: makes the command that shows its arguments.
own_args() { own args <<<'for word; do printf "<%s>" "$word"; done'; }

# ---------------------------------------------------------------- finding commands

@test "a command of the installation is found in its exec path, before any other of the name" {
  own ls-projects <<<'echo impostor'
  PATH=$WORLD/own:$PATH
  run dev-infra ls-projects -h
  [ "$status" -eq 129 ]
  holds "$output" 'USAGE: dev-infra'
}

@test "a person's own command is found on PATH" {
  own hello <<<'echo "hello, $1"'
  quietly dev-infra hello world
  assert_output 'hello, world'
}

@test "what cannot be run is passed over: a plain file, a directory, a dangling link" {
  mkdir "$WORLD/later" "$WORLD/own/dev-infra-one"
  touch "$WORLD/own/dev-infra-two"
  ln -s nowhere "$WORLD/own/dev-infra-three"
  PATH=$PATH:$WORLD/later
  for name in one two three; do
    own "$name" "$WORLD/later" <<<'echo found'
    quietly dev-infra "$name"
    assert_output found
  done
  rm -r "$WORLD/later"
  runs 1 dev-infra one
  runs 1 dev-infra sh-setup
}

@test "a name with a slash is not a command" {
  own hello <<<'echo hello'
  runs 1 dev-infra ../own/hello
  runs 1 dev-infra "x/$WORLD/own/dev-infra-hello"
  assert_output ''
}

@test "a link to dev-infra from anywhere finds its installation" {
  ln -s "$DEV_INFRA_PREFIX/bin/dev-infra" "$WORLD/elsewhere"
  equal "$("$WORLD/elsewhere" --exec-path)" "$(cd "$DEV_INFRA_PREFIX/libexec/dev-infra" && pwd -P)"
}

@test "commands that share an executable are what they are called, from PATH, by any path and through links" {
  local name where
  mkdir "$WORLD/linked"
  for name in dev-infra-hook-register dev-infra-complete; do
    ln -s "$DEV_INFRA_PREFIX/bin/$name" "$WORLD/linked/$name"
    for where in "$DEV_INFRA_PREFIX/bin/$name" "$DEV_INFRA_PREFIX/libexec/dev-infra/$name" "$WORLD/linked/$name" "linked/$name"; do
      run "$where" -h
      [ "$status" -eq 129 ]
      assert_output_has "USAGE: $name "
    done
    run env PATH="$WORLD/linked:$PATH" "$name" -h
    assert_output_has "USAGE: $name "
    run dev-infra "${name#dev-infra-}" -h
    assert_output_has "USAGE: $name "
  done
  # Each finds its installation from there.
  equal "$("$WORLD/linked/dev-infra-complete" dev-infra lis)" list
  quietly dev-infra init --name laptop
  project laptop app
  cd laptop/app || return
  quietly "$WORLD/linked/dev-infra-hook-register"
  assert_output ''
  equal "$("$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-path" app)" "$WORLD/laptop/app"
}

@test "an executable of several commands says which they are when it is called otherwise" {
  refuses 128 dev-infra-register "$DEV_INFRA_PREFIX/libexec/dev-infra/commands" list
  refuses 128 dev-infra-path "$DEV_INFRA_PREFIX/libexec/dev-infra/light"
  runs 1 dev-infra commands
}

@test "--exec-path=DIR and DEV_INFRA_EXEC_PATH say where commands are, the option before the variable" {
  mkdir one two
  own here "$WORLD/one" <<<'echo one'
  own here "$WORLD/two" <<<'echo "two $DEV_INFRA_EXEC_PATH"'
  quietly env DEV_INFRA_EXEC_PATH="$WORLD/one" dev-infra here
  assert_output one
  quietly env DEV_INFRA_EXEC_PATH="$WORLD/one" dev-infra --exec-path=two here
  assert_output "two $WORLD/two"
}

@test "a command finds the rest of the toolset first on its PATH" {
  own where <<<'command -v dev-infra-ls-projects; echo "$DEV_INFRA_EXEC_PATH"'
  quietly env PATH="$WORLD/own:/usr/bin:/bin" "$DEV_INFRA_PREFIX/bin/dev-infra" where
  equal "${lines[0]}" "${lines[1]}/dev-infra-ls-projects"
}

@test "a script without a first line naming its interpreter is run by sh" {
  printf 'echo "run with $1"\n' >"$WORLD/own/dev-infra-bare"
  chmod +x "$WORLD/own/dev-infra-bare"
  quietly dev-infra bare 'an argument'
  assert_output 'run with an argument'
}

@test "a command whose interpreter is missing is fatal, by its name" {
  printf '#!/no/such/interpreter\n' >"$WORLD/own/dev-infra-broken"
  chmod +x "$WORLD/own/dev-infra-broken"
  refuses 128 dev-infra-broken dev-infra broken
}

# ---------------------------------------------------------------- nothing is lost on the way

@test "every byte of the arguments arrives" {
  own_args
  hostile_names
  dev-infra args "${HOSTILE[@]}" '' $'\n' $'\xff\xfe' $'\xf4\x8f\xbe\x80' >got
  printf '<%s>' "${HOSTILE[@]}" '' $'\n' $'\xff\xfe' $'\xf4\x8f\xbe\x80' >expected
  cmp got expected
}

@test "options behind the command are the command's" {
  own_args
  quietly dev-infra args -C nowhere --dir x --version -h -- --help
  assert_output '<-C><nowhere><--dir><x><--version><-h><--><--help>'
}

@test "the status of a command is that of dev-infra" {
  own end <<<'exit "$1"'
  for wanted in 0 1 7 128 129 255; do
    run dev-infra end "$wanted"
    [ "$status" -eq "$wanted" ]
  done
}

@test "a command that a signal ends is seen to end by it" {
  own die <<<'kill -s "$1" $$'
  for signal in TERM KILL INT SEGV; do
    run dev-infra die "$signal"
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
  done
  # A signal for dev-infra is one for the command: they are one process.
  own wait <<<'echo "$$" >pid; exec sleep 60'
  dev-infra wait 3>&- &
  eventually [ -s pid ]
  equal "$(cat pid)" "$!"
  kill -TERM $!
  wait $! && return 1
  [ $? -eq 143 ]
}

@test "stdin, stdout and stderr are the command's" {
  own cat <<<'cat; echo err >&2'
  run --separate-stderr dev-infra cat <<<'in'
  equal "$output/$stderr" in/err
}

@test "output that cannot be written is an error" {
  run bash -c 'dev-infra version >/dev/full'
  [ "$status" -eq 128 ]
  run bash -c 'dev-infra help >/dev/full'
  [ "$status" -eq 128 ]
}

# ---------------------------------------------------------------- global options

@test "-C changes the directory, each relative to the one before; an empty one changes nothing" {
  mkdir -p "with space/deep"
  own pwd <<<'pwd'
  quietly dev-infra -C 'with space' -C '' -C deep pwd
  assert_output "$WORLD/with space/deep"
  refuses 128 nowhere dev-infra -C nowhere pwd
  refuses 129 -C dev-infra -C
}

@test "--dir names the registry, absolute for the command, against the directory of -C" {
  own dir <<<'printf "%s\n" "$DEV_INFRA_DIR"'
  mkdir deep
  quietly dev-infra --dir registry dir
  assert_output "$WORLD/registry"
  quietly dev-infra --dir=../registry -C deep dir
  assert_output "$WORLD/registry"
  quietly dev-infra --dir $'odd\xffname' dir
  equal "$output" "$WORLD/"$'odd\xffname'
  quietly env DEV_INFRA_DIR=/elsewhere dev-infra dir
  assert_output /elsewhere
  refuses 129 --dir dev-infra --dir
  refuses 129 --dir dev-infra --dir= dir
}

@test "-c reaches the git that a command runs, behind what the environment has already" {
  own settings <<<'git config --get "$1"'
  quietly dev-infra -c demo.key='a value = with "quotes"' -c demo.flag settings demo.key
  assert_output 'a value = with "quotes"'
  quietly dev-infra -c demo.flag settings demo.flag
  assert_output true
  quietly dev-infra -c demo.key=one -c demo.key=two settings demo.key
  assert_output two
  quietly env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=demo.old GIT_CONFIG_VALUE_0=kept dev-infra -c demo.key=new settings demo.old
  assert_output kept
  refuses 129 nodot dev-infra -c nodot=1 settings x
  refuses 129 -c dev-infra -c
  refuses 128 GIT_CONFIG_COUNT env GIT_CONFIG_COUNT=many dev-infra -c demo.key=1 settings x
}

@test "--no-pager reaches git" {
  own pager <<<'git var GIT_PAGER'
  quietly env PAGER=less dev-infra --no-pager pager
  assert_output cat
}

@test "a wrong option before the command ends with 129 and the usage" {
  refuses 129 'USAGE: dev-infra' dev-infra --nonsense list
  refuses 129 --exec-path= dev-infra --exec-path= list
  refuses 129 '\033' dev-infra $'--\033[31m'
}

# ---------------------------------------------------------------- aliases

@test "an alias of the registry's configuration stands for its words" {
  own_args
  alias_is greet "args 'one word' \"it's\" back\\ slash"
  quietly dev-infra greet 'more words'
  assert_output "<one word><it's><back slash><more words>"
}

@test "an alias may come from -c, and be of other letters' case" {
  own_args
  alias_is greet 'args file'
  quietly dev-infra -c alias.greet='args option' greet
  assert_output '<option>'
  quietly dev-infra GREET
  assert_output '<file>'
}

@test "an alias may hold options, and lead to another alias" {
  own pwd <<<'pwd; printf "%s\n" "$*"'
  mkdir deep
  alias_is first '-C deep second a'
  alias_is second 'pwd b'
  quietly dev-infra first c
  assert_output "$WORLD/deep"$'\nb a c'
}

@test "an alias that begins with ! is the shell's, with the arguments behind it" {
  alias_is shell '!printf "<%s>" "$DEV_INFRA_EXEC_PATH"'
  quietly dev-infra shell 'a  b' '$(touch pwned)'
  assert_output "<$(dev-infra --exec-path)><a  b><\$(touch pwned)>"
  [ ! -e pwned ]
  alias_is status3 '!exit 3 #'
  run dev-infra status3
  [ "$status" -eq 3 ]
}

@test "aliases that lead back to themselves are found out" {
  alias_is one 'two x'
  alias_is two 'three'
  alias_is three '-C . one'
  refuses 128 'one -> two -> three -> one' dev-infra one
  alias_is self 'self'
  refuses 128 'self -> self' dev-infra self
}

@test "an alias does not hide a command" {
  own hello <<<'echo command'
  alias_is hello '!echo alias'
  alias_is version '!echo alias'
  quietly dev-infra hello
  assert_output command
  quietly dev-infra version
  assert_output_has 'dev-infra version '
}

@test "an alias with a broken value is fatal, by its name" {
  alias_is opened "args 'open"
  refuses 128 alias.opened dev-infra opened
  alias_is slash 'args \'
  refuses 128 alias.slash dev-infra slash
  alias_is empty ''
  refuses 128 alias.empty dev-infra empty
}

@test "a broken configuration of the registry is fatal, by its path" {
  mkdir -p "$REGISTRY"
  printf '[alias\n' >"$REGISTRY/config"
  refuses 128 "$REGISTRY/config" dev-infra whatever
}

# ---------------------------------------------------------------- unknown commands

@test "an unknown command ends with 1 and names the nearest" {
  runs 1 dev-infra lsit
  assert_output ''
  equal "$stderr" "dev-infra: 'lsit' is not a dev-infra command. See 'dev-infra help -a'."$'\n\nThe most similar command is\n\tlist'
  runs 1 dev-infra statsu
  assert_stderr_has $'The most similar command is\n\tstatus'
}

@test "people's own commands and aliases are among the nearest" {
  own frobnicate <<<'exit'
  runs 1 dev-infra frobnicaet
  assert_stderr_has $'\tfrobnicate'
  alias_is zebra-crossing '!true'
  runs 1 dev-infra zebra-crosing
  assert_stderr_has $'\tzebra-crossing'
}

@test "nothing is suggested where nothing is near, and no control character is shown" {
  runs 1 dev-infra qqqqqqqqqqqqqqqqqqqq
  refute_stderr_has similar
  runs 1 dev-infra $'\e[31m\n'
  assert_clean_text "$stderr"
  runs 1 dev-infra ''
}

@test "without the server its commands say which package has them, and everything else works" {
  local name server
  cp -a "$DEV_INFRA_PREFIX" "$WORLD/prefix"
  server=$(awk -F '\t' '$4 == "dev-infra-daemon" { print substr($1, 11) }' "$BATS_TEST_DIRNAME/../../man/command-list.txt")
  equal "$server" $'web\ndaemon'
  for name in $server; do rm "$WORLD/prefix/libexec/dev-infra/dev-infra-$name"; done
  rm -r "$WORLD"/prefix/libexec/dev-infra/{daemon,receive-hooks} "$WORLD"/prefix/share/dev-infra/{web,openapi.yaml}
  PATH=$WORLD/prefix/bin:$PATH
  for name in $server; do
    runs 1 dev-infra "$name" --listen 127.0.0.1:0
    assert_output ''
    assert_stderr_has "'$name' is a command of the server, which is not installed"
    assert_stderr_has 'hint: The package dev-infra-server has it'
  done
  quietly dev-infra init --name laptop
  project laptop app
  quietly dev-infra register laptop/app
  quietly dev-infra list
  assert_output_has app
  run dev-infra doctor --json
  equal "$(jq -c '.facts.places.server' <<<"$output")" '["not installed"]'
  refute_output_has dev-infra-daemon
  # A person's own command of the name goes on being one.
  own web <<<'echo mine'
  quietly dev-infra web
  assert_output mine
}

@test "a command of the installation that is gone is fatal, by its place" {
  cp -a "$DEV_INFRA_PREFIX" "$WORLD/prefix"
  rm "$WORLD/prefix/libexec/dev-infra/dev-infra-list" "$WORLD/prefix/libexec/dev-infra/dev-infra-daemon"
  refuses 128 "it is not in $WORLD/prefix/libexec/dev-infra" "$WORLD/prefix/bin/dev-infra" list
  runs 1 "$WORLD/prefix/bin/dev-infra" tutorial
}

# ---------------------------------------------------------------- help and version

@test "without a command the common ones are shown, with status 1; with help 0" {
  runs 1 dev-infra
  usage=$output
  holds "$usage" 'USAGE: dev-infra'
  holds "$usage" '   push   '
  holds "$stderr" "hint: You have no registry yet: 'dev-infra init' makes one"
  for word in help --help -h; do
    quietly dev-infra "$word"
    assert_output "$usage"
  done
  quietly dev-infra init --name laptop
  runs 1 dev-infra
  equal "$stderr" ''
}

@test "help -a lists the whole catalogue with the summaries of the manual, and people's own commands" {
  own hello <<<'exit'
  quietly dev-infra help -a
  assert_output_has 'hello'
  while IFS=$'\t' read -r name _ _ summary; do
    [ -n "$summary" ] || explain "$name has no summary"
    grep -qE "^   ${name#dev-infra-} +${summary//./\\.}$" <<<"$output" || explain "$name is not listed"
  done < <(sed 's/\t\t/\t-\t/' "$DEV_INFRA_PREFIX/share/dev-infra/command-list")
}

@test "every command of the catalogue is installed, and everything installed is in the catalogue" {
  local name category file
  while IFS=$'\t' read -r name category _; do
    case $category:$name in
      guide:* | *:dev-infra-help | *:dev-infra-version) continue ;;
    esac
    [ -x "$DEV_INFRA_PREFIX/libexec/dev-infra/$name" ] || explain "$name is not installed"
    if [ "$category" = plumbing ] || [ "$category" = helper ]; then
      equal "$(readlink "$DEV_INFRA_PREFIX/bin/$name")" "../libexec/dev-infra/$name"
    fi
  done <"$DEV_INFRA_PREFIX/share/dev-infra/command-list"
  for file in "$DEV_INFRA_PREFIX"/libexec/dev-infra/* "$DEV_INFRA_PREFIX"/bin/*; do
    # Some are executables of several commands, one is the folder of the daemon's hooks, and the last is `dev-infra new` by
    # the name that some people know.
    case ${file##*/} in dev-infra | dev-infra-sh-setup | daemon | commands | light | lists | receive-hooks | new-project.sh) continue ;; esac
    grep -q "^${file##*/}"$'\t' "$DEV_INFRA_PREFIX/share/dev-infra/command-list" || explain "$file is not in the catalogue"
  done
}

@test "help CMD and CMD --help open the page of this installation" {
  mkdir stub
  printf '#!/bin/sh\nprintf "%%s|" "$MANPATH" "$@"\n' >stub/man
  chmod +x stub/man
  PATH=$WORLD/stub:$PATH
  prefix=$(cd "$DEV_INFRA_PREFIX" && pwd -P)
  for words in 'help push' 'push --help' 'help dev-infra-push'; do
    # shellcheck disable=SC2086 # words are words here
    quietly dev-infra $words
    assert_output "$prefix/share/man:|1|dev-infra-push|"
  done
  quietly env MANPATH=/mine dev-infra help tutorial
  assert_output "$prefix/share/man:/mine|7|dev-infra-tutorial|"
  quietly dev-infra help dev-infra
  assert_output "$prefix/share/man:|1|dev-infra|"
  quietly dev-infra help registry
  assert_output "$prefix/share/man:|5|dev-infra-registry|"
  quietly dev-infra help yml
  assert_output_has '|5|'
}

@test "help shows the real page with the system's man" {
  if ! command -v man >/dev/null; then skip 'man is not installed'; fi
  quietly env MANPAGER=cat dev-infra help push
  assert_output_has 'dev-infra-push'
}

@test "help without man says so, and where the page is" {
  mkdir few
  for program in env git; do ln -s "$(command -v "$program")" "few/$program"; done
  run --separate-stderr env PATH="$WORLD/few" "$DEV_INFRA_PREFIX/bin/dev-infra" help push
  [ "$status" -eq 128 ]
  assert_stderr_has "'man' was not found"
  page=$(sed -n 's/^hint: .* \(\/.*\)$/\1/p' <<<"$stderr")
  [ -f "$page" ]
}

@test "help of what does not exist ends with 1; of an alias it says what that stands for" {
  runs 1 dev-infra help nonsense
  assert_stderr_has nonsense
  runs 1 dev-infra help ../man1/dev-infra-push
  alias_is greet 'list --all'
  quietly dev-infra help greet
  assert_output "'greet' is aliased to 'list --all'"
  refuses 129 'one command' dev-infra help two words
}

@test "the version is said in one way" {
  quietly dev-infra version
  [[ $output =~ ^dev-infra\ version\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  version=$output
  for word in --version -v; do
    quietly dev-infra "$word"
    assert_output "$version"
  done
  quietly dev-infra version --build-options
  assert_output_has "git: $(git version | cut -d ' ' -f 3)"
  quietly dev-infra version --verbose
  assert_output_has "git: $(git version | cut -d ' ' -f 3)"
  assert_output_has $'\nbuild: '"${version##* }"
  grep -qE '^swift: [0-9.]+$' <<<"$output"
  grep -qE '^libgit2: [0-9.]+$' <<<"$output"
  refuses 129 --nonsense dev-infra version --nonsense
  refuses 129 "takes no argument: 'extra'" dev-infra --version extra
}
