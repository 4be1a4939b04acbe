using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>What follows a normalisation, value by value, and its gradient.</summary>
internal interface IRectification
{
    /// <summary>The function.</summary>
    Vector512<float> Forward(Vector512<float> x);

    /// <summary>The gradient with respect to x from that with respect to the result.</summary>
    Vector512<float> Gradient(Vector512<float> x, Vector512<float> dy);
}
