using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>The transposed convolution: each value spreads a kernel over the top.</summary>
[Reference("Deconvolution")]
internal sealed class DeconvolutionReference : IReferenceLayer, IReferenceCases
{
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
        var options = new ConvolutionParameter();
        int axes = random.Pick(1, 2, 2, 2, 2, 3);
        ConvolutionDraws.Window(random, options, axes);
        ConvolutionDraws.Fillers(random, options);
        int groups = random.Chance(0.4) ? random.Between(1, 4) : 1;
        int channels = groups * random.Pick(1, 1, 2, 3, 5), outputs = groups * random.Pick(1, 1, 2, 3, 6);
        options.NumOutput = (uint)outputs;
        if (groups > 1)
        {
            options.Group = (uint)groups;
        }

        int leading = axes < 3 && random.Chance(0.1) ? random.Between(0, 2) : 1;
        if (leading != 1 || random.Chance(0.1))
        {
            options.Axis = random.Chance(0.5) ? leading : -1 - axes;
        }

        int[] shape = Shape();
        var bottom = new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null };
        int bottoms = random.Pick(1, 1, 1, 2);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ConvolutionParam = options },
            Bottoms = [.. Enumerable.Repeat(bottom, bottoms)],
            Tops = bottoms,
            Passes = random.Between(1, 2),
            Work = ConvolutionWindow.Of(options, shape[(leading + 1)..]).Kernel.Concat(shape)
                .Aggregate((long)outputs / groups, (n, d) => n * d),
        };

        int[] Shape()
        {
            int[] sizes = random.Shape(axes, 1, axes > 2 ? 3 : 6);
            ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
            for (int axis = 0; axis < axes; axis++)
            {
                while (window.Spread(sizes)[axis] < 1)
                {
                    sizes[axis]++;
                }
            }

            return [.. random.Shape(leading, 1, 3), channels, .. sizes];
        }
    }

    private static void Forward(ReferenceCall call, int index)
    {
        ConvolutionParameter options = call.Layer.ConvolutionParam;
        ReferenceBlob x = call.Bottoms[index];
        int axis = options.Axis < 0 ? options.Axis + x.Shape.Length : options.Axis;
        int channels = x.Shape[axis], outputs = (int)options.NumOutput, groups = (int)options.Group;
        int[] windows = x.Shape[(axis + 1)..];
        ConvolutionWindow window = ConvolutionWindow.Of(options, windows);
        int[] sizes = window.Spread(windows);
        ReferenceBlob y = call.Top(index, [.. x.Shape[..axis], outputs, .. sizes]);
        ReferenceBlob weights = call.Parameter(0, [channels, outputs / groups, .. window.Kernel]);
        int[][] taps = window.Taps(sizes, windows);
        int plane = y.CountOf(axis + 1), kernel = weights.CountOf(2), each = outputs / groups;
        for (int n = 0; n < x.CountOf(0, axis); n++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int k = 0; k < each; k++)
                {
                    int o = (c / (channels / groups) * each) + k;
                    ConvolutionSums.Scatter(
                        taps,
                        ConvolutionSums.Piece(x.Data, (n * channels) + c, taps.Length),
                        ConvolutionSums.Piece(weights.Data, (c * each) + k, kernel),
                        ConvolutionSums.Piece(y.Data, (n * outputs) + o, plane),
                        ConvolutionSums.Piece(call.Magnitudes[index].Data, (n * outputs) + o, plane));
                }
            }

            for (int o = 0; o < outputs && options.BiasTerm; o++)
            {
                ConvolutionSums.AddBias(
                    call.Parameter(1, outputs).Data[o],
                    ConvolutionSums.Piece(y.Data, (n * outputs) + o, plane),
                    ConvolutionSums.Piece(call.Magnitudes[index].Data, (n * outputs) + o, plane));
            }
        }
    }
}
