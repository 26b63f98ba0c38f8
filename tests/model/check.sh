#!/bin/sh
# Searches docs/protocol.pml: four budgets of faults without an error, and each of the six guards
# removed once, which must be refuted. Needs spin and cc; a search that does not end fails.
set -u
model="$(cd "$(dirname "$0")/../.." && pwd)/docs/protocol.pml"
command -v spin >/dev/null || { echo "spin is not installed: apt-get install spin"; exit 77; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0

# search NAME FLAGS...: prints `none`, `found` or `unfinished`
search() {
  mkdir -p "$work/$1" && cd "$work/$1" || exit 1
  shift
  spin -a "$@" "$model" >spin.log 2>&1 || { echo unfinished; return; }
  cc -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -w -o pan pan.c || { echo unfinished; return; }
  timeout 100 ./pan -m400000 -n >pan.log 2>&1
  if grep -q 'errors: 0' pan.log && ! grep -q 'max search depth too small' pan.log; then echo none
  elif grep -q 'errors: [1-9]' pan.log; then echo found
  else echo unfinished; fi
}

expect() {
  wanted="$1" name="$2"
  shift 2
  result="$(search "$name" "$@")"
  states="$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/$name/pan.log" 2>/dev/null)"
  why="$(sed -n 's/^pan:1: \(.*\) (at depth.*/: \1/p' "$work/$name/pan.log" 2>/dev/null)"
  echo "$name: $result (${states:-?} states)$why"
  [ "$result" = "$wanted" ] || { failed=1; tail -20 "$work/$name/pan.log" 2>/dev/null; }
}

expect none two_connects_one_again_one_crash -DCONNECTS=2 -DREDELIVERIES=1 -DCRASHES=1
expect none two_connects_two_again -DCONNECTS=2 -DREDELIVERIES=2 -DCRASHES=0
expect none three_connects_one_crash -DCONNECTS=3 -DREDELIVERIES=0 -DCRASHES=1
expect none two_connects_two_commands -DCONNECTS=2 -DREDELIVERIES=1 -DCRASHES=0 -DCOMMANDS=2
for guard in 1 2 3 4 5 6; do
  expect found "without_guard_$guard" -DWITHOUT_$guard -DCONNECTS=3 -DREDELIVERIES=1 -DCRASHES=1
done
exit $failed
