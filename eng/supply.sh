#!/usr/bin/env bash
# Tells of the packages that Cnn is built, tested and shipped with: known vulnerabilities, those that their authors gave
# up, newer versions, and licences.
#
#   eng/supply.sh [--offline]
#
#   --offline  licences alone, of the packages that are restored
#
# Ends with 1 where a package has a known vulnerability or a licence that is not on the list below, 3 where the registry
# does not tell of vulnerabilities at all, so that their absence says nothing, and 0 otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
permissive='^(MIT|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|ISC|MS-PL|Zlib|0BSD|Unlicense)$'
status=0

# A version of a package that has had an advisory for years: who does not tell of it tells of none.
registry_knows() {
  local folder
  folder=$(mktemp -d)
  cat > "$folder/known.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Newtonsoft.Json" Version="12.0.1" />
  </ItemGroup>
</Project>
PROJECT
  local told=1
  dotnet list "$folder/known.csproj" package --vulnerable | grep -q 'has the following vulnerable packages' || told=0
  rm -rf "$folder"
  [ $told = 1 ]
}

# The packages of all lock files, one a line: name and version.
packages() {
  awk -F'"' '
    /^      "[^"]+": \{/ { name = $2 }
    /"type": "Project"/ { name = "" }
    /"resolved":/ && name != "" { print tolower(name), $4 }
  ' ./*/packages.lock.json Models/*/packages.lock.json | sort -u
}

licence() {
  local nuspec="$1"
  local text
  text=$(tr '\n' ' ' < "$nuspec")
  if [[ $text =~ \<license\ type=\"expression\"[^\>]*\>([^\<]+)\< ]]; then
    echo "${BASH_REMATCH[1]}"
  elif [[ $text =~ \<license\ type=\"file\"[^\>]*\>([^\<]+)\< ]]; then
    of_text "$(dirname "$nuspec")/${BASH_REMATCH[1]//\\//}"
  elif [[ $text =~ \<licenseUrl\>([^\<]+)\< ]]; then
    case "${BASH_REMATCH[1]}" in
      https://licenses.*/*) echo "${BASH_REMATCH[1]##*/}" ;;
      *apache.org/licenses/LICENSE-2.0*) echo Apache-2.0 ;;
      *) echo "${BASH_REMATCH[1]}" ;;
    esac
  else
    echo 'none told'
  fi
}

# The licence that a package brings as a text, by what it says of itself.
of_text() {
  local text
  text=$(tr -s ' \r\n\t' ' ' < "$1" | head -c 4000)
  case "$text" in
    *'Apache License'*'Version 2.0'*) echo Apache-2.0 ;;
    *'Permission is hereby granted, free of charge'*) echo MIT ;;
    *'Redistribution and use in source and binary forms'*'Neither the name'*) echo BSD-3-Clause ;;
    *'Redistribution and use in source and binary forms'*) echo BSD-2-Clause ;;
    *) echo "see $(basename "$1")" ;;
  esac
}

if [ "${1:-}" != --offline ]; then
  echo '## Vulnerable'
  found=$(dotnet list Cnn.sln package --vulnerable --include-transitive)
  if grep -q 'has the following vulnerable packages' <<< "$found"; then
    echo "$found"
    status=1
  elif registry_knows; then
    echo 'None is known.'
  else
    echo 'The registry does not tell of vulnerabilities: run this where the usual one is reached.'
    status=3
  fi

  for kind in deprecated outdated; do
    echo
    echo "## ${kind^}"
    dotnet list Cnn.sln package --$kind | grep -E '^Project|^   [>[]' || echo 'None is told of.'
  done

  echo
fi

echo '## Licences'
ours=$(dotnet nuget locals global-packages --list)
folder=${ours#*: }
echo '| package | version | licence |'
echo '| --- | --- | --- |'
while read -r name version; do
  nuspec="${folder%/}/$name/$version/$name.nuspec"
  if [ ! -f "$nuspec" ]; then
    echo "| $name | $version | not restored here |"
    continue
  fi

  found=$(licence "$nuspec")
  if [[ $found =~ $permissive ]]; then
    echo "| $name | $version | $found |"
  else
    echo "| $name | $version | **$found** |"
    [ $status = 3 ] || status=1
  fi
done < <(packages)
exit $status
