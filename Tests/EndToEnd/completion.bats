#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# shellcheck disable=SC2016 # what a shell reads that is started here
# At the prompt: what the shells are offered, and that each word of it means the project and nothing else.

load helper

setup_file() {
  begin "$BATS_FILE_TMPDIR/world"
  machine laptop
  project laptop src/alpha https://example.org/alpha.git
  project laptop src/alpine https://example.org/alpine.git
  project laptop src/beta
  hostile_names
  local name
  for name in "${HOSTILE[@]}"; do project laptop "src/$name"; done
  quietly on laptop dev-infra init --name laptop
  runs 0 on laptop dev-infra register --recursive src
  succeeds on laptop dev-infra forget beta
  quietly on laptop dev-infra remote add origin https://example.org/registry.git
  quietly on laptop dev-infra remote add office https://example.org/office.git
}

setup() {
  begin "$BATS_FILE_TMPDIR/world"
  HOME=$WORLD/laptop
  cd "$HOME" || return
  hostile_names
}

teardown() { nothing_ran; }

# words LINE…: what may stand there, one a line.
words() { dev-infra-complete "$@" | LC_ALL=C sort | paste -s -d ' '; }

# bash_replies LINE: COMPREPLY of an own bash with the installed script, for a cursor at the end of the line.
bash_replies() {
  bash --norc --noprofile -c '
    . "$1/share/bash-completion/completions/dev-infra"
    if [ "${2%% *}" = p ]; then eval "$(dev-infra shell-init bash)"; fi
    COMP_WORDBREAKS=$'"' \t\n\"\\'@><=;|&(:'"' COMP_LINE=$2 COMP_POINT=${#2}
    function=$(complete -p "${2%% *}")
    function=${function##*-F }
    "${function%% *}"
    if [ "${#COMPREPLY[@]}" -gt 0 ]; then printf "%s\0" "${COMPREPLY[@]}"; fi' bash "$DEV_INFRA_PREFIX" "$1"
}

# means LINE-WITH-THE-REPLY NAME: a shell that reads this line finds the project at its path.
means() {
  local found
  found=$(bash --norc -c "$1; printf ." | tr '\0' '/')
  equal "$found" "$WORLD/laptop/src/$2/." "$1"
}

@test "commands are those of the catalogue, with no list of their own" {
  equal "$(dev-infra-complete dev-infra '' | LC_ALL=C sort)" \
    "$(awk -F '\t' '/^dev-infra-/ && $2 != "guide" { print substr($1, 11) }' "$BATS_TEST_DIRNAME/../../man/command-list.txt" | LC_ALL=C sort)"
  equal "$(words dev-infra re)" 'read-list read-meta refresh register remote'
  equal "$(words dev-infra -C / --dir x regi)" register
  equal "$(words dev-infra help tut)" tutorial
  run dev-infra-complete --describe dev-infra pat
  equal "$output" $'path\tprint where a project is on this machine'
}

@test "options are those that every command names to -h" {
  local name
  while IFS=$'\t' read -r name _; do
    case $name in dev-infra-*) name=${name#dev-infra-} ;; *) continue ;; esac
    if ! dev-infra "$name" -h >help; then [ $? -eq 129 ] || continue; fi
    equal "$(dev-infra-complete dev-infra "$name" - | LC_ALL=C sort)" \
      "$(sed -n '/^OPTIONS:/,$s/^  \(-[^ ]*\(, -[^ ]*\)*\).*/\1/p' help | sed 's/, /\n/g' | LC_ALL=C sort)" "options of $name"
  done < <(grep -v -P '\tguide' "$BATS_TEST_DIRNAME/../../man/command-list.txt")
  equal "$(words dev-infra list --sta)" --status
  equal "$(words dev-infra-ls-projects --fo)" --format
  equal "$(words dev-infra-ls-projects --format n)" '' 'the free value of an option'
  equal "$(words dev-infra show -- --j)" '' 'behind --'
}

@test "subcommands and remotes" {
  equal "$(words dev-infra hooks '')" 'install status uninstall'
  equal "$(words dev-infra remote '')" 'add get-url remove rename set-keys set-url'
  equal "$(words dev-infra completion '')" 'bash fish zsh'
  equal "$(words dev-infra push o)" 'office origin'
  equal "$(words dev-infra remote set-url of)" office
  equal "$(words dev-infra remote add of)" ''
}

@test "values: the words that a field takes, and what other projects have" {
  succeeds dev-infra set alpha tags=work,web organization='Acme Ltd'
  equal "$(words dev-infra list --status p)" paused
  equal "$(words dev-infra list --status=c | tr ' ' '\n' | LC_ALL=C sort | paste -s -d ' ')" '--status=cancelled --status=completed'
  equal "$(words dev-infra list --type L)" Learning
  equal "$(words dev-infra list --sort de)" 'default_branch description detached'
  equal "$(words dev-infra list --tag w)" 'web work'
  equal "$(words dev-infra list --tag=we)" --tag=web
  equal "$(words dev-infra ls-projects --machine lap)" laptop
  equal "$(dev-infra-complete -z dev-infra list --organization A | tr '\0' .)" 'Acme Ltd.'
  equal "$(words dev-infra list --where 'tag:we')" tag:web
  equal "$(words dev-infra list --where '(here && !tag:wo')" '(here && !tag:work'
  equal "$(words dev-infra rm --where 'tag:x,w')" 'tag:x,web tag:x,work'
  equal "$(words dev-infra list --where 'status!=pa')" 'status!=paused'
  equal "$(words dev-infra list --where 'here && unt')" 'here && untracked'
  equal "$(words dev-infra list --where has:desc)" has:description
  equal "$(words dev-infra list --where desc)" description:
  equal "$(dev-infra-complete -z dev-infra list --where organization:A | tr '\0' .)" ''
  equal "$(dev-infra-complete -z dev-infra list --where organization: | tr '\0' .)" 'organization:"Acme Ltd".'
  succeeds dev-infra config dev-infra.where.open 'dirty || ahead'
  succeeds dev-infra config dev-infra.where.old 'last_commit>1y'
  equal "$(words dev-infra list --where @o)" '@old @open'
  equal "$(words dev-infra foreach --where '!@ol')" '!@old'
  equal "$(words dev-infra list --where='here && (@op')" '--where=here && (@open'
  equal "$(bash_replies 'dev-infra list --where @op' | tr '\0' ' ')" 'open '
  equal "$(words dev-infra set alpha st)" status=
  equal "$(words dev-infra set alpha status=a)" status=active
  equal "$(words dev-infra set alpha tags)" 'tags+= tags-= tags='
  equal "$(words dev-infra set alpha tags+=wo)" tags+=work
  equal "$(bash_replies 'dev-infra set alpha status=pa' | tr '\0' ' ')" 'paused '
  succeeds dev-infra set alpha tags= organization=
}

@test "an alias of the configuration is offered, and completes as what it stands for" {
  succeeds dev-infra config alias.go path
  succeeds dev-infra config alias.paused 'list --status paused'
  succeeds dev-infra config alias.deep 'go'
  succeeds dev-infra config alias.shell '!echo'
  succeeds dev-infra config alias.list 'status'
  equal "$(words dev-infra g)" 'gc go'
  equal "$(words dev-infra --dir "$WORLD/laptop/.dev-infra" pau)" paused
  equal "$(words dev-infra go alph)" alpha
  equal "$(GIT_TRACE=$WORLD/trace words dev-infra deep alph)" alpha
  equal "$(grep -c 'built-in: git config' "$WORLD/trace")" 1 'the aliases are read once'
  equal "$(words dev-infra paused --sta)" --status
  equal "$(words dev-infra shell al)" '' "a shell's line"
  equal "$(words dev-infra list --so)" --sort 'an alias does not hide a command'
  run dev-infra-complete --describe dev-infra go
  equal "$output" $'go\talias for \'path\''
  # Round in circles ends.
  succeeds dev-infra config alias.deep loop
  succeeds dev-infra config alias.loop deep
  equal "$(words dev-infra deep a)" ''
  local name
  for name in go paused deep loop shell list; do succeeds dev-infra config --unset "alias.$name"; done
}

@test "bash: another name for dev-infra completes as it does, and an alias as what it says" {
  # shellcheck disable=SC2016
  local script='
    . "$1/share/bash-completion/completions/dev-infra"
    shopt -s expand_aliases
    alias di=dev-infra dp="dev-infra path" odd="sudo x"
    COMP_WORDBREAKS=$'"' \t\n\"\'@><=;|&(:'"' COMP_LINE=$2 COMP_POINT=${#2}
    _dev_infra
    if [ "${#COMPREPLY[@]}" -gt 0 ]; then printf "%s\n" "${COMPREPLY[@]}"; fi'
  replies() { bash --norc --noprofile -c "$script" bash "$DEV_INFRA_PREFIX" "$1" | LC_ALL=C sort | paste -s -d ' '; }
  equal "$(replies 'di pat')" path
  equal "$(replies 'di path alph')" alpha
  equal "$(replies 'dp alph')" alpha
  equal "$(replies 'odd pat')" path
  equal "$(replies "$DEV_INFRA_PREFIX/bin/dev-infra pat")" path
  equal "$(replies 'dev-infra-ls-projects --so')" --sort
}

@test "zsh: completion and p are bound also where the start-up file comes before compinit, and under odd options" {
  local options
  for options in '' 'setopt ksh_arrays sh_word_split no_unset' 'setopt posix_aliases csh_junkie_quotes'; do
    mkdir -p zdot
    cat >zdot/.zshrc <<END
$options
eval "\$(dev-infra completion zsh)"
eval "\$(dev-infra shell-init zsh)"
autoload -Uz compinit && compinit -u -D
END
    run env ZDOTDIR="$PWD/zdot" zsh -ic 'for f in "${precmd_functions[@]}"; do $f; done; print -r -- "${_comps[dev-infra]} ${_comps[p]} ${(k)functions[(I)*bind]}"'
    equal "$status" 0
    equal "${lines[${#lines[@]} - 1]}" '_dev-infra _dev_infra_p ' "$options"
  done
}

# p_leads SHELL BEFORE [BEHIND]: with these lines before and behind that of the start-up file, `p alpha` leads to alpha.
p_leads() {
  local found shell=$1
  case $shell in
    bash) found=$(bash --norc -ic "$2
eval \"\$(\\command dev-infra shell-init bash)\"
${3-}
p alpha; \\builtin printf '%s' \"\$PWD\"" 2>/dev/null </dev/null | tail -n 1) ;;
    zsh) found=$(zsh -fic "$2
eval \"\$(\\command dev-infra shell-init zsh)\"
${3-}
p alpha; \\builtin printf '%s' \"\$PWD\"" 2>/dev/null </dev/null | tail -n 1) ;;
    fish) found=$(fish --no-config -ic "$2
command dev-infra shell-init fish | source
${3-}
p alpha; builtin echo \$PWD" 2>/dev/null </dev/null | tail -n 1) ;;
  esac
  equal "$found" "$WORLD/laptop/src/alpha" "$shell: $2 ${3-}"
}

