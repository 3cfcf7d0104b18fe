#!/usr/bin/env bats
# shellcheck disable=SC2154 # stderr is set by bats' run
# Encrypted remotes: what the host sees, several machines, keys; and remote helpers that a person allows by name.

load helper
load support/encrypted

setup() { begin_encrypted; }

# settle: both machines bring and send until neither has anything new.
settle() {
  local name
  for name in laptop desktop laptop desktop; do succeeds on "$name" dev-infra sync; done
}

@test "one line adds an encrypted remote, a second machine joins by one, and both see the other's projects" {
  encrypted_pair
  equal "$(names_of desktop --all)" 'app lib'
  project desktop src/tool https://h.example/tool
  succeeds on desktop dev-infra register src/tool
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(names_of laptop --all)" 'app lib tool'
  settle
  equal "$(tree_of laptop)" "$(tree_of desktop)"
  # Nothing is left to do, and nothing is sent.
  local before
  before=$(git --git-dir="$REMOTE" rev-parse refs/heads/master)
  succeeds on laptop dev-infra push --no-state
  assert_stderr_has 'up to date'
  equal "$(git --git-dir="$REMOTE" rev-parse refs/heads/master)" "$before"
}

@test "what is allowed stands in the registry's own settings, and no variable is needed" {
  encrypted_pair
  equal "$(on laptop dev-infra config dev-infra.remoteHelper)" gcrypt
  equal "$(on laptop dev-infra remote -v | cut -f 2 | head -n 1)" "gcrypt::$REMOTE (fetch)"
  equal "$(on laptop dev-infra config remote.origin.gcrypt-participants)" "$(fingerprint ann)"
  # A person's own list counts alone, as before.
  GIT_ALLOW_PROTOCOL=https:ssh refuses 128 'not allowed' on laptop dev-infra push
}

@test "the host sees no name, no path, no URL, no machine and no key" {
  project laptop 'src/Secret Project' https://github.com/acme/secret-project.git
  succeeds on laptop dev-infra init --name 'laptop-of-ann'
  succeeds on laptop dev-infra register 'src/Secret Project'
  on laptop dev-infra set 'Secret Project' description='Nobody must know' tags=hush
  succeeds on laptop dev-infra config dev-infra.state branches
  succeeds on laptop dev-infra remote add --encrypt origin "$REMOTE"
  succeeds on laptop dev-infra push
  # What git itself puts into every repository.
  rm -rf "$REMOTE/hooks" "$REMOTE/info" "$REMOTE/description"
  local word object
  # Every object, and every file that is not one.
  git --git-dir="$REMOTE" cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)' >"$WORLD/objects"
  [ -s "$WORLD/objects" ]
  while read -r object type; do git --git-dir="$REMOTE" cat-file "$type" "$object"; done <"$WORLD/objects" >"$WORLD/seen"
  find "$REMOTE" -type f ! -path '*/objects/*' -exec cat {} + >>"$WORLD/seen"
  find "$REMOTE" | sed "s#^$REMOTE##" >>"$WORLD/seen"
  for word in Secret secret acme github laptop ann hush Nobody "$WORLD/laptop" "$(fingerprint ann)" "$(fingerprint ann | tail -c 17)" \
    "$(id_of laptop 'Secret Project')" "$(id_of_machine laptop)" dev-infra registry projects/ machines/ refs/dev-infra; do
    if grep -qaiF -- "$word" "$WORLD/seen"; then explain "the host sees '$word'"; fi
  done
  equal "$(git --git-dir="$REMOTE" for-each-ref --format='%(refname)')" refs/heads/master
  # Nor is anything of it in the clear among what gpg was given.
  git --git-dir="$REMOTE" log --format='%an %ae %s' master >"$WORLD/log"
  equal "$(sort -u "$WORLD/log")" 'root root@localhost Initial commit'
}

@test "--dry-run sends nothing, and says what would be sent; the state of checkouts does not travel" {
  encrypted_pair
  succeeds on laptop dev-infra config dev-infra.state branches
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra pull
  equal "$(registry_git desktop for-each-ref refs/dev-infra/state)" ''
  project laptop src/more https://h.example/more
  succeeds on laptop dev-infra register src/more
  local before
  before=$(git --git-dir="$REMOTE" rev-parse refs/heads/master)
  succeeds on laptop dev-infra push --dry-run
  assert_stderr_has 'Would send 1 project'
  equal "$(git --git-dir="$REMOTE" rev-parse refs/heads/master)" "$before"
}

