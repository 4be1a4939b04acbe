using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// Other sizes for the axes from axis on; or with pixelshuffler r,
/// y[n, c, h r + i, w r + j] = x[n, (c r + i) r + j, h, w].
/// </summary>
[Reference("Reshape")]
internal sealed class ReshapeReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        ReshapeParameter options = layer.ReshapeParam;
        int r = options.Pixelshuffler;
        if (r > 1)
        {
            return [shape[0], shape[1] / (r * r), shape[2] * r, shape[3] * r];
        }

        int first = options.Axis < 0 ? options.Axis + shape.Length + 1 : options.Axis;
        int end = options.NumAxes < 0 ? shape.Length : first + options.NumAxes;
        int[] given = [.. (options.Shape ?? new BlobShape()).Dim.Select((d, i) => d == 0 ? shape[first + i] : (int)d)];
        int replaced = shape[first..end].Aggregate(1, (n, d) => n * d);
        int known = given.Where(d => d != -1).Aggregate(1, (n, d) => n * d);
        return [.. shape[..first], .. given.Select(d => d == -1 ? replaced / known : d), .. shape[end..]];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int r = layer.ReshapeParam.Pixelshuffler;
        return r > 1
            ? x[at[0], (((at[1] * r) + (at[2] % r)) * r) + (at[3] % r), at[2] / r, at[3] / r]
            : x.Data[offset];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        layer.ReshapeParam = new ReshapeParameter();
        if (random.Chance(0.3))
        {
            int r = random.Between(2, 3);
            layer.ReshapeParam.Pixelshuffler = r;
            return [random.Between(1, 3), random.Between(1, 3) * r * r, random.Between(1, 4), random.Between(1, 4)];
        }

        int[] shape = random.Shape(random.Between(1, 4), 1, 4);
        int first = random.Next(shape.Length + 1), count = random.Between(0, shape.Length - first);
        layer.ReshapeParam.Axis = random.Chance(0.3) ? first - shape.Length - 1 : first;
        layer.ReshapeParam.NumAxes = random.Chance(0.5) && first + count == shape.Length ? -1 : count;
        layer.ReshapeParam.Shape = new BlobShape();
        int[] replaced = shape[first..(first + count)];
        if (random.Chance(0.5))
        {
            // All in one, a one beside it, or each as it is.
            layer.ReshapeParam.Shape.Dim.Add(replaced.Aggregate(1, (n, d) => n * d));
            random.Maybe(() => layer.ReshapeParam.Shape.Dim.Insert(random.Next(2), 1));
        }
        else
        {
            layer.ReshapeParam.Shape.Dim.Add(replaced.Select(d => random.Chance(0.5) ? 0L : d));
        }

        if (layer.ReshapeParam.Shape.Dim.Count > 0 && random.Chance(0.4))
        {
            layer.ReshapeParam.Shape.Dim[random.Next(layer.ReshapeParam.Shape.Dim.Count)] = -1;
        }

        return shape;
    }
}
