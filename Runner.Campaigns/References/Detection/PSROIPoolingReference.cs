using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// The mean of each cell of a g x g grid in each region, in a channel of the cell's own: cell p covers
/// floor(p size / g + start) to ceil((p + 1) size / g + start).
/// </summary>
[Reference("PSROIPooling")]
internal sealed class PSROIPoolingReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        PSROIPoolingParameter options = call.Layer.PsroiPoolingParam;
        int g = options.GroupSize;
        ReferenceBlob y = call.Top(0, call.Bottoms[1].Shape[0], options.OutputDim, g, g);
        foreach (int[] at in Positions.Of(y.Shape))
        {
            double[] roi = call.Bottoms[1].Data[(at[0] * 5)..];
            (int top, int bottom) = Cell(at[2], g, roi[2], roi[4], options.SpatialScale, x.Shape[2]);
            (int left, int right) = Cell(at[3], g, roi[1], roi[3], options.SpatialScale, x.Shape[3]);
            double sum = 0;
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    sum += x[(int)roi[0], (((at[1] * g) + at[2]) * g) + at[3], h, w];
                }
            }

            int area = (bottom - top) * (right - left);
            y[at] = area > 0 ? sum / area : 0;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int g = random.Pick(1, 2, 3, 4), outputs = random.Between(1, 3);
        int[] shape = [random.Between(1, 2), outputs * g * g, random.Between(1, 10), random.Between(1, 10)];
        float scale = random.Pick(1, 0.5f, 0.25f, 0.0625f);
        int regions = random.Between(1, 5);
        return new ReferenceCase
        {
            Layer = new LayerParameter
            {
                Type = type,
                PsroiPoolingParam = new() { GroupSize = g, OutputDim = outputs, SpatialScale = scale },
            },
            Bottoms =
            [
                new(shape, Fillings.Uniform()),
                new(
                    random.Chance(0.5) ? [regions, 5] : [regions, 5, 1, 1],
                    RegionDraws.Regions(shape[0], shape[3] / scale, shape[2] / scale))
                {
                    HasGradient = false,
                },
            ],
        };
    }

    private static (int First, int End) Cell(int p, int g, double from, double to, double scale, int length)
    {
        double start = Math.Round(from, MidpointRounding.AwayFromZero) * scale;
        double end = (Math.Round(to, MidpointRounding.AwayFromZero) + 1) * scale;
        double size = Math.Max(end - start, 0.1);
        double first = Math.Floor((p * size / g) + start), last = Math.Ceiling(((p + 1) * size / g) + start);
        int low = (int)Math.Clamp(first, 0, length), high = (int)Math.Clamp(last, 0, length);
        return (low, Math.Max(low, high));
    }
}
