using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>What sixteen values add to the two sums of their channel.</summary>
internal interface IChannelTerms
{
    /// <summary>Returns the terms of the values from an index on; those beyond the count may be anything.</summary>
    void Of(nint at, int count, out Vector512<float> first, out Vector512<float> second);
}
