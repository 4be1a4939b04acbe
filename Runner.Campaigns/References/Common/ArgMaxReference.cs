using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Indices or values of the largest; of equal ones the larger index comes first, a NaN is below all.</summary>
[Reference("ArgMax")]
internal sealed class ArgMaxReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ArgMaxParameter options = call.Layer.ArgmaxParam ?? new ArgMaxParameter();
        ReferenceBlob x = call.Bottoms[0];
        int count = (int)options.TopK;
        if (!options.HasAxis)
        {
            int[] shape = [x.Shape[0], options.OutMaxVal ? 2 : 1, count, .. new int[Math.Max(0, x.Shape.Length - 3)]];
            shape.AsSpan(3).Fill(1);
            ReferenceBlob y = call.Top(0, shape);
            int item = x.CountOf(1), written = y.CountOf(1);
            for (int n = 0; n < x.Shape[0]; n++)
            {
                int[] best = Best([.. x.Data.Skip(n * item).Take(item)], count);
                for (int k = 0; k < count; k++)
                {
                    y.Data[(n * written) + k] = best[k];
                    if (options.OutMaxVal)
                    {
                        y.Data[(n * written) + count + k] = x.Data[(n * item) + best[k]];
                    }
                }
            }

            return;
        }

        int axis = Positions.Axis(options.Axis, x.Shape.Length), size = x.Shape[axis], inner = x.CountOf(axis + 1);
        int[] kept = [.. x.Shape];
        kept[axis] = count;
        ReferenceBlob top = call.Top(0, kept);
        foreach (int[] at in Positions.Of(kept))
        {
            int[] from = [.. at];
            double[] values = [.. Enumerable.Range(0, size).Select(i =>
            {
                from[axis] = i;
                return x[from];
            })];
            int best = Best(values, count)[at[axis]];
            top[at] = options.OutMaxVal ? values[best] : best;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Shape(random.Between(1, 5), 1, 6);
        int most = shape[1..].Aggregate(1, (n, d) => n * d);
        random.Maybe(() =>
        {
            layer.ArgmaxParam = new ArgMaxParameter();
            random.Maybe(() =>
            {
                int axis = random.Next(shape.Length);
                layer.ArgmaxParam.Axis = Positions.Either(random, axis, shape.Length);
                most = shape[axis];
            });
            random.Maybe(() => layer.ArgmaxParam.TopK = (uint)random.Between(1, Math.Min(most, 6)));
            random.Maybe(() => layer.ArgmaxParam.OutMaxVal = random.Chance(0.7));
        });
        Filling fill = random.Next(3) switch
        {
            0 => Fillings.Of(-1, 0, 1, 2),
            1 => Fillings.Of(-1, 0, float.NaN, 1),
            _ => Fillings.Uniform(-2, 2),
        };
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(shape, fill)],
            HasGradient = false,
        };
    }

    private static int[] Best(double[] values, int count) =>
        [.. Enumerable.Range(0, values.Length)
            .OrderByDescending(i => double.IsNaN(values[i]) ? double.NegativeInfinity : values[i])
            .ThenByDescending(i => i)
            .Take(count)];
}
