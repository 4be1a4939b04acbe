using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// The maximum of each cell of a grid in each region: cell p of n covers floor(p size / n) to ceil((p + 1) size / n)
/// from the start on, clipped to the map; 0 where it is empty.
/// </summary>
[Reference("ROIPooling")]
internal sealed class ROIPoolingReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], rois = call.Bottoms[1];
        ROIPoolingParameter options = call.Layer.RoiPoolingParam;
        ReferenceBlob y = call.Top(0, rois.Shape[0], x.Shape[1], (int)options.PooledH, (int)options.PooledW);
        foreach (int[] at in Positions.Of(y.Shape))
        {
            int winner = Winner(call, at);
            y[at] = winner < 0 ? 0 : x.Data[winner];
        }
    }

    /// <summary>A region that ends before it starts passes no gradient.</summary>
    public bool HasOwnGradient(ReferenceCall call) => true;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        double scale = call.Layer.RoiPoolingParam.SpatialScale;
        double[] rois = call.Bottoms[1].Data;
        foreach (int[] at in Positions.Of(call.Tops[0].Shape))
        {
            int roi = at[0] * 5, winner = Winner(call, at);
            bool isTurned = Round(rois[roi + 3] * scale) < Round(rois[roi + 1] * scale)
                || Round(rois[roi + 4] * scale) < Round(rois[roi + 2] * scale);
            if (winner >= 0 && !isTurned)
            {
                call.BottomDiffs[0].Data[winner] += call.TopDiffs[0][at];
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = [random.Between(1, 3), random.Between(1, 4), random.Between(1, 12), random.Between(1, 12)];
        float scale = random.Pick(1, 0.5f, 0.25f, 0.0625f);
        uint rows = (uint)random.Between(1, 5), columns = (uint)random.Between(1, 5);
        var options = new ROIPoolingParameter { PooledH = rows, PooledW = columns };
        if (scale != 1 || random.Chance(0.5))
        {
            options.SpatialScale = scale;
        }

        int regions = random.Between(1, 6);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, RoiPoolingParam = options },
            Bottoms =
            [
                new(shape, random.Chance(0.3) ? Fillings.Of(-1, 0, 1) : Fillings.Uniform()),
                new(
                    random.Chance(0.5) ? [regions, 5] : [regions, 5, 1, 1],
                    RegionDraws.Regions(shape[0], shape[3] / scale, shape[2] / scale))
                {
                    HasGradient = false,
                },
            ],
            Passes = random.Between(1, 2),
        };
    }

    private static int Round(double value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);

    private static int Winner(ReferenceCall call, int[] at)
    {
        ReferenceBlob x = call.Bottoms[0];
        double scale = call.Layer.RoiPoolingParam.SpatialScale;
        double[] roi = call.Bottoms[1].Data[(at[0] * 5)..];
        int[] ends = [.. roi[..5].Select(corner => Round(corner * scale))], grid = call.Tops[0].Shape;
        (int top, int bottom) = Cell(at[2], grid[2], ends[2], ends[4], x.Shape[2]);
        (int left, int right) = Cell(at[3], grid[3], ends[1], ends[3], x.Shape[3]);
        int winner = -1;
        for (int h = top; h < bottom; h++)
        {
            for (int w = left; w < right; w++)
            {
                int place = x.Offset((int)roi[0], at[1], h, w);
                winner = winner < 0 || x.Data[place] > x.Data[winner] ? place : winner;
            }
        }

        return winner;
    }

    private static (int First, int End) Cell(int p, int n, int start, int end, int length)
    {
        int size = Math.Max(end - start + 1, 1);
        int first = p * size / n, last = (((p + 1) * size) + n - 1) / n;
        return (Math.Clamp(start + first, 0, length), Math.Clamp(start + last, 0, length));
    }
}
