using Cnn.Proto;

namespace Cnn.Tests;

/// <summary>
/// Features of Caffe that Cnn lacks. Only the golden cases that need them are skipped; any other missing layer fails.
/// </summary>
internal static class NotBuilt
{
    // Python is not planned; the others belong to the data layers that read images from files.
    public static readonly string[] Types = ["ImageData", "Python", "WindowData"];

    // The definition does not show that images are encoded: they are in the database.
    private static readonly string[] CasesOfEncodedImages = ["DataLmdbEncoded"];

    /// <summary>Skips a test whose net needs a missing feature.</summary>
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
