#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# dev-infra-fill-template: what its page says, on its own.

load helper

setup() {
  begin
  machine laptop
  mkdir -p laptop/t/src
}

fill() { on laptop dev-infra-fill-template "$@"; }

# makes_nothing: neither the target nor a scratch directory beside it.
makes_nothing() { equal "$(find "$WORLD/laptop" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -s -d ' ')" '.gitconfig t' 'left behind'; }

@test "text and names are filled, the last value of a key counts, and what was made is printed" {
  printf 'Hello from {{name}}{{none}} {{html}}\n' >'laptop/t/src/{{name}}.txt'
  printf 'x\n' >laptop/t/.gitignore.mustache
  quietly fill --set name=no --set name=tide --set none= --set 'html=<&=>' t p
  assert_output $'.gitignore\nsrc/tide.txt'
  equal "$(cat laptop/p/src/tide.txt)" 'Hello from tide <&=>'
}

@test "names that have broken programs are made as they are, and -z quotes none of them" {
  local name
  hostile_names
  for name in "${HOSTILE[@]}"; do printf '{{v}}' >"laptop/t/$name"; done
  fill -z --set v=y t p >records
  equal "$(tr '\0' '\n' <records | LC_ALL=C sort | cksum)" "$(cd laptop/t && find . -type f -printf '%P\n' | LC_ALL=C sort | cksum)"
  for name in "${HOSTILE[@]}"; do equal "$(cat "laptop/p/$name")" y; done
  nothing_ran
}

@test "a template or a target that will not do is fatal, and nothing is made" {
  refuses 128 nowhere fill nowhere p
  printf 'x\n{{#a}}' >laptop/t/f
  refuses 128 "line 2, column 1: the section 'a' does not end" fill --set a= t p
  rm laptop/t/f
  ln -s /etc/passwd laptop/t/l
  refuses 128 'absolute path' fill t p
  makes_nothing
  rm laptop/t/l
  mkdir laptop/p
  printf 'mine\n' >laptop/p/f
  refuses 128 "$WORLD/laptop/p" fill t p
  equal "$(cat laptop/p/f)" mine
}

@test "a command line that is wrong ends with 129, and nothing is made" {
  refuses 129 'KEY=VALUE' fill --set name t p
  refuses 129 'KEY=VALUE' fill --set =x t p
  refuses 129 'not UTF-8' fill --set $'k=\xff' t p
  runs 129 fill t
  makes_nothing
}