@test "p does not depend on what cd, tr, printf or local are, nor on a shell's strictness" {
  local before shell
  # shellcheck disable=SC2016 # the inner shell's
  for before in ':' 'cdl() { builtin cd "$1" && ls; }; alias cd=cdl' 'cd() { builtin cd /; }' \
    "alias tr='echo tr' printf='echo printf' local='echo local'" 'set -u' 'set -o pipefail; set -e' 'CDPATH=/tmp' 'set -f' \
    'alias p="echo no"' 'IFS=:' 'set -o noclobber' 'alias dev-infra-path="echo no" fzf="echo no"'; do
    p_leads bash "$before"
    p_leads zsh "$before"
  done
  for before in 'set -o posix' 'shopt -s nullglob failglob extglob nocaseglob nocasematch dotglob' 'shopt -s autocd cdspell' \
    'readonly dir=5 line=6' 'declare -i dir line' 'p() { echo old; }' 'alias return="echo r" command="echo c" builtin="echo b"' \
    'PROMPT_COMMAND="echo hi"' 'shopt -s lastpipe'; do
    p_leads bash "$before"
  done
  for before in 'setopt no_unset' 'setopt err_exit' 'setopt err_return' 'setopt ksh_arrays' 'setopt sh_word_split' 'unsetopt nomatch' \
    'setopt null_glob' 'setopt csh_null_glob' 'setopt extended_glob' 'setopt glob_subst' 'setopt ksh_glob' 'setopt posix_builtins' \
    'emulate sh' 'emulate ksh' 'setopt warn_create_global' 'setopt auto_pushd pushd_silent pushd_to_home' 'setopt no_short_loops' \
    'setopt posix_aliases' 'setopt rc_quotes' 'setopt csh_junkie_quotes' 'setopt csh_junkie_loops' 'setopt ignore_braces' \
    'setopt no_multi_func_def' 'setopt ksh_typeset' 'setopt chase_links' 'setopt no_function_argzero' 'setopt magic_equal_subst' \
    'setopt no_equals' 'setopt bash_rematch posix_cd posix_strings' 'setopt no_aliases' 'setopt auto_cd' 'setopt verbose' \
    'p() { echo old }' 'alias -s alpha=cat' 'alias p=x' 'alias -g L="| less" G="| grep" H="--help" N=">/dev/null"' \
    'alias -g path=no pick=no fzf=no tr=no printf=no cd=no shift=no ls-projects=no name=no' \
    'alias -g -- --=no -z=no --visit=no --query=no /=no -=no --exit-0=no'; do
    p_leads zsh "$before"
  done
  for before in 'function cd; builtin cd /; end' 'abbr -a p "echo no"' 'alias p "echo no"' 'alias cd "echo no"' 'set -g dir x' \
    'function echo; builtin echo no; end' 'function ls; end'; do
    p_leads fish "$before"
  done
  # A name of ours for everything else, behind the start-up file's line, which would not survive it either.
  p_leads zsh : 'alias -g dev-infra=no dev-infra-complete=no'
  # Not tried: a function that is called `command` or `builtin`, or an alias of a reserved word. Nothing stands beside these.
}