@test "a push that was overtaken is merged and sent again: nothing of the faster one is lost" {
  encrypted_pair
  # Between what the laptop fetches and what it sends, the desktop pushes.
  project desktop src/faster https://h.example/faster
  project laptop src/slower https://h.example/slower
  succeeds on desktop dev-infra register src/faster
  succeeds on laptop dev-infra register src/slower
  mkdir "$WORLD/bin"
  cat >"$WORLD/bin/git" <<END
#!/bin/sh
case " \$* " in
*--force-with-lease*)
	if [ -e "$WORLD/once" ]; then
		rm "$WORLD/once"
		env -u GIT_ALLOW_PROTOCOL HOME="$WORLD/desktop" DEV_INFRA_DIR="$WORLD/desktop/.dev-infra" PATH="$PATH" dev-infra push >"$WORLD/other" 2>&1
	fi
	;;
esac
exec /usr/bin/git "\$@"
END
  chmod +x "$WORLD/bin/git"
  touch "$WORLD/once"
  PATH=$WORLD/bin:$PATH succeeds on laptop dev-infra push
  [ ! -e "$WORLD/once" ] || explain 'the desktop did not push'
  grep -q '^Sent' "$WORLD/other"
  settle
  equal "$(names_of laptop --all)" 'app faster lib slower'
  equal "$(names_of desktop --all)" 'app faster lib slower'
}

@test "two machines that push at once, often: nothing is lost" {
  # As often as the manual's promise was tried with: `make torture`.
  both_push 3
}

@test "commands of one machine that go to encrypted remotes at once wait for each other" {
  encrypted_pair
  local number jobs=()
  for number in 1 2 3; do
    on laptop dev-infra fetch >"$WORLD/fetch$number" 2>&1 3>&- &
    jobs+=($!)
  done
  for number in "${jobs[@]}"; do wait "$number" || explain "$(cat "$WORLD"/fetch*)"; done
  succeeds on laptop dev-infra verify
}

