using Cnn.Proto;

namespace Cnn.Campaigns.References;

/// <summary>What a reference computes from, and where it writes.</summary>
internal sealed class ReferenceCall
{
    /// <summary>The definition of the layer, as it is in the net.</summary>
    public required LayerParameter Layer { get; init; }

    /// <summary>Whether the net is built for training.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>What the layer reads.</summary>
    public required IReadOnlyList<ReferenceBlob> Bottoms { get; init; }

    /// <summary>The parameters; the reference changes those that a forward pass changes.</summary>
    public required IReadOnlyList<ReferenceBlob> Parameters { get; init; }

    /// <summary>What the layer writes, zero and of the product's shapes, which the reference checks.</summary>
    public required IReadOnlyList<ReferenceBlob> Tops { get; init; }

    /// <summary>
    /// For each value of the tops, the sum of the magnitudes of the terms that it is the sum of, or 0 where the sum
    /// does not cancel: rounding grows with it. A reference may fill it.
    /// </summary>
    public required IReadOnlyList<ReferenceBlob> Magnitudes { get; init; }

    /// <summary>
    /// What the layer keeps from one forward pass to the next besides its parameters; nothing before the first.
    /// </summary>
    public required IDictionary<string, double[]> State { get; init; }

    /// <summary>The gradients of the tops; only for <see cref="IReferenceGradient"/>.</summary>
    public IReadOnlyList<ReferenceBlob> TopDiffs { get; init; } = [];

    /// <summary>The gradients of the bottoms, zero at first; only for <see cref="IReferenceGradient"/>.</summary>
    public IReadOnlyList<ReferenceBlob> BottomDiffs { get; init; } = [];

    /// <summary>The gradients of the parameters, zero at first; only for <see cref="IReferenceGradient"/>.</summary>
    public IReadOnlyList<ReferenceBlob> ParameterDiffs { get; init; } = [];

    /// <summary>Returns a top, which must have a shape.</summary>
    /// <exception cref="ReferenceMismatchException">It has another.</exception>
    public ReferenceBlob Top(int index, params ReadOnlySpan<int> shape) => Shaped(Tops[index], $"top {index}", shape);

    /// <summary>Returns a parameter, which must have a shape.</summary>
    /// <exception cref="ReferenceMismatchException">It has another.</exception>
    public ReferenceBlob Parameter(int index, params ReadOnlySpan<int> shape) => index < Parameters.Count
        ? Shaped(Parameters[index], $"parameter {index}", shape)
        : throw new ReferenceMismatchException($"there is no parameter {index}");

    private static ReferenceBlob Shaped(ReferenceBlob blob, string what, ReadOnlySpan<int> shape) =>
        shape.SequenceEqual(blob.Shape)
            ? blob
            : throw new ReferenceMismatchException(
                $"{what} has shape {blob.ShapeText}, the formula gives {ReferenceBlob.TextOf(shape.ToArray())}");
}
