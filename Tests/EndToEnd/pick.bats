#!/usr/bin/env bats
# The picker on a real terminal, tmux's: what it shows at several widths, what its keys do, and that the terminal is as it was
# whatever ends it.

load helper

setup() {
  begin
  machine laptop
  machine desk
  REPOSITORY=$WORLD/forge/away
  succeeds on laptop dev-infra init --name laptop
  project laptop src/globex/api https://github.com/globex/api.git
  project laptop src/globex/docs https://github.com/globex/docs.git
  project laptop src/acme/shop https://github.com/acme/shop.git
  succeeds on laptop dev-infra register -r src
  SRC=$WORLD/laptop/src
  export TMUX_TMPDIR=$WORLD
  unset TMUX
}

teardown() { over; }

# A server of its own for each terminal: one that is about to end takes no new one.
SERVER=0
tm() { tmux -L "pick$SERVER" "$@"; }
over() { tm kill-server 2>/dev/null || true; }

# away: a project that another machine has, and this one knows.
away() {
  git init -q -b main "$REPOSITORY"
  commit_in "$REPOSITORY" 'Begin away'
  bare_remote registry
  succeeds on desk dev-infra init --name desk "$REMOTE"
  succeeds on desk git clone -q "file://$REPOSITORY" away
  succeeds on desk dev-infra register away
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra pull
}

# screen COLUMNS ROWS COMMAND: runs the command line on a terminal of that size, on the laptop. Its standard output goes to
# `out`, and its status to `status` when it has ended.
screen() {
  SERVER=$((SERVER + 1))
  printf '%s\n' "cd '$WORLD/laptop'; stty -a >'$WORLD/before'" "$3 >'$WORLD/out' 2>'$WORLD/err'" \
    "echo \$? >'$WORLD/status'; stty -a >'$WORLD/after'" 'echo BACK; exec sleep 60' >"$WORLD/run"
  env HOME="$WORLD/laptop" TERM=screen-256color tmux -L "pick$SERVER" -f /dev/null new-session -d -x "$1" -y "$2" "exec sh '$WORLD/run'" \; \
    set-option -g status off
}

keys() { tm send-keys "$@"; }

shown() { tm capture-pane -p; }

shows() { shown | grep -qF -- "$1"; }

# await TEXT: waits until the terminal shows the text.
await() {
  if eventually shows "$1"; then return; fi
  printf 'not shown: %s\n%s\n' "$1" "$(shown)" >&2
  return 1
}

# settings FILE: what stty has said there, without the size.
settings() { sed 's/ rows [0-9]*; columns [0-9]*;//' "$WORLD/$1" | tr -s ' \n' ' '; }

# shell: an interactive bash on a terminal, whose prompt is READY.
shell() {
  SERVER=$((SERVER + 1))
  env HOME="$WORLD/laptop" TERM=screen-256color tmux -L "pick$SERVER" -f /dev/null new-session -d -x 80 -y 24 \
    "PS1='READY ' exec bash --norc --noprofile -i" \; set-option -g status off
  await READY
}

# ended STATUS OUTPUT: the command ended so, and the terminal is as it was.
ended() {
  await BACK || return
  equal "$(cat "$WORLD/status")" "$1" "$(cat "$WORLD/err")" || return
  equal "$(cat "$WORLD/out")" "$2" || return
  equal "$(settings after)" "$(settings before)" || return
  # The other screen is gone with all that was on it, and lines wrap as before.
  equal "$(shown | head -1)" BACK || return
  equal "$(tm display-message -p '#{alternate_on} #{cursor_flag} #{wrap_flag}')" '0 1 1'
}

# the_process: the picker's own, which what runs on the terminal has started.
the_process() { pgrep -n -P "$(tm display-message -p '#{pane_pid}')"; }

@test "at 40, 80 and 200 columns it lists, narrows, and prints what is chosen" {
  local columns
  for columns in 40 80 200; do
    screen "$columns" 24 'dev-infra pick'
    await '3/3' || return
    await 'globex/api' || return
    if [ "$columns" -ge 80 ]; then await ' Start ' || return; fi
    keys 'gl' || return
    await '2/3' || return
    keys ' ' doc || return
    await '1/3' || return
    keys Enter
    ended 0 "$SRC/globex/docs" || return
    over
  done
  equal "$(on laptop dev-infra rank | cut -f 1,2)" $'12.0\tdocs'
}