@test "keys: none, several, unknown, somebody else's" {
  app_and_lib
  GNUPGHOME=$KEYS/nobody
  mkdir -m 700 "$GNUPGHOME"
  refuses 128 'no key of yours' on laptop dev-infra remote add --encrypt origin "$REMOTE"
  GNUPGHOME=$KEYS/ann
  refuses 128 "no key 'zoe@example.org'" on laptop dev-infra remote add --encrypt zoe@example.org origin "$REMOTE"
  refuses 128 'none of these keys is yours' on laptop dev-infra remote add --encrypt ben@example.org origin "$REMOTE"
  refuses 128 "several keys fit" on laptop dev-infra remote add --encrypt example.org origin "$REMOTE"
  refuses 128 'not a key' on laptop dev-infra remote add --encrypt -- --export origin "$REMOTE"
  refuses 129 'are missing' on laptop dev-infra remote add --encrypt
  refuses 128 'takes what is behind a #' on laptop dev-infra remote add --encrypt origin "$REMOTE#x"
  refuses 128 'not a URL that git takes' on laptop dev-infra remote add --encrypt origin "gcrypt::$REMOTE"
  refuses 128 'not a URL that git takes' on laptop dev-infra remote add --encrypt origin 'ext::sh -c true'
  refuses 129 'exclude each other' on laptop dev-infra remote add --encrypt --work-prod origin https://h.example
  mkdir "$WORLD/bin"
  ln -s "$DEV_INFRA_PREFIX"/bin/* /usr/bin/{git,sh,env,id,sed,awk,cat,cp,cmp,mv,rm,ls,od,date,sleep,mktemp,mkdir,tr,sync,grep,getent} "$WORLD/bin"
  refuses 128 "unable to find remote helper for 'gcrypt'" on laptop env PATH="$WORLD/bin" dev-infra remote add --encrypt origin "$REMOTE"
}

@test "two people with a key each: one that names fewer keys is kept from shutting the other out" {
  app_and_lib
  succeeds on laptop dev-infra remote add --encrypt ann@example.org ben@example.org origin "$REMOTE"
  succeeds on laptop dev-infra push
  GNUPGHOME=$KEYS/ben
  succeeds on desktop dev-infra init --name desktop --encrypt ben@example.org ann@example.org "$REMOTE"
  equal "$(names_of desktop --all)" 'app lib'
  project desktop src/tool https://h.example/tool
  succeeds on desktop dev-infra register src/tool
  succeeds on desktop dev-infra push
  GNUPGHOME=$KEYS/ann
  succeeds on laptop dev-infra pull
  equal "$(names_of laptop --all)" 'app lib tool'
  on laptop dev-infra set --quiet lib description=mine
  succeeds on laptop dev-infra push
  # Somebody else reads nothing.
  machine stranger
  GNUPGHOME=$KEYS/eve
  refuses 128 'failed' on stranger dev-infra init --encrypt "$REMOTE"
  [ ! -e "$WORLD/stranger/.dev-infra" ]
  GNUPGHOME=$KEYS/ann
  on laptop dev-infra config remote.origin.gcrypt-participants "$(fingerprint ann)"
  on laptop dev-infra set --quiet app description=changed
  refuses 128 'encrypted to 2 keys' on laptop dev-infra push
  # On purpose it can be done.
  runs 0 on laptop dev-infra remote set-keys origin ann@example.org
  succeeds on laptop dev-infra push
  runs 1 on laptop dev-infra config remote.origin.gcrypt-newKeys
  GNUPGHOME=$KEYS/ben
  refuses 128 'failed' on desktop dev-infra fetch
}

@test "another URL of an encrypted remote is encrypted too, and set-keys is for such remotes alone" {
  encrypted_pair
  git clone -q --mirror "$REMOTE" "$WORLD/forge/moved.git"
  succeeds on laptop dev-infra remote set-url origin "$WORLD/forge/moved.git"
  equal "$(on laptop dev-infra remote get-url origin)" "gcrypt::$WORLD/forge/moved.git"
  succeeds on laptop dev-infra fetch
  bare_remote plain
  succeeds on laptop dev-infra remote add plain "$REMOTE"
  refuses 128 'not encrypted' on laptop dev-infra remote set-keys plain
  succeeds on laptop dev-infra remote rename origin other
  succeeds on laptop dev-infra fetch other
  succeeds on laptop dev-infra remote remove other
  runs 1 on laptop dev-infra config remote.other.gcrypt-participants
}

@test "a host that was emptied is filled again, and a copy that was damaged or removed is brought anew" {
  encrypted_pair
  rm -rf "$WORLD/laptop/.dev-infra/cache/encrypted"
  succeeds on laptop dev-infra fetch
  printf 'rubbish' >"$(echo "$WORLD"/laptop/.dev-infra/cache/encrypted/*.git/HEAD)"
  succeeds on laptop dev-infra fetch
  # What git lets go of is brought again as well.
  rm -rf "$WORLD/laptop/.dev-infra/remote-gcrypt"
  succeeds on laptop dev-infra fetch
  git --git-dir="$REMOTE" update-ref -d refs/heads/master
  on laptop dev-infra set app description=again
  runs 0 on laptop dev-infra push
  assert_stderr_has 'was emptied'
  succeeds on desktop dev-infra pull
  equal "$(field desktop app description)" '"again"'
}

@test "doctor knows encrypted remotes, asks the host with --online, and names what is missing" {
  encrypted_pair
  runs 0 on laptop dev-infra doctor --online --json
  equal "$(jq -r '.facts.remotes["origin answers"][0]' <<<"$output")" yes
  mkdir "$WORLD/bin"
  ln -s "$DEV_INFRA_PREFIX"/bin/* /usr/bin/{git,sh,env} "$WORLD/bin"
  runs 1 on laptop env PATH="$WORLD/bin" dev-infra doctor --json
  equal "$(jq -r '.findings[] | select(.code == "helper-missing").what' <<<"$output" | grep -c 'git-remote-gcrypt')" 1
}

# ---------------------------------------------------------------- other remote helpers

# helper_program NAME: a remote helper that has its address read as a path, and says that it was run.
helper_program() {
  mkdir -p "$WORLD/bin"
  cat >"$WORLD/bin/git-remote-$1" <<END
#!/bin/sh
echo "\$2" >>"$WORLD/ran"
while read -r line; do
	case \$line in
	capabilities) printf 'connect\n\n' ;;
	connect\ *)
		echo
		exec git "\${line#connect git-}" "\${2#*//}"
		;;
	esac
