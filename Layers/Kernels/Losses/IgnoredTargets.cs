using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The targets to ignore: those whose integer part is a given label. They are stored as a closed range, since rounding
/// is slow in vectors.
/// </summary>
internal readonly struct IgnoredTargets
{
    private readonly float least;
    private readonly float most;

    /// <summary>
    /// Ignores targets that, truncated to an integer, are <paramref name="label"/>; null ignores none.
    /// </summary>
    public IgnoredTargets(int? label)
    {
        (least, most) = (float.NaN, float.NaN);
        if (label is { } value)
        {
            least = value > 0 ? value : MathF.Min(value, MathF.BitIncrement(value - 1f));
            most = value < 0 ? value : MathF.Max(value, MathF.BitDecrement(value + 1f));
        }
    }

    /// <summary>Whether a target is ignored; NaN never is.</summary>
    public bool Contains(float target) => target >= least && target <= most;

    /// <summary>Returns all bits set in the lanes whose target is ignored.</summary>
    public Vector512<float> Contains(Vector512<float> target) =>
        Vector512.GreaterThanOrEqual(target, Vector512.Create(least))
        & Vector512.LessThanOrEqual(target, Vector512.Create(most));
}
