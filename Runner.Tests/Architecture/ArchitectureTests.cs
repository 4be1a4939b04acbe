using System.Reflection;
using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Architecture;

/// <summary>The rules of the architecture that the compiler does not enforce.</summary>
[Trait("Category", "Unit")]
public class ArchitectureTests
{
    private const string Kernels = "Cnn.Layers.Kernels";

    private static readonly Assembly Proto = typeof(CnnException).Assembly;
    private static readonly Assembly Fillers = typeof(Filler).Assembly;
    private static readonly Assembly Layers = typeof(Layer).Assembly;
    private static readonly Assembly Engine = typeof(Net).Assembly;
    private static readonly Assembly Runner = typeof(Cnn.Runner.CommandLineProgram).Assembly;

    [Fact]
    public void ArrowsBetweenTheRoomsPointOneWay()
    {
        Assert.Equal([], ReferencesToOurs(Proto));
        Assert.Equal(["Cnn.Proto"], ReferencesToOurs(Fillers));
        Assert.Equal(["Cnn.Fillers", "Cnn.Proto"], ReferencesToOurs(Layers));
        Assert.Equal(["Cnn.Fillers", "Cnn.Layers", "Cnn.Proto"], ReferencesToOurs(Engine));
        Assert.Equal(["Cnn.Engine", "Cnn.Fillers", "Cnn.Layers", "Cnn.Proto"], ReferencesToOurs(Runner));
    }

    // A program that embeds nets gets no code that plots, writes to a console or reads a command line.
    [Theory]
    [InlineData("Cnn.Proto", "Google.Protobuf", "PureHDF", "SkiaSharp", "Snappier", "YamlDotNet")]
    [InlineData("Cnn.Fillers", "Google.Protobuf", "MathNet.Numerics")]
    [InlineData("Cnn.Layers", "Google.Protobuf")]
    [InlineData("Cnn.Engine", "Google.Protobuf", "PureHDF", "Serilog")]
    public void ARoomBelowTheProgramRefersToThesePackagesAlone(string room, params string[] packages)
    {
        Assembly assembly = new[] { Proto, Fillers, Layers, Engine }.Single(a => a.GetName().Name == room);
        string[] others =
        [
            .. assembly.GetReferencedAssemblies()
                .Select(n => n.Name!)
                .Where(n => !n.StartsWith("Cnn.", StringComparison.Ordinal) && !n.StartsWith(
                    "System", StringComparison.Ordinal))
                .Except(packages)
                .Except(["netstandard", "Microsoft.Win32.Primitives"]),
        ];

        Assert.Equal([], others);
    }

    // The counter-based generator is arithmetic too, and kernels that draw masks run it.
    [Fact]
    public void KernelsKnowNothingElseOfOursThanThreadsAndTheRandomNumbers()
    {
        string[] strangers =
        [
            .. Layers.GetTypes()
                .Where(t => IsIn(t, Kernels))
                .SelectMany(t => CodeReferences.Of(t).OfType<Type>().Select(r => (User: t, Used: r)))
                .Where(r => r.Used.Assembly.GetName().Name!.StartsWith(
                    "Cnn.",
                    StringComparison.Ordinal) && !IsIn(r.Used, Kernels) && !IsIn(r.Used, "Cnn.Layers.Threading"))
                .Where(r => r.Used != typeof(PhiloxRandom) && r.Used != typeof(PhiloxLanes))
                .Select(r => $"{r.User} uses {r.Used}"),
        ];

        Assert.Equal([], strangers);
    }

    [Fact]
    public void TheFolderOfCommandsHoldsCommandsAlone() => Assert.All(
        Runner.GetTypes().Where(t => t is { Namespace: "Cnn.Runner.Commands", IsNested: false }),
        t => Assert.EndsWith("Command", t.Name, StringComparison.Ordinal));

    // Ending the process, writing to the console, reading the clock, unseeded random numbers and flushing to the disk,
    // whose errors .NET does not tell, have one owner each.
    [Theory]
    [InlineData("System.Console", null, "Cnn.Runner.Display", "-")]
    [InlineData("System.Environment", "Exit", "Cnn.Runner.Commands.Support", "-")]
    [InlineData("System.Environment", "FailFast", "-", "-")]
    [InlineData("System.Threading.Tasks.Parallel", null, "-", "-")]
    [InlineData("System.DateTime", "get_Now", "-", "-")]
    [InlineData("System.DateTime", "get_UtcNow", "-", "-")]
    [InlineData("System.DateTimeOffset", "get_Now", "-", "-")]
    [InlineData("System.DateTimeOffset", "get_UtcNow", "-", "-")]
    [InlineData("System.TimeProvider", "get_System", "Cnn.Runner.Reports", "-")]
    [InlineData("System.Random", "get_Shared", "-", "-")]
    [InlineData("System.Random", ".ctor", "-", "Cnn.Fillers.PhiloxRandom")]
    [InlineData("System.Guid", "NewGuid", "-", "-")]
    [InlineData("System.IO.RandomAccess", "FlushToDisk", "-", "Cnn.Proto.DiskFlush")]
    [InlineData("System.IO.FileStream", "Flush", "-", "-")]
    public void ACallIsMadeOnlyWhereItIsOwned(string type, string? member, string ownerNamespace, string ownerType)
    {
        string[] others =
        [
            .. new[] { Proto, Fillers, Layers, Engine, Runner }
                .SelectMany(a => a.GetTypes())
                .Where(
                    t => !IsIn(t, ownerNamespace) && t.FullName != ownerType && t.DeclaringType?.FullName != ownerType)
                .SelectMany(t => CodeReferences.Of(t).Where(m => m is not Type).Select(m => (User: t, Used: m)))
                .Where(r => r.Used.DeclaringType?.FullName == type && (member is null || r.Used.Name == member))
                .Select(r => $"{r.User} uses {type}.{r.Used.Name}"),
        ];

        Assert.Equal([], others);
    }

    [Fact]
    public void EveryTestSaysItsKind()
    {
        string[] kinds = ["Unit", "Gradient", "Kernel", "Golden", "Resume", "Crash", "Fuzz"];
        MethodInfo[] tests =
        [
            .. typeof(ArchitectureTests).Assembly.GetTypes().SelectMany(t => t.GetMethods())
                .Where(m => m.IsDefined(typeof(FactAttribute), inherit: true)),
        ];

        Assert.Contains(tests, m => m.Name == nameof(EveryTestSaysItsKind));
        Assert.Equal(
            [],
            tests.Where(m => !SaysItsKind(m) && !SaysItsKind(m.DeclaringType!))
                .Select(m => $"{m.DeclaringType}.{m.Name}"));

        bool SaysItsKind(MemberInfo test) =>
            test.GetCustomAttributes<TraitAttribute>().Any(a => a.Name == "Category" && kinds.Contains(a.Value));
    }

    [Fact]
    public void TheScannerSeesWhatCodeMentions()
    {
        MemberInfo[] mentioned = [.. CodeReferences.Of(typeof(ArchitectureTests))];

        Assert.Contains(typeof(Net), mentioned);
        Assert.Contains(mentioned, m => m is MethodInfo { Name: nameof(Assembly.GetReferencedAssemblies) });
    }

    private static bool IsIn(Type type, string space) =>
        type.Namespace == space || type.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) == true;

    private static string[] ReferencesToOurs(Assembly assembly) =>
    [
        .. assembly.GetReferencedAssemblies()
            .Select(n => n.Name!)
            .Where(n => n.StartsWith("Cnn.", StringComparison.Ordinal) || n == "cnn")
            .Order(StringComparer.Ordinal),
    ];
}
