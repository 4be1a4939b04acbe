using System.Reflection;
using System.Text;
using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Architecture;

/// <summary>The contents of the assemblies that are shipped.</summary>
[Trait("Category", "Unit")]
public class PackageTests
{
    public static TheoryData<string> Assemblies =>
    [
        typeof(CnnException).Assembly.Location,
        typeof(Filler).Assembly.Location,
        typeof(Layer).Assembly.Location,
        typeof(Net).Assembly.Location,
        typeof(Cnn.Runner.CommandLineProgram).Assembly.Location,
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void NoPathOfTheMachineThatBuiltItIsInAnAssembly(string assembly)
    {
        string configuration = typeof(PackageTests)
            .Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        Assert.SkipUnless(configuration == "Release", "debuggers want the paths of the sources");

        Assert.DoesNotContain(Repository.Root, TextIn(assembly), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Repository.Root, TextIn(Path.ChangeExtension(assembly, ".pdb")), StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeInAUsersCodeIsReportedAtTheUsersFile()
    {
        var error = Assert.Throws<CnnException>(
            () => new NetDefinition("net").Add("ReLU", "r", "x", new { slope = 1 }));

        Assert.EndsWith(
            "Runner.Tests/Architecture/PackageTests.cs", error.Diagnostics[0].Location?.File, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeInAnInputsShapeIsReportedAtTheCallersFile()
    {
        var error = Assert.Throws<CnnException>(() => Net.Build(new NetDefinition("net").Input("x", 2, -3)));

        Assert.Equal("x", error.Diagnostics[0].Layer);
        Assert.Contains("-3", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("PackageTests.cs", error.Diagnostics[0].Location!.File, StringComparison.Ordinal);
    }

    // Strings in code are UTF-16, file names in symbols are UTF-8; the file is read as both, at both parities.
    private static string TextIn(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return string.Join(
            '\n',
            Encoding.Latin1.GetString(bytes),
            Encoding.Unicode.GetString(bytes),
            Encoding.Unicode.GetString(bytes.AsSpan(1)));
    }
}
