using Cnn.Tests.Layers.Plugins;

namespace Cnn.Tests.Runner.Commands;

/// <summary>Plug-ins of one C# file on the command line.</summary>
[Trait("Category", "Unit")]
public sealed class SourcePluginTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string solver;
    private readonly Dictionary<string, string> environment;

    public SourcePluginTests()
    {
        folder.Write("SquareLayer.cs", SquareSource.Text);
        folder.Write(
            "net.prototxt",
            """
            layer {
              name: "digits" type: "Digits" top: "data" top: "label"
              transform_param { scale: 0.00390625 } digits_param { batch_size: 8 seed: 1 }
            }
            layer {
              name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
              inner_product_param { num_output: 10 weight_filler { type: "xavier" } }
            }
            layer { name: "square" type: "Square" bottom: "ip" top: "square" square_param { times: 0.5 } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "square" bottom: "label" top: "loss" }
            """);
        solver = folder.Write(
            "solver.prototxt",
            """
            net: "net.prototxt"
            plugin: "SquareLayer.cs"
            base_lr: 0.01
            lr_policy: "fixed"
            max_iter: 2
            snapshot_prefix: "square"
            """);
        environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = folder["cache"] };
    }

    private bool HasCache => Directory.Exists(folder["cache"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AnAllowedFileIsCompiledAndTrains()
    {
        using (CnnProcess train = CnnProcess.Start(
            folder.Path, environment, "train", "--solver", "solver.prototxt", "--allow-plugins", "--verbose"))
        {
            var (exitCode, output, error) = await train.Finish();

            Assert.True(exitCode == 0, error);
            Assert.Contains("for 2 iterations", output, StringComparison.Ordinal);
            Assert.Contains("--plugin SquareLayer.cs", output, StringComparison.Ordinal);
            Assert.Contains("warning: SquareLayer.cs:43:27: ", error, StringComparison.Ordinal);
        }

        using CnnProcess summary = CnnProcess.Start(
            folder.Path, environment, "summary", "--model", "net.prototxt", "--plugin", "SquareLayer.cs", "--verbose");
        var second = await summary.Finish();

        Assert.Equal(0, second.ExitCode);
        Assert.DoesNotContain("warning", second.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(folder["cache/cnn/plugins"]));
    }

    [Fact]
    public async Task AFileThatOnlyTheSolverNamesIsNotCompiled()
    {
        using CnnProcess train = CnnProcess.Start(folder.Path, environment, "train", "--solver", "solver.prototxt");
        var (exitCode, _, error) = await train.Finish();

        Assert.Equal(1, exitCode);
        Assert.StartsWith("solver.prototxt:2:9: the solver asks for the plug-in", error, StringComparison.Ordinal);
        Assert.False(HasCache);
    }

    [Fact]
    public async Task CtrlCEndsTheCompiler()
    {
        using CnnProcess train = CnnProcess.Start(
            folder.Path, environment, "train", "--solver", solver, "--allow-plugins");
        await train.WaitUntil(() => HasCache && HasStarted());
        train.Signal("INT");
        var (exitCode, _, error) = await train.Finish();

        Assert.Equal(130, exitCode);
        Assert.Contains("cnn: interrupted", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["cache/cnn/plugins"]));

        bool HasStarted() =>
            Directory.EnumerateFiles(folder["cache"], "global.json", SearchOption.AllDirectories).Any();
    }
}