done
END
  chmod +x "$WORLD/bin/git-remote-$1"
  PATH=$WORLD/bin:$PATH
}

@test "a remote helper that a person names is allowed from then on, and no other" {
  app_and_lib
  helper_program store
  helper_program evil
  refuses 128 'not allowed' on laptop dev-infra remote add origin "store::$REMOTE"
  succeeds on laptop dev-infra remote add --helper store origin "store::$REMOTE"
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra init --name desktop
  succeeds on desktop dev-infra remote add --helper store origin "store://$REMOTE"
  succeeds on desktop dev-infra pull
  equal "$(names_of desktop --all)" 'app lib'
  # Another URL that needs it, and one that needs another.
  succeeds on laptop dev-infra remote set-url origin "store://$REMOTE"
  refuses 128 'not allowed' on laptop dev-infra remote set-url origin "evil::$REMOTE"
  git config --file "$WORLD/laptop/.dev-infra/config" remote.origin.url "evil::$REMOTE"
  refuses 128 'not allowed' on laptop dev-infra fetch
  run ! grep -q evil "$WORLD/ran"
  refuses 128 'is never used' on laptop dev-infra remote add --helper ext other 'ext::sh -c true'
  refuses 128 'is never used' on laptop dev-infra remote add --helper fd other 'fd::7'
  refuses 128 'not the name of a remote helper' on laptop dev-infra remote add --helper ../x other x::y
  refuses 128 "unable to find remote helper for 'nosuch'" on laptop dev-infra remote add --helper nosuch other nosuch::y
}

@test "ext stays refused where somebody writes it into the settings" {
  app_and_lib
  git config --file "$WORLD/laptop/.dev-infra/config" --add dev-infra.remoteHelper ext
  git config --file "$WORLD/laptop/.dev-infra/config" --add dev-infra.remoteHelper fd
  git config --file "$WORLD/laptop/.dev-infra/config" remote.origin.url "ext::sh -c 'touch $WORLD/ran'"
  refuses 128 'not allowed' on laptop dev-infra fetch
  refuses 128 'not allowed' on laptop dev-infra push
  [ ! -e "$WORLD/ran" ]
}

@test "what projects and remotes say reaches no helper, although the registry's remotes may use it" {
  app_and_lib
  helper_program store
  succeeds on laptop dev-infra remote add --helper store origin "store::$REMOTE"
  succeeds on laptop dev-infra push
  rm "$WORLD/ran"
  # The user's own configuration, the command line and the environment are not the registry's own file.
  git config --file "$WORLD/laptop/.gitconfig" dev-infra.remoteHelper other
  helper_program other
  git config --file "$WORLD/laptop/.dev-infra/config" remote.more.url "other::$REMOTE"
  refuses 128 'not allowed' on laptop dev-infra fetch more
  refuses 128 'not allowed' on laptop dev-infra -c dev-infra.remoteHelper=other fetch more
  # A repository, a metadata file, and another machine's entry. (What a person has as a remote of their own repository, git and
  # 'update' fetch from as git's protocol.allow has it.)
  project laptop src/bad "store::$REMOTE"
  printf 'name: bad\nremote_url: store::%s\n' "$REMOTE" >"$WORLD/laptop/src/bad/.dev-infra.yml"
  run on laptop dev-infra register src/bad
  run on laptop dev-infra clone "store::$REMOTE"
  run on laptop dev-infra clone --missing
  run on laptop dev-infra new --template "store::$REMOTE" src/made
  git -C "$WORLD/laptop/src/app" remote set-url origin "store::$REMOTE"
  run on laptop dev-infra refresh
  run on laptop dev-infra state
  [ ! -e "$WORLD/ran" ] || explain "run for: $(cat "$WORLD/ran")"
  on laptop dev-infra cat-project app >"$WORLD/entry"
  run ! grep -q store:: "$WORLD/entry"
}