@test "p leads there where zoxide has made itself cd, before and behind" {
  command -v zoxide >/dev/null || skip 'zoxide is not installed'
  local shell
  for shell in bash zsh; do
    p_leads "$shell" "eval \"\$(zoxide init $shell --cmd cd)\""
    p_leads "$shell" : "eval \"\$(zoxide init $shell --cmd cd)\""
  done
  p_leads fish 'zoxide init fish --cmd cd | source'
  p_leads fish : 'zoxide init fish --cmd cd | source'
}

@test "bash: completion under odd options, without the package bash-completion, and with it before and behind" {
  local before behind line package=/usr/share/bash-completion/bash_completion
  # shellcheck disable=SC2016 # the inner shell's
  for before in : 'set -u' 'set -eu -o pipefail' 'set -f' 'set -o posix' 'IFS=:' 'set -o noclobber' 'unset COMP_WORDBREAKS; set -u' \
    'shopt -s nullglob failglob extglob nocaseglob nocasematch' 'alias dev-infra="echo x" mapfile=x read=y' 'mapfile() { echo no; }' \
    'printf() { echo no; }' 'readonly line=3 word=4' 'shopt -u progcomp' 'complete() { builtin complete "$@"; }' \
    "behind" "[ ! -f $package ] || . $package"; do
    behind=:
    if [ "$before" = behind ]; then before=: behind="[ ! -f $package ] || . $package"; fi
    for line in 'dev-infra list --sta:--status' 'dev-infra list --status pa:paused' 'dev-infra path alph:alpha' \
      'dev-infra set alpha status=co:completed' 'dev-infra pull --strategy th:theirs' 'p alph:alpha'; do
      # Where nothing breaks words the whole word is the reply.
      case $before:$line in unset*:*status=co*) continue ;; esac
      equal "$(bash --norc -ic "$before
