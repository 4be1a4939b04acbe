#!/usr/bin/env bash
# Writes PublicAPI.Unshipped.txt of each package anew from the code: what is public now and is not in PublicAPI.Shipped.txt.
# A build fails where the code and the two lists differ; the difference in this file is what a reviewer looks at.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for project in Proto Fillers Layers Engine; do
  echo '#nullable enable' > $project/PublicAPI.Unshipped.txt
done
dotnet build Engine -c Release --no-incremental -p:TreatWarningsAsErrors=false > "$log"
for project in Proto Fillers Layers Engine; do
  sed -nE "s/.*warning RS0016: Symbol '(.*)' is not part of the declared public API.*\[.*Cnn\.$project\.csproj\]/\1/p" "$log" \
    | LC_ALL=C sort -u >> $project/PublicAPI.Unshipped.txt
done
