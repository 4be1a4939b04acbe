using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>What the windows of a convolution see: channel (c * kernel_h + r) * kernel_w + s holds what lies under tap (r, s).</summary>
[Reference("Im2col")]
internal sealed class Im2colReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ConvolutionParameter options = call.Layer.ConvolutionParam;
        ReferenceBlob x = call.Bottoms[0];
        int axis = options.Axis < 0 ? options.Axis + x.Shape.Length : options.Axis;
        int[] sizes = x.Shape[(axis + 1)..];
        ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
        int[] windows = window.Windows(sizes);
        int kernel = window.Kernel.Aggregate(1, (n, d) => n * d);
        ReferenceBlob y = call.Top(0, [.. x.Shape[..axis], x.Shape[axis] * kernel, .. windows]);
        int[][] taps = window.Taps(sizes, windows);
        int plane = x.CountOf(axis + 1);
        for (int i = 0; i < x.CountOf(0, axis + 1); i++)
        {
            for (int tap = 0; tap < kernel; tap++)
            {
                for (int w = 0; w < taps.Length; w++)
                {
                    int from = taps[w][tap];
                    y.Data[(((i * kernel) + tap) * taps.Length) + w] = from < 0 ? 0 : x.Data[(i * plane) + from];
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new ConvolutionParameter();
        int axes = random.Pick(1, 2, 2, 2, 3);
        ConvolutionDraws.Window(random, options, axes);
        int leading = axes < 3 && random.Chance(0.15) ? random.Between(0, 2) : 1;
        if (leading != 1 || random.Chance(0.1))
        {
            options.Axis = random.Chance(0.5) ? leading : -1 - axes;
        }

        int channels = random.Between(1, 4);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ConvolutionParam = options },
            Bottoms = [new ReferenceBottom(Shape(), Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null }],
            Passes = random.Between(1, 2),
        };

        int[] Shape() =>
        [
            .. random.Shape(leading, 1, 3), channels, .. ConvolutionDraws.Sizes(random, options, axes, axes > 2 ? 3 : 6),
        ];
    }
}
