using Cnn.Proto;
using Cnn.Runner.Starters;

namespace Cnn.Tests.Runner.Starters;

[Trait("Category", "Unit")]
public sealed class StarterWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FilesThatExistAreAllNamedAndKept()
    {
        folder.Write("a.txt", "mine");
        folder.Write("c.txt", "mine too");

        CnnException error = Assert.Throws<CnnException>(
            () => Write(overwrites: false, ("a.txt", "new"), ("b.txt", "new"), ("c.txt", "new")));

        Assert.Equal(
            [
                $"'{folder["a.txt"]}' exists already; --force replaces it, --to names another folder",
                $"'{folder["c.txt"]}' exists already; --force replaces it, --to names another folder",
            ],
            error.Diagnostics.Select(d => d.ToString()));
        Assert.Equal("mine", File.ReadAllText(folder["a.txt"]));
        Assert.False(File.Exists(folder["b.txt"]));
    }

    [Fact]
    public void FilesAreReplacedWhereThatIsAskedFor()
    {
        folder.Write("a.txt", "mine");

        Write(overwrites: true, ("a.txt", "new"));

        Assert.Equal("new", File.ReadAllText(folder["a.txt"]));
    }

    [Fact]
    public void WhereOneFileCannotBeWrittenAllIsAsItWas()
    {
        folder.Write("a.txt", "mine");
        Directory.CreateDirectory(folder["c.txt"]);

        Assert.Throws<CnnException>(
            () => Write(overwrites: true, ("a.txt", "new"), ("b.txt", "new"), ("c.txt", "new")));

        Assert.Equal("mine", File.ReadAllText(folder["a.txt"]));
        Assert.Equal([folder["a.txt"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFolderThatCannotBeCreatedLeavesNothing()
    {
        string file = folder.Write("file", "");

        CnnException error = Assert.Throws<CnnException>(
            () => StarterWriter.Write([new StarterFile("a.txt", "x")], Path.Combine(file, "below", "it"), false));

        Assert.Contains("cannot be created", error.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }

    private void Write(bool overwrites, params (string Name, string Text)[] files) =>
        StarterWriter.Write([.. files.Select(f => new StarterFile(f.Name, f.Text))], folder.Path, overwrites);
}
