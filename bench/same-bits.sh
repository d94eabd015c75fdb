#!/usr/bin/env bash
# The same bits? Runs each file of bars twice, at every vector width, with the C library's FMA variants off, and cut in two by a saved state; prints the state hashes as a table.
# usage: bench/same-bits.sh FILE [FILE …]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hash_of() { sed -n 's/^  "state_hash": "\([0-9a-f]*\)".*/\1/p' "$1" | head -n 1; }
one() { # NAME VAR=VALUE … -- ARGUMENTS
  local name=$1; shift
  local vars=()
  while [ "$1" != -- ]; do vars+=("$1"); shift; done
  shift
  env "${vars[@]}" dotnet "$top/src/Hone.Host/bin/Release/net10.0/hone.dll" run "$@" --predictions none --json --out "$work/out" >"$work/$name.json" 2>/dev/null || true
  hash_of "$work/$name.json"
}
echo "| file | bars | as is | again | no AVX-512 | no AVX2 | no vector hardware | C library without FMA | cut in two | all equal |"
echo "|---|---:|---|---|---|---|---|---|---|---|"
status=0
for file in "$@"; do
  a=$(one a A=1 -- --data "$file")
  bars=$(sed -n 's/^  "bars": \([0-9]*\),/\1/p' "$work/a.json" | head -n 1)
  # A cut inside the data: the middle of what predictions say would do; the drift list gives no certain time, so take the middle of the span.
  first=$(sed -n 's/.*"first_bar": "\([^"]*\)".*/\1/p' "$work/a.json" | head -n 1)
  last=$(sed -n 's/.*"last_bar": "\([^"]*\)".*/\1/p' "$work/a.json" | head -n 1)
  middle=$(date -u -d "@$(( ($(date -u -d "$first" +%s) + $(date -u -d "$last" +%s)) / 2 ))" +%Y-%m-%dT%H:%M:%SZ)
  b=$(one b A=1 -- --data "$file")
  c=$(one c DOTNET_EnableAVX512=0 -- --data "$file")
  d=$(one d DOTNET_EnableAVX2=0 -- --data "$file")
  e=$(one e DOTNET_EnableHWIntrinsic=0 -- --data "$file")
  f=$(one f GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-AVX2_Usable,-FMA_Usable,-FMA4,-AVX512F -- --data "$file")
  one g1 A=1 -- --data "$file" --to "$middle" --save-state "$work/state" >/dev/null
  g=$(one g A=1 -- --data "$file" --from "$middle" --load-state "$work/state")
  same=yes
  for h in "$b" "$c" "$d" "$e" "$f" "$g"; do [ "$h" = "$a" ] && [ -n "$h" ] || { same=NO; status=1; }; done
  echo "| $(basename "$file") | $bars | ${a:0:8} | ${b:0:8} | ${c:0:8} | ${d:0:8} | ${e:0:8} | ${f:0:8} | ${g:0:8} | $same |"
done
echo
list=$(mktemp)
env dotnet "$top/src/Hone.Host/bin/Release/net10.0/hone.dll" run --data "$@" --threads 1 --predictions none --json --out "$work/t1" 2>/dev/null | sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p' >"$list" || true
two=$(dotnet "$top/src/Hone.Host/bin/Release/net10.0/hone.dll" run --data "$@" --threads 2 --predictions none --json --out "$work/t2" 2>/dev/null | sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p')
[ "$(cat "$list")" = "$two" ] && echo "1 and 2 threads over all files at once: the same $(wc -l <"$list") hashes" || { echo "1 and 2 threads differ"; status=1; }
rm -f "$list"
exit $status
