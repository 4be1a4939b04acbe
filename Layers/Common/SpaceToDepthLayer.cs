using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>
/// Takes blocks of pixels apart to channels: [N, s H, s W, C] to [N, H, W, s s C], or in the order of axes of
/// <c>data_format</c>; see <see cref="DepthSpaceLayer"/>. The gradient goes back; Synopsys' fork has none.
/// </summary>
[LayerType("SpaceToDepth")]
internal sealed class SpaceToDepthLayer(LayerContext context) : DepthSpaceLayer(context)
{
    private readonly SpaceToDepthParameter options =
        context.Parameter.SpaceToDepthParam ?? new SpaceToDepthParameter();

    /// <inheritdoc/>
    protected override bool IsToSpace => false;

    /// <inheritdoc/>
    protected override (int Side, string Order) Options => (options.BlockSize, options.DataFormat);

    /// <inheritdoc/>
    protected override (IMessage Message, int SideField, int OrderField) Fields =>
        (options, SpaceToDepthParameter.BlockSizeFieldNumber, SpaceToDepthParameter.DataFormatFieldNumber);

    /// <inheritdoc/>
    protected override string[] Orders => ["NHWC", "NCHW"];
}
