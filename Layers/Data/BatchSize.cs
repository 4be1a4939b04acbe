using Google.Protobuf;

namespace Cnn.Layers.Data;

/// <summary>Checks <c>batch_size</c> for all data layers.</summary>
internal static class BatchSize
{
    /// <summary>
    /// Returns the batch size, which must be given and fit a blob; a net that makes up data may be given another.
    /// </summary>
    public static int Of(LayerContext context, IMessage parameter, int field, uint size) =>
        Check(context, parameter, field, (uint?)context.MadeUp?.BatchOf(context.Parameter.Top) ?? size);

    private static int Check(LayerContext context, IMessage parameter, int field, uint size) => size switch
    {
        0 => throw context.Error(parameter, field, "batch_size is missing or 0", "say how many images a pass takes"),
        > 1 << 24 => throw context.Error(parameter, field, $"batch_size {size} is too large", $"at most {1 << 24}"),
        _ => (int)size,
    };
}
