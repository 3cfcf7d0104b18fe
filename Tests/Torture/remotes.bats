#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # stderr is set by bats' run
# Remotes that are far larger than any registry should be.
#
#     ENTRIES=200000 BLOB=104857600

load ../EndToEnd/helper
load part

setup() {
  once 1
  begin
  machine laptop
  bare_remote registry
  project laptop app https://example.org/app.git
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra push
  machine desktop
  succeeds on desktop dev-infra init --name desktop "$REMOTE"
  succeeds on laptop dev-infra set app description=good
  succeeds on laptop dev-infra push
}

# measured COMMAND…: runs it on the desktop; sets status, stderr, PEAK (kilobytes) and SECONDS_TAKEN.
measured() {
  local start=$EPOCHREALTIME
  status=0
  on desktop python3 -c '
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as file: print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
sys.exit(code)' "$BATS_TEST_TMPDIR/peak" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
  stderr=$(tail -c 5000 "$BATS_TEST_TMPDIR/err")
  PEAK=$(cat "$BATS_TEST_TMPDIR/peak")
  SECONDS_TAKEN=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000000))
  printf '# %s: status %s, %s s, %s MB\n' "$*" "$status" "$SECONDS_TAKEN" $((PEAK / 1024)) >&3
}

@test "a blob of 100 MB among the entries is set aside by name, and the rest comes" {
  local id
  id=1234567890123456789012345678901234567890
  (
    GIT_DIR=$REMOTE GIT_INDEX_FILE=$BATS_TEST_TMPDIR/index
    export GIT_DIR GIT_INDEX_FILE
    git read-tree main
    git update-index --add --cacheinfo \
      "100644,$({ printf '{"x": "'; head -c "${BLOB:-104857600}" /dev/urandom | base64 -w 0; printf '"}'; } | git hash-object -w --stdin),projects/12/${id:2}.json"
    git update-ref refs/heads/main "$(git -c user.name=x -c user.email=x@x commit-tree -p main -m large "$(git write-tree)")"
  )
  # A busy machine may take longer than ten seconds to pack a blob of that size, and says nothing meanwhile.
  measured dev-infra pull --timeout 120
  equal "$status" 0 "$stderr"
  holds "$stderr" "set aside projects/12/${id:2}.json"
  equal "$(field desktop app description)" '"good"'
  equal "$(names_of desktop --all)" app
  [ "$PEAK" -lt 600000 ]
  sound desktop
}

@test "200,000 entries come, or are refused, within minutes and a gigabyte; and the registry works afterwards" {
  on laptop dev-infra-cat-project app >entry
  python3 - "${ENTRIES:-200000}" >stream <<'END'
import hashlib, json, sys
entry = json.load(open("entry"))
out = sys.stdout.buffer
out.write(b"commit refs/heads/main\ncommitter x <x@x> 1700000000 +0000\ndata 4\nmany\nfrom refs/heads/main^0\n")
for number in range(int(sys.argv[1])):
    record = f"remote example.org/many/{number}"
    body = (record + "\n").encode()
    one = dict(entry, identity=record, name=f"many-{number}", remote_url=f"https://example.org/many/{number}.git")
    one.pop("root_commit", None)
    one["id"] = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
    text = (json.dumps(one, indent=2, sort_keys=True) + "\n").encode()
    out.write(b"M 100644 inline projects/%s/%s.json\ndata %d\n%s\n" % (one["id"][:2].encode(), one["id"][2:].encode(), len(text), text))
END
  git --git-dir="$REMOTE" fast-import --quiet <stream
  rm stream
  measured dev-infra pull --quiet --timeout 120
  case $status in
    0) equal "$(registry_git desktop ls-tree -r --name-only main projects | wc -l)" $((${ENTRIES:-200000} + 1)) ;;
    128) equal "$(names_of desktop --all)" app ;;
    *) equal "$status" '0 or 128' "$stderr" ;;
  esac
  [ "$PEAK" -lt 1200000 ]
  [ "$SECONDS_TAKEN" -lt 600 ]
  equal "$(field desktop app name)" '"app"'
  measured dev-infra list
  equal "$status" 1 || equal "$status" 0
  succeeds on desktop dev-infra set app description=mine
  equal "$(field desktop app description)" '"mine"'
  succeeds on desktop dev-infra push
  succeeds on desktop dev-infra-verify-registry
}