eval \"\$(\\command dev-infra completion bash)\"
eval \"\$(\\command dev-infra shell-init bash)\"
$behind
COMP_LINE='${line%:*}'"'
COMP_POINT=${#COMP_LINE}
f=$(builtin complete -p "${COMP_LINE%% *}"); f=${f##*-F }; ${f%% *}
builtin printf "%s" "${COMPREPLY[@]}"' 2>/dev/null </dev/null | tail -n 1 | sed 's/ *$//')" "${line#*:}" "$before: $line; $behind"
    done
  done
}

@test "zsh: completion and p are bound in whatever order a start-up file loads things, and a bare shell has nothing to say" {
  local options order
  mkdir -p zdot
  for options in : 'emulate ksh' 'setopt no_unset' 'setopt extended_glob' 'unsetopt nomatch' 'setopt sh_word_split glob_subst'; do
    # C: compinit, D: the completion, I: shell-init, P: the installation's functions in fpath
    for order in CDI DIC DCI IDC PCI PCDIC CDIC; do
      {
        printf '%s\n' "$options"
        fold -w 1 <<<"$order" | while read -r part; do
          case $part in
            C) echo 'autoload -Uz compinit && compinit -u -D' ;;
            D) echo 'eval "$(dev-infra completion zsh)"' ;;
            I) echo 'eval "$(dev-infra shell-init zsh)"' ;;
            P) echo 'fpath=("$DEV_INFRA_PREFIX/share/zsh/site-functions" "${fpath[@]}")' ;;
          esac
        done
      } >zdot/.zshrc
      run --separate-stderr env ZDOTDIR="$PWD/zdot" zsh -ic 'emulate zsh; for f in "${precmd_functions[@]}"; do $f; done
        print -r -- "${_comps[dev-infra]} ${_comps[p]} ${(k)functions[(I)_dev*bind]}"'
      equal "${lines[${#lines[@]} - 1]}" '_dev-infra _dev_infra_p ' "$options $order: $stderr"
      lacks "$stderr" 'not found' "$options $order"
    done
    printf '%s\n' "$options" 'eval "$(dev-infra shell-init zsh)"' 'eval "$(dev-infra completion zsh)"' >zdot/.zshrc
    run --separate-stderr env ZDOTDIR="$PWD/zdot" zsh -ic 'emulate zsh; for f in "${precmd_functions[@]}"; do $f; done; p alpha; print -r -- "$PWD ${(k)functions[(I)_dev*bind]}"'
    equal "${lines[${#lines[@]} - 1]}" "$WORLD/laptop/src/alpha " "$options without compinit"
    lacks "$stderr" 'compdef' "$options without compinit"
  done
}

