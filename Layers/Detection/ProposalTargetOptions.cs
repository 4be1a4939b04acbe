using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Detection;

/// <summary>
/// The <c>param_str</c> of py-faster-rcnn's ProposalTargetLayer, and the settings of its <c>cfg.TRAIN</c> with their
/// defaults.
/// </summary>
internal sealed record ProposalTargetOptions
{
    /// <summary>Classes, the background being one.</summary>
    [Range(2, 1 << 20)]
    public required int NumClasses { get; init; }

    /// <summary>Regions to learn from; -1 for all (online hard example mining chooses later).</summary>
    [Range(-1, int.MaxValue)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The largest share of objects' regions among them.</summary>
    [Range(0.0, 1.0)]
    public double FgFraction { get; init; } = 0.25;

    /// <summary>The overlap from which a region is an object's.</summary>
    [Range(0.0, 1.0)]
    public double FgThresh { get; init; } = 0.5;

    /// <summary>The overlap below which it is background.</summary>
    [Range(0.0, 1.0)]
    public double BgThreshHi { get; init; } = 0.5;

    /// <summary>The overlap from which it is background; below it is neither.</summary>
    [Range(0.0, 1.0)]
    public double BgThreshLo { get; init; } = 0.1;

    /// <summary>Whether shifts may be normalized.</summary>
    public bool BboxNormalizeTargets { get; init; } = true;

    /// <summary>Whether they are, by these means and deviations.</summary>
    public bool BboxNormalizeTargetsPrecomputed { get; init; }

    /// <summary>The means of the shifts.</summary>
    public double[] BboxNormalizeMeans { get; init; } = [0, 0, 0, 0];

    /// <summary>The deviations of the shifts.</summary>
    public double[] BboxNormalizeStds { get; init; } = [0.1, 0.1, 0.2, 0.2];

    /// <summary>Weights of an object's shifts.</summary>
    public double[] BboxInsideWeights { get; init; } = [1, 1, 1, 1];

    /// <summary>Whether all classes share their shifts (R-FCN); null where there are two classes.</summary>
    public bool? Agnostic { get; init; }
}
