#!/usr/bin/env bash
# Makes every package: Cnn.Proto, Cnn.Layers, Cnn, Cnn.Templates, and Cnn.Tool with its package for each platform, compiled
# ahead of time. They go to artifacts/packages, or to the folder that is named; what is there of them is replaced.
# With --image it also makes a container image of the tool, artifacts/cnn-image.tar.gz, which needs no container engine.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
image=false
if [ "${1:-}" = --image ]; then image=true; shift; fi
output=$(realpath -m "${1:-artifacts/packages}")
# The packages of a commit are the same bytes wherever they are made: their time is that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
settings=(-c Release --no-restore -p:ContinuousIntegrationBuild=true -p:CompileAhead=true)

mkdir -p "$output"
rm -f "$output"/Cnn.*nupkg
dotnet restore Runner --locked-mode -p:CompileAhead=true
for project in Proto Layers Engine Templates Runner; do
  dotnet pack "$project" "${settings[@]}" -o "$output"
done

if $image; then
  dotnet publish Runner "${settings[@]}" -r linux-x64 --self-contained false -t:PublishContainer \
    -p:ContainerRepository=cnn -p:ContainerArchiveOutputPath="$PWD/artifacts/cnn-image.tar.gz"
fi

limit=$((25 * 1000 * 1000))
for package in "$output"/Cnn.Tool*.nupkg; do
  size=$(stat -c %s "$package")
  [ "$size" -le "$limit" ] || { echo "$package has $size bytes; a tool may have $limit" >&2; exit 1; }
done
ls -l "$output"
