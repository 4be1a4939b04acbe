using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>
/// Cross-correlation with zero padding over any number of spatial axes: output channel o of group g sees the input channels of g, or those
/// of its row in a connection table.
/// </summary>
[Reference("Convolution", "DepthwiseConvolution")]
internal sealed class ConvolutionReference : IReferenceLayer, IReferenceCases
{
    private const double LargeShare = 0.12;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        for (int i = 0; i < call.Bottoms.Count; i++)
        {
            Forward(call, i);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        if (random.Chance(LargeShare))
        {
            return LargeConvolutions.Draw(random, type);
        }

        var options = new ConvolutionParameter();
        int axes = random.Pick(1, 2, 2, 2, 2, 3);
        ConvolutionDraws.Window(random, options, axes);
        ConvolutionDraws.Sides(random, options, axes);
        ConvolutionDraws.Fillers(random, options);
        int groups = random.Chance(0.4) ? random.Between(1, 4) : 1;
        int channels = groups * random.Pick(1, 1, 2, 3, 5), outputs = groups * random.Pick(1, 1, 2, 3, 6);
        options.NumOutput = (uint)outputs;
        if (groups == 1 && random.Chance(0.15))
        {
            Connect(random, options, channels);
        }
        else if (groups > 1 || random.Chance(0.1))
        {
            options.Group = (uint)groups;
        }

        random.Maybe(() => options.Relu = random.Chance(0.4));
        random.Maybe(() => options.NegativeSlope = random.Pick(0, 0.1f, 1));
        int leading = axes < 3 && random.Chance(0.1) ? random.Between(0, 2) : 1;
        if (leading != 1 || random.Chance(0.1))
        {
            options.Axis = random.Chance(0.5) ? leading : -1 - axes;
        }

        int most = axes > 2 ? 3 : 6;
        int[] shape = Shape(), later = Shape();
        var bottom = new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? later : null };
        int bottoms = random.Pick(1, 1, 1, 2, 3);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ConvolutionParam = options },
            Bottoms = [.. Enumerable.Repeat(bottom, bottoms)],
            Tops = bottoms,
            Passes = random.Between(1, 2),
            Work = Math.Max(
                ConvolutionDraws.Work(options, shape, leading), ConvolutionDraws.Work(options, later, leading)),
        };

        int[] Shape() => [.. random.Shape(leading, 1, 3), channels, .. ConvolutionDraws.Sizes(random, options, axes, most)];
    }

    private static void Forward(ReferenceCall call, int index)
    {
        ConvolutionParameter options = call.Layer.ConvolutionParam;
        ReferenceBlob x = call.Bottoms[index];
        int axis = options.Axis < 0 ? options.Axis + x.Shape.Length : options.Axis;
        int channels = x.Shape[axis], outputs = (int)options.NumOutput;
        int[] sizes = x.Shape[(axis + 1)..];
        ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
        int[] windows = window.Windows(sizes);
        ReferenceBlob y = call.Top(index, [.. x.Shape[..axis], outputs, .. windows]);
        int[][] seen = Seen(options, channels);
        ReferenceBlob weights = options.Connections.Count > 0
            ? call.Parameter(0, [seen.Sum(s => s.Length), .. window.Kernel])
            : call.Parameter(0, [outputs, channels / (int)options.Group, .. window.Kernel]);
        int[][] taps = window.Taps(sizes, windows);
        int plane = x.CountOf(axis + 1), kernel = weights.Count / seen.Sum(s => s.Length);
        for (int n = 0; n < x.CountOf(0, axis); n++)
        {
            for (int o = 0, k = 0; o < outputs; o++)
            {
                Span<double> to = ConvolutionSums.Piece(y.Data, (n * outputs) + o, taps.Length);
                Span<double> magnitudes = ConvolutionSums.Piece(call.Magnitudes[index].Data, (n * outputs) + o, taps.Length);
                foreach (int c in seen[o])
                {
                    ConvolutionSums.Gather(
                        taps,
                        ConvolutionSums.Piece(x.Data, (n * channels) + c, plane),
                        ConvolutionSums.Piece(weights.Data, k++, kernel),
                        to,
                        magnitudes);
                }

                ConvolutionSums.AddBias(options.BiasTerm ? call.Parameter(1, outputs).Data[o] : 0, to, magnitudes);
                Rectify(options, to);
            }
        }
    }

    // The input channels that each output channel sees.
    private static int[][] Seen(ConvolutionParameter options, int channels)
    {
        if (options.Connections.Count > 0)
        {
            return [.. options.Connections.Select(c => c.Input.Select(i => (int)i).ToArray())];
        }

        int groups = (int)options.Group, each = channels / groups, outputs = (int)options.NumOutput;
        return [.. Enumerable.Range(0, outputs).Select(o => Enumerable.Range(o / (outputs / groups) * each, each).ToArray())];
    }

    private static void Rectify(ConvolutionParameter options, Span<double> values)
    {
        foreach (ref double value in values)
        {
            value = options.Relu && value < 0 ? value * options.NegativeSlope : value;
        }
    }

    private static void Connect(PhiloxRandom random, ConvolutionParameter options, int channels)
    {
        for (int o = 0; o < options.NumOutput; o++)
        {
            uint[] inputs = [.. Enumerable.Range(0, channels).Where(_ => random.Chance(0.6)).Select(c => (uint)c)];
            options.Connections.Add(new ConvolutionConnections { Input = { inputs.Length > 0 ? inputs : [0u] } });
        }
    }
}
