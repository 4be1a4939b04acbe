#!/usr/bin/env bash
# Makes every package: Cnn.Proto, Cnn.Layers, Cnn, Cnn.Templates, and Cnn.Tool with its package for each platform, compiled
# ahead of time. They go to artifacts/packages, or to the folder that is named; what is there of them is replaced.
#
#   eng/pack.sh [--here] [--image] [FOLDER]
#
#   --here   the tool for this platform and for "any" alone
#   --image  a container image of the tool too, artifacts/cnn-image.tar.gz; no container engine is needed
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
here=false
image=false
while [ "${1:-}" = --here ] || [ "${1:-}" = --image ]; do
  [ "$1" = --here ] && here=true || image=true
  shift
done
output=$(realpath -m "${1:-artifacts/packages}")

# The packages of a commit are the same bytes wherever they are made: their time is that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
settings=(-c Release --no-restore -p:ContinuousIntegrationBuild=true -p:CompileAhead=true)
platforms=()
if $here; then
  platform=$(dotnet msbuild Runner -getProperty:NETCoreSdkPortableRuntimeIdentifier)
  platforms=("-p:ToolPackageRuntimeIdentifiers=\"$platform;any\"")
fi

mkdir -p "$output"
rm -f "$output"/Cnn.*nupkg
dotnet restore Runner --locked-mode -p:CompileAhead=true
dotnet restore Templates --locked-mode
for project in Proto Layers Engine Templates; do
  dotnet pack "$project" "${settings[@]}" -o "$output"
done
dotnet pack Runner "${settings[@]}" "${platforms[@]}" -o "$output"

if $image; then
  dotnet publish Runner "${settings[@]}" -r linux-x64 --self-contained false -t:PublishContainer \
    -p:ContainerRepository=cnn -p:ContainerArchiveOutputPath="$PWD/artifacts/cnn-image.tar.gz"
fi

limit=$((25 * 1000 * 1000))
for package in "$output"/Cnn.Tool*.nupkg; do
  size=$(stat -c %s "$package")
  if [ "$size" -gt "$limit" ]; then
    echo "$package has $size bytes; a package of the tool may have $limit" >&2
    exit 1
  fi
done
ls -l "$output"
