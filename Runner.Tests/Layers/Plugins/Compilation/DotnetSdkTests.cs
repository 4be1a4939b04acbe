using Cnn.Layers.Plugins.Compilation;

namespace Cnn.Tests.Layers.Plugins.Compilation;

[Trait("Category", "Unit")]
public sealed class DotnetSdkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheNewestOfTheRuntimesOwnVersionIsTaken()
    {
        string installed = Install("8.0.400", "10.0.99", "10.0.401", "10.0.401-rc.1", "10.0.300", "11.0.100");

        Assert.Equal("10.0.401", DotnetSdk.Find([installed])?.Version);
    }

    [Fact]
    public void ANewerVersionDoesWhereThereIsNoOther() =>
        Assert.Equal("11.0.100-preview.2", DotnetSdk.Find([Install("9.0.100", "11.0.100-preview.2")])?.Version);

    [Fact]
    public void AFolderWithoutASuitableSdkIsPassedOver()
    {
        string old = Install("9.0.300"), own = Install("10.0.100");

        Assert.StartsWith(own, DotnetSdk.Find([folder["nowhere"], old, own])?.Host, StringComparison.Ordinal);
        Assert.Null(DotnetSdk.Find([folder["nowhere"], old]));
    }

    // Somebody's net may lie beside a program that is called dotnet.
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("tools/dotnet")]
    [InlineData("..")]
    public void AFolderThatIsNotToldInFullIsNotLookedIn(string relative)
    {
        string runtime = Path.Combine(folder["dotnet"], "shared", "Microsoft.NETCore.App", "10.0.0");
        string own = Install("10.0.100");
        string path = string.Join(Path.PathSeparator, relative, own, relative, "");

        Assert.Equal([folder["dotnet"], own], DotnetSdk.Folders(runtime, relative, path));
        Assert.Equal([folder["dotnet"], own, own], DotnetSdk.Folders(runtime + Path.DirectorySeparatorChar, own, path));
        Assert.Equal([folder["dotnet"]], DotnetSdk.Folders(runtime, null, null));
    }

    [Fact]
    public void ALinkOnThePathLeadsToTheFolderOfTheHost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs a right there");
        string own = Install("10.0.100"), links = folder["bin"];
        Directory.CreateDirectory(links);
        File.CreateSymbolicLink(Path.Combine(links, "dotnet"), Path.Combine(own, "dotnet"));

        Assert.Equal(own, DotnetSdk.Folders(folder["a/b/c"], null, links).Last());
    }

    [Fact]
    public void TheSdkThatBuiltTheTestsIsFound() => Assert.True(File.Exists(DotnetSdk.Find()?.Host));

    private string Install(params string[] versions)
    {
        string root = folder[$"dotnet-{versions[0]}"];
        foreach (string version in versions)
        {
            Directory.CreateDirectory(Path.Combine(root, "sdk", version));
            File.WriteAllText(Path.Combine(root, "sdk", version, "dotnet.dll"), "");
        }

        Directory.CreateDirectory(Path.Combine(root, "sdk", "NuGetFallbackFolder"));
        File.WriteAllText(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), "");
        return root;
    }
}
