#!/usr/bin/env bash
# Builds the site: the pages of docs and the API reference, into artifacts/site.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet tool restore
dotnet build Engine -c Release -v q -p:RunAnalyzers=false
rm -rf artifacts/site artifacts/api
dotnet docfx metadata docs/docfx.json
dotnet docfx build docs/docfx.json --warningsAsErrors false
echo "artifacts/site/index.html"
