#!/usr/bin/env bash
# What a stranger does with the packages in a folder: a home of its own with nothing but the SDK, the tool installed and run,
# a program that refers to the package Cnn and trains. The first argument is the folder that eng/pack.sh filled.
set -euo pipefail
packages=$(realpath "$1")
version=$(basename "$packages"/Cnn.Proto.*.nupkg .nupkg); version=${version#Cnn.Proto.}
restored=${NUGET_PACKAGES:-$HOME/.nuget/packages}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export HOME="$work/home" DOTNET_CLI_HOME="$work/home" NUGET_PACKAGES="$work/packages"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_ADD_GLOBAL_TOOLS_TO_PATH=false DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export PATH="$HOME/.dotnet/tools:$PATH"
mkdir -p "$HOME" "$work/run" "$work/program"

# Ours come from the folder, what they depend on from the packages that this repository has restored.
cat > "$work/nuget.config" <<XML
<configuration>
  <packageSources><clear />
    <add key="made" value="$packages" />
    <add key="restored" value="$restored" />
  </packageSources>
</configuration>
XML

cd "$work/run"
dotnet tool install --global Cnn.Tool --version "$version" --configfile "$work/nuget.config"
cnn --version
cnn new lenet
cnn train lenet/solver.prototxt --iterations 20
cnn new lenet --yaml --to yaml
cnn summary yaml/net.yaml
cnn new plugin
cnn schema net > net.schema.json

cd "$work/program"
dotnet new console --no-restore
cp "$work/nuget.config" .
dotnet add package Cnn --version "$version"
cat > Program.cs <<'CSHARP'
using Cnn.Engine.Solvers;
using Cnn.Proto;

NetDefinition net = new NetDefinition("softmax")
    .Add("Digits", "digits", tops: ["data", "label"], options: new { digits_param = new { batch_size = 64 } })
    .Add("InnerProduct", "ip", "data", new { num_output = 10, weight_filler = new { type = "xavier" } })
    .Add("SoftmaxWithLoss", "loss", ["ip", "label"]);
using var solver = new Solver(new SolverDefinition(net, new
{
    base_lr = 0.0001, lr_policy = "fixed", max_iter = 20, snapshot_after_train = false,
}));
solver.Solve();
Console.WriteLine($"trained for {solver.Iteration} iterations");
CSHARP
dotnet run -c Release | tee log
grep -qx 'trained for 20 iterations' log
echo "the packages of $version work"
