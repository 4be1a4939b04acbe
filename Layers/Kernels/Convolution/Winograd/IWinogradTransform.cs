namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// The one-dimensional transforms of Winograd's minimal filtering with tiles of four results. Applied down and across,
/// they yield the transforms of a plane. Each transform reads all of its values, a vector of tiles or channels at a
/// time, before it writes one.
/// </summary>
/// <remarks>
/// Let p_i be the points, f the product of (x - p_i), with one more point at infinity. A signal is multiplied with the
/// coefficients of f(x) / (x - p_i), taps are transformed to the values of their polynomial at the points, divided by
/// f'(p_i), and products are transformed back by powers of the points. As correlation treats taps and results alike
/// except for their number, the same points serve the gradient of the weights, whose taps are the gradients of four
/// results and whose results are the taps. After Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks"
/// (CVPR 2016).
/// </remarks>
internal unsafe interface IWinogradTransform
{
    /// <summary>Values of a transformed tile along an axis: taps + results - 1.</summary>
    static abstract int Size { get; }

    /// <summary>Taps along an axis.</summary>
    static abstract int Taps { get; }

    /// <summary>Values along an axis that a tile reads; tiles are four apart.</summary>
    static abstract int Seen { get; }

    /// <summary>
    /// Results of a tile along an axis: the first four are its own, the others are added to those of the next tile.
    /// </summary>
    static abstract int Made { get; }

    /// <summary>Tiles or channels that are transformed at a time: the width of a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// Transforms the values that a tile reads to <see cref="Size"/> values, from rows that end after
    /// <paramref name="count"/> values; the other lanes are 0.
    /// </summary>
    static abstract void Signal(float** rows, nint offset, int count, float* to, nint toStep);

    /// <summary>Transforms the values that a tile reads to <see cref="Size"/> values.</summary>
    static abstract void Signal(float* from, nint step, float* to, nint toStep);

    /// <summary>Transforms the taps to <see cref="Size"/> values.</summary>
    static abstract void Weights(float* from, nint step, float* to, nint toStep);

    /// <summary>Transforms <see cref="Size"/> products to the results, plus an addend.</summary>
    static abstract void Results(float* from, nint step, float addend, float* to, nint toStep);
}
