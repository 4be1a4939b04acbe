using Cnn.Runner.Commands.Support;

namespace Cnn.Tests.Runner.Commands.Support;

[Trait("Category", "Unit")]
public sealed class ProgramNameTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AProgramOnThePathIsCalledByItsName() =>
        Assert.Equal("cnn", NameOf(File("bin", "cnn"), searched: "bin"));

    [Fact]
    public void AnInstalledToolIsCalledByItsName() =>
        Assert.Equal("cnn", NameOf(File("tools/.store/cnn.tool/0.1.0", "cnn"), searched: "tools"));

    [Fact]
    public void AProgramThatALinkOnThePathLeadsToIsCalledByItsName()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a link needs a right of its own there");
        string program = File("opt", "cnn");
        Directory.CreateDirectory(folder["bin"]);
        System.IO.File.CreateSymbolicLink(Path.Join(folder["bin"], "cnn"), program);

        Assert.Equal("cnn", NameOf(program, searched: "bin"));
    }

    [Fact]
    public void AnotherProgramIsCalledByItsPath() =>
        Assert.Equal(Path.Join("opt", "cnn"), NameOf(File("opt", "cnn"), searched: "bin"));

    [Fact]
    public void AProgramThatAHostRunsIsCalledCnn() =>
        Assert.Equal("cnn", NameOf(File("share", "dotnet"), searched: "bin"));

    private string NameOf(string executable, string searched) =>
        ProgramName.For(executable, $"/nowhere{Path.PathSeparator}{folder[searched]}", folder.Path);

    private string File(string place, string name)
    {
        string path = Path.Join(folder[place], name);
        Directory.CreateDirectory(folder[place]);
        System.IO.File.WriteAllText(path, "");
        return path;
    }
}
