#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# One project by several URLs. Which forms are one is tried by RemoteURLTests; here is what becomes of entries.
#
# Not made one, since nothing says that they are: hosts that merely redirect, but www.github.com; a host's address and its
# name; a profile of CodeCommit and an account; Gerrit's /a/ at a host that is not called so; other ports of ssh.
# `dev-infra.<base>.insteadOf` is for these.

load helper

setup() {
  begin
  machine laptop
  runs 0 on laptop dev-infra init
}

# ssh_config: standard input as the machine's ~/.ssh/config.
ssh_config() {
  mkdir -p "$WORLD/laptop/.ssh"
  cat >"$WORLD/laptop/.ssh/config"
  chmod 600 "$WORLD/laptop/.ssh/config"
}

# checkouts_of PROJECT: the URLs that this machine's checkout has, as JSON.
checkouts_of() { on laptop dev-infra-cat-project --checkouts "$1" | jq -c '[.checkouts[].remotes[]]'; }

# as_before PROJECT RECORD URL: the entry as an older version has made it, with that identity record and URL.
as_before() {
  local id old file
  old=$(id_of laptop "$1")
  id=$(printf '%s\n' "$2" | git hash-object --stdin)
  for file in "projects/${old:0:2}/${old:2}.json" \
    "machines/$(on laptop dev-infra config dev-infra.machine)/checkouts/${old:0:2}/${old:2}.json"; do
    registry_git laptop cat-file blob "main:$file" |
      jq --arg id "$id" --arg record "$2" --arg url "$3" \
        'if has("identity") then .id = $id | .identity = $record | .remote_url = $url elif has("id") then .id = $id else . end' \
        >"$WORLD/entry.json"
    printf '0 %s\t%s\n' 0000000000000000000000000000000000000000 "$file"
    printf '100644 %s\t%s\n' "$(registry_git laptop hash-object -w --stdin <"$WORLD/entry.json")" \
      "${file/${old:0:2}\/${old:2}/${id:0:2}/${id:2}}"
  done >"$WORLD/records"
  runs 0 pipeline laptop "dev-infra-update-registry --index-info -m 'as before' <'$WORLD/records'"
  OLD=$id
}

@test "one repository of Azure DevOps is one project, by whichever form it is cloned" {
  project laptop one 'git@ssh.dev.azure.com:v3/Org/My%20Proj/Repo' repo
  project laptop two 'https://Org@dev.azure.com/Org/My%20Proj/_git/Repo' repo
  project laptop three 'https://org.visualstudio.com/DefaultCollection/My%20Proj/_git/Repo' other
  project laptop four 'https://dev.azure.com/Org/My%20Proj/_git/Repo2' repo
  quietly on laptop dev-infra register one two three four
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' | sort)" \
    "$WORLD/laptop/four
$WORLD/laptop/one,$WORLD/laptop/three,$WORLD/laptop/two"
  # A person's name in it is no secret, and is not called one.
  quietly on laptop dev-infra refresh
}

@test "the id is the hash of the normalised URL, as check-url and hash-project say it" {
  local url
  project laptop app ssh://git@ssh.github.com:443/Acme/App.git
  quietly on laptop dev-infra register app
  quietly on laptop dev-infra-check-url --normalize ssh://git@ssh.github.com:443/Acme/App.git
  url=$output
  equal "$url" github.com/acme/app
  equal "$(on laptop dev-infra-hash-project --identity app)" "remote $url"
  equal "$(id_of laptop app)" "$(printf 'remote %s\n' "$url" | git hash-object --stdin)"
}

@test "an entry of an older version, with another normal form, keeps its id and is found" {
  local before
  project laptop app git@ssh.dev.azure.com:v3/Org/Proj/Repo
  quietly on laptop dev-infra register app
  as_before app 'remote ssh.dev.azure.com/v3/Org/Proj/Repo' git@ssh.dev.azure.com:v3/Org/Proj/Repo
  equal "$(id_of laptop app)" "$OLD"
  sound laptop
  before=$(commits_of laptop)
  quietly on laptop dev-infra register app
  quietly on laptop dev-infra refresh
  equal "$(commits_of laptop)" "$before" 'a commit'
  # Another clone by another form is a path of it.
  project laptop again https://dev.azure.com/Org/Proj/_git/Repo app
  quietly on laptop dev-infra register again
  equal "$(on laptop dev-infra-ls-projects --all --format='%(id)')" "$OLD"
  # A machine that registers it by itself, under the id of today, gets the same entry.
  machine desk
  runs 0 on desk dev-infra init
  project desk src/app https://dev.azure.com/Org/Proj/_git/Repo app
  quietly on desk dev-infra register src/app
  bare_remote registry
  for name in laptop desk; do quietly on "$name" dev-infra remote add origin "$REMOTE"; done
  converge laptop desk
  equal "$(names_of laptop --all) $(names_of desk --all)" 'app app'
  sound laptop desk
}