@test "projects by their names; path, forget and refresh take those that are here" {
  equal "$(words dev-infra path alp)" 'alpha alpine'
  equal "$(words dev-infra show --json bet)" beta
  equal "$(words dev-infra path bet)" ''
  equal "$(words p alph)" alpha
  equal "$(words dev-infra show "$(id_of laptop alpha | cut -c 1-6)")" "$(id_of laptop alpha | cut -c 1-12)"
  equal "$(words dev-infra --dir "$WORLD/none" path alp)" ''
}

@test "a name that several have is offered once, and where one of them at least can be meant" {
  local one
  project laptop src/one/twin https://example.org/one/twin.git
  project laptop src/two/twin https://example.org/two/twin.git
  succeeds dev-infra register src/one/twin
  succeeds dev-infra register src/two/twin
  equal "$(words dev-infra path twi)" twin
  equal "$(words dev-infra path o)" one/twin
  # One that is not here stands in the way of none that is, whichever comes first.
  for one in one two; do
    succeeds dev-infra forget "src/$one/twin"
    equal "$(words dev-infra path twi)" twin "without src/$one"
    equal "$(words dev-infra show twi)" twin "without src/$one"
    succeeds dev-infra register "src/$one/twin"
  done
  succeeds dev-infra rm src/one/twin src/two/twin
  rm -r src/one src/two
}

@test "a project that has just been registered is offered" {
  project laptop src/zulu
  succeeds dev-infra register src/zulu
  equal "$(words dev-infra path zu)" zulu
  succeeds dev-infra rm zulu
  rm -r src/zulu
  equal "$(words dev-infra path zu)" ''
}

@test "without a registry, and with a broken one, there is silence" {
  quietly env DEV_INFRA_DIR="$WORLD/none" dev-infra-complete dev-infra path ''
  equal "$output" ''
  mkdir -p broken/refs/heads
  printf '%040d\n' 7 >broken/refs/heads/main
  run env DEV_INFRA_DIR="$PWD/broken" dev-infra-complete --bash 'dev-infra path '
  equal "$status" 0
  equal "$(bash_replies 'dev-infra show --js' | tr '\0' ' ')" '--json '
}

