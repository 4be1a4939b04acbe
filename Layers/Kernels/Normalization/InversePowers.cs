using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// <c>s^-beta</c> of sixteen values. Each exponent with a simple form has its own struct, so that loops are compiled
/// for it and the usual exponents need no logarithm.
/// </summary>
internal interface IInversePower
{
    /// <summary>Returns the power, and <c>1 / s</c>, which its derivative needs too.</summary>
    Vector512<float> Of(Vector512<float> s, out Vector512<float> reciprocal);
}

/// <summary>beta = 1/2: <c>1 / sqrt(s)</c>.</summary>
internal readonly struct InverseRoot : IInversePower
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> reciprocal)
    {
        if (!ReciprocalRoot.HasEstimate)
        {
            return Exact(s, out reciprocal);
        }

        Vector512<float> root = ReciprocalRoot.Estimate(s), isUsable = ReciprocalRoot.IsUsable(s);
        reciprocal = root * root;
        if (Vector512.EqualsAll(isUsable.AsInt32(), Vector512<int>.AllBitsSet))
        {
            return root;
        }

        // Lane by lane: a value's result must not depend on its neighbours.
        Vector512<float> exact = Exact(s, out Vector512<float> exactReciprocal);
        reciprocal = Vector512.ConditionalSelect(isUsable, reciprocal, exactReciprocal);
        return Vector512.ConditionalSelect(isUsable, root, exact);
    }

    private static Vector512<float> Exact(Vector512<float> s, out Vector512<float> reciprocal)
    {
        reciprocal = Vector512<float>.One / s;
        return Vector512<float>.One / Vector512.Sqrt(s);
    }
}

/// <summary>
/// beta = 3/4: with <c>r = 1 / sqrt(s)</c> and <c>q = 1 / sqrt(r)</c>, the fourth root of s, it is <c>r r q</c>.
/// </summary>
internal readonly struct InverseThreeQuarters : IInversePower
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> reciprocal)
    {
        if (!ReciprocalRoot.HasEstimate)
        {
            return Exact(s, out reciprocal);
        }

        Vector512<float> inverseRoot = ReciprocalRoot.Estimate(s), isUsable = ReciprocalRoot.IsUsable(s);
        reciprocal = inverseRoot * inverseRoot;
        Vector512<float> power = reciprocal * ReciprocalRoot.Estimate(inverseRoot);
        if (Vector512.EqualsAll(isUsable.AsInt32(), Vector512<int>.AllBitsSet))
        {
            return power;
        }

        // Lane by lane: a value's result must not depend on its neighbours.
        Vector512<float> exact = Exact(s, out Vector512<float> exactReciprocal);
        reciprocal = Vector512.ConditionalSelect(isUsable, reciprocal, exactReciprocal);
        return Vector512.ConditionalSelect(isUsable, power, exact);
    }

    private static Vector512<float> Exact(Vector512<float> s, out Vector512<float> reciprocal)
    {
        Vector512<float> root = Vector512.Sqrt(s);
        reciprocal = Vector512<float>.One / s;
        return Vector512<float>.One / (root * Vector512.Sqrt(root));
    }
}

/// <summary>beta = 1: <c>1 / s</c>.</summary>
internal readonly struct Inverse : IInversePower
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> reciprocal)
    {
        reciprocal = Vector512<float>.One / s;
        return reciprocal;
    }
}

/// <summary>Any beta: <c>e^(-beta log s)</c>.</summary>
internal readonly struct InversePower(float beta) : IInversePower
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> s, out Vector512<float> reciprocal)
    {
        reciprocal = Vector512<float>.One / s;
        return Vector512.Exp(Vector512.Log(s) * Vector512.Create(-beta));
    }
}