@test "an alias of ssh's configuration is the host that it stands for, and ssh is not asked" {
  mkdir -p "$WORLD/bin"
  printf '#!/bin/sh\n: >"%s/ssh-ran"\nexit 255\n' "$WORLD" >"$WORLD/bin/ssh"
  chmod +x "$WORLD/bin/ssh"
  PATH=$WORLD/bin:$PATH
  ssh_config <<END
Match exec "touch $WORLD/pwned"
  HostName evil.example.org
Host gh-work
  HostName github.com
  User git
Host nas
  HostName nas.example.org
  Port 2222
Host gitlab.com
  HostName altssh.gitlab.com
  Port 443
END
  project laptop s1 gh-work:acme/shop.git
  project laptop s2 git@github.com:acme/shop.git other
  project laptop s3 git@github.com:acme/other.git
  project laptop s4 ssh://gh-work/acme/shop third
  project laptop n1 ann@nas:x.git
  project laptop l1 git@gitlab.com:acme/lib.git
  quietly on laptop dev-infra register s1 s2 s3 s4 n1 l1
  equal "$(names_of laptop)" 'l1 n1 s1 s3'
  equal "$(field laptop s1 remote_url)" '"git@github.com:acme/shop.git"'
  equal "$(field laptop n1 remote_url)" '"[ann@nas.example.org:2222]:x.git"'
  equal "$(field laptop l1 remote_url)" '"git@gitlab.com:acme/lib.git"'
  equal "$(on laptop dev-infra-hash-project --identity s1)" 'remote github.com/acme/shop'
  # The checkout has what the repository has, and nothing changes at the next look.
  equal "$(checkouts_of n1)" '["ann@nas:x.git"]'
  quietly on laptop dev-infra refresh
  assert_output ''
  quietly on laptop dev-infra path s1
  [ ! -e "$WORLD/ssh-ran" ] || explain 'ssh was run'
  nothing_ran
}

@test "an entry that was made before its alias was known is mended, and keeps its id" {
  local id
  project laptop app work:acme/app.git
  quietly on laptop dev-infra register app
  id=$(id_of laptop app)
  equal "$(field laptop app remote_url)" '"work:acme/app.git"'
  ssh_config <<<$'Host work\nHostName github.com\nUser git'
  # Another clone of it is found by what both have, also before the entry is mended.
  project laptop third work:acme/app.git more
  quietly on laptop dev-infra register third
  equal "$(names_of laptop)" app
  runs 0 on laptop dev-infra refresh app
  equal "$(field laptop app remote_url)" '"git@github.com:acme/app.git"'
  project laptop again https://github.com/acme/app other
  quietly on laptop dev-infra register again
  equal "$(on laptop dev-infra-ls-projects --format='%(id)')" "$id"
}

@test "a configuration of ssh that others may write is not read, nor where it is switched off" {
  ssh_config <<<$'Host work\nHostName github.com\nUser git'
  project laptop app work:acme/app.git
  chmod 666 "$WORLD/laptop/.ssh/config"
  equal "$(on laptop dev-infra-hash-project --identity app)" 'remote work/acme/app'
  chmod 600 "$WORLD/laptop/.ssh/config"
  equal "$(on laptop dev-infra-hash-project --identity app)" 'remote github.com/acme/app'
  on laptop dev-infra config dev-infra.sshConfig none
  equal "$(on laptop dev-infra-hash-project --identity app)" 'remote work/acme/app'
  printf 'Host work\nHostName gitlab.com\n' >"$WORLD/laptop/other"
  on laptop dev-infra config dev-infra.sshConfig "$WORLD/laptop/other"
  equal "$(on laptop dev-infra-hash-project --identity app)" 'remote gitlab.com/acme/app'
}

@test "a prefix of the registry's configuration makes one of what nothing else tells" {
  on laptop dev-infra config --add dev-infra.https://code.example.org/.insteadOf ssh://git@code.example.org:2222/
  on laptop dev-infra config --add dev-infra.https://code.example.org/.insteadOf https://10.0.0.7/a/
  project laptop one ssh://git@code.example.org:2222/team/app.git
  project laptop two https://10.0.0.7/a/team/app other
  project laptop three https://code.example.org/team/app third
  project laptop four https://10.0.0.8/a/team/app fourth
  quietly on laptop dev-infra register one two three four
  equal "$(names_of laptop)" 'four one'
  equal "$(field laptop one remote_url)" '"https://code.example.org/team/app.git"'
  equal "$(checkouts_of one)" '["ssh://git@code.example.org:2222/team/app.git"]'
  # What the setting makes of a URL goes through the same rules as any other.
  on laptop dev-infra config --add 'dev-infra.ext::sh -c touch% pwned .insteadOf' https://bad.example.org/
  project laptop five https://bad.example.org/x
  quietly on laptop dev-infra register five
  equal "$(field laptop five remote_url)" '"https://bad.example.org/x"'
  nothing_ran
}
