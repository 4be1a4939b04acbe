using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>
/// Gradients as tiles in one scale: blue below zero, orange above, zero white, or dark on a dark ground. Those of
/// filters over three channels are coloured as the filters are, around the middle grey.
/// </summary>
public static class GradientSheet
{
    /// <summary>Returns the gradient of the weights of a convolution, laid out as <see cref="FilterSheet"/>.</summary>
    /// <param name="weights">The weights, whose gradient a backward pass has computed.</param>
    /// <param name="most">How many tiles there are at most.</param>
    /// <param name="onDark">Whether the ground is dark.</param>
    /// <exception cref="CnnException">They are no filters.</exception>
    public static TileSheet OfWeights(Blob weights, int most = TileSheet.UsualMost, bool onDark = false)
    {
        ReadOnlySpan<float> values = weights.Diff;
        return FilterSheet.Lay(weights, values, most, Colors(onDark), FilterSheet.Largest(values));
    }

    /// <summary>Returns the gradient of a blob, one tile a channel.</summary>
    /// <param name="blob">The blob, [N, C, H, W] or [N, C], whose gradient a backward pass has computed.</param>
    /// <param name="item">The item, from 0.</param>
    /// <param name="most">How many channels are shown at most; of [N, C] more are.</param>
    /// <param name="onDark">Whether the ground is dark.</param>
    /// <exception cref="CnnException">The blob is empty or has no such item.</exception>
    public static TileSheet OfBlob(
        Blob blob, int item = 0, int most = TileSheet.UsualMost, bool onDark = false) =>
        ChannelTiles.Of(blob, blob.Diff, item, most, Colors(onDark), isSigned: true);

    private static ColorMap Colors(bool onDark) => onDark ? ColorMap.DivergingOnDark : ColorMap.Diverging;
}
