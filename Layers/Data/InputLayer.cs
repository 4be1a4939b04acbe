using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// The inputs of a net: tops that the caller fills. <c>input_param.shape</c> is given once for all tops, once per top,
/// or not at all (the caller reshapes). Values start at 0.
/// </summary>
[LayerType("Input")]
internal sealed class InputLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var shapes = Parameter.InputParam?.Shape ?? [];
        if (shapes.Count > 1 && shapes.Count != tops.Count)
        {
            throw Context.Error(
                Parameter.InputParam,
                InputParameter.ShapeFieldNumber,
                $"shape is given {shapes.Count} times for {tops.Count} tops",
                "give it once, once per top, or not at all");
        }

        for (int i = 0; i < tops.Count && shapes.Count > 0; i++)
        {
            tops[i].Reshape(ShapeFormat.Read(shapes[shapes.Count == 1 ? 0 : i], Context));
        }

        for (int i = 0; i < tops.Count && Context.MadeUp is { } given; i++)
        {
            TakeShape(tops[i], given.ShapeOf(Parameter.Top[i]), given.Batch);
        }
    }

    /// <summary>Does nothing: the caller's shapes stay.</summary>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Does nothing: the caller's values stay.</summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    private static void TakeShape(Blob top, int[]? shape, int? batch)
    {
        if (shape is not null)
        {
            top.Reshape(shape);
        }
        else if (batch is { } size && top.AxisCount > 0)
        {
            top.Reshape([size, .. top.Shape[1..]]);
        }
    }
}
