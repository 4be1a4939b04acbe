using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Region proposals by the rules of two forks; see <see cref="RegionProposalLayer"/>. PVANet's is known by <c>ratio</c>
/// or <c>scale</c>: the third bottom has four values, the scale of the height and that of the width; the scores of
/// regions smaller than <c>min_size</c> become 0; an overlap of more than <c>nms_thresh</c> is too much; the second top
/// is [R].
/// </summary>
/// <remarks>
/// Synopsys' has ratios 0.5, 1 and 2 and scales 8, 16 and 32, or ratio 1 and scale 32 where <c>anchor_ratio</c> and
/// <c>anchor_scale</c> are other numbers than 3. The third bottom has three values; smaller regions than
/// <c>rpn_min_size</c> are left out; an overlap of more than <c>rpn_nms_thresh</c> is too much; <c>max_rois</c> come
/// out; the second top is [R, 1]. Equal scores come by row, column and anchor, there by a rule of the C++ library.
/// </remarks>
[LayerType("Proposal")]
internal sealed class ProposalLayer(LayerContext context) : RegionProposalLayer(context)
{
    private readonly ProposalParameter options = context.Parameter.ProposalParam ?? new ProposalParameter();

    /// <inheritdoc/>
    protected override ProposalRules ReadRules()
    {
        if (options.Ratio.Count == 0 && options.Scale.Count == 0)
        {
            return ReadSynopsysRules();
        }

        RefuseOtherKind();
        RequirePositive(ProposalParameter.RatioFieldNumber, "ratio", options.Ratio);
        RequirePositive(ProposalParameter.ScaleFieldNumber, "scale", options.Scale);
        int baseSize = SizeField.Check(
            Context, options, ProposalParameter.BaseSizeFieldNumber, "base_size", options.BaseSize);
        return new ProposalRules
        {
            Stride = SizeField.Check(
                Context, options, ProposalParameter.FeatStrideFieldNumber, "feat_stride", options.FeatStride),
            Anchors = RegionAnchors.Make(
                baseSize,
                [.. options.Ratio.Select(r => (double)r)],
                [.. options.Scale.Select(s => (double)s)],
                MidpointRounding.AwayFromZero),
            MinSize = options.MinSize,
            Candidates = SizeField.Check(
                Context, options, ProposalParameter.PreNmsTopnFieldNumber, "pre_nms_topn", options.PreNmsTopn),
            Regions = SizeField.Check(
                Context, options, ProposalParameter.PostNmsTopnFieldNumber, "post_nms_topn", options.PostNmsTopn),
            Threshold = options.NmsThresh,
            DropsEqual = false,
            LeavesOutSmall = false,
            ScoresAreRows = false,
            ImageValues = 4,
        };
    }

    private ProposalRules ReadSynopsysRules()
    {
        (int Field, string Name, bool IsSet)[] others =
        [
            (ProposalParameter.BaseSizeFieldNumber, "base_size", options.HasBaseSize),
            (ProposalParameter.MinSizeFieldNumber, "min_size", options.HasMinSize),
            (ProposalParameter.PostNmsTopnFieldNumber, "post_nms_topn", options.HasPostNmsTopn),
            (ProposalParameter.NmsThreshFieldNumber, "nms_thresh", options.HasNmsThresh),
        ];
        RefuseGiven(
            others,
            "belongs to PVANet's Proposal layer, but ratio is missing, so there are no anchors",
            "give ratio and scale, once or more each");

        return new ProposalRules
        {
            Stride = SizeField.Check(
                Context, options, ProposalParameter.FeatStrideFieldNumber, "feat_stride", options.FeatStride),
            Anchors = RegionAnchors.Make(
                Count(ProposalParameter.AnchorBaseSizeFieldNumber, "anchor_base_size", options.AnchorBaseSize),
                options.AnchorRatio == 3 ? [0.5, 1, 2] : [1],
                options.AnchorScale == 3 ? [8, 16, 32] : [32],
                MidpointRounding.AwayFromZero),
            MinSize = options.RpnMinSize,
            Candidates = SizeField.Check(
                Context, options, ProposalParameter.PreNmsTopnFieldNumber, "pre_nms_topn", options.PreNmsTopn),
            Regions = Count(ProposalParameter.MaxRoisFieldNumber, "max_rois", options.MaxRois),
            Threshold = options.RpnNmsThresh,
            DropsEqual = false,
            LeavesOutSmall = true,
            ScoresAreRows = true,
            ImageValues = 3,
        };
    }

    private int Count(int field, string name, int value) =>
        SizeField.Check(Context, options, field, name, (uint)Math.Max(value, 0));

    // Another fork has a layer of this name, which orders and chooses regions by other rules.
    private void RefuseOtherKind()
    {
        (int Field, string Name, bool IsSet)[] others =
        [
            (ProposalParameter.AnchorBaseSizeFieldNumber, "anchor_base_size", options.HasAnchorBaseSize),
            (ProposalParameter.AnchorScaleFieldNumber, "anchor_scale", options.HasAnchorScale),
            (ProposalParameter.AnchorRatioFieldNumber, "anchor_ratio", options.HasAnchorRatio),
            (ProposalParameter.MaxRoisFieldNumber, "max_rois", options.HasMaxRois),
            (ProposalParameter.RpnMinSizeFieldNumber, "rpn_min_size", options.HasRpnMinSize),
            (ProposalParameter.RpnNmsThreshFieldNumber, "rpn_nms_thresh", options.HasRpnNmsThresh),
        ];
        RefuseGiven(
            others,
            "belongs to the Proposal layer of Synopsys' fork, ratio and scale to PVANet's",
            "PVANet's has ratio, scale, base_size, min_size, post_nms_topn and nms_thresh besides");
    }

    private void RefuseGiven((int Field, string Name, bool IsSet)[] fields, string problem, string hint)
    {
        foreach (var (field, name, isSet) in fields)
        {
            if (isSet)
            {
                throw Context.Error(options, field, $"{name} {problem}", hint);
            }
        }
    }

    private void RequirePositive(int field, string name, IReadOnlyList<float> values)
    {
        if (values.Count == 0)
        {
            throw Context.Error(
                options,
                field,
                $"{name} is missing, so there are no anchors",
                "give ratio and scale, once or more each");
        }

        foreach (float value in values)
        {
            if (!(value > 0 && float.IsFinite(value)))
            {
                throw Context.Error(options, field, $"{name} is {value}, expected more than 0");
            }
        }
    }
}
