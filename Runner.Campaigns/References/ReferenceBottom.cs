using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>A bottom of a drawn case.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Fill">Draws its values.</param>
internal sealed record ReferenceBottom(int[] Shape, Filling Fill)
{
    /// <summary>Whether the layer has a gradient for it.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>
    /// Whether the layer lets no gradient through to it, although the tops depend on it: its gradient is 0.
    /// </summary>
    public bool IsCutOff { get; init; }

    /// <summary>Its shape from the second pass on; null where it stays.</summary>
    public int[]? LaterShape { get; init; }

    /// <summary>Returns the bottom, which in some cases has another shape from the second pass on.</summary>
    public ReferenceBottom Later(PhiloxRandom random, Func<int[]> shape) =>
        random.Chance(0.3) ? this with { LaterShape = shape() } : this;

    /// <summary>Returns its shape in a pass.</summary>
    public int[] ShapeAt(int pass) => pass > 0 && LaterShape is { } later ? later : Shape;
}
