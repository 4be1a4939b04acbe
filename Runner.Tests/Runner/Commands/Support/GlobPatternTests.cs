using Cnn.Runner.Commands.Support;

namespace Cnn.Tests.Runner.Commands.Support;

[Trait("Category", "Unit")]
public sealed class GlobPatternTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public GlobPatternTests()
    {
        foreach (string file in (string[])
            ["a1.jpg", "a2.jpg", "b1.png", ".hidden.jpg", "a/1.jpg", "a/b/2.jpg", "a/.b/3.jpg", "c/1.png", "x]y", "^"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            folder.Write(file, "");
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("*.jpg", "a1.jpg", "a2.jpg")]
    [InlineData("a?.jpg", "a1.jpg", "a2.jpg")]
    [InlineData("?1.*", "a1.jpg", "b1.png")]
    [InlineData("[ac]1.*", "a1.jpg")]
    [InlineData("[!a]1.*", "b1.png")]
    [InlineData("[a-b][12].*", "a1.jpg", "a2.jpg", "b1.png")]
    [InlineData("x[]]y", "x]y")]
    [InlineData("[x^]", "^")]
    [InlineData("[a1.jpg")]
    [InlineData(".*.jpg", ".hidden.jpg")]
    [InlineData("*/1.*", "a/1.jpg", "c/1.png")]
    [InlineData("a/*/2.jpg", "a/b/2.jpg")]
    [InlineData("**/*.jpg", "a/1.jpg", "a/b/2.jpg", "a1.jpg", "a2.jpg")]
    [InlineData("a/**/2.jpg", "a/b/2.jpg")]
    [InlineData("*/none")]
    [InlineData("A*.jpg")]
    public void APatternFindsWhatAShellFinds(string pattern, params string[] expected) => Assert.Equal(
        expected,
        GlobPattern.Files(folder[pattern]).Select(path => Path.GetRelativePath(folder.Path, path)));
}
