using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Region proposals by the rules of PVANet's fork; see <see cref="RegionProposalLayer"/>. The third bottom has four
/// values, the scale of the height and that of the width; the scores of regions smaller than <c>min_size</c> become 0;
/// an overlap of more than <c>nms_thresh</c> is too much; the second top is [R].
/// </summary>
[LayerType("Proposal")]
internal sealed class ProposalLayer(LayerContext context) : RegionProposalLayer(context)
{
    private readonly ProposalParameter options = context.Parameter.ProposalParam ?? new ProposalParameter();

    /// <inheritdoc/>
    protected override ProposalRules ReadRules()
    {
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
        foreach (var (field, name, isSet) in others)
        {
            if (isSet)
            {
                throw Context.Error(
                    options,
                    field,
                    $"{name} belongs to the Proposal layer of Synopsys' fork, which does not run here",
                    "PVANet's has ratio, scale, base_size, min_size, post_nms_topn and nms_thresh");
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
