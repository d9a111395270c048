#!/usr/bin/env bash
# find and `check --level quick` on 10,000 versions that no cache knows: cold.sh FOLDER [ROUNDS], as root on Linux.
#
# The tree of bench.mjs is copied into a file system of its own (an image of 3 GB below FOLDER), which is unmounted, and
# dropped from the page cache, before every run. Prints clock, user, system (seconds) and peak memory (KB).
set -euo pipefail
folder=${1:?usage: cold.sh FOLDER [ROUNDS]}
bin=$(cd "$(dirname "$0")/../.." && pwd)/packages/servable/dist/bin.js
cd "$folder"
mkdir -p cold
if [ ! -e cold.img ]; then
  truncate -s 3G cold.img
  mkfs.ext4 -q -F -N 200000 cold.img
  mount -o loop cold.img cold
  cp -r tree cold/tree
  umount cold
fi
run() {
  sync cold.img
  dd if=cold.img iflag=nocache count=0 status=none
  mount -o loop cold.img cold
  /usr/bin/time -f "$1: %e %U %S %M" "${@:2}" > /dev/null
  umount cold
}
for _ in $(seq "${2:-5}"); do
  run find find cold/tree -type f
  run "check --level quick" node "$bin" check cold/tree --level quick
done
