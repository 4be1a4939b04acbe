using Cnn.Layers.Kernels.Distance;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Squared distances from points: <c>y[n, j] = sum_k (x[n, k] - w[j, k])^2</c>, K being all axes from <c>axis</c> on.
/// The points are learned, [num_output, K], or the second bottom, whose first axis counts them. Gradients
/// <c>dx = 2 sum_j dy (x - w)</c> and <c>dw = 2 sum_n dy (w - x)</c>. From happynear's fork of Caffe.
/// </summary>
[LayerType("InnerDistance")]
internal sealed unsafe class InnerDistanceLayer(LayerContext context) : Layer(context)
{
    private readonly InnerDistanceParameter options =
        context.Parameter.InnerDistanceParam ?? new InnerDistanceParameter();

    private int rows;
    private int points;
    private int size;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private bool IsLearned => Parameter.Bottom.Count == 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RefuseWhatIsNotDone();
        size = bottoms[0].CountOf(CanonicalAxis(bottoms[0], options.Axis));
        if (IsLearned)
        {
            int count = SizeField.Check(
                Context, options, InnerDistanceParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
            AddBlob(options.WeightFiller, count, size);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        int axis = CanonicalAxis(bottom, options.Axis);
        Blob table = IsLearned ? Blobs[0] : bottoms[1];
        points = table.LegacyDim(0);
        if (bottom.CountOf(axis) != size || (long)points * size != table.Count)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}, the points {table.ShapeText}",
                $"each point needs as many values as the bottom from axis {options.Axis} on: {size}, as set up");
        }

        rows = bottom.CountOf(0, axis);
        Span<int> shape = stackalloc int[Blob.MaxAxes];
        bottom.Shape[..axis].CopyTo(shape);
        shape[axis] = points;
        ShapeTop(tops, 0, shape[..(axis + 1)]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => DistanceKernel.Forward(
        bottoms[0].DataPointer, Points(bottoms).DataPointer, tops[0].DataPointer, rows, points, size, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* x = bottoms[0].DataPointer, w = Points(bottoms).DataPointer, dy = tops[0].DiffPointer;
        if (IsLearned ? NeedsGradient(0) : propagateDown[1])
        {
            Blob table = Points(bottoms);
            if (!IsLearned)
            {
                table.Diff.Clear();
            }

            DistanceKernel.BackwardOthers(x, w, dy, table.DiffPointer, rows, points, size, Context.Pool);
        }

        if (propagateDown[0])
        {
            DistanceKernel.BackwardRows(x, w, dy, bottoms[0].DiffPointer, rows, points, size, Context.Pool);
        }
    }

    private Blob Points(IReadOnlyList<Blob> bottoms) => IsLearned ? Blobs[0] : bottoms[1];

    private void RefuseWhatIsNotDone()
    {
        Refuse(
            options.DistanceType != "L2",
            InnerDistanceParameter.DistanceTypeFieldNumber,
            $"distance_type is '{options.DistanceType}'",
            "only L2, the squared distance, is done");
        Refuse(
            options.Transpose,
            InnerDistanceParameter.TransposeFieldNumber,
            "transpose of InnerDistance is not done",
            "leave it out");
        Refuse(
            options.Normalize,
            InnerDistanceParameter.NormalizeFieldNumber,
            "normalize of InnerDistance is not done",
            "leave it out");
        Refuse(
            options.UpdateCenterOnly,
            InnerDistanceParameter.UpdateCenterOnlyFieldNumber,
            "update_center_only of InnerDistance is not done",
            "leave it out");

        void Refuse(bool isAskedFor, int field, string text, string hint)
        {
            if (isAskedFor)
            {
                throw Context.Error(options, field, text, hint);
            }
        }
    }
}
