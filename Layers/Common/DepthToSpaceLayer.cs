using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>
/// Makes blocks of pixels of channels: [N, H, W, s s C] to [N, s H, s W, C], or in the order of axes of
/// <c>data_format</c>; see <see cref="DepthSpaceLayer"/>. The gradient goes back; Synopsys' fork has none.
/// </summary>
[LayerType("DepthToSpace")]
internal sealed class DepthToSpaceLayer(LayerContext context) : DepthSpaceLayer(context)
{
    private readonly DepthToSpaceParameter options =
        context.Parameter.DepthToSpaceParam ?? new DepthToSpaceParameter();

    /// <inheritdoc/>
    protected override bool IsToSpace => true;

    /// <inheritdoc/>
    protected override (int Side, string Order) Options => (options.BlockSize, options.DataFormat);

    /// <inheritdoc/>
    protected override (IMessage Message, int SideField, int OrderField) Fields =>
        (options, DepthToSpaceParameter.BlockSizeFieldNumber, DepthToSpaceParameter.DataFormatFieldNumber);

    /// <inheritdoc/>
    protected override string[] Orders => ["NHWC", "NCHW", "DCR", "CRD"];
}
