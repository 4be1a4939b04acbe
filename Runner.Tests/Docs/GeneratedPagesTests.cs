using Cnn.Layers;

namespace Cnn.Tests.Docs;

/// <summary>The generated pages are those that the program of today makes.</summary>
[Trait("Category", "Unit")]
public sealed class GeneratedPagesTests
{
    [Fact]
    public void TheCommittedPagesAreThoseThatAreGenerated()
    {
        (string Path, string Text)[] pages = [.. GeneratedPages.All()];
        if (Environment.GetEnvironmentVariable(GeneratedPages.WriteVariable) is "1")
        {
            foreach (var (path, text) in pages)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }
        }

        string[] stale =
        [
            .. pages.Where(p => !File.Exists(p.Path) || File.ReadAllText(p.Path) != p.Text)
                .Select(p => Path.GetRelativePath(Repository.Root, p.Path)),
        ];
        Assert.True(
            stale.Length == 0, $"{string.Join(", ", stale)}: not up to date; write with: {GeneratedPages.Command}");
    }

    [Fact]
    public void EveryLayerTypeHasItsSectionAndEverySectionItsText()
    {
        (string Path, string Text)[] pages = [.. GeneratedPages.All()];
        var sections = pages.Where(p => p.Path.Contains(Path.Combine("docs", "layers") + Path.DirectorySeparatorChar))
            .SelectMany(p => p.Text.Split("\n## ").Skip(1))
            .Select(s => (Name: s.Split('\n')[0], Text: s.Split('\n', 2)[1].Trim()))
            .ToArray();

        Assert.Equal([], new LayerRegistry().Types.Where(t => t != "Python").Except(sections.Select(s => s.Name)));
        Assert.Equal([], new LayerRegistry().PythonLayers.Where(t => !pages.Any(p => p.Text.Contains(t))));
        Assert.Equal([], sections.Where(s => s.Text.Length == 0).Select(s => s.Name));
    }

    [Fact]
    public void ALayersOptionsAreFoundInItsCode()
    {
        Assert.Equal(["convolution_param"], Blocks("DepthwiseConvolution"));
        Assert.Equal(["transform_param", "data_param"], Blocks("Data"));
        Assert.Equal(["loss_param", "softmax_param"], Blocks("SoftmaxWithLoss"));
        Assert.Empty(Blocks("TanH"));
    }

    private static IEnumerable<string> Blocks(string type) => LayerBlocks.Of(
        typeof(Layer).Assembly.GetTypes().Single(t =>
            t.GetCustomAttributes(typeof(LayerTypeAttribute), inherit: false).Cast<LayerTypeAttribute>()
                .Any(a => a.Name == type))).Select(f => f.Name);
}
