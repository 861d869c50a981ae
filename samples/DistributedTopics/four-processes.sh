#!/usr/bin/env bash
# Four silos in processes of their own and a client; the last silo is killed on the way, and the bits are those of a fit without silos.
#   bash samples/DistributedTopics/four-processes.sh [ITERATIONS]
set -euo pipefail
cd "$(dirname "$0")/../.."
iterations=${1:-400}
folder=$(mktemp -d)
silos=()
trap 'kill "${silos[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT
run=(dotnet samples/DistributedTopics/bin/Release/net10.0/DistributedTopics.dll)
[ -f "${run[1]}" ] || dotnet build -c Release samples/DistributedTopics

for number in 0 1 2 3; do
  "${run[@]}" --silo "$number" --threads 1 --folder "$folder/fits" >"$folder/silo$number" 2>&1 &
  silos+=($!)
  until grep -qs runs "$folder/silo$number"; do
    kill -0 "${silos[-1]}" || { cat "$folder/silo$number"; exit 1; }
    sleep 0.2
  done
done
echo "Four silos run: processes ${silos[*]}"

"${run[@]}" --client 4 --iterations "$iterations" >"$folder/client" 2>&1 &
client=$!
until grep -qs "iteration [1-9]" "$folder/client"; do
  kill -0 "$client" || { cat "$folder/client"; exit 1; }
  sleep 0.1
done
kill -9 "${silos[3]}"
echo "Silo 3 killed after: $(tail -n 1 "$folder/client")"
wait "$client" || { cat "$folder/client"; exit 1; }
grep "begun again" "$folder/client" | tail -n 1 || echo "The fit had ended before the silo was missed."
four=$(tail -n 1 "$folder/client")
alone=$("${run[@]}" --alone --iterations "$iterations" | tail -n 1)
echo "Four silos, one killed: $four"
echo "Without silos:          $alone"
[ "$four" = "$alone" ]
