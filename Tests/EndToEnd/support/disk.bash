# shellcheck shell=bash
# A file system of the test's own at $WORLD/disk, for tests that have loaded helper: small, to be filled. `drop_disk` in the
# teardown takes it away.

# small_disk SIZE: makes it; the test is skipped where that cannot be had.
small_disk() {
  mkdir -p "$WORLD/disk"
  mount -t tmpfs -o "size=$1" tmpfs "$WORLD/disk" 2>/dev/null || skip 'mounting a file system needs root'
}

# registry_to_disk MACHINE: moves the machine's registry there, and leaves a link to it.
registry_to_disk() {
  mv "$(registry_of "$1")" "$WORLD/disk/registry"
  ln -s "$WORLD/disk/registry" "$(registry_of "$1")"
}

# fill_disk [BLOCKS]: leaves so many blocks of 4096 bytes free, or none, until `clear_disk`.
fill_disk() {
  dd if=/dev/zero of="$WORLD/disk/filler" bs=4096 2>/dev/null || true
  truncate -s "-$((${1:-0} * 4096))" "$WORLD/disk/filler"
}

clear_disk() { rm "$WORLD/disk/filler"; }

drop_disk() {
  if mountpoint -q "$WORLD/disk" 2>/dev/null; then umount "$WORLD/disk" || umount -l "$WORLD/disk"; fi
}