@test "bash: every name completes to a word that means this project, behind the dashes and before" {
  local name reply replies beginning
  for name in "${HOSTILE[@]}"; do
    mapfile -d '' -t replies < <(bash_replies "dev-infra path -z -- ")
    [ "${#replies[@]}" -eq $((${#HOSTILE[@]} + 2)) ]
    beginning=$(printf %q "${name:0:1}")
    # An open bracket of `$'…'` belongs to the word as well.
    mapfile -d '' -t replies < <(bash_replies "dev-infra path -z -- $beginning")
    [ "${#replies[@]}" -ge 1 ] || explain "nothing for $(printf %q "$name")"
    local hits=0
    for reply in "${replies[@]}"; do
      if [ "$(bash --norc -c "dev-infra path -z -- $reply" | tr '\0' '/')" = "$WORLD/laptop/src/$name/" ]; then hits=$((hits + 1)); fi
    done
    equal "$hits" 1 "words for $(printf %q "$name") among ${replies[*]}"
  done
  mapfile -d '' -t replies < <(bash_replies 'dev-infra path -z ')
  for reply in "${replies[@]}"; do
    [ -n "$(bash --norc -c "dev-infra path -z $reply" | tr '\0' '/')" ] || explain "not a project: $reply"
  done
}

@test "bash: inside quotes that are open" {
  mapfile -d '' -t replies < <(bash_replies "dev-infra path -z -- 'with")
  equal "${replies[*]}" 'with space'
  # shellcheck disable=SC2016 # a name
  mapfile -d '' -t replies < <(bash_replies 'dev-infra path -z -- "$(')
  means "dev-infra path -z -- \"${replies[0]}\"" "\$(touch pwned)"
  mapfile -d '' -t replies < <(bash_replies "p it\\'")
  means "dev-infra path -z -- ${replies[0]}" "it's"
}

@test "bash: p changes to a project by any name, and says no to others" {
  local name typed
  for name in "${HOSTILE[@]}"; do
    # No name of a project holds a control character, a directory's may.
    case $name in *[[:cntrl:]]*) typed=src/$name ;; *) typed=$name ;; esac
    # shellcheck disable=SC2016 # the inner shell's
    equal "$(bash --norc -c 'eval "$(dev-infra shell-init bash)"; p "$1"; printf "%s/." "$PWD"' bash "$typed")" "$WORLD/laptop/src/$name/."
    equal "$(zsh -fc 'eval "$(dev-infra shell-init zsh)"; p "$1"; printf "%s/." "$PWD"' zsh "$typed")" "$WORLD/laptop/src/$name/."
    equal "$(fish --no-config -c 'dev-infra shell-init fish | source; p $argv[1]; printf "%s/." "$PWD"' -- "$typed")" "$WORLD/laptop/src/$name/."
  done
  local shell
  for shell in 'bash --norc' 'zsh -f' 'fish --no-config'; do
    # shellcheck disable=SC2086
    run --separate-stderr env PATH="$DEV_INFRA_PREFIX/bin:/nofzf" "$(command -v ${shell%% *})" ${shell#* } -c "$(dev-infra shell-init "${shell%% *}"); p nowhere"
    equal "$status" 1 "$shell: $stderr"
    assert_stderr_has "no project is known by 'nowhere'"
  done
}

@test "p - goes back, and p --help says how to use it, in every shell" {
  local shell program init
  for shell in 'bash --norc -euc' 'zsh -feuc' 'fish --no-config -c' 'dash -euc' 'busybox ash -euc' 'mksh -euc'; do
    program=$(command -v "${shell%% *}") || continue
    case $shell in
    fish*) init='dev-infra shell-init fish | source' ;;
    bash* | zsh*) init="eval \"\$(dev-infra shell-init ${shell%% *})\"" ;;
    *) init='eval "$(dev-infra shell-init sh)"' ;;
    esac
    # shellcheck disable=SC2086 # words
    equal "$($program${shell#"${shell%% *}"} "$init"'; cd /; p alpha; pwd; p - >/dev/null; pwd; p alpine; p - >/dev/null; pwd; p --help; p -h')" \
      "$WORLD/laptop/src/alpha
/
/
usage: p NAME... (on a terminal also without), p -
usage: p NAME... (on a terminal also without), p -" "$shell"
  done
}

