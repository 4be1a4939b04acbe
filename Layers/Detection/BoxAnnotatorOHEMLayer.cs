using Cnn.Layers.Detection.Boxes;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Chooses the hardest regions of each image for training: bottoms the regions [R, 5, H, W] (image, box), their losses
/// [R, 1, H, W], labels [R, 1, H, W] and box weights [R, B, H, W]; tops labels and weights of the same shapes. Of each
/// image the <c>roi_per_img</c> regions with the largest losses keep both; the others get <c>ignore_label</c> and 0. No
/// gradient. From Shrivastava, Gupta and Girshick, "Training region-based object detectors with online hard example
/// mining", CVPR 2016, and R-FCN's fork of Caffe.
/// </summary>
[LayerType("BoxAnnotatorOHEM")]
internal sealed class BoxAnnotatorOHEMLayer(LayerContext context) : Layer(context)
{
    private const int RegionLength = 5;
    private const int MaxImages = 1 << 20;

    private readonly BoxAnnotatorOHEMParameter options =
        context.Parameter.BoxAnnotatorOhemParam ?? new BoxAnnotatorOHEMParameter();

    private ulong[] order = [];
    private int[] kept = [];

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override bool StopsGradient => true;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(4);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.RoiPerImg == 0)
        {
            throw Context.Error(
                options,
                BoxAnnotatorOHEMParameter.RoiPerImgFieldNumber,
                options.HasRoiPerImg ? "roi_per_img is 0" : "roi_per_img is missing",
                "give the number of regions to learn from in each image");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int regions = bottoms[0].LegacyDim(0) * bottoms[0].LegacyDim(2) * bottoms[0].LegacyDim(3);
        RequireShape(bottoms, 0, RegionLength);
        RequireShape(bottoms, 1, 1);
        RequireShape(bottoms, 2, 1);
        RequireShape(bottoms, 3, bottoms[3].LegacyDim(1));
        if (order.Length < regions)
        {
            order = new ulong[regions];
        }

        int outer = bottoms[0].LegacyDim(0), height = bottoms[0].LegacyDim(2), width = bottoms[0].LegacyDim(3);
        ShapeTop(tops, 0, [outer, 1, height, width]);
        ShapeTop(tops, 1, [outer, bottoms[3].LegacyDim(1), height, width]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> regions = bottoms[0].Data, losses = bottoms[1].Data;
        int inner = bottoms[0].LegacyDim(2) * bottoms[0].LegacyDim(3);
        MakeRoom(regions, inner, losses.Length);
        for (int i = 0; i < losses.Length; i++)
        {
            order[i] = ScoreOrder.Key(float.IsNaN(losses[i]) ? float.PositiveInfinity : losses[i], i);
        }

        ScoreOrder.SortFirst(order.AsSpan(0, losses.Length), losses.Length);
        tops[0].Data.Fill(options.IgnoreLabel);
        tops[1].Data.Clear();
        for (int i = 0; i < losses.Length; i++)
        {
            int region = ScoreOrder.Index(order[i]), image = Image(regions, inner, region);
            if (kept[image] < options.RoiPerImg)
            {
                kept[image]++;
                Keep(bottoms, tops, region, inner);
            }
        }
    }

    private static int Image(ReadOnlySpan<float> regions, int inner, int region) =>
        (int)regions[(region / inner * RegionLength * inner) + (region % inner)];

    private static void Keep(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops, int region, int inner)
    {
        tops[0].Data[region] = bottoms[2].Data[region];
        int weights = bottoms[3].LegacyDim(1), first = (region / inner * weights * inner) + (region % inner);
        for (int i = 0; i < weights; i++)
        {
            tops[1].Data[first + (i * inner)] = bottoms[3].Data[first + (i * inner)];
        }
    }

    // Makes a count of 0 for each image.
    private void MakeRoom(ReadOnlySpan<float> regions, int inner, int count)
    {
        int images = 0;
        for (int region = 0; region < count; region++)
        {
            float image = regions[(region / inner * RegionLength * inner) + (region % inner)];
            if (!(image >= 0 && image < MaxImages))
            {
                throw Context.Error(
                    $"region {region} of '{Parameter.Bottom[0]}' is in image {image}",
                    "regions are (image, xmin, ymin, xmax, ymax); images count from 0");
            }

            images = Math.Max(images, (int)image + 1);
        }

        if (kept.Length < images)
        {
            kept = new int[images];
        }

        kept.AsSpan().Clear();
    }

    private void RequireShape(IReadOnlyList<Blob> bottoms, int bottom, int channels)
    {
        Blob first = bottoms[0], blob = bottoms[bottom];
        if (blob.AxisCount > 4 || blob.LegacyDim(0) != first.LegacyDim(0) || blob.LegacyDim(1) != channels
            || blob.LegacyDim(2) != first.LegacyDim(2) || blob.LegacyDim(3) != first.LegacyDim(3))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[bottom]}' has shape {blob.ShapeText}, '{Parameter.Bottom[0]}' "
                + $"{first.ShapeText}",
                "there are regions [R, 5], losses [R, 1], labels [R, 1] and box weights [R, B]");
        }
    }
}
