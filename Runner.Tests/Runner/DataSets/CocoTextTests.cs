using System.Text;
using Cnn.Proto;
using Cnn.Runner.DataSets.Boxes;

namespace Cnn.Tests.Runner.DataSets;

/// <summary>
/// Texts of annotations that are no Unicode, which JSON's reader does not notice before they are asked for.
/// </summary>
[Trait("Category", "Unit")]
public sealed class CocoTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void HalfOfAPairIsAnErrorThatNamesTheFile() => Refuses(Encoding.UTF8.GetBytes(File("\\ud800")));

    [Fact]
    public void ABrokenByteIsAnErrorThatNamesTheFile() => Refuses(Encoding.Latin1.GetBytes(File("caf\u00E9")));

    [Fact]
    public void WholePairsAreRead()
    {
        string path = folder.Write("coco.json", File("\\ud83d\\ude00"));
        Assert.Equal("\U0001F600", Assert.Single(CocoFile.Read(path, folder.Path, null).Images).Name);
    }

    private static string File(string name) =>
        $$"""{"images":[{"id":1,"file_name":"{{name}}"}],"annotations":[],"categories":[]}""";

    private void Refuses(byte[] content)
    {
        string path = folder["coco.json"];
        System.IO.File.WriteAllBytes(path, content);
        CnnException refusal = Assert.Throws<CnnException>(() => CocoFile.Read(path, folder.Path, null));
        Assert.Contains($"'{path}' holds a text that is no Unicode", refusal.Message, StringComparison.Ordinal);
    }
}
