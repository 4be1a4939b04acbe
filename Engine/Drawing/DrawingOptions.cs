namespace Cnn.Engine.Drawing;

/// <summary>How to draw a net.</summary>
public sealed record DrawingOptions
{
    /// <summary>
    /// Whether modules that the net repeats, such as residual blocks, are drawn as one box each; null to do so where
    /// the drawing would have more than <see cref="MostBoxes"/> boxes otherwise.
    /// </summary>
    public bool? Fold { get; init; }

    /// <summary>The title; null for the net's name.</summary>
    public string? Title { get; init; }

    /// <summary>The number of boxes up to which a net is drawn unfolded where nothing is said.</summary>
    public static int MostBoxes => 60;
}