@test "p in a shell of POSIX changes to a project by any name, and needs nothing that only some of them have" {
  local shell name typed program
  fake_fzf
  # Not yash, which takes no argument that is not UTF-8.
  for shell in dash 'busybox ash' ksh mksh 'bash --posix' 'zsh --emulate sh'; do
    program=$(command -v "${shell%% *}") || continue
    shell=$program${shell#"${shell%% *}"}
    for name in "${HOSTILE[@]}"; do
      case $name in *[[:cntrl:]]*) typed=src/$name ;; *) typed=$name ;; esac
      # shellcheck disable=SC2016,SC2086 # the inner shell's; words
      equal "$($shell -euc 'eval "$(dev-infra shell-init sh)"; p "$1"; printf "%s/." "$PWD"' sh "$typed")" "$WORLD/laptop/src/$name/." "$shell"
    done
    # People's own functions of these names are not called.
    # shellcheck disable=SC2016,SC2086
    equal "$($shell -c 'cd() { echo NO; }; tr() { echo NO; }; eval "$(\command dev-infra shell-init sh)"
      p "with space"; printf "%s" "$PWD"' sh)" "$WORLD/laptop/src/with space" "$shell"
    # shellcheck disable=SC2016,SC2086
    equal "$(TAKE='new\nline' $shell -c 'eval "$(dev-infra shell-init sh)"; p; printf "%s/." "$PWD"' sh)" "$WORLD/laptop/src/"$'new\nline/.' "$shell"
    # shellcheck disable=SC2016,SC2086
    run --separate-stderr env PATH="$DEV_INFRA_PREFIX/bin:/nofzf" $shell -c "$(dev-infra shell-init sh); p no-such-project" sh
    equal "$status" 1 "$shell: $stderr"
    assert_stderr_has "no project is known by 'no-such-project'"
  done
  refuses 129 '--key goes with' dev-infra shell-init --key ctrl-g sh
}

# A fzf that takes the line with TAKE, and keeps what it was asked.
fake_fzf() {
  mkdir -p "$WORLD/fzf"
  cat >"$WORLD/fzf/fzf" <<END
#!/bin/sh
printf '%s\n' "\$*" >'$WORLD/fzf/asked'
grep -F -- "\$TAKE"
END
  chmod 755 "$WORLD/fzf/fzf"
  PATH=$WORLD/fzf:$PATH
}

@test "p lets fzf choose where no name is given, or none is exact" {
  fake_fzf
  export TAKE='new\nline'
  local shell
  for shell in 'bash --norc' 'zsh -f' 'fish --no-config'; do
    # shellcheck disable=SC2086
    equal "$($shell -c "$(dev-infra shell-init "${shell%% *}")
      p; printf '%s/.' \"\$PWD\"")" "$WORLD/laptop/src/"$'new\nline/.' "$shell"
    # shellcheck disable=SC2086
    equal "$($shell -c "$(dev-infra shell-init "${shell%% *}")
      p nowhere; printf '%s/.' \"\$PWD\"")" "$WORLD/laptop/src/"$'new\nline/.' "$shell"
    holds "$(cat "$WORLD/fzf/asked")" '--query=nowhere'
  done
}

@test "p finds the project that fzf chose, whatever FZF_DEFAULT_OPTS says of its answer" {
  local shell options
  export DEV_INFRA_PICKER=fzf FZF_DEFAULT_OPTS
  for options in --print-query --multi --read0 --print0 --expect=a --with-nth=1 '--delimiter=,' --nth=1 --header-lines=1 \
    '--tac --no-sort' --ansi --query=zzz --no-select-1 '--height=40% --layout=reverse --border'; do
    FZF_DEFAULT_OPTS=$options
    for shell in 'bash --norc' 'zsh -f' 'fish --no-config'; do
      # The quote is fzf's sign for what stands there as it is.
      # shellcheck disable=SC2086
      equal "$($shell -c "$(dev-infra shell-init "${shell%% *}")
        p \"'alpin\"; printf %s \"\$PWD\"")" "$WORLD/laptop/src/alpine" "$shell $options" || return
    done
  done
}

