using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>One kernel a channel, whatever <c>num_output</c> and <c>group</c> say.</summary>
[Reference("ConvolutionDepthwise")]
internal sealed class ConvolutionDepthwiseReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ConvolutionParameter options = call.Layer.ConvolutionParam;
        for (int index = 0; index < call.Bottoms.Count; index++)
        {
            ReferenceBlob x = call.Bottoms[index];
            int channels = x.Shape[1];
            int[] sizes = x.Shape[2..];
            ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
            int[] windows = window.Windows(sizes);
            ReferenceBlob y = call.Top(index, [x.Shape[0], channels, .. windows]);
            ReferenceBlob weights = call.Parameter(0, [channels, 1, .. window.Kernel]);
            int[][] taps = window.Taps(sizes, windows);
            for (int i = 0; i < x.CountOf(0, 2); i++)
            {
                Span<double> to = ConvolutionSums.Piece(y.Data, i, taps.Length);
                Span<double> magnitudes = ConvolutionSums.Piece(call.Magnitudes[index].Data, i, taps.Length);
                ConvolutionSums.Gather(
                    taps,
                    ConvolutionSums.Piece(x.Data, i, x.CountOf(2)),
                    ConvolutionSums.Piece(weights.Data, i % channels, weights.CountOf(1)),
                    to,
                    magnitudes);
                ConvolutionSums.AddBias(options.BiasTerm ? call.Parameter(1, channels).Data[i % channels] : 0, to, magnitudes);
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new ConvolutionParameter();
        ConvolutionDraws.Window(random, options, 2);
        ConvolutionDraws.Fillers(random, options);
        random.Maybe(() => options.NumOutput = (uint)random.Between(1, 9));
        random.Maybe(() => options.Group = (uint)random.Between(1, 9));
        int channels = random.Between(1, random.Pick(4, 20));
        int[] shape = Shape();
        var bottom = new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null };
        int bottoms = random.Pick(1, 1, 1, 2);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ConvolutionParam = options },
            Bottoms = [.. Enumerable.Repeat(bottom, bottoms)],
            Tops = bottoms,
            Passes = random.Between(1, 2),
            Work = 9 * shape.Aggregate(1, (n, d) => n * d),
        };

        int[] Shape() => [random.Between(1, 3), channels, .. ConvolutionDraws.Sizes(random, options, 2, random.Pick(6, 6, 20))];
    }
}
