using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// <c>s^-beta</c> of sixteen values. One struct for each exponent that has a short form, so that the loops over it are
/// compiled for it and the usual exponents need no logarithm.
/// </summary>
internal interface IInversePower
{
    /// <summary>The power.</summary>
    Vector512<float> Of(Vector512<float> s);
}

/// <summary>beta = 1/2: <c>1 / sqrt(s)</c>.</summary>
internal readonly struct InverseRoot : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s) => Vector512<float>.One / Vector512.Sqrt(s);
}

/// <summary>beta = 3/4: <c>1 / (sqrt(s) sqrt(sqrt(s)))</c>.</summary>
internal readonly struct InverseThreeQuarters : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s)
    {
        Vector512<float> root = Vector512.Sqrt(s);
        return Vector512<float>.One / (root * Vector512.Sqrt(root));
    }
}

/// <summary>beta = 1: <c>1 / s</c>.</summary>
internal readonly struct Inverse : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s) => Vector512<float>.One / s;
}

/// <summary>Any beta: <c>e^(-beta log s)</c>, in double so that large exponents keep their digits.</summary>
internal readonly struct InversePower(double beta) : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s)
    {
        var (low, high) = Vector512.Widen(s);
        return Vector512.Narrow(Of(low), Of(high));
    }

    private Vector512<double> Of(Vector512<double> s) => Vector512.Exp(Vector512.Log(s) * Vector512.Create(-beta));
}