@test "what is used most stands first, and the keys of readline and fzf do what they do there" {
  on laptop dev-infra rank add shop shop docs
  screen 80 24 'dev-infra pick -m --format "%(name)"'
  await '3/3'
  equal "$(shown | sed -n 3,5p | awk '{ sub(/^~/, "HOME", $NF); print $NF }' | paste -s -d ' ')" 'HOME/src/acme/shop HOME/src/globex/docs HOME/src/globex/api'
  keys one two C-w three C-u xshop Home Delete End Tab
  await '1 marked'
  keys C-u
  await '3/3'
  keys C-n C-n Tab
  await '2 marked'
  keys C-p BTab PageUp
  await '3 marked'
  keys C-n Tab
  await '2 marked'
  keys Enter
  ended 0 $'shop\napi'
}

@test "nothing fits: 1; left by Escape, Ctrl-C, Ctrl-G or Ctrl-D: 130; neither needs the list to be read" {
  local key
  for key in Escape C-c C-g C-d; do
    screen 60 10 'dev-infra pick'
    await '3/3' || return
    keys "$key"
    ended 130 '' || return
    over
  done
  screen 60 10 'dev-infra pick -q nowhere'
  await '0/3'
  keys Enter
  ended 1 ''
  equal "$(on laptop dev-infra rank)" ''
}

@test "--select-1 and --exit-0 ask nobody, and need no terminal" {
  equal "$(on laptop dev-infra pick -1 -q shop </dev/null)" "$SRC/acme/shop"
  equal "$(on laptop dev-infra pick -z -1 -q shop | tr '\0' '\n')" "$SRC/acme/shop"
  run --separate-stderr on laptop dev-infra pick -0 -q nowhere
  # shellcheck disable=SC2154 # bats' run sets stderr
  equal "$status:$output:$stderr" '1::'
  equal "$(printf 'api\nshop\n' | on laptop dev-infra pick --stdin -1 -q acme --format '%(id)')" "$(id_of laptop shop)"
}

@test "a terminal that cannot be drawn on, and none at all, are refused with what to do" {
  run --separate-stderr on laptop env TERM=dumb dev-infra pick
  equal "$status" 2
  equal "$stderr" "fatal: choosing a project needs a terminal that can be drawn on, and TERM is 'dumb'
hint: 'dev-infra list' shows the projects, and 'dev-infra path PART' takes part of a name"
  run --separate-stderr on laptop env -u TERM dev-infra pick
  equal "$status" 2
  run --separate-stderr on laptop env TERM=xterm setsid -w dev-infra pick
  equal "$status" 2
  holds "$stderr" 'there is no /dev/tty'
  run --separate-stderr on laptop env TERM=xterm HOME="$WORLD/nobody" dev-infra pick
  equal "$status" 2
  runs 129 on laptop dev-infra pick --bogus
  runs 129 on laptop dev-infra pick api
}

@test "the terminal is as it was after every signal that ends a process" {
  local signal
  for signal in TERM HUP INT QUIT SEGV ABRT ILL BUS TRAP; do
    screen 80 24 'dev-infra pick'
    await '3/3' || return
    kill "-$signal" "$(the_process)"
    ended $((128 + $(kill -l "$signal"))) '' || {
      printf 'after SIG%s\n' "$signal" >&2
      return 1
    }
    over
  done
}

@test "it is drawn anew when the terminal changes its size, down to one line" {
  screen 80 24 'dev-infra pick'
  await '3/3'
  keys docs
  await '1/3'
  local size
  for size in '40 10' '200 50' '10 3' '5 1' '100 30'; do
    # shellcheck disable=SC2086
    set -- $size
    tm resize-window -x "$1" -y "$2"
    sleep 0.3
    kill -WINCH "$(the_process)"
  done
  await '1/3'
  await 'Start docs'
  keys Enter
  ended 0 "$SRC/globex/docs"
}

@test "it can be stopped and goes on, and the terminal is the shell's meanwhile" {
  shell
  keys "cd; stty -a >../before; dev-infra pick >../out" Enter
  await '3/3'
  keys sh C-z
  await Stopped
  equal "$(tm display-message -p '#{alternate_on}')" 0
  keys 'stty -a >../between; fg' Enter
  await '1/3'
  # The same by a signal.
  kill -TSTP "$(the_process)"
  await Stopped
  keys 'fg' Enter
  await '1/3'
  keys Enter
  await 'READY'
  keys 'stty -a >../after; echo DO''NE' Enter
  await DONE
  equal "$(cat "$WORLD/out")" "$SRC/acme/shop"
  # bash's own changes to the terminal are in all of them.
  equal "$(settings between)" "$(settings before)"
  equal "$(settings after)" "$(settings before)"
}

