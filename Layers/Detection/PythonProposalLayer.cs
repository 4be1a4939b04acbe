using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// py-faster-rcnn's ProposalLayer, in the place of the Python class; see <see cref="RegionProposalLayer"/>. Its
/// <c>param_str</c> has <c>feat_stride</c> and may have <c>scales</c> and <c>ratios</c>. The settings are those of its
/// configuration: 6000 candidates and 300 regions in testing, 12000 and 2000 in training, overlaps below 0.7, sides of
/// 16 pixels at least; smaller regions are left out. The second top is [R, 1].
/// </summary>
[PythonLayer("rpn.proposal_layer", "ProposalLayer")]
[PythonLayer("proposal_layer", "ProposalLayer")]
internal sealed class PythonProposalLayer(LayerContext context) : RegionProposalLayer(context)
{
    private const double BaseSize = 16;

    /// <inheritdoc/>
    protected override ProposalRules ReadRules()
    {
        PythonProposalOptions options = PluginOptions.Bind<PythonProposalOptions>(Context);
        RequirePositive("ratios", options.Ratios);
        RequirePositive("scales", options.Scales);
        bool isTraining = Phase == Phase.Train;
        return new ProposalRules
        {
            Stride = options.FeatStride,
            Anchors = RegionAnchors.Make(BaseSize, options.Ratios, options.Scales, MidpointRounding.ToEven),
            MinSize = 16,
            Candidates = isTraining ? 12000 : 6000,
            Regions = isTraining ? 2000 : 300,
            Threshold = 0.7f,
            DropsEqual = true,
            LeavesOutSmall = true,
            ScoresAreRows = true,
            ImageValues = 3,
        };
    }

    private void RequirePositive(string name, double[] values)
    {
        if (values.Length == 0 || Array.Exists(values, v => !(v > 0 && double.IsFinite(v))))
        {
            throw Context.Error(
                Parameter.PythonParam,
                PythonParameter.ParamStrFieldNumber,
                $"{name} in param_str is [{string.Join(", ", values)}]",
                "one number or more, each more than 0");
        }
    }
}
