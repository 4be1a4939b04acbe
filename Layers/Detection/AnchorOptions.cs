using System.ComponentModel.DataAnnotations;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>What the <c>param_str</c> of py-faster-rcnn's layers tells of the anchors.</summary>
internal abstract record AnchorOptions
{
    private const double BaseSize = 16;

    /// <summary>Pixels of the image from one anchor to the next.</summary>
    [Range(1, int.MaxValue)]
    public required int FeatStride { get; init; }

    /// <summary>Heights divided by widths of the anchors.</summary>
    public double[] Ratios { get; init; } = [0.5, 1, 2];

    /// <summary>Scales of the anchors.</summary>
    public double[] Scales { get; init; } = [8, 16, 32];

    /// <summary>Whether the shifts of anchors are learned normalized (R-FCN).</summary>
    public bool RpnNormalizeTargets { get; init; }

    /// <summary>Their means.</summary>
    public double[] RpnNormalizeMeans { get; init; } = [0, 0, 0, 0];

    /// <summary>Their deviations.</summary>
    public double[] RpnNormalizeStds { get; init; } = [0.1, 0.1, 0.2, 0.2];

    /// <summary>Returns the anchors about the first place; see <see cref="RegionAnchors.Make"/>.</summary>
    /// <exception cref="CnnException">Ratios or scales are wrong.</exception>
    public float[] MakeAnchors(LayerContext context)
    {
        RegionOptions.RequirePositive(context, "ratios", Ratios);
        RegionOptions.RequirePositive(context, "scales", Scales);
        return RegionAnchors.Make(BaseSize, Ratios, Scales, MidpointRounding.ToEven);
    }

    /// <summary>Returns how shifts of anchors are normalized.</summary>
    /// <exception cref="CnnException">The means or deviations are wrong.</exception>
    public BoxNorm MakeNorm(LayerContext context) => RpnNormalizeTargets
        ? BoxNorm.Of(context, "rpn_normalize", RpnNormalizeMeans, RpnNormalizeStds)
        : BoxNorm.None;
}
