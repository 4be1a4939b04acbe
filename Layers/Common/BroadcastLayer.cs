using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>
/// The base of Scale and Bias: a blob, learned or the second bottom, whose axes are those of the first bottom from
/// <c>axis</c> on, and which is broadcast over the axes before and after.
/// </summary>
internal abstract class BroadcastLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <summary>The product of the axes before the blob's.</summary>
    protected int Outer { get; private set; }

    /// <summary>The blob's size.</summary>
    protected int Size { get; private set; }

    /// <summary>The product of the axes after the blob's.</summary>
    protected int Inner { get; private set; }

    /// <summary>Whether the blob is learned rather than the second bottom.</summary>
    protected bool IsLearned { get; private set; }

    /// <summary>
    /// The shape of the learned blob; the blob itself may be stored with other axes of the same count.
    /// </summary>
    protected int[] LearnedShape { get; private set; } = [];

    /// <summary>Adds the learned blob, if there is no second bottom; called in set-up.</summary>
    /// <param name="bottoms">The bottoms.</param>
    /// <param name="options">The layer's message.</param>
    /// <param name="axis">The field <c>axis</c>.</param>
    /// <param name="numAxes">The field <c>num_axes</c>: its number and value.</param>
    /// <param name="filler">The filler of the blob's initial values.</param>
    /// <exception cref="CnnException">The first bottom does not have the axes.</exception>
    protected void AddBroadcastBlob(
        IReadOnlyList<Blob> bottoms,
        IMessage options,
        int axis,
        (int Field, int Value) numAxes,
        FillerParameter? filler)
    {
        IsLearned = bottoms.Count == 1;
        if (!IsLearned)
        {
            return;
        }

        LearnedShape = ShapeFrom(bottoms[0], options, axis, numAxes);
        AddBlob(filler, LearnedShape);
    }

    /// <summary>Returns the shape of a learned blob.</summary>
    /// <exception cref="CnnException">The bottom does not have them.</exception>
    protected int[] ShapeFrom(Blob bottom, IMessage options, int axis, (int Field, int Value) numAxes)
    {
        // An empty shape needs no axis to begin at.
        int start = numAxes.Value == 0 ? 0 : CanonicalAxis(bottom, axis);
        int count = numAxes.Value == -1 ? bottom.AxisCount - start : numAxes.Value;
        return count >= 0 && count <= bottom.AxisCount - start
            ? bottom.Shape.Slice(start, count).ToArray()
            : throw Context.Error(
                options,
                numAxes.Field,
                $"num_axes is {numAxes.Value} from axis {start} on, bottom '{Parameter.Bottom[0]}' has shape "
                + $"{bottom.ShapeText}",
                "it must be -1 for all axes up to the last, or fit within them");
    }

    /// <summary>Sets the sizes and the top's shape.</summary>
    /// <param name="bottoms">The bottoms.</param>
    /// <param name="tops">The top.</param>
    /// <param name="axis">The field <c>axis</c>.</param>
    /// <exception cref="CnnException">The blob's axes do not match the first bottom's.</exception>
    protected void Broadcast(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops, int axis)
    {
        Blob bottom = bottoms[0], blob = IsLearned ? Blobs[0] : bottoms[1];
        ReadOnlySpan<int> shape = IsLearned ? LearnedShape : blob.Shape;
        int start = shape.Length == 0 ? 0 : CanonicalAxis(bottom, axis);
        if (start + shape.Length > bottom.AxisCount
            || !bottom.Shape.Slice(start, shape.Length).SequenceEqual(shape))
        {
            string what = IsLearned ? "the learned blob" : $"bottom '{Parameter.Bottom[1]}'";
            throw Context.Error(
                $"{what} has shape {blob.ShapeText}, bottom '{Parameter.Bottom[0]}' {bottom.ShapeText}",
                $"the shape must be that of the first bottom from axis {start} on");
        }

        Outer = bottom.CountOf(0, start);
        Size = blob.Count;
        Inner = bottom.CountOf(start + shape.Length);
        if (tops[0] != bottom)
        {
            tops[0].ReshapeLike(bottom);
        }
    }
}
