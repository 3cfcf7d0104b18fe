# shellcheck shell=bash
# shellcheck disable=SC2154 # WORLD and REMOTE are set by helper.bash
# Encrypted remotes: people with keys of gpg, and their machines. Its setup is begin_encrypted.

setup_file() {
  # The agent's socket has to fit into a hundred bytes.
  KEYS=$(mktemp -d /tmp/di-keys.XXXXXX)
  export KEYS
  new_home ann
  new_home ben
  new_home eve
  # Two people know each other's keys.
  GNUPGHOME=$KEYS/ben gpg --batch --quiet --export | GNUPGHOME=$KEYS/ann gpg --batch --quiet --import
  GNUPGHOME=$KEYS/ann gpg --batch --quiet --export | GNUPGHOME=$KEYS/ben gpg --batch --quiet --import
}

# new_home NAME: a home of gpg with one key that has no passphrase.
new_home() {
  mkdir -m 700 "$KEYS/$1"
  GNUPGHOME=$KEYS/$1 gpg --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "$1 <$1@example.org>" future-default default never
}

teardown_file() {
  local name
  for name in ann ben eve; do gpgconf --homedir "$KEYS/$name" --kill gpg-agent; done
  rm -rf "$KEYS"
}

# fingerprint NAME
fingerprint() { GNUPGHOME=$KEYS/$1 gpg --batch --with-colons --list-secret-keys | awk -F : '$1 == "fpr" { print $10; exit }'; }

# encrypted_pair: projects on a laptop, whose encrypted remote a desktop has joined.
encrypted_pair() {
  app_and_lib
  succeeds on laptop dev-infra remote add --encrypt origin "$REMOTE"
  succeeds on laptop dev-infra push
  succeeds on desktop dev-infra init --name desktop --encrypt "$REMOTE"
}

# begin_encrypted: two machines of the first of these people, and a host for their registries.
begin_encrypted() {
  begin
  export GNUPGHOME=$KEYS/ann
  machine laptop
  machine desktop
  bare_remote hidden
}

# both_push COUNT: two machines register and push so many projects each, at once; nothing is lost.
both_push() {
  local count=$1 name number jobs=()
  encrypted_pair
  for name in laptop desktop; do
    (
      for number in $(seq "$count"); do
        project "$name" "src/$name$number" "https://h.example/$name$number"
        on "$name" dev-infra register --quiet "src/$name$number" && on "$name" dev-infra push --quiet || exit 1
      done
    ) >"$WORLD/$name.log" 2>&1 3>&- &
    jobs+=($!)
  done
  for number in "${jobs[@]}"; do wait "$number" || explain "$(cat "$WORLD"/*.log)" || return; done
  # A machine that has taken part in nothing has all of it from the host alone.
  machine third
  succeeds on third dev-infra init --name third --encrypt "$REMOTE"
  equal "$(names_of third --all | wc -w)" $((2 + 2 * count)) 'the projects of both'
}
