using Cnn.Runner.Starters;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class NewCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("new")]
    [InlineData("new", "--list")]
    [InlineData("new", "lenet", "--list")]
    public void TheStartersAreListedWithALineEach(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);

        Assert.Equal(0, run.ExitCode);
        foreach (Starter starter in StarterCatalog.All)
        {
            Assert.Contains(
                run.Output.Split('\n'),
                line => line.StartsWith(starter.Name + " ", StringComparison.Ordinal)
                    && line.EndsWith(starter.Summary, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void FilesAreWrittenAndTheNextCommandIsSaid()
    {
        string to = folder["some where"];

        CommandLine run = CommandLine.Run("new", "lenet", "--to", to);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"""
            Wrote {Path.Combine(to, "net.prototxt")}
            Wrote {Path.Combine(to, "solver.prototxt")}

            Next:
              cd "{to}"
              cnn train solver.prototxt
              cnn test net.prototxt --weights snapshots/lenet_iter_1000.caffemodel

            """,
            run.Output,
            ignoreLineEndingDifferences: true);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void InYamlTheNextCommandNamesYaml()
    {
        CommandLine run = CommandLine.Run("new", "images", "--yaml", "--to", folder["pets"]);

        Assert.Equal(["net.yaml", "solver.yaml"], Directory.GetFiles(folder["pets"]).Select(Path.GetFileName).Order());
        Assert.Contains("  cnn train solver.yaml\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("the layer 'classes' in net.yaml", run.Output, StringComparison.Ordinal);
        Assert.Contains("pictures/cat/*.jpg", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void APluginIsOneFileOfCSharp()
    {
        CommandLine run = CommandLine.Run("new", "plugin", "--to", folder["mine"]);

        Assert.Contains("cnn train solver.prototxt --plugin ShrinkLayer.cs", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "[LayerType(\"Shrink\")]", File.ReadAllText(folder["mine/ShrinkLayer.cs"]), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsThereIsNotReplaced()
    {
        Assert.Equal(0, CommandLine.Run("new", "mlp", "--to", folder.Path).ExitCode);
        folder.Write("net.prototxt", "mine");

        CommandLine again = CommandLine.Run("new", "mlp", "--to", folder.Path);
        Assert.Equal(1, again.ExitCode);
        Assert.Equal(
            $"""
            cnn: '{folder["net.prototxt"]}' exists already; --force replaces it, --to names another folder
            cnn: '{folder["solver.prototxt"]}' exists already; --force replaces it, --to names another folder

            """,
            again.Error,
            ignoreLineEndingDifferences: true);
        Assert.Empty(again.Output);
        Assert.Equal("mine", File.ReadAllText(folder["net.prototxt"]));

        Assert.Equal(0, CommandLine.Run("new", "mlp", "--to", folder.Path, "--force").ExitCode);
        Assert.NotEqual("mine", File.ReadAllText(folder["net.prototxt"]));
    }

    [Theory]
    [InlineData("cnn: there is no starter 'lenett'; did you mean 'lenet'?", "lenett")]
    [InlineData(
        "cnn: there is no starter 'transformer'; there are mlp, lenet, lenet5, cifar10, images, ssd-digits, plugin",
        "transformer")]
    public void AnUnknownStarterGetsTheNearest(string expected, string name)
    {
        CommandLine run = CommandLine.Run("new", name, "--to", folder.Path);

        Assert.Equal(expected, run.Error.TrimEnd());
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
