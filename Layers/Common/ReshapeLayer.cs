using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Gives the axes from <c>axis</c> on (<c>num_axes</c> of them, or all) the dimensions of <c>shape</c>: 0 keeps the
/// bottom's; -1, allowed once, is inferred from the number of values.
/// </summary>
/// <remarks>
/// With <c>pixelshuffler</c> r above 1 (Intel's Caffe) it moves the values instead, from [N, C r r, H, W] to
/// [N, C, H r, W r] as <see cref="PixelShuffle"/> does, and <c>shape</c> has no effect.
/// </remarks>
[LayerType("Reshape")]
internal sealed unsafe class ReshapeLayer(LayerContext context) : SharedShapeLayer(context)
{
    private readonly ReshapeParameter options = context.Parameter.ReshapeParam ?? new ReshapeParameter();

    private bool Shuffles => options.Pixelshuffler > 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.Pixelshuffler is < 1 or > 1 << 14)
        {
            throw Context.Error(
                options,
                ReshapeParameter.PixelshufflerFieldNumber,
                $"pixelshuffler is {options.Pixelshuffler}, expected 1 to {1 << 14}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!Shuffles)
        {
            base.Reshape(bottoms, tops);
            return;
        }

        Blob bottom = bottoms[0];
        int r = options.Pixelshuffler;
        if (bottom.AxisCount != 4 || bottom.Dim(1) % (r * r) != 0)
        {
            throw Error(
                bottom,
                ReshapeParameter.PixelshufflerFieldNumber,
                $"pixelshuffler {r} takes [N, C, H, W] with a multiple of {r * r} channels");
        }

        ShapeTop(
            tops,
            0,
            [bottom.Dim(0), bottom.Dim(1) / (r * r), checked(bottom.Dim(2) * r), checked(bottom.Dim(3) * r)]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Shuffles)
        {
            Shuffle(bottoms[0], bottoms[0].DataPointer, tops[0].DataPointer, back: false);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (Shuffles && propagateDown[0])
        {
            Shuffle(bottoms[0], bottoms[0].DiffPointer, tops[0].DiffPointer, back: true);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Shuffles ? default : base.Cost(bottoms, tops);

    /// <inheritdoc/>
    protected override int Shape(Blob bottom, Span<int> shape)
    {
        // Here axis -1 is the position after the last axis.
        int start = options.Axis < 0 ? options.Axis + bottom.AxisCount + 1 : options.Axis;
        int end = options.NumAxes == -1 ? bottom.AxisCount : (int)Math.Min(int.MaxValue, (long)start + options.NumAxes);
        if (start < 0 || start > bottom.AxisCount)
        {
            throw Error(bottom, ReshapeParameter.AxisFieldNumber, $"axis {options.Axis} does not exist");
        }

        if (options.NumAxes < -1 || end > bottom.AxisCount)
        {
            throw Error(
                bottom,
                ReshapeParameter.NumAxesFieldNumber,
                $"num_axes {options.NumAxes} from axis {start} on goes past the last");
        }

        IReadOnlyList<long> dims = options.Shape?.Dim ?? [];
        int axes = bottom.AxisCount - (end - start) + dims.Count;
        if (axes > Blob.MaxAxes)
        {
            throw Error(
                bottom,
                ReshapeParameter.ShapeFieldNumber,
                $"a top of {axes} axes is asked for; {Blob.MaxAxes} are the most");
        }

        bottom.Shape[..start].CopyTo(shape);
        int inferred = -1;
        for (int i = 0; i < dims.Count; i++)
        {
            if (dims[i] == -1 && inferred < 0)
            {
                inferred = start + i;
                shape[inferred] = 1;
                continue;
            }

            shape[start + i] = dims[i] > 0 && dims[i] <= int.MaxValue ? (int)dims[i]
                : dims[i] == 0 && start + i < bottom.AxisCount ? bottom.Dim(start + i)
                : throw Error(
                    bottom,
                    ReshapeParameter.ShapeFieldNumber,
                    dims[i] == -1 ? "-1 is given twice"
                    : dims[i] == 0 ? $"dim 0 asks for axis {start + i}, which is not there"
                    : $"dim {dims[i]} is impossible");
        }

        bottom.Shape[end..].CopyTo(shape[(start + dims.Count)..]);
        Fit(bottom, shape[..axes], inferred);
        return axes;
    }

    private void Shuffle(Blob bottom, float* x, float* y, bool back)
    {
        int r = options.Pixelshuffler, planes = bottom.CountOf(0, 2) / (r * r);
        PixelShuffle.Run(x, y, planes, bottom.Dim(2), bottom.Dim(3), r, back, Context.Pool);
    }

    private void Fit(Blob bottom, Span<int> shape, int inferred)
    {
        double count = 1;
        foreach (int dim in shape)
        {
            count *= dim;
        }

        if (inferred >= 0)
        {
            double left = count == 0 ? 0 : bottom.Count / count;
            if (left != Math.Floor(left) || (count == 0 && bottom.Count != 0))
            {
                throw Error(
                    bottom,
                    ReshapeParameter.ShapeFieldNumber,
                    $"-1 cannot be found: {bottom.Count} values are not a multiple of {count}");
            }

            shape[inferred] = (int)left;
        }
        else if (count != bottom.Count)
        {
            throw Error(
                bottom,
                ReshapeParameter.ShapeFieldNumber,
                $"the shape {string.Join(' ', shape.ToArray())} needs {count} values");
        }
    }

    private CnnException Error(Blob bottom, int field, string message) =>
        Context.Error(options, field, $"{message}; bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}");
}
