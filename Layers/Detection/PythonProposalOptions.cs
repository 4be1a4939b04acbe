using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Detection;

/// <summary>The <c>param_str</c> of py-faster-rcnn's ProposalLayer.</summary>
internal sealed record PythonProposalOptions
{
    /// <summary>Pixels of the image from one anchor to the next.</summary>
    [Range(1, int.MaxValue)]
    public required int FeatStride { get; init; }

    /// <summary>Heights divided by widths of the anchors.</summary>
    public double[] Ratios { get; init; } = [0.5, 1, 2];

    /// <summary>Scales of the anchors.</summary>
    public double[] Scales { get; init; } = [8, 16, 32];
}
