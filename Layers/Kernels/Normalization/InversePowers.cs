using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// <c>s^-beta</c> and <c>1 / s</c> of sixteen values. One struct for each exponent that has a short form, so that the
/// loops over it are compiled for it and the usual exponents need no logarithm.
/// </summary>
internal interface IInversePower
{
    /// <summary>The power, and the inverse, which costs nothing where it is not used.</summary>
    Vector512<float> Of(Vector512<float> s, out Vector512<float> inverse);
}

/// <summary>beta = 1/2: <c>1 / sqrt(s)</c>.</summary>
internal readonly struct InverseRoot : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> inverse)
    {
        Vector512<float> root = Roots.Inverse(s);
        inverse = root * root;
        return root;
    }
}

/// <summary>beta = 3/4: with <c>r = 1 / sqrt(s)</c> it is <c>r sqrt(r)</c>.</summary>
internal readonly struct InverseThreeQuarters : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> inverse)
    {
        Vector512<float> root = Roots.Inverse(s);
        inverse = root * root;
        return inverse * Roots.Inverse(root);
    }
}

/// <summary>beta = 1: <c>1 / s</c>.</summary>
internal readonly struct Inverse : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> inverse) =>
        inverse = Vector512<float>.One / s;
}

/// <summary>Any beta: <c>e^(-beta log s)</c>.</summary>
internal readonly struct InversePower(float beta) : IInversePower
{
    /// <inheritdoc/>
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> inverse)
    {
        inverse = Vector512<float>.One / s;
        return Vector512.Exp(Vector512.Log(s) * Vector512.Create(-beta));
    }
}
