namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// The one-dimensional transforms of Winograd's minimal filtering with tiles of four results; applied down and across
/// they make those of a plane. Each reads all of its values, a vector of tiles or channels at a time, before it writes
/// one.
/// </summary>
/// <remarks>
/// With points p_i, f the product of (x - p_i), and one point at infinity: a signal goes to the coefficients of
/// f(x) / (x - p_i), taps to their polynomial's values at the points over f'(p_i), and products back by powers of the
/// points. As correlation treats taps and results alike but for their number, the same points serve the gradient of the
/// weights, whose taps are the gradients of four results and whose results are the taps. After Lavin and Gray, "Fast
/// Algorithms for Convolutional Neural Networks" (CVPR 2016).
/// </remarks>
internal unsafe interface IWinogradTransform
{
    /// <summary>Values of a transformed tile along an axis: taps and results, less one.</summary>
    static abstract int Size { get; }

    /// <summary>Taps along an axis.</summary>
    static abstract int Taps { get; }

    /// <summary>Values along an axis that a tile sees; tiles are four apart.</summary>
    static abstract int Seen { get; }

    /// <summary>
    /// Results along an axis of a tile, of which the first four are its own and others are added to the next tile's.
    /// </summary>
    static abstract int Made { get; }

    /// <summary>Tiles or channels at a time: the width of a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// What a tile sees to <see cref="Size"/> values, of rows that end after <paramref name="count"/>; more reads as
    /// zero.
    /// </summary>
    static abstract void Signal(float** rows, nint offset, int count, float* to, nint toStep);

    /// <summary>What a tile sees to <see cref="Size"/> values.</summary>
    static abstract void Signal(float* from, nint step, float* to, nint toStep);

    /// <summary>The taps to <see cref="Size"/> values.</summary>
    static abstract void Weights(float* from, nint step, float* to, nint toStep);

    /// <summary><see cref="Size"/> products to the results, plus an addend.</summary>
    static abstract void Results(float* from, nint step, float addend, float* to, nint toStep);
}
