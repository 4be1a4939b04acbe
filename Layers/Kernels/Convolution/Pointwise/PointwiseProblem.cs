using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Pointwise;

/// <summary>
/// A GEMM for each image: y[image, group, M, N] = W[group, M, K] x[image, group, K, N] + bias, where N are the pixels
/// of a channel. The weights have any strides, so that a gradient is the same problem with the weights transposed.
/// </summary>
internal unsafe struct PointwiseProblem
{
    /// <summary>[Images, Groups, K, N].</summary>
    public float* X;

    /// <summary>The weight of a group's row m and column k is at m * RowStep + k * ColumnStep.</summary>
    public float* Weights;

    /// <summary>[Groups, M], or null.</summary>
    public float* Bias;

    /// <summary>[Images, Groups, M, N]; overwritten.</summary>
    public float* Y;

    /// <summary>[Images, Groups, M, N], added before the rectifier; or null.</summary>
    public float* Addend;

    public int Images, Groups, M, N, K, RowStep, ColumnStep;

    /// <summary>The rectifier of the result; null for none.</summary>
    public Rectifier? Rectifier;

    /// <summary>Floats from one group's weights to the next.</summary>
    public readonly nint GroupStep => (nint)M * K;

    /// <summary>The first channel of a group of an image.</summary>
    public readonly float* Input(int image, int group) => X + ((((nint)image * Groups) + group) * K * N);

    /// <summary>The first channel of a group's result.</summary>
    public readonly float* Result(int image, int group) => Y + ((((nint)image * Groups) + group) * M * N);
}
