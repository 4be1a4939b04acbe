using Cnn.Proto;

namespace Cnn.Tests;

/// <summary>
/// What Caffe has and Cnn has not. The golden cases of these alone are skipped; another that lacks a layer fails.
/// </summary>
internal static class NotBuilt
{
    // Python never; the others come with the data layers that read images from files.
    public static readonly string[] Types = ["ImageData", "Python", "WindowData"];

    // Encoded images cannot be told from the definition: they are in the database.
    private static readonly string[] CasesOfEncodedImages = ["DataLmdbEncoded"];

    /// <summary>Skips a test whose net needs something of the list.</summary>
    /// <param name="net">The net.</param>
    /// <param name="name">The name or path of its golden case.</param>
    public static void SkipIfNeededBy(NetParameter net, string name)
    {
        IEnumerable<string> missing =
        [
            .. net.Layer.Select(l => l.Type).Intersect(Types),
            .. net.Layer.Where(IsOverLevelDb).Select(_ => "LevelDB"),
            .. CasesOfEncodedImages.Where(c => c == Path.GetFileName(name)).Select(_ => "encoded images"),
        ];
        Assert.SkipWhen(missing.Any(), $"not built: {name} needs {string.Join(", ", missing.Distinct())}");
    }

    private static bool IsOverLevelDb(LayerParameter layer) =>
        layer.Type == "Data" && (layer.DataParam is null or { Backend: DataParameter.Types.DB.Leveldb });
}