@test "where a shell waits for the choice Ctrl-Z does not leave it waiting for ever" {
  shell
  # shellcheck disable=SC2016 # the inner shell's
  keys 'cd; echo "got $(dev-infra pick)"' Enter
  await '3/3'
  keys C-z sh
  await '1/3'
  keys Enter
  await "got $SRC/acme/shop"
}

@test "what is not here is offered to be cloned, and cloned" {
  away
  screen 80 24 'dev-infra pick'
  await '(not here: desk)'
  keys away Enter
  await 'away is not here. Clone it? [y/N]'
  keys n
  await '1/4'
  keys Enter
  await 'Clone it?'
  keys y
  await BACK
  equal "$(cat "$WORLD/status")" 0 "$(cat "$WORLD/err")"
  equal "$(cat "$WORLD/out")" "$(on laptop dev-infra path away)"
  [ -d "$(cat "$WORLD/out")/.git" ]
  holds "$(cat "$WORLD/err")" 'cloned away'
}

@test "--here leaves out what is not here, and a format clones nothing" {
  away
  screen 80 24 'dev-infra pick --here'
  await '3/3'
  keys Escape
  ended 130 ''
  over
  equal "$(on laptop dev-infra pick -1 -q away --format '%(name):%(path)')" 'away:'
}

@test "hostile names steer no terminal, and are printed byte for byte" {
  local name=$'e\033]0;owned\007vil\nx' wide='日本語プロジェクト名' combined=$'e\314\201e\314\201'
  project laptop "src/$name"
  project laptop "src/$wide"
  project laptop "src/$combined"
  succeeds on laptop dev-infra register "src/$name" "src/$wide" "src/$combined"
  screen 40 12 'dev-infra pick -z'
  await '6/6'
  await '日本語プロジェクト'
  await 'owned\avil\nx'
  await $'e\314\201e\314\201'
  equal "$(tm display-message -p '#{pane_title}' | grep -c owned)" 0
  keys owned Enter
  await BACK
  equal "$(tr '\0' '\n' <"$WORLD/out")" "$SRC/$name"
}

@test "what is pasted is text on one line, and no key" {
  screen 80 24 'dev-infra pick'
  await '3/3'
  printf 'sh\nop\033\003' >"$WORLD/pasted"
  tm load-buffer "$WORLD/pasted"
  tm paste-buffer -p
  await '> sh op'
  await '1/3'
  keys Enter
  ended 0 "$SRC/acme/shop"
}

@test "with NO_COLOR there is no colour" {
  screen 80 24 'env NO_COLOR=1 dev-infra pick -q api'
  await '1/3'
  equal "$(tm capture-pane -p -e | grep -c $'\033\[[0-9;]*3[0-7]m')" 0
  keys Escape
  ended 130 ''
}

@test "colours are as git's color.ui has them, which the first screen does not wait for" {
  local command
  colours() { tm capture-pane -p -e | grep -c $'\033\[[0-9;]*3[0-7]m' || true; }
  is_coloured() { [ "$(colours)" -gt 0 ]; }
  for command in 'dev-infra -c color.ui=false pick' 'dev-infra -c color.ui=never pick'; do
    screen 80 24 "$command -q api"
    await 'state:' || return
    equal "$(colours)" 0 "$command" || return
    keys Escape
    ended 130 '' || return
    over
  done
  succeeds on laptop git config --global color.ui false
  screen 80 24 'dev-infra pick -q api'
  await 'state:'
  equal "$(colours)" 0 'color.ui=false'
  keys Escape
  ended 130 ''
  over
  succeeds on laptop dev-infra config color.ui always
  screen 80 24 'dev-infra pick -q api'
  await 'state:'
  eventually is_coloured
  keys Escape
  ended 130 ''
}

@test "the preview tells the state of the checkout at the pointer" {
  touch "$SRC/globex/docs/new"
  git -C "$SRC/globex/docs" checkout -q -b topic
  screen 120 24 'dev-infra pick -q docs'
  await 'state:          topic, 1 untracked'
  await 'Start docs'
  keys Enter
  ended 0 "$SRC/globex/docs"
}

