using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// py-faster-rcnn's ProposalLayer, in the place of the Python class; see <see cref="RegionProposalLayer"/>. Its
/// <c>param_str</c> has <c>feat_stride</c> and may have <c>scales</c> and <c>ratios</c>. The settings are those of its
/// configuration: 6000 candidates and 300 regions in testing, 12000 and 2000 in training, overlaps below 0.7, sides of
/// 16 pixels at least; smaller regions are left out. Further keys change them; they are listed at
/// <see cref="Data.RoIDataLayer"/>. The second top is [R, 1].
/// </summary>
[PythonLayer("rpn.proposal_layer", "ProposalLayer")]
[PythonLayer("proposal_layer", "ProposalLayer")]
internal sealed class PythonProposalLayer(LayerContext context) : RegionProposalLayer(context)
{
    /// <inheritdoc/>
    protected override ProposalRules ReadRules()
    {
        PythonProposalOptions options = PluginOptions.Bind<PythonProposalOptions>(Context);
        bool isTraining = Phase == Phase.Train;
        return new ProposalRules
        {
            Stride = options.FeatStride,
            Anchors = options.MakeAnchors(Context),
            MinSize = (float)options.RpnMinSize,
            Candidates = options.RpnPreNmsTopN ?? (isTraining ? 12000 : 6000),
            Regions = options.RpnPostNmsTopN ?? (isTraining ? 2000 : 300),
            Threshold = (float)options.RpnNmsThresh,
            DropsEqual = true,
            LeavesOutSmall = true,
            ScoresAreRows = true,
            ImageValues = 3,
            Norm = options.MakeNorm(Context),
        };
    }
}
