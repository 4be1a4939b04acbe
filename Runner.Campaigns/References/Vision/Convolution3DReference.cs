using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Cross-correlation over length, rows and columns, of C3D.</summary>
[Reference("Convolution3D")]
internal sealed class Convolution3DReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        Convolution3DParameter options = Options(call.Layer);
        int groups = (int)options.Group, outputs = (int)options.NumOutput;
        ConvolutionWindow window = Window(options);
        for (int index = 0; index < call.Bottoms.Count; index++)
        {
            ReferenceBlob x = call.Bottoms[index];
            int[] sizes = x.Shape[2..], windows = window.Windows(sizes);
            int channels = x.Shape[1], each = channels / groups;
            ReferenceBlob y = call.Top(index, [x.Shape[0], outputs, .. windows]);
            ReferenceBlob weights = call.Parameter(0, [outputs, each, .. window.Kernel]);
            int[][] taps = window.Taps(sizes, windows);
            for (int i = 0; i < x.Shape[0] * outputs; i++)
            {
                int n = i / outputs, o = i % outputs, group = o / (outputs / groups);
                Span<double> to = ConvolutionSums.Piece(y.Data, i, taps.Length);
                Span<double> magnitudes = ConvolutionSums.Piece(call.Magnitudes[index].Data, i, taps.Length);
                for (int c = 0; c < each; c++)
                {
                    ConvolutionSums.Gather(
                        taps,
                        ConvolutionSums.Piece(x.Data, (n * channels) + (group * each) + c, x.CountOf(2)),
                        ConvolutionSums.Piece(weights.Data, (o * each) + c, weights.CountOf(2)),
                        to,
                        magnitudes);
                }

                ConvolutionSums.AddBias(
                    options.BiasTerm ? call.Parameter(1, 1, 1, 1, 1, outputs).Data[o] : 0, to, magnitudes);
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int groups = random.Chance(0.4) ? random.Between(1, 3) : 1;
        var options = new Convolution3DParameter
        {
            NumOutput = (uint)(groups * random.Between(1, 3)),
            KernelSize = (uint)random.Between(1, 3),
            KernelDepth = (uint)random.Between(1, 3),
        };
        random.Maybe(() => options.BiasTerm = random.Chance(0.5));
        random.Maybe(() => options.Pad = (uint)random.Between(0, 2));
        random.Maybe(() => options.Stride = (uint)random.Between(1, 3));
        random.Maybe(() => options.TemporalStride = (uint)random.Between(1, 3));
        random.Maybe(() => options.TemporalPad = (uint)random.Between(0, 2));
        random.Maybe(() => options.WeightFiller = new FillerParameter { Type = "xavier" });
        random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 1 });
        if (groups > 1)
        {
            options.Group = (uint)groups;
        }

        if (random.Chance(0.1))
        {
            options.FilterGroup = 2;
        }

        var layer = new LayerParameter { Type = type, Convolution3DParam = options };
        if (random.Chance(0.4))
        {
            layer = new LayerParameter { Type = type, ConvolutionParam = OfC3D(options) };
        }

        int channels = groups * random.Between(1, 3);
        int[] shape = Shape();
        var bottom = new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null };
        int bottoms = random.Pick(1, 1, 1, 2);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [.. Enumerable.Repeat(bottom, bottoms)],
            Tops = bottoms,
            Passes = random.Between(1, 2),
            Work = shape.Aggregate(options.KernelSize * options.KernelSize * options.KernelDepth * options.NumOutput, (n, d) => n * (uint)d),
        };

        int[] Shape()
        {
            ConvolutionWindow window = Window(options);
            return
            [
                random.Between(1, 2), channels,
                .. Enumerable.Range(0, 3).Select(
                    a => Math.Max(1, window.Extent(a) - window.Before[a] - window.After[a]) + random.Between(0, 3)),
            ];
        }
    }

    private static ConvolutionParameter OfC3D(Convolution3DParameter from)
    {
        var options = new ConvolutionParameter
        {
            NumOutput = from.NumOutput, KernelSize = { from.KernelSize }, KernelDepth = from.KernelDepth, BiasTerm = from.BiasTerm,
            Group = from.Group, TemporalStride = from.TemporalStride, TemporalPad = from.TemporalPad, FilterGroup = from.FilterGroup,
        };
        if (from.HasPad)
        {
            options.Pad.Add(from.Pad);
        }

        if (from.HasStride)
        {
            options.Stride.Add(from.Stride);
        }

        return options;
    }

    private static Convolution3DParameter Options(LayerParameter layer)
    {
        if (layer.Convolution3DParam is { } given)
        {
            return given;
        }

        ConvolutionParameter from = layer.ConvolutionParam;
        return new Convolution3DParameter
        {
            NumOutput = from.NumOutput, KernelSize = from.KernelSize[0], KernelDepth = from.KernelDepth, BiasTerm = from.BiasTerm,
            Group = from.Group, TemporalStride = from.TemporalStride, TemporalPad = from.TemporalPad,
            Pad = from.Pad.Count > 0 ? from.Pad[0] : 0, Stride = from.Stride.Count > 0 ? from.Stride[0] : 1,
        };
    }

    private static ConvolutionWindow Window(Convolution3DParameter options)
    {
        int kernel = (int)options.KernelSize, stride = (int)options.Stride, pad = (int)options.Pad;
        int[] pads = [(int)options.TemporalPad, pad, pad];
        return new ConvolutionWindow
        {
            Kernel = [(int)options.KernelDepth, kernel, kernel],
            Stride = [(int)options.TemporalStride, stride, stride],
            Dilation = [1, 1, 1],
            Before = pads,
            After = pads,
        };
    }
}
