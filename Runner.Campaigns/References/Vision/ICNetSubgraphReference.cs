using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>The bottom plus its means over windows of four sizes, each resized to the bottom's size with aligned corners.</summary>
[Reference("ICNetSubgraph")]
internal sealed class ICNetSubgraphReference : IReferenceLayer, IReferenceCases
{
    private static readonly (int Kernel, int Stride)[] Rows = [(33, 33), (17, 16), (13, 10), (8, 5)];
    private static readonly (int Kernel, int Stride)[] Columns = [(65, 65), (33, 32), (25, 20), (15, 10)];

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        int height = x.Shape[2], width = x.Shape[3], count = height * width;
        x.Data.CopyTo(y.Data, 0);
        for (int plane = 0; plane < x.CountOf(0, 2); plane++)
        {
            double[] values = ConvolutionSums.Piece(x.Data, plane, count).ToArray();
            for (int level = 0; level < Rows.Length; level++)
            {
                PoolingWindows rows = Windows(height, Rows[level]), columns = Windows(width, Columns[level]);
                var pooling = new PlanePooling(rows, columns);
                double[] means = [.. Enumerable.Range(0, pooling.Count).Select(w => pooling.MeanWithPadding(values, w))];
                double[] resized = Interpolation.Resize(means, columns.Count, height, width);
                for (int i = 0; i < count; i++)
                {
                    y.Data[(plane * count) + i] += resized[i];
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Chance(0.5)
            ? [1, random.Between(1, 2), 33, 65]
            : [random.Between(1, 2), random.Between(1, 2), random.Between(33, 50), random.Between(65, 80)];
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms = [new ReferenceBottom(shape, Fillings.Uniform())],
            Work = 40 * shape.Aggregate(1, (n, d) => n * d),
        };
    }

    private static PoolingWindows Windows(int size, (int Kernel, int Stride) window) =>
        PoolingWindows.Of(size, window.Kernel, window.Stride, 0, 0, isCeil: true, isPadded: false);
}
