using Cnn.Proto;

namespace Cnn.Campaigns.References;

/// <summary>A drawn case: one layer, its options, and the shapes and values of what it reads.</summary>
internal sealed record ReferenceCase
{
    /// <summary>The type and options of the layer; names of the layer and its blobs are added.</summary>
    public required LayerParameter Layer { get; init; }

    /// <summary>The bottoms.</summary>
    public required IReadOnlyList<ReferenceBottom> Bottoms { get; init; }

    /// <summary>The number of tops.</summary>
    public int Tops { get; init; } = 1;

    /// <summary>The number of tops from which gradients flow; the layer has to ignore the others' gradients.</summary>
    public int GradientTops { get; init; } = int.MaxValue;

    /// <summary>Whether the layer runs backward.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>Whether the first top is the first bottom.</summary>
    public bool InPlace { get; init; }

    /// <summary>The number of forward passes, each with new bottoms; gradients are compared after the last.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>Draws the values of a parameter, by its number; from -1 to 1 unless given.</summary>
    public Func<int, Filling> FillParameter { get; init; } = _ => Fillings.Uniform();

    /// <summary>Returns whether a parameter, by its number, is learned by gradients; all are unless given.</summary>
    public Func<int, bool> HasParameterGradient { get; init; } = _ => true;

    /// <summary>Whether a backward pass adds to the parameters' gradients, rather than overwriting them.</summary>
    public bool AddsToParameterDiffs { get; init; } = true;

    /// <summary>
    /// The multiplications of a forward pass of the reference, where they are many more than there are values: costly
    /// gradients are compared along random directions.
    /// </summary>
    public long Work { get; init; }
}
