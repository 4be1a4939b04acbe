using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Provides a learned blob as a top: no bottoms; blob 0 has the shape <c>shape</c> and is 0 at first, and the top
/// shares its values.
/// </summary>
[LayerType("Parameter")]
internal sealed unsafe class ParameterLayer(LayerContext context) : Layer(context)
{
    private int[] topShape = [];

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ParameterParameter options = Parameter.ParameterParam ?? new ParameterParameter();
        var shape = new List<int>();
        long count = 1;
        foreach (long dim in options.Shape?.Dim ?? [])
        {
            count = dim is < 0 or > int.MaxValue ? long.MaxValue : count * dim;
            if (count > int.MaxValue / 2 || shape.Count == Blob.MaxAxes)
            {
                throw Context.Error(
                    options,
                    ParameterParameter.ShapeFieldNumber,
                    $"the shape {string.Join(' ', options.Shape!.Dim)} is impossible or too large");
            }

            shape.Add((int)dim);
        }

        topShape = [.. shape];
        AddBlob(null, topShape);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].Reshape(topShape);
        tops[0].ShareData(Blobs[0]);
    }

    /// <summary>Does nothing: the top shares the blob's values.</summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Adds the top's gradient to the blob's, so that gradients of several passes add up.</summary>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (NeedsGradient(0))
        {
            SumKernel.AddTo(Blobs[0].DiffPointer, tops[0].DiffPointer, Blobs[0].Count, Context.Pool);
        }
    }
}
