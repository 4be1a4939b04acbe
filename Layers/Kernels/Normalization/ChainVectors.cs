using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// The numbers of a <see cref="ChannelChain"/> for sixteen values: those of one channel, or of adjacent channels.
/// </summary>
internal readonly unsafe struct ChainVectors
{
    private readonly Vector512<float> mean, rest, factor, bias;

    /// <summary>Reads the numbers of a piece's channels.</summary>
    public ChainVectors(in ChannelChain chain, in ChannelPiece piece)
    {
        (mean, rest) = (Numbers(chain.Mean, piece), Numbers(chain.Rest, piece));
        factor = Numbers(chain.Factor, piece);
        bias = chain.Bias == null ? Vector512<float>.Zero : Numbers(chain.Bias, piece);
    }

    private ChainVectors(Vector512<float> factor) => this.factor = factor;

    /// <summary>Numbers with which nothing changes.</summary>
    public static ChainVectors Identity => new(Vector512<float>.One);

    /// <summary>Returns one number of each value's channel.</summary>
    public static Vector512<float> Numbers(float* numbers, in ChannelPiece piece) =>
        piece.IsOneChannel
            ? Vector512.Create(numbers[piece.Channel])
            : Lanes.Load(numbers + piece.Channel, piece.Lanes);

    /// <summary>Returns <c>x - mean</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Centred(Vector512<float> x) => x - mean - rest;

    /// <summary>Returns the normalised, scaled and shifted values of centred ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Result(Vector512<float> centred) =>
        Vector512.MultiplyAddEstimate(centred, factor, bias);
}