@test "fish: complete -C offers every project, and what it writes means it" {
  local name
  # shellcheck disable=SC2016 # fish's own
  run --separate-stderr fish --no-config -c 'source $argv[1]; complete -C "dev-infra path -- "' "$DEV_INFRA_PREFIX/share/fish/vendor_completions.d/dev-infra.fish"
  equal "$stderr" ''
  # shellcheck disable=SC2016
  for name in 'with space' "it's" '-leading' '$(touch pwned)' '*glob?[a]' '日本' alpha; do
    grep -q -F -- "$name"$'\t' <<<"$output" || explain "missing: $name"
  done
  # shellcheck disable=SC2016
  equal "$(fish --no-config -c 'source $argv[1]; complete -C "dev-infra path al"' "$DEV_INFRA_PREFIX/share/fish/vendor_completions.d/dev-infra.fish" |
    cut -f 1 | paste -s -d ' ')" 'alpha alpine'
  # shellcheck disable=SC2016
  equal "$(fish --no-config -c 'source $argv[1]; complete -C "dev-infra list --cla"' "$DEV_INFRA_PREFIX/share/fish/vendor_completions.d/dev-infra.fish" |
    cut -f 1)" --classification
}

@test "zsh: the installed function completes a command line in a real zsh" {
  # `shown` stands for dev-infra at the end of a line that zsh has completed.
  cat >zpty.zsh <<'END'
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "PS1='READY ' PS2= RPS1=; stty -echo 2>/dev/null; fpath=($DEV_INFRA_PREFIX/share/zsh/site-functions \$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' menu no; dev-infra() { shown \"\$@\"; }; print GO''NE"
await() { local text piece; for i in {1..200}; do if zpty -rt z piece; then text+=$piece; [[ $text == *$1* ]] && { REPLY=$text; return; }; else sleep 0.05; fi; done; print -r -- "no $1 in: $text"; exit 1; }
await GONE
# The word that zsh writes is run, and tells where the project is.
for line in "$@"; do
  zpty -w -n z "$line"$'\t'
  sleep 0.5
  zpty -w -n z $'\n'
  await ']END'
  print -r -- "$REPLY"
done
zpty -d z
END
  mkdir -p zbin
  printf '#!/bin/sh\nprintf "[%%s]" "$@"\nprintf "%%s\\n" END\n' >zbin/shown
  chmod 755 zbin/shown
  local expected
  PATH=$PWD/zbin:$PATH run zsh -f zpty.zsh "dev-infra path -- with" "dev-infra path -- it" "dev-infra path -- new" \
    'dev-infra path -- \*gl' "dev-infra path -- \\$" "dev-infra regis" "dev-infra path -- -lea"
  # shellcheck disable=SC2016
  for expected in '[with space]' "[it's]" '[*glob?[a]]' '[$(touch pwned)]' '[register]' '[-leading]'; do
    grep -q -F -- "$expected" <<<"$output" || explain "missing: $expected"
  done
  # The terminal shows the newline of the name as one.
  tr -d '\r' <<<"$output" | grep -q -x -F 'line]END' || tr -d '\r' <<<"$output" | grep -q -F 'line]END' || explain 'missing: new line'
}

@test "the scripts are installed where shells look, and completion prints the same" {
  cmp <(dev-infra completion bash) "$DEV_INFRA_PREFIX/share/bash-completion/completions/dev-infra"
  cmp <(dev-infra completion zsh) "$DEV_INFRA_PREFIX/share/zsh/site-functions/_dev-infra"
  cmp <(dev-infra completion fish) "$DEV_INFRA_PREFIX/share/fish/vendor_completions.d/dev-infra.fish"
  refuses 129 'not for' dev-infra completion ksh
  refuses 129 'not for' dev-infra shell-init ksh
  refuses 129 'missing' dev-infra shell-init
}
