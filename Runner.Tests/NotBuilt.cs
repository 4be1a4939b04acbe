using Cnn.Proto;

namespace Cnn.Tests;

/// <summary>
/// Features of Caffe that Cnn lacks. Only the golden cases that need them are skipped; any other missing layer fails.
/// </summary>
internal static class NotBuilt
{
    /// <summary>The layer types: of Caffe's forks, one name a line.</summary>
    public static readonly string[] Types =
    [
    ];

    /// <summary>Skips a test whose net needs a missing feature.</summary>
    /// <param name="net">The net.</param>
    /// <param name="name">The name or path of its golden case.</param>
    public static void SkipIfNeededBy(NetParameter net, string name) => Assert.SkipWhen(
        net.Layer.Any(l => Types.Contains(l.Type)), $"not built: {name} needs {string.Join(", ", Types)}");

    /// <summary>
    /// Skips a case that contradicts the real Caffe: NVIDIA's BatchNorm never divides by its third blob, whose value is
    /// 1 in all of its files but not in the case; the real Caffe's layer of the same text does.
    /// </summary>
    /// <param name="name">The name or path of the golden case.</param>
    public static void SkipIfContradictory(string name) => Assert.SkipWhen(
        name.EndsWith("BatchNormNvThreeBlobs", StringComparison.Ordinal), $"{name} contradicts layers/BatchNormGlobal");
}
