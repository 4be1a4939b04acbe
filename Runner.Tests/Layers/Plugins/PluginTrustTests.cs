using Cnn.Layers.Plugins.Compilation;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Layers.Plugins;

/// <summary>Code runs where the user named it, and nowhere else.</summary>
[Trait("Category", "Unit")]
public sealed class PluginTrustTests : IDisposable
{
    private const string Key = "Square-0123";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("PluginLayer.dll")]
    [InlineData("./PluginLayer.dll")]
    [InlineData("../in/PluginLayer.dll")]
    [InlineData("link.dll")]
    public void ASolversPluginIsNotLoadedUnlessItIsAllowed(string named)
    {
        string solver = Solver(named);

        CommandLine run = CommandLine.Run("train", "--solver", solver);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            $"the solver asks for the plug-in '{named}', whose code would run", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Solving", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void APluginOfTheSameNameElsewhereIsNotTheOneThatTheUserNamed()
    {
        string solver = Solver("link.dll");
        Directory.CreateDirectory(folder["own"]);
        string own = folder["own/PluginLayer.dll"];
        File.Copy(Repository.PluginAssembly, own);

        CommandLine run = CommandLine.Run("train", "--solver", solver, "--plugin", own);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the solver asks for the plug-in 'link.dll'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ALinkToWhatTheUserNamedIsThatFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        string solver = Solver("link.dll");

        CommandLine run = CommandLine.Run("train", "--solver", solver, "--plugin", folder["in/PluginLayer.dll"]);

        Assert.True(run.ExitCode == 0, run.Error);
    }

    [Fact]
    public void AnAssemblyBesideANetIsNotLoadedForATypeThatIsUnknown()
    {
        Solver("PluginLayer.dll");
        string net = folder.Write(
            "in/snake.prototxt",
            """
            input: "x" input_shape { dim: 1 dim: 3 }
            layer { name: "snake" type: "Snake" bottom: "x" top: "y" }
            """);

        CommandLine run = CommandLine.Run("summary", net);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Snake", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void ACacheThatOthersCanWriteToIsNotUsed(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has lists of permissions instead");
        string root = folder["cache"];
        Keep(root);
        Assert.NotNull(new PluginCache([root]).Find(Key));

        Permit(root, others);

        Assert.Null(new PluginCache([root]).Find(Key));
        AssertRefused(root);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACacheWhoseFolderOthersCanReplaceIsNotUsed(bool isSticky)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has lists of permissions instead");
        string parent = folder["shared"], root = Path.Combine(parent, "cache");
        Directory.CreateDirectory(parent);
        Keep(root);
        const UnixFileMode All = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Permit(parent, All | (isSticky ? UnixFileMode.StickyBit : 0));

        Assert.Equal(isSticky, new PluginCache([root]).Find(Key) is not null);
        if (!isSticky)
        {
            AssertRefused(root);
        }
    }

    [Fact]
    public void ALinkToACacheThatOthersCanWriteToIsNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        string real = folder["real"], link = folder["cache"];
        Keep(real);
        Directory.CreateSymbolicLink(link, real);
        Assert.NotNull(new PluginCache([link]).Find(Key));
        Permit(real, UnixFileMode.OtherWrite);

        Assert.Null(new PluginCache([link]).Find(Key));
    }

    [Fact]
    public void AnEntryThatSomebodyAddedToIsNotUsed()
    {
        string root = folder["cache"];
        Keep(root);
        File.WriteAllText(Path.Combine(root, Key, "Other.dll"), "more");

        Assert.Null(new PluginCache([root]).Find(Key));
    }

    private static void Permit(string path, UnixFileMode more)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
        }
    }

    private static void Keep(string root)
    {
        var cache = new PluginCache([root]);
        using PluginBuild build = cache.Begin(Key, "Square.cs");
        Directory.CreateDirectory(build.Output);
        File.WriteAllText(Path.Combine(build.Output, "Square.dll"), "an assembly");
        PluginCache.Keep(build, Key, "Square.cs");
    }

    private static void AssertRefused(string root) => Assert.Contains(
        "others may write there",
        Assert.Throws<CnnException>(() => new PluginCache([root]).Begin(Key, "Square.cs")).Message,
        StringComparison.Ordinal);

    private string Solver(string plugin)
    {
        Directory.CreateDirectory(folder["in"]);
        File.Copy(Repository.PluginAssembly, folder["in/PluginLayer.dll"]);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(folder["in/link.dll"], folder["in/PluginLayer.dll"]);
        }

        folder.Write("in/net.prototxt", SmallTraining.Net);
        string prefix = folder["snap"].Replace('\\', '/');
        return folder.Write("in/solver.prototxt", SmallTraining.Solver(2, 0, $"plugin: \"{plugin}\"", prefix));
    }
}
