# shellcheck shell=bash
# A file system on a loop device whose power can be cut, for tests that have loaded helper and disk.

# build_shutdown: compiles the ioctl; sets SHUTDOWN.
build_shutdown() {
  SHUTDOWN=$BATS_RUN_TMPDIR/shutdown
  if [ ! -x "$SHUTDOWN" ]; then cc -O1 -o "$SHUTDOWN" "${BASH_SOURCE[0]%/*}/shutdown.c"; fi
}

# make_disk KIND: an image with that file system, mounted at $WORLD/disk; skips the test where that is not allowed.
make_disk() {
  local path=$PATH
  PATH=$PATH:/usr/sbin:/sbin
  command -v "mkfs.$1" >/dev/null || skip "there is no mkfs.$1"
  [ "$(id -u)" -eq 0 ] || skip 'mounting a file system needs root'
  # xfs takes no less than 300 MB.
  truncate -s 320M "$BATS_TEST_TMPDIR/image"
  "mkfs.$1" -q "$BATS_TEST_TMPDIR/image"
  PATH=$path
  mkdir -p "$WORLD/disk"
  mount -o loop "$BATS_TEST_TMPDIR/image" "$WORLD/disk" 2>/dev/null || skip 'loop devices are not allowed here'
}

# cut_power: what was not written to the disk until now is lost; the file system comes back as after a crash.
cut_power() {
  "$SHUTDOWN" "$WORLD/disk"
  umount "$WORLD/disk"
  mount -o loop "$BATS_TEST_TMPDIR/image" "$WORLD/disk"
}
