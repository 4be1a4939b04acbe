#!/usr/bin/env bash
# Builds the site: the README, the pages of docs and Models, and the API reference, into artifacts/site.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet tool restore
dotnet build Engine -c Release -v q
rm -rf artifacts/site artifacts/api
dotnet docfx metadata eng/docfx.json --logLevel error
dotnet docfx build eng/docfx.json --warningsAsErrors
cp artifacts/site/README.html artifacts/site/index.html
echo "artifacts/site/index.html"