@test "a preview that does not come keeps no key waiting" {
  mkdir bin
  printf '#!/bin/sh\nsleep 30\n' >bin/git
  chmod 755 bin/git
  screen 120 24 "env PATH=$WORLD/bin:$PATH dev-infra pick"
  await '3/3'
  await 'remote:       https://github.com/globex/api.git'
  keys Down Up doc
  await '1/3'
  keys Enter
  ended 0 "$SRC/globex/docs"
}

# shellcheck disable=SC2016,SC2089,SC2128 # the inner shells' own; bats' output is a string
# shell_with LINES COMMAND…: a shell on a terminal that has read the lines at its start; its prompt is READY.
shell_with() {
  SERVER=$((SERVER + 1))
  local start=$1
  shift
  mkdir -p "$WORLD/laptop/.config/fish"
  printf '%s\n' "PS1='READY '" "$start" >"$WORLD/laptop/.bashrc"
  printf '%s\n' "PS1='READY '" 'unsetopt prompt_sp' "$start" >"$WORLD/laptop/.zshrc"
  printf '%s\n' 'set fish_greeting' "function fish_prompt; printf 'READY '; end" "$start" >"$WORLD/laptop/.config/fish/config.fish"
  env HOME="$WORLD/laptop" TERM=screen-256color tmux -L "pick$SERVER" -f /dev/null new-session -d -x 80 -y 24 -c "$WORLD/laptop" "exec $*" \; \
    set-option -g status off
  await READY
}

# shellcheck disable=SC2016,SC2128 # the inner shells' own
@test "p goes to parts of a name, lets one choose, and tells what it does not know: bash, zsh, fish" {
  local shell start
  for shell in 'bash --noprofile' zsh fish; do
    # shellcheck disable=SC2016 # the inner shell's
    case $shell in fish) start='dev-infra shell-init fish | source' ;; *) start="eval \"\$(dev-infra shell-init ${shell%% *})\"" ;; esac
    # shellcheck disable=SC2086
    shell_with "$start" $shell || return
    # shellcheck disable=SC2016 # the inner shell's
    keys 'p globex doc' Enter 'echo "in $PWD"' Enter
    await "in $SRC/globex/docs" || return
    keys 'clear; cd; p glo' Enter
    # One that is used is taken.
    keys 'echo "now $PWD"' Enter
    await "now $SRC/globex/docs" || return
    on laptop dev-infra rank remove docs
    keys 'clear; cd; p glo' Enter
    await '2/3' || return
    keys Space api Enter
    await READY || return
    keys 'clear; echo "then $PWD"' Enter
    await "then $SRC/globex/api" || return
    keys 'clear; cd; p' Enter
    await '3/3' || return
    keys Escape
    await READY || return
    keys 'p zzz' Enter
    await "no project is known by 'zzz'" || return
    on laptop dev-infra rank remove docs api
    over
  done
}

# shellcheck disable=SC2016,SC2089,SC2128 # the inner shells' own
@test "a key puts a path into the line, and on an empty one changes to it: bash, zsh, fish" {
  local shell start
  project laptop 'src/it is $(x)'
  quietly on laptop dev-infra register 'src/it is $(x)'
  for shell in 'bash --noprofile' zsh fish; do
    # shellcheck disable=SC2016 # the inner shell's
    case $shell in
      fish) start='dev-infra shell-init --key alt-o fish | source' ;;
      *) start="eval \"\$(dev-infra shell-init --key alt-o ${shell%% *})\"" ;;
    esac
    # shellcheck disable=SC2086
    shell_with "$start" $shell || return
    sleep 0.5
    keys 'echo x' Space M-o
    await '4/4' || return
    keys it is Enter
    await 'echo x' || return
    sleep 0.5
    keys Enter
    await "x $SRC/it is \$(x)" || return
    keys 'clear' Enter M-o
    await '4/4' || return
    keys shop Enter
    await READY || return
    sleep 0.5
    keys 'echo "in $PWD"' Enter
    await "in $SRC/acme/shop" || return
    over
  done
  refuses 129 "not 'ctrl-1'" dev-infra shell-init --key ctrl-1 bash
  refuses 129 'needs' dev-infra shell-init --key ctrl-m zsh
  refuses 129 'LETTER' dev-infra shell-init --key $'alt-x\'; id' zsh
  equal "$(dev-infra shell-init bash | grep -c ' -x ')" 0
}
