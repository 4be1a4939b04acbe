using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

/// <summary>Plug-ins of one C# file. Compiling takes seconds, so that the tests share what they compile.</summary>
[Trait("Category", "Unit")]
public sealed class PluginCompilerTests(PluginCompilerTests.CompiledTwice compiled)
    : IClassFixture<PluginCompilerTests.CompiledTwice>
{
    private const string Net =
        """
        layer { name: "d" type: "Input" top: "x" input_param { shape { dim: [1, 2] } } }
        layer { name: "s" type: "Square" bottom: "x" top: "y" square_param { times: 3 } }
        """;

    [Fact]
    public void TwoThatCompileAtOnceShareOneEntry()
    {
        Assert.Equal(compiled.First.Path, compiled.Second.Path);
        Assert.True(compiled.First.WasCompiled || compiled.Second.WasCompiled);
        string entry = Assert.Single(Directory.GetFileSystemEntries(compiled.Cache));
        Assert.StartsWith("SquareLayer-", Path.GetFileName(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void WarningsAreToldWithTheirPlaces()
    {
        CompiledPlugin fresh = compiled.First.WasCompiled ? compiled.First : compiled.Second;

        Diagnostic warning = Assert.Single(
            fresh.Warnings, w => w.Message.EndsWith("(CS8625)", StringComparison.Ordinal));
        Assert.Equal(compiled.Source, warning.Location!.File);
        Assert.Equal("    private string text = null;", warning.Location.LineText);
    }

    [Fact]
    public void TheSecondStartCompilesNothing()
    {
        CompiledPlugin again = compiled.Compiler().Compile(compiled.Source);

        Assert.False(again.WasCompiled);
        Assert.Equal(compiled.First.Path, again.Path);
    }

    [Fact]
    public void ADamagedEntryIsBuiltAgain()
    {
        using var folder = new TemporaryFolder();
        string copy = folder["SquareLayer.cs"];
        File.Copy(compiled.Source, copy);
        string cache = folder["cache"], entry = Path.GetDirectoryName(compiled.First.Path)!;
        string damaged = Path.Combine(cache, Path.GetFileName(entry), "SquareLayer.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(damaged)!);
        foreach (string file in Directory.GetFiles(entry))
        {
            File.Copy(file, Path.Combine(Path.GetDirectoryName(damaged)!, Path.GetFileName(file)));
        }

        var compiler = new PluginCompiler(typeof(Solver).Assembly) { CacheFolder = cache };
        Assert.False(compiler.Compile(copy).WasCompiled);
        File.WriteAllText(damaged, "damaged");

        CompiledPlugin again = compiler.Compile(copy);

        Assert.True(again.WasCompiled);
        Assert.Equal(damaged, again.Path);
        Assert.Single(Directory.GetFileSystemEntries(cache));
        Assert.False(compiler.Compile(copy).WasCompiled);
    }

    [Fact]
    public void ItsLayersReadTheBlockThatTheyName()
    {
        using Net net = Build(Net);
        net.SetInput("x", [1f, -2f], 1, 2);
        net.Forward();

        Assert.Equal([3, 12], net.FindBlob("y").Data.ToArray());
    }

    [Fact]
    public void AMistakeInTheBlockIsLocated()
    {
        Diagnostic mistake = Assert.Single(Assert.Throws<CnnException>(
            () => Build(Net.Replace("times", "tims", StringComparison.Ordinal))).Diagnostics);

        Assert.Equal("unknown option 'tims' of a Square layer", mistake.Message);
        Assert.Equal(2, mistake.Location!.Line);
    }

    [Fact]
    public void AllErrorsOfTheCompilerAreTold()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            "MyLayer.cs",
            """
            internal sealed class MyLayer
            {
                private readonly int a = nowhere;
                private readonly int b = "text";
            }
            """);

        IReadOnlyList<Diagnostic> errors = Assert.Throws<CnnException>(
            () => new PluginLoader(new LayerRegistry(), new FillerRegistry())
            {
                Compiler = new PluginCompiler { CacheFolder = folder["cache"] },
            }.Load(path)).Diagnostics;

        Assert.Equal(
            [
                $"{path}:3:30: The name 'nowhere' does not exist in the current context (CS0103)",
                $"{path}:4:30: Cannot implicitly convert type 'string' to 'int' (CS0029)",
            ],
            errors.Select(e => e.ToString().Split('\n')[0]));
        Assert.Empty(Directory.GetFileSystemEntries(folder["cache"]));
    }

    [Fact]
    public void ANameThatIsTakenIsRefusedAsInAnAssembly()
    {
        Diagnostic error = Assert.Single(Assert.Throws<CnnException>(
            () => new PluginLoader(Registry(out FillerRegistry fillers), fillers, new SolverRegistry())
            {
                Compiler = compiled.Compiler(),
            }.Load(compiled.Source)).Diagnostics);

        Assert.Contains("brings the layer type 'Square', but there is one", error.Message, StringComparison.Ordinal);

        static LayerRegistry Registry(out FillerRegistry fillers)
        {
            var layers = new LayerRegistry();
            layers.Add("Square", _ => throw new InvalidOperationException());
            fillers = new FillerRegistry();
            return layers;
        }
    }

    [Fact]
    public void ACompilerThatIsCancelledLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("SquareLayer.cs", SquareSource.Text);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.ThrowsAny<OperationCanceledException>(
            () => new PluginCompiler { CacheFolder = folder["cache"] }.Compile(path, cancellation.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder["cache"]));
    }

    [Fact]
    public void ACacheThatCannotBeWrittenIsNamed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("SquareLayer.cs", SquareSource.Text);
        var compiler = new PluginCompiler { CacheFolder = Path.Combine(folder.Write("file", ""), "cache") };

        Diagnostic error = Assert.Single(Assert.Throws<CnnException>(() => compiler.Compile(path)).Diagnostics);

        Assert.StartsWith(
            $"the plug-in '{path}' is C# source, and its assembly cannot be written to '{compiler.CacheFolder}': ",
            error.Message,
            StringComparison.Ordinal);
    }

    private Net Build(string text)
    {
        var (layers, fillers) = (new LayerRegistry(), new FillerRegistry());
        new PluginLoader(layers, fillers) { Compiler = compiled.Compiler() }.Load(compiled.Source);
        return Cnn.Engine.Graph.Net.Build(
            NetDefinition.Parse(text, "net.prototxt"), new NetOptions { Layers = layers, Fillers = fillers });
    }

    /// <summary>One plug-in that was compiled by two threads at once.</summary>
    public sealed class CompiledTwice : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public CompiledTwice()
        {
            Source = SquareSource.WriteAmongOthers(folder);
            CompiledPlugin? second = null;
            var other = new Thread(() => second = Compiler().Compile(Source));
            other.Start();
            First = Compiler().Compile(Source);
            other.Join();
            Second = second!;
        }

        internal string Source { get; }

        internal string Cache => folder["cache"];

        internal CompiledPlugin First { get; }

        internal CompiledPlugin Second { get; }

        public void Dispose() => folder.Dispose();

        internal PluginCompiler Compiler() => new(typeof(Solver).Assembly) { CacheFolder = Cache };
    }
}
