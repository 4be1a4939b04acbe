using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Detection;

/// <summary>
/// The <c>param_str</c> of py-faster-rcnn's ProposalLayer, and the settings of its <c>cfg.TRAIN</c> or <c>cfg.TEST</c>,
/// whose defaults depend on the phase.
/// </summary>
internal sealed record PythonProposalOptions : AnchorOptions
{
    /// <summary>The overlap from which a region is dropped.</summary>
    [Range(0.0, 1.0)]
    public double RpnNmsThresh { get; init; } = 0.7;

    /// <summary>Anchors that are looked at, the best first; null for 12000 in training and 6000 in testing.</summary>
    [Range(1, int.MaxValue)]
    public int? RpnPreNmsTopN { get; init; }

    /// <summary>Regions that are kept; null for 2000 in training and 300 in testing.</summary>
    [Range(1, int.MaxValue)]
    public int? RpnPostNmsTopN { get; init; }

    /// <summary>The least side of a region, in pixels of the image before it was resized.</summary>
    [Range(0.0, 1e6)]
    public double RpnMinSize { get; init; } = 16;
}
