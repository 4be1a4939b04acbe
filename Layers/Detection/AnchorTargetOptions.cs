using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Detection;

/// <summary>
/// The <c>param_str</c> of py-faster-rcnn's AnchorTargetLayer, and the settings of its <c>cfg.TRAIN</c> with their
/// defaults.
/// </summary>
internal sealed record AnchorTargetOptions : AnchorOptions
{
    /// <summary>Pixels that an anchor may reach out of the image.</summary>
    [Range(0, int.MaxValue)]
    public int AllowedBorder { get; init; }

    /// <summary>The overlap from which an anchor is an object's.</summary>
    [Range(0.0, 1.0)]
    public double RpnPositiveOverlap { get; init; } = 0.7;

    /// <summary>The overlap below which it is background.</summary>
    [Range(0.0, 1.0)]
    public double RpnNegativeOverlap { get; init; } = 0.3;

    /// <summary>Whether an object's best anchor is background if their overlap is that small.</summary>
    public bool RpnClobberPositives { get; init; }

    /// <summary>The largest share of objects' anchors among those to learn from.</summary>
    [Range(0.0, 1.0)]
    public double RpnFgFraction { get; init; } = 0.5;

    /// <summary>Anchors of an image to learn from.</summary>
    [Range(1, int.MaxValue)]
    public int RpnBatchsize { get; init; } = 256;

    /// <summary>Weights of an object's shifts.</summary>
    public double[] RpnBboxInsideWeights { get; init; } = [1, 1, 1, 1];

    /// <summary>
    /// The weight of all objects' anchors together, that of the background being the rest of 1; below 0 all anchors
    /// weigh the same.
    /// </summary>
    public double RpnPositiveWeight { get; init; } = -1;
}
