# shellcheck shell=bash
# shellcheck disable=SC2154 # WORLD and REMOTE are set by helper.bash
# Repositories that the laptop has and the desktop is to clone, for tests that have loaded helper.

# begin_clones: a world with both machines; the laptop's registry has a remote.
begin_clones() {
  begin
  begun laptop
  machine desktop
  with_origin
}

# forge PATH [DIR]: a bare repository in the world's forge with one commit, and a clone of it on the laptop.
forge() {
  local bare=$WORLD/forge/$1.git directory=${2:-src/${1//\//-}}
  mkdir -p -- "${bare%/*}"
  git init -q --bare -b main -- "$bare"
  project laptop "$directory" "$bare" "$1"
  git -C "$WORLD/laptop/$directory" push -q origin main
}

# join: registers all of the laptop, pushes, and makes a registry on the desktop from that.
join() {
  mkdir -p "$WORLD/laptop/src"
  on laptop dev-infra register --quiet --recursive src
  on laptop dev-infra push --quiet
  succeeds on desktop dev-infra init --name desktop "$REMOTE"
}

# no_scratch: nothing half-made is left anywhere.
no_scratch() { equal "$(find "$WORLD" -name '.dev-infra-*' ! -path '*/.dev-infra/*')" '' 'scratch directories'; }
